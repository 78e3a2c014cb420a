// Package cpu holds the workloads that only compute.
package cpu

import (
	"context"

	"runbench/workloads"
	"runbench/workloads/internal/spin"
)

const (
	hashBatch = 2048
	hashChain = 8000

	// hashWant is the XOR of the ends of all chains of a batch, as computed by
	// a C program written from the same definition.
	hashWant = 0x6506037dbc25c709
)

// Hash is share-nothing computing: a chain of hashes that stays in registers. Its
// batch is long and its tasks are short, because what each batch costs once,
// waking the other cores (0.1 ms on a virtual machine) and waiting for the last
// task, would else keep it a percent from its ceiling.
var Hash = workloads.Workload{
	Name:       "cpu/hash",
	Isolates:   "share-nothing compute: nothing limits it but cores and clocks",
	Expect:     "concurrency 1×; parallelism close to the number of cores",
	Definition: "a chain of 8,000 hashes a task, each of the one before it: the 64-bit finaliser of MurmurHash3 (Appleby) over steps of 2⁶⁴/φ, as in SplitMix64 (Steele, Lea & Flood, OOPSLA 2014)",
	Advice:     "one goroutine a core is enough; more of them change nothing",
	Batch:      hashBatch,
	Idempotent: true,
	Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
		return spin.Instance(hashBatch, hashChain, hashWant), nil
	},
}
