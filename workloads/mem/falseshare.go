package mem

import (
	"context"
	"sync/atomic"
	"unsafe"

	"runbench/workloads"
)

// FalseShare is counters that no two tasks share, on a cache line that all do.
var FalseShare = workloads.Workload{
	Name:       "mem/falseshare",
	Isolates:   "false sharing: data of one task each on a cache line that all of them write",
	Expect:     "concurrency 1×; parallelism below 1×, as with a single counter for all: the line moves from core to core at every few adds",
	Definition: "false sharing as in Bolosky & Scott (\"False sharing and its effect on shared memory performance\", USENIX SEDMS 1993): 262,144 atomic adds a task to a counter of its own, the 16 counters of four bytes side by side on one line of 64 bytes",
	Advice:     "give what different goroutines write cache lines of its own, or count in a local variable and write once; perf c2c finds the lines that move",
	Related:    []string{"mem/padded", "sync/counter"},
	Batch:      countersBatch,
	Parameters: []workloads.Parameter{counterSizes.Parameter("adds a task")},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		return counting(oneLine(), counterSizes.Of(env.Params)), nil
	},
}

// oneLine returns counters that lie side by side on one cache line, with 128
// bytes free on either side of them.
func oneLine() []*atomic.Uint32 {
	const around = 128 / unsafe.Sizeof(atomic.Uint32{})
	room := make([]atomic.Uint32, around+around+countersBatch+around)
	// Go aligns to the element, not to the line. The array stays where it is, for
	// the collector moves nothing.
	skip := -uintptr(unsafe.Pointer(&room[0])) % 128 / unsafe.Sizeof(room[0])
	counters := make([]*atomic.Uint32, countersBatch)
	for i := range counters {
		counters[i] = &room[around+skip+uintptr(i)]
	}
	return counters
}
