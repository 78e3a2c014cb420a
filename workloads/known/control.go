// Package known holds the workloads whose answer is known beforehand. They check
// runbench itself: what it says of them must be what they are made to be.
package known

import (
	"context"

	"runbench/workloads"
	"runbench/workloads/internal/spin"
)

const (
	controlBatch = 256
	controlChain = 16000

	// controlWant is the XOR of the ends of all chains of a batch, as computed
	// by a Python program written from the same definition.
	controlWant = 0x65df60788eb7b40
)

// Control is the control arm of a sweep: share-nothing computing, in a batch
// short enough to be measured at every GOMAXPROCS in every round. Where it
// speeds up less than the cores say, the machine is why.
var Control = workloads.Workload{
	Name:       "known/control",
	Isolates:   "the machine: share-nothing compute that slows only as clocks, shared cores and noisy neighbours make it",
	Expect:     "concurrency 1×; parallelism equal to the hardware ceiling",
	Definition: "the chains of cpu/hash in a quarter of its work: 256 tasks, each a chain of 16,000 hashes in registers (the finaliser of MurmurHash3 over steps of 2⁶⁴/φ)",
	Advice:     "nothing to change in the code: a gain below the number of cores is the machine's",
	Batch:      controlBatch,
	Idempotent: true,
	Grows:      true,
	Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
		return spin.Instance(controlBatch, controlChain, controlWant), nil
	},
}
