// Package mem holds the workloads that the memory system decides.
package mem

import (
	"context"
	"fmt"
	"time"

	"runbench/internal/host/cache"
	"runbench/workloads"
)

const (
	triadBatch = 64

	// triadStride is how far apart the elements are that Check looks at: one
	// in every 4 KiB page.
	triadStride = 512
)

// triadSizes bound an array, in MiB, so that a run stays cheap: its pages are
// touched anew in every process. Machines that do not tell the size of their
// cache get the whole of it.
var triadSizes = workloads.Sizes{S: 1, W: 32, A: 320}

// Triad streams through arrays that no cache holds.
var Triad = workloads.Workload{
	Name:       "mem/triad",
	Isolates:   "memory bandwidth: cores share the way to memory",
	Expect:     "concurrency 1×; parallelism until the memory bus is full, often well below the number of cores",
	Definition: "STREAM triad (McCalpin), a[i] = b[i] + q·c[i] over float64; arrays of 4× the last-level cache as STREAM asks, capped at 32 MiB each (parameters size and mib lift the cap)",
	Advice:     "more cores will not help once the bus is full: touch less memory, in blocks that fit the cache",
	Related:    []string{"mem/sum", "mem/chase"},
	Batch:      triadBatch,
	Settles:    100 * time.Millisecond, // the first 20 ms take up to half as long again
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		triadSizes.Parameter("cap in MiB on each of the three arrays"),
		workloads.IntParameter("mib", 0, 0, 16384, "size of each of the three arrays in MiB, in place of a class; 0: 4× the last-level cache, at most the class's cap"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		size, note := triadSize(env.Params.Int("mib"), triadSizes.Of(env.Params)<<20)
		n := size / 8 / triadBatch * triadBatch
		a, b, c := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range b {
			a[i], b[i], c[i] = 0, 1, 2
		}
		q := 1.0
		return &workloads.Instance{
			Notes: []string{note},
			Task: func(_ context.Context, i int) error {
				from, to := i*(n/triadBatch), (i+1)*(n/triadBatch)
				a, b, c := a[from:to], b[from:to], c[from:to]
				for j := range a {
					a[j] = b[j] + q*c[j]
				}
				return nil
			},
			// Each batch has another q, so the last batch's values are wrong
			// for this one and need not be cleared.
			Check: func(context.Context) error {
				want := 1 + 2*q
				for j := 0; j < n; j += triadStride {
					if a[j] != want {
						return fmt.Errorf("a[%d] is %v, want %v", j, a[j], want)
					}
				}
				q++
				return nil
			},
		}, nil
	},
}

// triadSize returns the size of an array in bytes and says how it came about:
// mib where it is not 0, else by the cache and the cap in bytes.
func triadSize(mib, most int) (size int, note string) {
	llc, known := cache.LastLevel()
	switch {
	case mib > 0:
		return mib << 20, fmt.Sprintf("arrays of %d MiB, as asked", mib)
	case !known:
		return most, fmt.Sprintf("arrays of %d MiB; the size of the last-level cache is unknown", most>>20)
	case 4*llc > int64(most):
		return most, fmt.Sprintf("arrays of %d MiB, capped: 4× the last-level cache would be %d MiB; the three together are %.1f× the cache",
			most>>20, 4*llc>>20, 3*float64(most)/float64(llc))
	default:
		return int(4 * llc), fmt.Sprintf("arrays of %d MiB, 4× the last-level cache", 4*llc>>20)
	}
}
