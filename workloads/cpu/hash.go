// Package cpu holds the workloads that only compute.
package cpu

import (
	"context"

	"runbench/workloads"
	"runbench/workloads/internal/spin"
)

const (
	hashBatch = 512
	hashChain = 16000

	// hashWant is the XOR of the ends of all chains of a batch, as computed by
	// a Python program written from the same definition.
	hashWant = 0xec66cdc030bd9a84
)

// Hash is share-nothing computing: a chain of hashes that stays in registers. Its
// batch is long, because what each batch costs once, waking the other cores and
// waiting for the last task, would else keep it from its ceiling: it is some 0.1 ms.
var Hash = workloads.Workload{
	Name:       "cpu/hash",
	Isolates:   "share-nothing compute: nothing limits it but cores and clocks",
	Expect:     "concurrency 1×; parallelism close to the number of cores",
	Definition: "a chain of 16,000 hashes a task, each of the one before it: the 64-bit finaliser of MurmurHash3 (Appleby) over steps of 2⁶⁴/φ, as in SplitMix64 (Steele, Lea & Flood, OOPSLA 2014)",
	Advice:     "one goroutine a core is enough; more of them change nothing",
	Batch:      hashBatch,
	Idempotent: true,
	Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
		return spin.Instance(hashBatch, hashChain, hashWant), nil
	},
}
