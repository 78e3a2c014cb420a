//go:build unix

package claims

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// emptyPipe returns a read from an empty pipe that blocks its thread, and a
// function that ends all such reads by closing the pipe's other end.
func emptyPipe() (read func(), end func(), err error) {
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		return nil, nil, fmt.Errorf("pipe: %w", err)
	}
	read = func() {
		b := make([]byte, 1)
		// The runtime sends signals of its own.
		for err := error(unix.EINTR); errors.Is(err, unix.EINTR); {
			_, err = unix.Read(fds[0], b)
		}
	}
	return read, func() { unix.Close(fds[1]) }, nil
}
