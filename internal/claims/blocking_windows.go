package claims

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// emptyPipe returns a read from an empty pipe that blocks its thread, and a
// function that ends all such reads by closing the pipe's other end.
func emptyPipe() (read func(), end func(), err error) {
	var from, to windows.Handle
	if err := windows.CreatePipe(&from, &to, nil, 0); err != nil {
		return nil, nil, fmt.Errorf("pipe: %w", err)
	}
	read = func() {
		var n uint32
		_ = windows.ReadFile(from, make([]byte, 1), &n, nil)
	}
	return read, func() { _ = windows.CloseHandle(to) }, nil
}
