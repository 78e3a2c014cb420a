package claims

import (
	"context"
	"fmt"
	"math/bits"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// simultaneousWindow is how long all goroutines compute side by side: long enough
// for the kernel to spread their threads over the cores.
const simultaneousWindow = 80 * time.Millisecond

var simultaneous = Claim{
	ID:        2,
	Statement: "Parallelism is simultaneous execution: at GOMAXPROCS=P P goroutines run at once, and CPU time over wall time reaches P, or the number of cores where that is less.",
	Expected:  "P running at each P; CPU/wall at least 85 % of min(P, cores) in the best trial, also at P = twice the cores, where the other half only seems to run",
	Lesson:    "Raise GOMAXPROCS above the cores and Go believes that more runs at once, but nothing gets done sooner.",
	Experiment: "P goroutines compute side by side for 80 ms from the moment at which all have begun, for P = 2, the number of cores, twice that, and on large machines one in between. " +
		"The execution trace counts how many run at once; CPU time over wall time says how many cores they really had. " +
		"The claim holds if the trace shows P running at each P and the best trial reaches 85 % of min(P, cores); it fails below 70 %. " +
		"The best trial decides because other load can only take CPU time away.",
	Sources: []string{
		"Pike, Concurrency is not Parallelism (Waza 2012)",
		"package runtime: GOMAXPROCS",
		"runtime/proc.go: procresize, wakep, startm",
	},
	Workloads:   []string{"cpu/mandelbrot", "cpu/hash"},
	Disturbance: Hurt,
	Cores:       2,
	Arms: func(cores int) []Arm {
		var arms []Arm
		for _, procs := range simultaneousProcs(cores) {
			arms = append(arms, Arm{Name: procsName(procs), Procs: procs, Run: sideBySide(procs)})
		}
		return arms
	},
	Judge: judgeSimultaneous,
}

// simultaneousProcs returns the values of GOMAXPROCS to try, in ascending order.
func simultaneousProcs(cores int) []int {
	list := []int{2}
	for _, procs := range []int{1 << (bits.Len(uint(cores)) / 2), cores, 2 * cores} {
		if procs > list[len(list)-1] {
			list = append(list, procs)
		}
	}
	return list
}

// procsName is the name of the arm at this GOMAXPROCS.
func procsName(procs int) string { return fmt.Sprintf("P=%d", procs) }

func judgeSimultaneous(cores int, t Trials) Finding {
	var shown []string
	failed, grey, saved := false, false, false
	for _, procs := range simultaneousProcs(cores) {
		name := procsName(procs)
		running, used := t.Spread(name, "running-goroutines"), t.Spread(name, "used-cores")
		most := float64(min(procs, cores))
		fails := running.Max != float64(procs) || used.Max < 0.7*most
		failed = failed || fails
		grey = grey || used.Max < 0.85*most
		saved = saved || used.Max > 1.15*float64(cores)
		// A line has room for the two that tell most.
		if fails || procs >= cores {
			shown = append(shown, fmt.Sprintf("%s: %s running, CPU/wall %s", name, running.Text(number(0, "")), used.Text(number(2, ""))))
		}
	}
	measured := strings.Join(shown, "; ")
	switch {
	case failed:
		return holdsIf(false, measured)
	case saved:
		return untold(measured, fmt.Sprintf("a limit that holds at every moment: this process got more than the %d cores it may use, as a CPU quota that was saved up allows", cores))
	case grey:
		return untold(measured, "CPU time that is clearly that of all cores, or clearly not")
	}
	return holdsIf(true, measured)
}

// sideBySide returns a trial in which so many goroutines compute side by side.
func sideBySide(procs int) func(context.Context) (Sample, error) {
	return func(context.Context) (Sample, error) {
		var before, after reading
		facts, err := traced(func() { before, after = computeTogether(procs) })
		if err != nil {
			return nil, err
		}
		used, err := coresUsed(before, after)
		if err != nil {
			return nil, err
		}
		return Sample{"running-goroutines": float64(facts.MaxRunning), "used-cores": used}, nil
	}
}

// computeTogether has n goroutines compute, and reads the clocks when the last of
// them has begun and when the first ends.
func computeTogether(n int) (before, after reading) {
	var begun atomic.Int32
	var until atomic.Int64 // ns after start; 0 until all have begun
	var firstEnds sync.Once
	start := time.Now()
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if begun.Add(1) == int32(n) {
				before = readClocks()
				until.Store(int64(time.Since(start) + simultaneousWindow))
			}
			for end := int64(0); end == 0 || int64(time.Since(start)) < end; end = until.Load() {
				spinUnits(1)
			}
			firstEnds.Do(func() { after = readClocks() })
		})
	}
	all.Wait()
	return before, after
}
