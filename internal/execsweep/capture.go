package execsweep

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"runbench/internal/child"
)

// maxCaptured is how much of a program's standard output is kept.
const maxCaptured = 256 << 20

// Output runs a program in a directory, "" for here, and returns what it wrote to
// standard output, also where it failed: the error says how, with what it wrote to
// standard error. It is a process group of its own, which is gone when Output
// returns or this process is killed, and is killed when ctx ends or after the
// timeout, an error that is [measure.ErrHung].
//
// The output goes to a file until the program has ended, so that nobody wakes up
// to read it beside what is measured.
func Output(ctx context.Context, path string, args []string, dir string, timeout time.Duration) ([]byte, error) {
	file, err := os.CreateTemp("", "runbench-output-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	// Where a file may be without a name, none is left when we are killed.
	_ = os.Remove(file.Name())
	guard, err := child.NewGuard()
	if err != nil {
		return nil, err
	}
	defer guard.Close()
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stdout = dir, file
	said := &output{}
	_, _, ranErr := carryOut(ctx, cmd, guard, nil, said, false, timeout)
	if ranErr != nil {
		ranErr = failed(ranErr, said, true)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxCaptured+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxCaptured && ranErr == nil:
		ranErr = fmt.Errorf("expected less than %d MiB on standard output, found more", maxCaptured>>20)
	}
	return text[:min(len(text), maxCaptured)], ranErr
}
