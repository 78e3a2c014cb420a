package execsweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"runbench/internal/host"
)

// With Pin the program may use so many CPUs and is told nothing.
func TestPin(t *testing.T) {
	for p := 1; p <= 2; p++ {
		if host.Spread(p) == nil {
			t.Skipf("%d CPUs cannot be picked here", p)
		}
		opt := Options{Pin: true, Procs: []int{p}, Figure: figure(t, `GOMAXPROCS=unset cpus=(\d+)`, "higher")}
		u, err := command(t, opt, "show").run(t.Context(), 1, p, time.Minute, false)
		if err != nil || u.figure != float64(p) {
			t.Errorf("pinned to %d: %v CPUs, %v", p, u.figure, err)
		}
	}
	// We ourselves are not.
	before, after := host.Spread(2), host.Spread(2)
	if len(before) != len(after) {
		t.Errorf("CPUs %v before, %v after", before, after)
	}
}

// Whatever way a run ends, nothing of it is left: the program ends by itself and
// leaves a child, is interrupted, or takes too long.
func TestNothingIsLeft(t *testing.T) {
	for name, test := range map[string]struct {
		args    []string
		timeout time.Duration
		cancel  bool
		want    error
	}{
		"ends":        {args: nil, timeout: time.Minute},
		"hung":        {args: []string{"wait"}, timeout: 500 * time.Millisecond},
		"interrupted": {args: []string{"wait"}, timeout: time.Minute, cancel: true},
	} {
		t.Run(name, func(t *testing.T) {
			pid := filepath.Join(t.TempDir(), "pid")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.cancel {
				time.AfterFunc(500*time.Millisecond, cancel)
			}
			_, err := command(t, Options{}, "leave", append([]string{pid}, test.args...)...).run(ctx, 1, 1, test.timeout, true)
			if (err != nil) != (len(test.args) > 0) {
				t.Fatal(err)
			}
			id, err := os.ReadFile(pid)
			if err != nil {
				t.Skip("it was killed before it had started one")
			}
			awaitGone(t, string(id))
		})
	}
}

// When we are killed ourselves, so is what the program has started.
func TestKilledWithUs(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	us := exec.Command(os.Args[0], "program", "sweep", "leave", pid, "wait")
	if err := us.Start(); err != nil {
		t.Fatal(err)
	}
	var id []byte
	for deadline := time.Now().Add(10 * time.Second); len(id) == 0 && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		id, _ = os.ReadFile(pid)
	}
	_ = us.Process.Kill()
	_ = us.Wait()
	if len(id) == 0 {
		t.Fatal("the program has not started another one in 10 s")
	}
	awaitGone(t, string(id))
}

// awaitGone waits until a process has ended, which is a moment after it was
// killed.
func awaitGone(t *testing.T, pid string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%s/stat", pid))
		// A zombie has ended, and waits for whoever is its parent now.
		if errors.Is(err, os.ErrNotExist) || strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Errorf("process %s is still there", pid)
}
