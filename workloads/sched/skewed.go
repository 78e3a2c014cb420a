package sched

import (
	"context"
	"fmt"

	"runbench/internal/hashchain"
	"runbench/workloads"
	"runbench/workloads/internal/spin"
)

const (
	skewedBatch = 256

	// skewedHeavy is how many tasks are heavy. They are the first ones, so that
	// of two equal shares one has them all; and there are more of them than most
	// machines have cores, so that the longest task sets no limit.
	skewedHeavy = 32

	// skewedSeed is not 0, which is what a task that was left out leaves.
	skewedSeed = 1
)

var skewedSizes = workloads.Sizes{S: 50, W: 5000, A: 80000}

// Skewed is tasks of which the first few have most of the work in them.
var Skewed = workloads.Workload{
	Name:       "sched/skewed",
	Isolates:   "unequal tasks: the first eighth of them has four fifths of the work, so equal shares of tasks are unequal shares of work",
	Expect:     "concurrency 1×; parallelism close to the number of cores where tasks are handed out as goroutines become free; with static chunks and a goroutine a core 1.1× on two cores and 1.2× on four to eight, and more only where a share has fewer tasks than the 32 long ones",
	Definition: "32 tasks of 155,000 and then 224 of 5,000 steps of the hash chain of cpu/hash; the case for self-scheduling in Kruskal & Weiss (\"Allocating Independent Subtasks on Parallel Processors\", IEEE TSE 1985) and for stealing in Blumofe & Leiserson (JACM 1999), with the costs in the worst order",
	Advice:     "hand tasks out in small pieces as goroutines become free, the long ones first; or divide the work, not the tasks, into equal shares",
	Related:    []string{"cpu/mandelbrot", "cpu/nqueens", "cpu/hash"},
	Batch:      skewedBatch,
	Idempotent: true,
	Parameters: []workloads.Parameter{
		skewedSizes.Parameter("steps of the hash chain in a light task, about 3 ns each"),
		workloads.IntParameter("skew", 31, 1, 1000, "how many times the work of a light task a heavy one has; 1 is no skew"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		light := skewedSizes.Of(env.Params)
		heavy := light * env.Params.Int("skew")
		wantLight := hashchain.Nth(skewedSeed, light)
		wantHeavy := hashchain.Nth(wantLight, heavy-light)
		ends := make([]spin.End, skewedBatch)
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				steps := light
				if i < skewedHeavy {
					steps = heavy
				}
				ends[i].Hash = hashchain.Nth(skewedSeed, steps)
				return nil
			},
			Check: func(context.Context) error {
				defer clear(ends)
				for i, e := range ends {
					want := wantLight
					if i < skewedHeavy {
						want = wantHeavy
					}
					if e.Hash != want {
						return fmt.Errorf("task %d ended at %#x, want %#x", i, e.Hash, want)
					}
				}
				return nil
			},
		}, nil
	},
}
