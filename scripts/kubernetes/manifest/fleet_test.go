//go:build unix

package manifest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// built has runbench and sealed, once they were built.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "programs")
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-C", "../../..", "-o", dir+"/", "./cmd/runbench", "./scripts/kubernetes/sealed")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return dir, err
})

func TestMain(m *testing.M) {
	status := m.Run()
	if dir, err := built(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(status)
}

// programs returns the directory of runbench and sealed, or skips the test where there
// is no kubectl.
func programs(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("kubectl"); err != nil {
		if os.Getenv("RUNBENCH_REQUIRE") == "all" {
			t.Fatal("there is no kubectl")
		}
		t.Skip("there is no kubectl")
	}
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// measure is a call of fleet for n nodes into a new directory, with a short sweep.
func measure(t *testing.T, bin, n string) (args []string, dir string) {
	dir = filepath.Join(t.TempDir(), "out")
	return []string{
		"--image", "registry.example/runbench", "--nodes", n, "--cpu", "2", "-o", dir, "--binary", bin + "/runbench",
		"--", "io/latency", "--goroutines", "1,4", "--precision", "0", "--rounds", "2", "--budget", "5s",
	}, dir
}

func whole(t *testing.T, dir string) (names []string) {
	t.Helper()
	paths, err := filepath.Glob(dir + "/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	return names
}

func TestOneCommandComparesTheNodes(t *testing.T) {
	bin := programs(t)
	c := newCluster(t, bin)
	args, dir := measure(t, bin, "2")
	out, errOut, status := fleet(t, args...)
	if status != 0 || !strings.HasPrefix(out, "2 of 2 nodes measured\n") || !strings.Contains(out, "node-1") || !strings.Contains(out, "node-2") {
		t.Errorf("status %d, %s%s", status, out, errOut)
	}
	if got, want := whole(t, dir), []string{"node-1.txt", "node-2.txt"}; !slices.Equal(got, want) {
		t.Errorf("the whole files are %v, want %v", got, want)
	}
	if !c.gone() {
		t.Error("the Job is still there")
	}
	// A directory that holds something is not written into.
	if _, errOut, status := fleet(t, args...); status != 2 || strings.Count(errOut, "\n") != 1 {
		t.Errorf("again: status %d, %q; want 2 and one line", status, errOut)
	}
}

func TestDeadPodsAndTornLogsAreNamed(t *testing.T) {
	bin := programs(t)
	c := newCluster(t, bin)
	c.dying, c.torn = "node-2", "node-3"
	args, dir := measure(t, bin, "4")
	out, errOut, status := fleet(t, args...)
	check := func(out, died string) {
		t.Helper()
		for _, want := range []string{`^2 of 4 nodes measured\n`, died, `\nnode-3: pod 2.*: its log is torn: \d+ lines were sealed, these are \d+, .*; \d+ runs in \d+ whole rounds? stay in partial/node-3.txt\n`, "node-1", "node-4"} {
			if !regexp.MustCompile(want).MatchString(out) {
				t.Errorf("no %q in\n%s%s", want, out, errOut)
			}
		}
		if strings.Count(out, "node-2.txt")+strings.Count(out, "node-3.txt") != 2 {
			t.Errorf("what was lost is in the comparison:\n%s", out)
		}
	}
	if status != 1 {
		t.Errorf("status %d, want 1; %s%s", status, out, errOut)
	}
	check(out, `\nnode-2: pod 1: Error: its log is torn: it has no end, \d+ lines after its beginning; \d+ runs in \d+ whole rounds? stay in partial/node-2.txt\n`)
	if got, want := whole(t, dir), []string{"node-1.txt", "node-4.txt"}; !slices.Equal(got, want) {
		t.Errorf("the whole files are %v, want %v", got, want)
	}

	// The logs alone say the same.
	logs := t.TempDir()
	for _, name := range []string{"0.log", "1.log", "2.log", "3.log"} {
		text, err := os.ReadFile(filepath.Join(dir, "logs", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(logs, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, errOut, status = fleet(t, "--from-logs", logs, "-o", filepath.Join(t.TempDir(), "out"), "--binary", bin+"/runbench")
	if status != 1 {
		t.Errorf("--from-logs: status %d, want 1; %s%s", status, out, errOut)
	}
	check(out, `\nnode-2: pod 1: its log is torn: it has no end`)
}

func TestInterruptedItRemovesTheJob(t *testing.T) {
	bin := programs(t)
	c := newCluster(t, bin)
	args, _ := measure(t, bin, "1")
	cmd := exec.Command("../fleet", append(args, "--rounds", "1000", "--budget", "60s")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !c.measuring() {
		select {
		case err := <-ended:
			t.Fatalf("it ended before anything was measured: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-ended
	if status := cmd.ProcessState.ExitCode(); status != 130 || !c.gone() {
		t.Errorf("status %d and removed %v, want 130 and true", status, c.gone())
	}
}
