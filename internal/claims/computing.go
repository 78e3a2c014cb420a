package claims

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"
)

const (
	computingTasks  = 16
	computingTime   = 500 * time.Microsecond // of a task
	computingRounds = 6
)

var computingDoesNot = Claim{
	ID:        5,
	Statement: "Concurrency does not speed up computing without parallelism.",
	Expected:  "1.0 times as fast with 16 goroutines as in a plain loop at GOMAXPROCS=1, at most 1.2 times; close to 2 times at GOMAXPROCS=2, where there are cores for it",
	Lesson:    "For computing, goroutines beyond the number of cores make nothing faster.",
	Experiment: "16 pieces of computing of 0.5 ms each in a plain loop and with a goroutine each, six times in turns; the quickest of each counts. " +
		"The claim holds if the goroutines are at most 1.2 times as fast at P=1, and fails at 1.5 times or more. " +
		"Where there are two cores, the same at P=2 must be at least 1.4 times as fast, or what is missing at P=1 could be hidden by other load.",
	Sources: []string{
		"Pike, Concurrency is not Parallelism (Waza 2012)",
		"Kennedy, Scheduling In Go: Part III, Concurrency (2018)",
		"runtime/proc.go: procresize, schedule",
	},
	Workloads: []string{"cpu/hash", "cpu/mandelbrot", "known/control"},
	// Load could hide a gain at P=1, but would then hide that at P=2 as well.
	Disturbance: Hurt,
	Arms: func(cores int) []Arm {
		arms := []Arm{{Name: "P=1", Procs: 1, Run: computeBothWays}}
		if cores >= 2 {
			arms = append(arms, Arm{Name: "P=2", Procs: 2, Run: computeBothWays})
		}
		return arms
	},
	Judge: func(cores int, t Trials) Finding {
		gain, contrast := t.Spread("P=1", "gain"), t.Spread("P=2", "gain")
		measured := gain.Text(number(2, "×")) + " as fast at P=1"
		if cores >= 2 {
			measured += fmt.Sprintf("; %s at P=2", contrast.Text(number(2, "×")))
		}
		switch {
		case gain.Median >= 1.5:
			return holdsIf(false, measured)
		case gain.Median > 1.2:
			return untold(measured, "a gain that is clearly there, or clearly not")
		case cores >= 2 && contrast.Median < 1.4:
			return untold(measured, "a gain at P=2, to show that one at P=1 would have been seen")
		}
		return holdsIf(true, measured)
	},
}

// computeBothWays computes the same in a plain loop and with goroutines.
func computeBothWays(context.Context) (Sample, error) {
	units := calibrate(computingTime)
	loop := func() {
		for range computingTasks {
			spinUnits(units)
		}
	}
	goroutines := func() {
		var tasks sync.WaitGroup
		for range computingTasks {
			tasks.Go(func() { spinUnits(units) })
		}
		tasks.Wait()
	}
	sequential, concurrent := math.Inf(1), math.Inf(1)
	for range computingRounds {
		start := time.Now()
		loop()
		sequential = min(sequential, since(start))
		start = time.Now()
		goroutines()
		concurrent = min(concurrent, since(start))
	}
	return Sample{"sequential-ns": sequential, "concurrent-ns": concurrent, "gain": sequential / concurrent}, nil
}
