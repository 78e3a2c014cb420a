package claims

import (
	"context"
	"fmt"
	"sync"
	"time"

	"runbench/internal/timetext"
)

const (
	waitingTasks = 32

	// waitingTime is several times what the timers of most systems are exact to.
	waitingTime = 4 * time.Millisecond
)

var waitingOverlaps = Claim{
	ID:        4,
	Statement: "Concurrency speeds up waiting without any parallelism.",
	Expected:  "32 waits of 4 ms about 30 times as fast with a goroutine each as one after the other, at GOMAXPROCS=1; at least 8 times",
	Lesson:    "Start as many goroutines as there are things to wait for; cores do not matter.",
	Experiment: "At P=1, 32 waits of 4 ms, once one after the other and three times with a goroutine each, of which the quickest counts. " +
		"The claim holds if that is at least 8 times as fast, and fails at twice or less.",
	Sources: []string{
		"Pike, Concurrency is not Parallelism (Waza 2012)",
		"Kennedy, Scheduling In Go: Part III, Concurrency (2018)",
		"runtime/time.go: timeSleep, goroutineReady",
	},
	Workloads:   []string{"io/latency", "io/find", "known/waiting"},
	Disturbance: Hurt, // waits that are to end together are drawn apart where the core is not free
	Arms: func(int) []Arm {
		return []Arm{{Procs: 1, Run: waitBothWays}}
	},
	Judge: func(_ int, t Trials) Finding {
		gain := t.Spread("", "gain")
		measured := fmt.Sprintf("%s as fast at P=1: %s one after the other, %s together",
			gain.Text(number(1, "×")), timetext.Nanoseconds(t.Spread("", "sequential-ns").Median), timetext.Nanoseconds(t.Spread("", "concurrent-ns").Median))
		if gain.Median > 2 && gain.Median < waitingTasks/4 {
			return untold(measured, "a gain that is clearly there, or clearly not")
		}
		return holdsIf(gain.Median >= waitingTasks/4, measured)
	},
}

// waitBothWays waits for everything one after the other, and then together.
func waitBothWays(context.Context) (Sample, error) {
	start := time.Now()
	for range waitingTasks {
		time.Sleep(waitingTime)
	}
	sequential := since(start)

	concurrent := sequential
	for range 3 {
		start := time.Now()
		var waits sync.WaitGroup
		for range waitingTasks {
			waits.Go(func() { time.Sleep(waitingTime) })
		}
		waits.Wait()
		concurrent = min(concurrent, since(start))
	}
	return Sample{"sequential-ns": sequential, "concurrent-ns": concurrent, "gain": sequential / concurrent}, nil
}
