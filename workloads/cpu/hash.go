// Package cpu holds the workloads that only compute.
package cpu

import (
	"context"

	"runbench/workloads"
	"runbench/workloads/internal/spin"
)

const hashBatch = 2048

var hashSizes = workloads.Sizes{S: 100, W: 8000, A: 128_000}

// hashWant is, by the length of the chains, the XOR of the ends of all chains of
// a batch, as computed by a C program written from the same definition.
var hashWant = map[int]uint64{100: 0x3f3d55745a4f7597, 8000: 0x6506037dbc25c709, 128_000: 0x6715b46bb9ad5a39}

// Hash is share-nothing computing: a chain of hashes that stays in registers. Its
// batch is long and its tasks are short, because what each batch costs once,
// waking the other cores (0.1 ms on a virtual machine) and waiting for the last
// task, would else keep it a percent from its ceiling.
var Hash = workloads.Workload{
	Name:       "cpu/hash",
	Isolates:   "share-nothing compute: nothing limits it but cores and clocks",
	Expect:     "concurrency 1×; parallelism close to the number of cores",
	Definition: "a chain of 8,000 hashes a task (class W), each of the one before it: the 64-bit finaliser of MurmurHash3 (Appleby) over steps of 2⁶⁴/φ, as in SplitMix64 (Steele, Lea & Flood, OOPSLA 2014)",
	Advice:     "one goroutine a core is enough; more of them change nothing",
	Related:    []string{"known/control", "cpu/mandelbrot", "mem/sum", "sync/counter"},
	Batch:      hashBatch,
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		hashSizes.Parameter("hashes of a chain"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		n := hashSizes.Of(env.Params)
		return spin.Instance(hashBatch, n, hashWant[n]), nil
	},
}
