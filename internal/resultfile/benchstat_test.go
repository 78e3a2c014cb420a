//go:build unix

package resultfile

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

var long = flag.Bool("long", false, "read two million lines, and measure benchstat with the same file")

// readEnv makes this binary read a file and exit.
const readEnv = "RUNBENCH_TEST_READ"

func TestMain(m *testing.M) {
	path, compact := os.Getenv(readEnv), os.Getenv(readEnv+"_COMPACT") != ""
	if path == "" {
		os.Exit(m.Run())
	}
	f, err := os.Open(path)
	if err == nil {
		read := Read
		if compact {
			read = ReadCompact
		}
		_, err = read(f, path)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// What reading costs beside benchstat is shown, not asserted:
//
//	go test ./internal/resultfile -run BesideBenchstat -long -v
func TestBesideBenchstat(t *testing.T) {
	if !*long {
		t.Skip("without -long")
	}
	benchstat := build(t, "golang.org/x/perf/cmd/benchstat")
	self, err := os.Executable()
	check(t, err)
	for _, file := range []struct{ names, loops int }{{2000, 1}, {200_000, 1}, {1000, 2000}} {
		path := writeBig(t, file.names, file.loops)
		cost := func(what string, cmd *exec.Cmd) {
			t.Logf("%7d names, %4d times: %-12s %s", file.names, file.loops, what, costOf(t, cmd))
		}
		cost("benchstat", exec.Command(benchstat, path))
		for _, kind := range []string{"", "_COMPACT"} {
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), readEnv+"="+path, readEnv+kind+"=1")
			if kind == "" {
				cmd.Env = append(os.Environ(), readEnv+"="+path)
			}
			cost("Read"+kind, cmd)
		}
	}
}

// What analyze costs beside benchstat, of results that -count repeats and of those
// of a loop around go test, in which no name comes twice in a row:
//
//	go test ./internal/resultfile -run AnalyzeBesideBenchstat -long -v
func TestAnalyzeBesideBenchstat(t *testing.T) {
	if !*long {
		t.Skip("without -long")
	}
	benchstat, runbench := build(t, "golang.org/x/perf/cmd/benchstat"), build(t, "runbench/cmd/runbench")
	for _, file := range []struct {
		about              string
		repetitions, loops int
		memory             bool
	}{
		{"-count 2000", 2000, 1, false},
		{"-count 2000 -benchmem", 2000, 1, true},
		{"2000 times -count 1", 1, 2000, false},
	} {
		path := filepath.Join(t.TempDir(), "sweeps.txt")
		f, err := os.Create(path)
		check(t, err)
		check(t, sweeps(f, 250, file.repetitions, file.loops, file.memory))
		info, err := f.Stat()
		check(t, err)
		check(t, f.Close())
		for range 3 {
			for _, cmd := range []*exec.Cmd{exec.Command(benchstat, path), exec.Command(runbench, "analyze", path)} {
				t.Logf("%-22s %3d MB: %-9s %s", file.about, info.Size()/1e6, filepath.Base(cmd.Path), costOf(t, cmd))
			}
		}
	}
}

// build builds a command and returns its path.
func build(t *testing.T, pkg string) string {
	path := filepath.Join(t.TempDir(), filepath.Base(pkg))
	if out, err := exec.Command("go", "build", "-o", path, pkg).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// costOf runs a command and returns its wall time and largest resident set.
func costOf(t *testing.T, cmd *exec.Cmd) string {
	begin := time.Now()
	check(t, cmd.Run())
	kib := int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS == "darwin" {
		kib /= 1024
	}
	return fmt.Sprintf("%6.2f s, at most %4d MiB", time.Since(begin).Seconds(), kib/1024)
}
