// Package cpu holds the workloads that only compute.
package cpu

import (
	"context"
	"fmt"

	"runbench/workloads"
)

const (
	hashBatch = 256
	hashChain = 16000

	// hashWant is the XOR of the ends of all chains of a batch, as computed by
	// a Python program written from the same definition.
	hashWant = 0x65df60788eb7b40
)

// Hash is share-nothing computing, and so the control arm of every sweep: a
// chain of hashes that stays in registers. Nothing it does touches memory, not
// even the stack, whose alignment differs between goroutines and would show.
var Hash = workloads.Workload{
	Name:       "cpu/hash",
	Isolates:   "share-nothing compute: nothing limits it but cores and clocks",
	Expect:     "concurrency 1×; parallelism close to the number of cores",
	Definition: "a chain of 16,000 hashes a task, each of the one before it: the 64-bit finaliser of MurmurHash3 (Appleby) over steps of 2⁶⁴/φ, as in SplitMix64 (Steele, Lea & Flood, OOPSLA 2014)",
	Advice:     "one goroutine a core is enough; more of them change nothing",
	Batch:      hashBatch,
	Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
		// Each task has cache lines of its own to leave its result in.
		type slot struct {
			hash uint64
			_    [120]byte
		}
		out := make([]slot, hashBatch)
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				out[i].hash = chain(uint64(i), hashChain)
				return nil
			},
			Check: func(context.Context) error {
				var all uint64
				for _, s := range out {
					all ^= s.hash
				}
				clear(out)
				if all != hashWant {
					return fmt.Errorf("XOR of the %d hashes is %#x, want %#x", hashBatch, all, uint64(hashWant))
				}
				return nil
			},
		}, nil
	},
}

// chain returns the n-th hash of the chain that begins at h.
func chain(h uint64, n int) uint64 {
	for range n {
		h += 0x9e3779b97f4a7c15
		h = (h ^ h>>33) * 0xff51afd7ed558ccd
		h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
		h ^= h >> 33
	}
	return h
}
