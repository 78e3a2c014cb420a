package claims

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// stealingTasks are made in batches that the maker's own queue holds, so that
	// none gets into the global queue: what starts elsewhere was stolen.
	stealingTasks = 1000
	stealingBatch = 250

	// stealingTask is how long a task computes: much longer than the few
	// microseconds that it takes to make one, and to wake a thread that steals.
	stealingTask = 50 * time.Microsecond
)

var stealing = Claim{
	ID:        12,
	Statement: "A P that has nothing to do steals goroutines that wait on another P.",
	Expected:  "of 1,000 made on one P about 1−1/P start on another, none at P=1; holds if at least half as many do",
	Lesson:    "Start goroutines where it is convenient; the scheduler spreads them over the cores without your dealing them out.",
	Experiment: "One goroutine makes 1,000 others that compute for 50 µs each, 250 at a time: fewer than the 256 that its P's queue holds, so that none overflows into the global queue. " +
		"The execution trace says on which P each was made and on which it first ran; there is no event for stealing, but no other way leads from the one to the other. " +
		"At P=1 there is nobody to steal. The number of goroutines made, counted by runtime/metrics, must agree with that in the trace.",
	Sources: []string{
		"Blumofe and Leiserson, Scheduling Multithreaded Computations by Work Stealing (1999)",
		"Vyukov, Scalable Go Scheduler Design Doc (2012)",
		"runtime/proc.go: wakep, findRunnable, stealWork, runqsteal, runqgrab",
	},
	Workloads: []string{"cpu/mandelbrot", "sched/spawn", "sched/skewed"},
	// Without stealing the share is 0, whatever else runs; with it other load can
	// keep the thief from its core.
	Disturbance: Hurt,
	Cores:       2,
	Arms: func(cores int) []Arm {
		var arms []Arm
		for _, p := range doublings(cores) {
			arms = append(arms, Arm{Name: strconv.Itoa(p), Procs: p, Run: stealingTrial})
		}
		return arms
	},
	Judge: judgeStealing,
}

// stealingTrial returns the share of the goroutines that started on another P than
// the one that they were made on, and how many were made as the trace and as the
// metrics tell it.
func stealingTrial(context.Context) (Sample, error) {
	defer withoutGC()()
	var made float64
	facts, err := traced(func() {
		before := count(countCreated)
		for range stealingTasks / stealingBatch {
			var batch sync.WaitGroup
			for range stealingBatch {
				batch.Go(func() { spinFor(stealingTask) })
			}
			batch.Wait()
		}
		made = count(countCreated) - before
	})
	if err != nil {
		return nil, err
	}
	if facts.Starts == 0 {
		return nil, errors.New("the trace shows no start of a goroutine")
	}
	return Sample{
		"elsewhere": float64(facts.StartsElsewhere) / float64(facts.Starts),
		"traced":    float64(facts.Created),
		"metered":   made,
	}, nil
}

func judgeStealing(cores int, t Trials) Finding {
	var shares []string
	stolen, wrong := true, false
	for _, p := range doublings(cores) {
		s := t.Spread(strconv.Itoa(p), "elsewhere")
		text := percent(s.Median)
		if p == cores {
			text = s.Text(percent)
		}
		shares = append(shares, fmt.Sprintf("P=%d: %s", p, text))
		if p == 1 {
			wrong = wrong || s.Max > 0
			continue
		}
		fair := 1 - 1/float64(p)
		stolen = stolen && s.Median >= fair/2
		wrong = wrong || s.Median < fair/10
	}
	measured := strings.Join(shares, "; ") + " start elsewhere"
	for _, trials := range t {
		for _, s := range trials {
			// The runtime may start a few of its own meanwhile, in the metrics only.
			if off := math.Abs(s["traced"] - s["metered"]); off > stealingTasks/50 {
				return untold(measured, fmt.Sprintf("the trace shows %.0f goroutines made and runtime/metrics %.0f", s["traced"], s["metered"]))
			}
		}
	}
	switch {
	case wrong:
		return Finding{Result: Fails, Measured: measured}
	case stolen:
		return Finding{Result: Holds, Measured: measured}
	}
	return untold(measured, "fewer than expected, but not so few that there is no stealing")
}
