// Package sync holds the workloads in which goroutines meet at shared state.
package sync

import (
	"context"
	"fmt"
	"sync/atomic"

	"runbench/workloads"
)

const counterBatch = 256

var counterSizes = workloads.Sizes{S: 64, W: 4096, A: 65536}

// Counter is one atomic counter that all tasks add to.
var Counter = workloads.Workload{
	Name:       "sync/counter",
	Isolates:   "one contended cache line: every core wants to own it",
	Expect:     "concurrency 1×; parallelism below 1×: more cores make it slower",
	Definition: "4,096 atomic adds a task to one shared counter (will-it-scale's threaded counter loops; McKenney, perfbook ch. 5, atomic increment)",
	Advice:     "count in a local variable and add once, or give each core a counter of its own and sum when reading",
	Related:    []string{"mem/falseshare", "sync/mutex"},
	Batch:      counterBatch,
	Parameters: []workloads.Parameter{counterSizes.Parameter("atomic adds a task")},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		adds := counterSizes.Of(env.Params)
		// Cache lines of its own: the contention is to be the counter's alone.
		var shared struct {
			_ [128]byte
			n atomic.Int64
			_ [128]byte
		}
		return &workloads.Instance{
			Task: func(context.Context, int) error {
				for range adds {
					shared.n.Add(1)
				}
				return nil
			},
			Check: func(context.Context) error { return checkCounter(&shared.n, adds) },
		}, nil
	},
}

// checkCounter reports adds that were lost, or made twice, and starts anew.
func checkCounter(n *atomic.Int64, adds int) error {
	if got, want := n.Swap(0), int64(counterBatch*adds); got != want {
		return fmt.Errorf("the counter is %d, want %d", got, want)
	}
	return nil
}
