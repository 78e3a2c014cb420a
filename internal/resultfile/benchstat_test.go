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
	benchstat := filepath.Join(t.TempDir(), "benchstat")
	if out, err := exec.Command("go", "build", "-o", benchstat, "golang.org/x/perf/cmd/benchstat").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	self, err := os.Executable()
	check(t, err)
	for _, names := range []int{2000, 200_000} {
		path := writeBig(t, names)
		cost := func(what string, cmd *exec.Cmd) {
			begin := time.Now()
			check(t, cmd.Run())
			kib := int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
			if runtime.GOOS == "darwin" {
				kib /= 1024
			}
			t.Logf("%7d names: %-12s %6.2f s, at most %4d MiB", names, what, time.Since(begin).Seconds(), kib/1024)
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
