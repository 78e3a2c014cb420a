package sync

import (
	"context"
	"fmt"
	"sync"

	"runbench/workloads"
)

// Sharded is sync/mutex with its lock and state split by key.
var Sharded = workloads.Workload{
	Name:       "sync/sharded",
	Isolates:   "a lock split by key: the work of sync/mutex with 64 locks, each for the state beside it",
	Expect:     "concurrency 1×; parallelism close to the number of cores; with stay=1 much of it is lost again, for then most sections fetch a line that another core had last, although nobody waits for a lock",
	Definition: "the sections of sync/mutex, 20 in a row on the shard that the task's own generator picks, then on the next; every shard is a sync.Mutex and a state on 128 bytes of its own, and with one shard this is sync/mutex again (lock striping: Herlihy & Shavit, The Art of Multiprocessor Programming, ch. 13)",
	Advice:     "this is the remedy for sync/mutex where work is on one key at a time: several times as many shards as cores, each on cache lines of its own, and work on one key kept together",
	Related:    []string{"sync/mutex", "sync/syncmap", "mem/padded"},
	Batch:      sectionBatch,
	Parameters: []workloads.Parameter{
		sectionSizes.Parameter("critical sections a task"),
		workloads.IntParameter("shards", 64, 1, 65536, "locks, each with a state of its own"),
		workloads.IntParameter("stay", 20, 1, 1_000_000, "sections in a row on one shard"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		sections, stay := sectionSizes.Of(env.Params), env.Params.Int("stay")
		type shard struct {
			mu    sync.Mutex
			state uint64
			_     [112]byte
		}
		shards := make([]shard, env.Params.Int("shards"))
		visits := make([]int, len(shards)) // in a batch
		// A task's number is too small a number to pick by, the step from it is not.
		shardOf := func(x uint64) int { return pick(lcg(x, 1), len(shards)) }
		a, c := lcgStride(uint64(stay * sectionOutside))
		for i := range sectionBatch {
			x := uint64(i)
			for left := sections; left > 0; left -= stay {
				visits[shardOf(x)] += min(stay, left)
				x = a*x + c
			}
		}
		tasks := make([]own, sectionBatch)
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				x := uint64(i)
				for left := sections; left > 0; left -= stay {
					s := &shards[shardOf(x)]
					for range min(stay, left) {
						s.mu.Lock()
						s.state = lcg(s.state, sectionInside)
						s.mu.Unlock()
						x = lcg(x, sectionOutside)
					}
				}
				tasks[i].x = x
				tasks[i].sections += sections
				return nil
			},
			Check: func(context.Context) error {
				for k := range shards {
					got, want := shards[k].state, lcgSkip(0, uint64(visits[k]*sectionInside))
					shards[k].state = 0
					if got != want {
						return fmt.Errorf("the generator of shard %d stands at %#x, want %#x: steps were lost", k, got, want)
					}
				}
				return checkOwn(tasks, sections, sectionOutside)
			},
		}, nil
	},
}
