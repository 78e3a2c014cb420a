package claims

import (
	"fmt"
	"time"

	"golang.org/x/sys/windows"
)

// A gate blocks a thread in the kernel, unseen by the network poller, until
// another one opens it: it is an event.
type gate struct{ event windows.Handle }

func newGate() (gate, error) {
	event, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return gate{}, fmt.Errorf("CreateEvent: %w", err)
	}
	return gate{event}, nil
}

// open ends wait.
func (g gate) open() error {
	if err := windows.SetEvent(g.event); err != nil {
		return fmt.Errorf("SetEvent: %w", err)
	}
	return nil
}

// wait blocks the calling thread until the gate is open, and says whether it is:
// false after limit.
func (g gate) wait(limit time.Duration) (opened bool, err error) {
	what, err := windows.WaitForSingleObject(g.event, uint32(limit.Milliseconds()))
	if err != nil {
		return false, fmt.Errorf("WaitForSingleObject: %w", err)
	}
	return what == windows.WAIT_OBJECT_0, nil
}

func (g gate) close() { _ = windows.CloseHandle(g.event) }
