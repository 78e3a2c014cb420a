package cpu

import (
	"context"
	"fmt"
	"math/rand/v2"

	"runbench/workloads"
)

const sortBatch = 128

var sortSizes = workloads.Sizes{S: 64, W: 1024, A: 16_384}

// Sort is compute that allocates: a merge sort that makes a new slice at every
// merge, so the garbage collector works beside it.
var Sort = workloads.Workload{
	Name:       "cpu/sort",
	Isolates:   "compute with allocation: the garbage collector works beside the program",
	Expect:     "concurrency about 1×; parallelism below cpu/hash, and more than one core used even at one goroutine",
	Definition: "top-down merge sort of 1,024 random 64-bit integers a task in class W (Knuth, TAOCP vol. 3, 5.2.4), a new slice at every merge, GOGC as the environment sets it",
	Advice:     "reuse buffers before adding cores; look at the collector's share with GODEBUG=gctrace=1",
	Related:    []string{"mem/alloc", "cpu/json", "cpu/hash"},
	Batch:      sortBatch,
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		sortSizes.Parameter("integers to sort"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		length := sortSizes.Of(env.Params)
		rng := rand.New(rand.NewPCG(1, 2))
		in, out := make([][]int64, sortBatch), make([][]int64, sortBatch)
		sums := make([]int64, sortBatch)
		for i := range in {
			in[i] = make([]int64, length)
			for j := range in[i] {
				in[i][j] = rng.Int64()
				sums[i] += in[i][j]
			}
		}
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				out[i] = mergeSort(in[i])
				return nil
			},
			Check: func(context.Context) error {
				for i, s := range out {
					if len(s) != length {
						return fmt.Errorf("task %d left %d numbers, want %d", i, len(s), length)
					}
					sum := s[0]
					for j := 1; j < len(s); j++ {
						if s[j-1] > s[j] {
							return fmt.Errorf("task %d: numbers %d and %d are out of order", i, j-1, j)
						}
						sum += s[j]
					}
					if sum != sums[i] {
						return fmt.Errorf("task %d: the numbers add up to %d, want %d", i, sum, sums[i])
					}
				}
				clear(out)
				return nil
			},
		}, nil
	},
}

// mergeSort returns the numbers of s in ascending order, in a new slice.
func mergeSort(s []int64) []int64 {
	if len(s) < 2 {
		return append([]int64(nil), s...)
	}
	a, b := mergeSort(s[:len(s)/2]), mergeSort(s[len(s)/2:])
	merged := make([]int64, 0, len(s))
	for len(a) > 0 && len(b) > 0 {
		if a[0] <= b[0] {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}
