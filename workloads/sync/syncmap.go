package sync

import (
	"context"
	"fmt"
	"sync"

	"runbench/workloads"
)

const syncMapKeys = 1024

// SyncMap is a map that tasks keep reading and seldom change, without a lock for
// the readers.
var SyncMap = workloads.Workload{
	Name:       "sync/syncmap",
	Isolates:   "a map made for reading: loads take no lock and write nothing that is shared",
	Expect:     "concurrency 1×; parallelism close to the number of cores while stores are few; every store allocates and takes from the other cores the lines that it writes",
	Definition: "sync.Map with 1,024 keys, loaded by 990 sections in 1,000 and stored to by 10, which keys by the task's own generator with its 40 steps between two sections: the frame of sync/rwmutex around BenchmarkMapLoadMostlyHits of Go's sync package",
	Advice:     "use sync.Map for keys that are written seldom and read by many; for a mix of both, a map and a lock for each shard",
	Related:    []string{"sync/rwmutex", "sync/sharded"},
	Batch:      sectionBatch,
	Parameters: []workloads.Parameter{
		sectionSizes.Parameter("loads and stores a task"),
		workloads.IntParameter("stores", 10, 0, 1000, "stores, of a thousand sections; the others load"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		sections, stores := sectionSizes.Of(env.Params), env.Params.Int("stores")
		// A value tells its key by its remainder, and no two stores of a batch
		// have the same one. Keys are made into interfaces beforehand, so that a
		// load allocates nothing.
		var shared sync.Map
		keys := make([]any, syncMapKeys)
		var before uint64 // the sum of the values when the batch began
		for k := range keys {
			keys[k] = k
			shared.Store(keys[k], uint64(k))
			before += uint64(k)
		}
		tasks := make([]own, sectionBatch)
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				x, delta := uint64(i), uint64(0)
				m := newMix(stores, i, sections)
				for j := range sections {
					x = lcg(x, sectionOutside)
					k := pick(x, syncMapKeys)
					if m.change() {
						v := uint64((1+i*sections+j)*syncMapKeys + k)
						// Store is a Swap that drops what was there.
						old, _ := shared.Swap(keys[k], v)
						was, _ := old.(uint64)
						delta += v - was
					} else {
						got, _ := shared.Load(keys[k])
						if v, ok := got.(uint64); !ok || v%syncMapKeys != uint64(k) {
							return fmt.Errorf("task %d loaded %v for key %d, want a value that belongs to the key", i, got, k)
						}
					}
				}
				tasks[i].x = x
				tasks[i].sections += sections
				tasks[i].delta += delta
				return nil
			},
			// Each store knows which value it replaced. However they took turns,
			// the differences add up to what the values of the map now differ
			// from before: of a store that was lost, the difference is there and
			// the value is not.
			Check: func(context.Context) error {
				want, after := before, uint64(0)
				for _, t := range tasks {
					want += t.delta
				}
				for k, key := range keys {
					got, _ := shared.Load(key)
					v, ok := got.(uint64)
					if !ok || v%syncMapKeys != uint64(k) {
						return fmt.Errorf("key %d has the value %v, want one that belongs to it", k, got)
					}
					after += v
				}
				before = after
				if after != want {
					return fmt.Errorf("the values add up to %d, want %d: stores were lost", after, want)
				}
				return checkOwn(tasks, sections, sectionOutside)
			},
		}, nil
	},
}
