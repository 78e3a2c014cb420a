package mem

import (
	"context"
	"sync/atomic"

	"runbench/workloads"
)

// Padded is mem/falseshare with the counters apart.
var Padded = workloads.Workload{
	Name:       "mem/padded",
	Isolates:   "what padding is worth: the work of mem/falseshare with every counter on cache lines of its own",
	Expect:     "concurrency 1×; parallelism close to the number of cores, for no line moves",
	Definition: "mem/falseshare with a counter every 128 bytes, two lines of 64, because some processors fetch lines in pairs and others have lines of 128",
	Advice:     "this is the remedy for mem/falseshare; it costs 124 bytes a counter, so pad what is written often by different cores and nothing else",
	Related:    []string{"mem/falseshare", "sync/sharded"},
	Batch:      countersBatch,
	Parameters: []workloads.Parameter{counterSizes.Parameter("adds a task")},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		return counting(apart(), counterSizes.Of(env.Params)), nil
	},
}

// apart returns counters 128 bytes apart.
func apart() []*atomic.Uint32 {
	type padded struct {
		n atomic.Uint32
		_ [124]byte
	}
	room := make([]padded, countersBatch)
	counters := make([]*atomic.Uint32, countersBatch)
	for i := range counters {
		counters[i] = &room[i].n
	}
	return counters
}
