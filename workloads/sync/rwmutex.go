package sync

import (
	"context"
	"fmt"
	"sync"

	"runbench/workloads"
)

// RWMutex is shared state that tasks keep reading and seldom change.
var RWMutex = workloads.Workload{
	Name:       "sync/rwmutex",
	Isolates:   "a readers' lock: readers do not wait for each other, but each writes the lock's count of readers twice",
	Expect:     "concurrency 1×; parallelism about 1× for sections as short as these, because the cache line with the count of readers moves between cores at every read",
	Definition: "sync.RWMutex around 10 steps of a linear congruential generator from a state that 10 sections in 1,000 move on, 40 more steps outside it: the work of sync/mutex in the mix of BenchmarkRWMutexWorkWrite100 in Go's sync package, with what is read and written checked",
	Advice:     "a readers' lock pays where readers hold it for microseconds; for less, publish a copy through an atomic.Pointer that readers load, or split the lock by key",
	Related:    []string{"sync/mutex", "sync/sharded", "sync/syncmap"},
	Batch:      sectionBatch,
	Parameters: []workloads.Parameter{
		sectionSizes.Parameter("sections a task"),
		workloads.IntParameter("writes", 10, 0, 1000, "sections that write, of a thousand; the others read"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		sections, writes := sectionSizes.Of(env.Params), env.Params.Int("writes")
		// The lock and the state are to be on the same cache line or lines in
		// every process. The allocator aligns a block of 512 bytes to 512.
		var shared struct {
			_     [128]byte
			mu    sync.RWMutex
			state uint64
			next  uint64 // the state after the next write
			_     [344]byte
		}
		reset := func() { shared.state, shared.next = 0, lcg(0, sectionInside) }
		reset()
		tasks := make([]own, sectionBatch)
		return &workloads.Instance{
			// A reader makes the steps of a write and compares: had a writer been
			// there at the same time, state and next would not belong together.
			Task: func(_ context.Context, i int) error {
				x := uint64(i)
				m := newMix(writes, i, sections)
				for range sections {
					if m.change() {
						shared.mu.Lock()
						shared.state, shared.next = shared.next, lcg(shared.next, sectionInside)
						shared.mu.Unlock()
					} else {
						shared.mu.RLock()
						got, want := lcg(shared.state, sectionInside), shared.next
						shared.mu.RUnlock()
						if got != want {
							return fmt.Errorf("task %d read a state that is followed by %#x, not by %#x: a write was under way", i, got, want)
						}
					}
					x = lcg(x, sectionOutside)
				}
				tasks[i].x = x
				tasks[i].sections += sections
				return nil
			},
			Check: func(context.Context) error {
				got, want := shared.state, lcgSkip(0, uint64(changes(writes, sections)*sectionInside))
				reset()
				if got != want {
					return fmt.Errorf("the shared generator stands at %#x, want %#x: writes were lost", got, want)
				}
				return checkOwn(tasks, sections, sectionOutside)
			},
		}, nil
	},
}
