package io

import (
	"time"

	"golang.org/x/sys/windows"
)

// block blocks the calling thread for about d, rounded up to a whole millisecond.
func block(d time.Duration) error {
	windows.SleepEx(uint32((d+time.Millisecond-1)/time.Millisecond), false)
	return nil
}
