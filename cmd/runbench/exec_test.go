package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The statuses of exec: what was asked for wrongly is told from what went wrong,
// and an interrupted sweep keeps what it has.
func TestExecStatus(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"--", "no-such-program"}, statusUsage},
		{[]string{"--procs", "1", "--", self, "-no-such-flag"}, statusFailed},
		{[]string{"--procs", "1", "--warmup", "0", "--", self, "-no-such-flag"}, statusFailed},
		{[]string{"--procs", "1", "--rounds", "1", "--", self, "-test.run=^$"}, statusFine},
	} {
		var out, errs bytes.Buffer
		args := append([]string{"exec", "-o", filepath.Join(t.TempDir(), "x.txt")}, test.args...)
		if status := Main(t.Context(), args, &out, &errs); status != test.want {
			t.Errorf("%v: status %d, want %d: %s", test.args, status, test.want, errs.String())
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Second, cancel)
	var out, errs bytes.Buffer
	args := []string{"exec", "-o", "stopped.txt", "--procs", "1,2", "--rounds", "100000", "--", self, "-test.run=^$"}
	if status := Main(ctx, args, &out, &errs); status != statusInterrupted || !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("interrupted: status %d: %s", status, errs.String())
	}
	if _, err := readFile("stopped.txt"); err != nil && !os.IsNotExist(err) && !strings.Contains(errs.String(), "warm-up") {
		t.Error(err)
	}
}
