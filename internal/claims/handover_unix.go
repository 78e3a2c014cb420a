//go:build unix

package claims

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// A gate blocks a thread in the kernel, unseen by the network poller, until
// another one opens it: it is a pipe.
type gate struct{ read, write int }

func newGate() (gate, error) {
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		return gate{}, fmt.Errorf("pipe: %w", err)
	}
	return gate{fds[0], fds[1]}, nil
}

// open ends wait.
func (g gate) open() error {
	if _, err := unix.Write(g.write, []byte{1}); err != nil {
		return fmt.Errorf("write to a pipe: %w", err)
	}
	return nil
}

// wait blocks the calling thread until the gate is open, and says whether it is:
// false after limit. It is poll(2) and not read(2) because that ends by itself.
func (g gate) wait(limit time.Duration) (opened bool, err error) {
	fds := []unix.PollFd{{Fd: int32(g.read), Events: unix.POLLIN}}
	for end := time.Now().Add(limit); ; {
		n, err := unix.Poll(fds, int(max(0, time.Until(end).Milliseconds())))
		switch {
		case errors.Is(err, unix.EINTR): // the runtime sends signals of its own
		case err != nil:
			return false, fmt.Errorf("poll: %w", err)
		default:
			return n > 0, nil
		}
	}
}

func (g gate) close() {
	unix.Close(g.read)
	unix.Close(g.write)
}
