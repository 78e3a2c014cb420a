package mem

import (
	"context"
	"fmt"
	"time"

	"runbench/workloads"
)

const sumBatch = 64

// sumSizes are multiples of the batch, so that all parts are equal.
var sumSizes = workloads.Sizes{S: 64_000, W: 10_000_000, A: 100_000_000}

// Sum reads memory and does next to nothing with it. Kennedy calls it CPU-bound,
// since it never waits; but it has one addition for eight bytes from memory, so
// what a core can do is set by how fast they come.
var Sum = workloads.Workload{
	Name:       "mem/sum",
	Isolates:   "memory bandwidth on reading: one addition for every eight bytes",
	Expect:     "concurrency 1×; parallelism until the memory bus is full, often below the number of cores",
	Definition: "add in Kennedy, \"Scheduling In Go: Part III – Concurrency\" (Ardan Labs, 2018): the sum of 10,000,000 ints, 80 MB; here the numbers 0, 1, 2, … instead of random ones, and 64 parts instead of one a goroutine",
	Advice:     "use smaller types or fewer passes: once the bus is full, more cores wait for the same bytes",
	Related:    []string{"mem/triad", "mem/chase"},
	Batch:      sumBatch,
	Settles:    100 * time.Millisecond, // the first 20 ms take up to half as long again
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{sumSizes.Parameter("numbers of eight bytes to add up")},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		numbers := make([]int64, sumSizes.Of(env.Params))
		for i := range numbers {
			numbers[i] = int64(i)
		}
		n := len(numbers) / sumBatch
		// Each task has cache lines of its own to leave its result in.
		type part struct {
			sum int64
			_   [120]byte
		}
		parts := make([]part, sumBatch)
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				var sum int64
				for _, v := range numbers[i*n : (i+1)*n] {
					sum += v
				}
				parts[i].sum = sum
				return nil
			},
			Check: func(context.Context) error {
				var total int64
				for _, p := range parts {
					total += p.sum
				}
				clear(parts)
				all := int64(len(numbers))
				if want := all * (all - 1) / 2; total != want {
					return fmt.Errorf("the numbers add up to %d, want %d", total, want)
				}
				return nil
			},
		}, nil
	},
}
