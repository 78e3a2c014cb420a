package execsweep

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"runbench/internal/measure"
)

// What a program writes to standard output comes back whole, also where it fails;
// why it does stands on standard error.
func TestCaptured(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, test := range []struct {
		args      []string
		out, says string // says: in the error, "" for none
	}{
		{[]string{"program", "print", "one", "two"}, "one\ntwo\n", ""},
		{[]string{"program", "fail", "the reason"}, "on standard output\n", "exit status 3: the reason"},
	} {
		out, err := Output(t.Context(), self, test.args, dir, time.Minute)
		var failed *FailedError
		if string(out) != test.out || (err == nil) != (test.says == "") || err != nil && (!errors.As(err, &failed) || err.Error() != test.says) {
			t.Errorf("%v: %q, %v", test.args, out, err)
		}
	}
	if out, err := Output(t.Context(), self, []string{"program", "show"}, dir, time.Minute); err != nil || !strings.Contains(string(out), "dir=") || !strings.Contains(string(out), `stdin=""`) {
		t.Errorf("%s, %v", out, err)
	}
	if _, err := Output(t.Context(), self, []string{"program", "stay"}, dir, 50*time.Millisecond); !errors.Is(err, measure.ErrHung) {
		t.Errorf("got %v, want %v", err, measure.ErrHung)
	}
	if _, err := Output(t.Context(), dir, nil, "", time.Minute); err == nil || !strings.HasPrefix(err.Error(), "start ") {
		t.Errorf("a directory: %v", err)
	}
}

// Nothing is left in the directory for temporary files, whenever we are killed: not
// even while the program runs does anything stand there.
func TestCapturedWithoutAName(t *testing.T) {
	ls, err := exec.LookPath("ls")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("an open file cannot be without a name here, or there is no ls")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	if out, err := Output(t.Context(), ls, []string{dir}, "", time.Minute); err != nil || len(out) > 0 {
		t.Errorf("while the program runs there is %q, %v", out, err)
	}
}
