package bench

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"runbench/internal/host"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
)

// mainProcs are the P that sweeps go over; empty until Main has run.
var mainProcs []int

// machine is what this machine is; to find out takes a moment.
var machine = sync.OnceValue(func() host.Host { return host.Collect(context.Background()) })

// Main runs a test binary whose benchmarks sweep, and returns its exit status.
// TestMain may call it, in place of m.Run; sweeps work without it too, and the
// package documentation says what differs.
//
// With it package testing prints the result lines. Main takes -cpu as the list of
// GOMAXPROCS to sweep over and sets it to 1 for package testing: that package
// sets GOMAXPROCS too late for b.Loop and labels the result with another value,
// and it appends "-N" to names, which readers take for GOMAXPROCS. All other
// tests and benchmarks of the binary run at GOMAXPROCS=1 therefore.
func Main(m *testing.M) int {
	flag.Parse()
	list, err := sweepProcs()
	if err == nil {
		err = flag.Set("test.cpu", "1")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 2
	}
	mainProcs = list
	if testFlag("bench") != "" {
		// The keys `go test` does not print, and how to read the units.
		fmt.Print(resultfile.Config{Cores: machine().Usable()}.ExtraLines(), resultfile.UnitLines())
	}
	return m.Run()
}

// mainRan reports whether package testing writes names as they are.
func mainRan() bool { return mainProcs != nil }

// testFlag returns the value of a flag of package testing, "" where that package
// has not defined it.
func testFlag(name string) string {
	if f := flag.Lookup("test." + name); f != nil {
		return f.Value.String()
	}
	return ""
}

// sweepProcs returns the P to sweep over where no option says: those of -cpu, or
// else those that the machine suggests.
func sweepProcs() ([]int, error) {
	if mainRan() {
		return mainProcs, nil
	}
	var list []int
	cpu := testFlag("cpu")
	for s := range strings.SplitSeq(cpu, ",") {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		p, err := strconv.Atoi(s)
		if err != nil || p < 1 {
			return nil, fmt.Errorf("-cpu %s: expected numbers above 0, found %q", cpu, s)
		}
		list = append(list, p)
	}
	if list == nil {
		list = measure.ProcCounts(machine().Cores())
	}
	return list, nil
}
