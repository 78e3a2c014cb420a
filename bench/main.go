package bench

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"runbench/internal/host"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
)

// procs are the P that sweeps go over; empty until Main has run.
var procs []int

// Main runs a test binary whose benchmarks sweep, and returns its exit status.
// TestMain calls it.
//
// It takes -cpu as the list of GOMAXPROCS to sweep over and sets it to 1 for
// package testing: that package sets GOMAXPROCS too late for b.Loop and labels
// the result with another value, and it appends "-N" to names, which readers
// take for GOMAXPROCS. Benchmarks of the same binary that do not sweep run at
// GOMAXPROCS=1 therefore.
func Main(m *testing.M) int {
	flag.Parse()
	machine := host.Collect(context.Background())
	list, err := sweepList(flag.Lookup("test.cpu").Value.String(), machine)
	if err == nil {
		err = flag.Set("test.cpu", "1")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 2
	}
	procs = list
	if flag.Lookup("test.bench").Value.String() != "" {
		// The keys `go test` does not print, and how to read the units.
		fmt.Print(resultfile.Config{Cores: machine.Usable()}.ExtraLines(), resultfile.UnitLines())
	}
	return m.Run()
}

// sweepList returns the P to sweep over, from the value of -cpu or, where that
// is empty, for the machine.
func sweepList(cpu string, machine host.Host) ([]int, error) {
	if cpu == "" {
		return measure.ProcCounts(machine.Cores()), nil
	}
	var list []int
	for s := range strings.SplitSeq(cpu, ",") {
		p, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || p < 1 {
			return nil, fmt.Errorf("-cpu %s: expected numbers above 0, found %q", cpu, s)
		}
		list = append(list, p)
	}
	return list, nil
}
