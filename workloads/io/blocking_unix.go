//go:build unix

package io

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// block blocks the calling thread for d, or until a signal comes. It is
// select(2) because golang.org/x/sys has nanosleep(2) for few systems only.
func block(d time.Duration) error {
	timeout := unix.NsecToTimeval(int64(d))
	if _, err := unix.Select(0, nil, nil, nil, &timeout); err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("select: %w", err)
	}
	return nil
}
