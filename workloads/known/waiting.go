package known

import (
	"context"
	"fmt"
	"time"

	"runbench/internal/hashchain"
	"runbench/workloads"
)

const (
	waitingBatch = 128

	// waitingSeed is not 0, which is what a task that was left out leaves.
	waitingSeed = 1

	// waitingMin is the shortest wait that comes out as asked: on Linux a sleep
	// below a millisecond takes a whole one.
	waitingMin = 2 * time.Millisecond

	// waitingWait and waitingWork, about 2 ms, are long against a millisecond. On
	// Linux an idle program wakes up for its timers on whole milliseconds after it
	// went to sleep, so that two that end within one wake together, and the one
	// queues for the core behind the other: with 2 ms and 0.5 ms two goroutines
	// gained 1.65 and not 2, because each pair stayed together for good.
	waitingWait = 8 * time.Millisecond
	waitingWork = 560_000
)

// Waiting is a wait of set length and then computing of set length, whose
// ceiling is known from the two. Both are recorded as achieved. At one goroutine
// they are the L and S of the ceiling; at more, the wait also has the time in it
// until a core was free again, and the work the time for which others had it.
var Waiting = workloads.Workload{
	Name:       "known/waiting",
	Isolates:   "waiting, then computing, each for a set time: the wait overlaps until the computing fills the core",
	Expect:     "concurrency at one core min(C, (L+S)/S) for wait L and CPU time S, about 5× here; parallelism the number of cores on top of it",
	Definition: "time.Timer for 8 ms, then 560,000 steps of the hash chain of cpu/hash, about 2 ms; the ceiling is the asymptotic bound of a closed queueing network (Lazowska et al., Quantitative System Performance, 1984, ch. 5), Little's law applied to one core; achieved as wait-ns/op and work-ns/op",
	Advice:     "start about (wait+CPU)/CPU goroutines for each core; more only queue",
	Batch:      waitingBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		workloads.DurationParameter("wait", waitingWait, waitingMin, time.Minute, "how long each task waits"),
		workloads.IntParameter("work", waitingWork, 1, 100_000_000, "steps of the hash chain that each task then computes; about 3 ns each"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		wait, steps := env.Params.Duration("wait"), env.Params.Int("work")
		want := hashchain.Nth(waitingSeed, steps)
		type result struct {
			waited, worked time.Duration
			hash           uint64
		}
		results := make([]result, waitingBatch)
		var waited, worked time.Duration
		return &workloads.Instance{
			Task: func(ctx context.Context, i int) error {
				start := time.Now()
				timer := time.NewTimer(wait)
				defer timer.Stop()
				select {
				case <-timer.C:
				case <-ctx.Done():
					return context.Cause(ctx)
				}
				woken := time.Now()
				hash := hashchain.Nth(waitingSeed, steps)
				results[i] = result{waited: woken.Sub(start), worked: time.Since(woken), hash: hash}
				return nil
			},
			Check: func(context.Context) error {
				for i, r := range results {
					if r.waited < wait || r.hash != want {
						return fmt.Errorf("task %d waited %v and ended at %#x, want at least %v and %#x", i, r.waited, r.hash, wait, want)
					}
					waited += r.waited
					worked += r.worked
				}
				clear(results)
				return nil
			},
			Counters: func() (map[string]float64, error) {
				return map[string]float64{"wait-ns/op": float64(waited), "work-ns/op": float64(worked)}, nil
			},
		}, nil
	},
}
