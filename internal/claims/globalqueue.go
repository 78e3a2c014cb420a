package claims

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
)

const (
	// globalQueueTick is the number of schedules of a P after which it looks at
	// the global queue first (findRunnable in runtime/proc.go).
	globalQueueTick = 61

	globalQueuePasses = 1000
	globalQueueChains = 8
)

var globalQueue = Claim{
	ID:        11,
	Statement: "A P looks at the global queue first every 61st time, so that nothing in it starves however full the P's own queue is.",
	Expected:  "a goroutine in the global queue runs after 60 from the own queue, which is never empty; holds if the median is 60 and 95 % wait for no more",
	Lesson:    "A goroutine that yields or is preempted goes to the global queue, and up to 60 others go first: runtime.Gosched is no fair turn.",
	Experiment: "With GOMAXPROCS=1 eight chains of goroutines keep the P's own queue from ever being empty: each makes its successor and ends. " +
		"(It makes another goroutine behind that, which ends at once: it takes runnext, so that the successor goes to the end of the queue. A goroutine out of runnext runs on the time slice of its maker, is no tick, and is not counted.) " +
		"One more goroutine calls runtime.Gosched, which puts it into the global queue, 1,000 times, and counts how many links of the chains ran before it did again. " +
		"If the global queue were looked at only when the own one is empty, it would never run.",
	Sources: []string{
		"runtime/proc.go: findRunnable (schedtick%61), goschedImpl, globrunqget, execute",
		"Vyukov, Scalable Go Scheduler Design Doc (2012)",
	},
	Workloads:   []string{"sched/primesieve"},
	Disturbance: Immune,
	Arms: func(int) []Arm {
		return []Arm{{Procs: 1, Run: globalQueueTrial}}
	},
	Judge: judgeGlobalQueue,
}

// globalQueueTrial returns how many starts from the own queue there were between
// two of the goroutine in the global queue: the median and the most, and the share
// of the times when that was no more than the runtime allows.
func globalQueueTrial(context.Context) (Sample, error) {
	defer withoutGC()()
	settle()
	var links, chains atomic.Int64
	var enough atomic.Bool
	ended := make(chan struct{})
	var link func()
	link = func() {
		links.Add(1)
		if enough.Load() {
			if chains.Add(-1) == 0 {
				close(ended)
			}
			return
		}
		go link()
		go func() {}()
	}
	chains.Store(globalQueueChains)
	for range globalQueueChains {
		go link()
	}
	runtime.Gosched() // from here on the distance to the last time is known

	gaps := make([]float64, globalQueuePasses)
	for i := range gaps {
		before := links.Load()
		runtime.Gosched()
		gaps[i] = float64(links.Load() - before)
	}
	enough.Store(true)
	<-ended

	within := 0
	for _, gap := range gaps {
		if gap < globalQueueTick {
			within++
		}
	}
	return Sample{
		"median": spreadOf(gaps).Median,
		"most":   slices.Max(gaps),
		"within": float64(within) / globalQueuePasses,
	}, nil
}

func judgeGlobalQueue(_ int, t Trials) Finding {
	median, most, within := t.Spread("", "median"), t.Spread("", "most"), t.Spread("", "within")
	whole := number(0, "")
	measured := fmt.Sprintf("ran after %s starts from the own queue, at most %s", median.Text(whole), most.Text(whole))
	switch {
	case median.always(globalQueueTick-1) && within.Min >= 0.95:
		return Finding{Result: Holds, Measured: measured}
	case median.Median == globalQueueTick-1:
		return untold(measured, "something interrupts the goroutines too often")
	}
	return Finding{Result: Fails, Measured: measured}
}
