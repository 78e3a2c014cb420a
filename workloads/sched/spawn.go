// Package sched holds the workloads that are mostly the scheduler's work:
// goroutines that start, end, and hand over to one another.
package sched

import (
	"context"
	"fmt"
	"sync"

	"runbench/workloads"
)

const spawnBatch = 64

var spawnSizes = workloads.Sizes{S: 32, W: 512, A: 8192}

// A mark counts the goroutines that were here. It has cache lines of its own, so
// that goroutines do not meet where they leave it.
type mark struct {
	n int
	_ [120]byte
}

// Spawn starts goroutines that do next to nothing, a few at a time, and waits for
// them: what it costs to divide work too finely.
var Spawn = workloads.Workload{
	Name:       "sched/spawn",
	Isolates:   "start and end of goroutines that do next to nothing",
	Expect:     "concurrency 1×; parallelism above 1× and below the number of cores: each core starts goroutines out of a store of its own, but idle cores take some of them away, and waking up for so little costs more than it brings",
	Definition: "512 goroutines a task, each with one addition, started by sync.WaitGroup.Go in groups of 16 and waited for group by group; the fork and join of the EPCC OpenMP microbenchmarks (Bull, 1999) with goroutines that end in place of a standing team",
	Advice:     "give a goroutine some microseconds of work at least: cut the work into fewer pieces, or let a few standing goroutines take the pieces",
	Related:    []string{"cpu/fib", "sched/goroutine", "sched/lockedthread"},
	Batch:      spawnBatch,
	Parameters: []workloads.Parameter{
		spawnSizes.Parameter("goroutines that a task starts, one group after the other"),
		workloads.IntParameter("group", 16, 1, 256, "goroutines that are started before they are waited for; 1 is one after the other"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		n, group := spawnSizes.Of(env.Params), env.Params.Int("group")
		marks := make([]mark, spawnBatch*group)
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				own := marks[i*group : (i+1)*group]
				var wg sync.WaitGroup
				for started := 0; started < n; started += group {
					for j := range min(group, n-started) {
						wg.Go(func() { own[j].n++ })
					}
					wg.Wait()
				}
				return nil
			},
			Check: func(context.Context) error {
				defer clear(marks)
				for i := range spawnBatch {
					ended := 0
					for _, m := range marks[i*group : (i+1)*group] {
						ended += m.n
					}
					if ended != n {
						return fmt.Errorf("task %d: %d goroutines left their mark, want %d", i, ended, n)
					}
				}
				return nil
			},
		}, nil
	},
}
