package sync

import (
	"context"
	"fmt"
	"sync"

	"runbench/workloads"
)

// mutexSteps is the work from one critical section to the next, the section
// included, whatever share of it is inside.
const mutexSteps = sectionInside + sectionOutside

// Mutex is a short critical section that all tasks keep entering.
var Mutex = workloads.Workload{
	Name:       "sync/mutex",
	Isolates:   "one lock: a share of the work, a fifth unless set, is done while holding it",
	Expect:     "concurrency 1×; parallelism at most 1/share, in practice far from the number of cores and at times below 1×, because handing the lock over costs more than the section it guards",
	Definition: "sync.Mutex around 10 steps of a linear congruential generator, 40 more outside it (the shape of BenchmarkMutexWork in Go's sync package, with the shared state checked); inside sets the share of the 50 steps",
	Advice:     "shorten the section, split the lock by key, or give each goroutine its own state and merge",
	Related:    []string{"sync/sharded", "sync/rwmutex", "sync/counter"},
	Batch:      sectionBatch,
	Parameters: []workloads.Parameter{
		sectionSizes.Parameter("critical sections a task"),
		workloads.IntParameter("inside", 100*sectionInside/mutexSteps, 2, 100, "share of the work done while holding the lock, in percent, rounded up to whole steps of 50"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		sections := sectionSizes.Of(env.Params)
		inside := (mutexSteps*env.Params.Int("inside") + 99) / 100
		outside := mutexSteps - inside
		var shared struct {
			_     [128]byte
			mu    sync.Mutex
			state uint64
			_     [128]byte
		}
		tasks := make([]own, sectionBatch)
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				x := uint64(i)
				for range sections {
					shared.mu.Lock()
					shared.state = lcg(shared.state, inside)
					shared.mu.Unlock()
					x = lcg(x, outside)
				}
				tasks[i].x = x
				tasks[i].sections += sections
				return nil
			},
			// A step does not depend on who makes it: however the tasks took
			// turns, the state must have moved on by the steps of all of them.
			Check: func(context.Context) error {
				got, want := shared.state, lcgSkip(0, uint64(sectionBatch*sections*inside))
				shared.state = 0
				if got != want {
					return fmt.Errorf("the shared generator stands at %#x, want %#x: steps were lost", got, want)
				}
				return checkOwn(tasks, sections, outside)
			},
		}, nil
	},
}
