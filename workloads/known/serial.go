package known

import (
	"context"
	"fmt"
	"math"

	"runbench/internal/hashchain"
	"runbench/workloads"
	"runbench/workloads/internal/spin"
)

const (
	serialBatch = 1024

	// serialWork is the default work of a batch in steps, about 40 ms, whatever
	// share of it is serial. What a batch costs once, to wake cores that idled
	// through the serial phase, counts as serial too: up to 0.3 ms were seen.
	serialWork = 12_000_000

	// serialSeed is not 0, which is what a phase that was left out leaves.
	serialSeed = 1
)

// Serial is work of which a set share cannot be divided: first a phase in which
// nothing else runs, then tasks that divide the rest. The barrier between the
// two is the point. Amdahl's law does not describe a critical section under a
// lock, which overlaps with other goroutines' parallel work and scales better.
var Serial = workloads.Workload{
	Name:       "known/serial",
	Isolates:   "a serial phase: a set share of the work that no number of cores makes shorter",
	Expect:     "concurrency 1×; parallelism 1/(s+(1−s)/P) for the serial share s: 1.67× on two cores and 2.5× on four for s=0.2",
	Definition: "Amdahl's law (AFIPS 1967) built out of its assumptions: s·W steps in the caller, a barrier, then 1,024 equal tasks with the other (1−s)·W; W = 12,000,000 steps by default of the hash chain of cpu/hash",
	Advice:     "shorten the phase in which nothing else runs: more cores shorten only the rest",
	Batch:      serialBatch,
	Grows:      true,
	Parameters: []workloads.Parameter{
		workloads.FloatParameter("serial", 0.2, 0, 1, "the share s of the work that is serial"),
		workloads.IntParameter("work", serialWork, 1_000_000, 1_000_000_000, "the work W of a batch in steps of the hash chain, about 3 ns each"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		// Tasks have a whole number of steps, and the serial phase what is left:
		// W is kept exactly, and the share to half a step a task, 0.004 % of the
		// default W.
		work := env.Params.Int("work")
		task := int(math.Round((1 - env.Params.Float("serial")) * float64(work) / serialBatch))
		serial := work - serialBatch*task
		// Every task goes on from where the serial phase ended, so none can come
		// right before it, and all end at the same hash.
		want := hashchain.Nth(hashchain.Nth(serialSeed, serial), task)
		var head uint64
		ends := make([]spin.End, serialBatch)
		return &workloads.Instance{
			Serial: func(context.Context) error {
				head = hashchain.Nth(serialSeed, serial)
				return nil
			},
			Task: func(_ context.Context, i int) error {
				ends[i].Hash = hashchain.Nth(head, task)
				return nil
			},
			Check: func(context.Context) error {
				for i, e := range ends {
					if e.Hash != want {
						return fmt.Errorf("task %d ended at %#x, want %#x", i, e.Hash, want)
					}
				}
				head = 0
				clear(ends)
				return nil
			},
		}, nil
	},
}
