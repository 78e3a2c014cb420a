// Package mem holds the workloads that the memory system decides.
package mem

import (
	"context"
	"fmt"

	"runbench/internal/host/cache"
	"runbench/workloads"
)

const (
	triadBatch = 64

	// triadCap bounds an array so that a run stays cheap: its pages are
	// touched anew in every process. triadDefault is for machines that do not
	// tell the size of their cache.
	triadCap     = 32 << 20
	triadDefault = 32 << 20

	// triadStride is how far apart the elements are that Check looks at: one
	// in every 4 KiB page.
	triadStride = 512
)

// Triad streams through arrays that no cache holds.
var Triad = workloads.Workload{
	Name:       "mem/triad",
	Isolates:   "memory bandwidth: cores share the way to memory",
	Expect:     "concurrency 1×; parallelism until the memory bus is full, often well below the number of cores",
	Definition: "STREAM triad (McCalpin), a[i] = b[i] + q·c[i] over float64; arrays of 4× the last-level cache as STREAM asks, capped at 32 MiB each (parameter mib lifts the cap)",
	Advice:     "more cores will not help once the bus is full: touch less memory, in blocks that fit the cache",
	Batch:      triadBatch,
	Idempotent: true,
	Parameters: []workloads.Parameter{
		workloads.IntParameter("mib", 0, 0, 16384, "size of each of the three arrays in MiB; 0: 4× the last-level cache, at most 32"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		size, note := triadSize(env.Params.Int("mib"))
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

// triadSize returns the size of an array in bytes and says how it came about.
func triadSize(mib int) (size int, note string) {
	llc, known := cache.LastLevel()
	switch {
	case mib > 0:
		return mib << 20, fmt.Sprintf("arrays of %d MiB, as asked", mib)
	case !known:
		return triadDefault, fmt.Sprintf("arrays of %d MiB; the size of the last-level cache is unknown", triadDefault>>20)
	case 4*llc > triadCap:
		return triadCap, fmt.Sprintf("arrays of %d MiB, capped: 4× the last-level cache would be %d MiB; the three together are %.1f× the cache",
			triadCap>>20, 4*llc>>20, 3*float64(triadCap)/float64(llc))
	default:
		return int(4 * llc), fmt.Sprintf("arrays of %d MiB, 4× the last-level cache", 4*llc>>20)
	}
}
