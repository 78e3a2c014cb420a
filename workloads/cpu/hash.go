// Package cpu holds the workloads that only compute.
package cpu

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"runbench/workloads"
)

const (
	hashBatch = 256
	hashChain = 1000

	// hashWant is the XOR of the last digests of all chains of a batch, as
	// computed with Python's hashlib.
	hashWant = "4868d85ed8a236c1a3defeaa13be86459b31e580f62a97df658161805257901e"
)

// Hash is share-nothing computing, and so the control arm of every sweep: a
// chain of SHA-256 digests that stays in registers and the first-level cache.
var Hash = workloads.Workload{
	Name:       "cpu/hash",
	Isolates:   "share-nothing compute: nothing limits it but cores and clocks",
	Expect:     "concurrency 1×; parallelism close to the number of cores",
	Definition: "a chain of 1,000 SHA-256 digests a task (FIPS 180-4, crypto/sha256), each of the digest before it; no memory beyond the digest is touched",
	Advice:     "one goroutine a core is enough; more of them change nothing",
	Batch:      hashBatch,
	Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
		// Each task has cache lines of its own to leave its digest in.
		type slot struct {
			digest [sha256.Size]byte
			_      [128 - sha256.Size]byte
		}
		out := make([]slot, hashBatch)
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				var h [sha256.Size]byte
				binary.LittleEndian.PutUint64(h[:], uint64(i))
				for range hashChain {
					h = sha256.Sum256(h[:])
				}
				out[i].digest = h
				return nil
			},
			Check: func(context.Context) error {
				var all [sha256.Size]byte
				for i := range out {
					for j, b := range out[i].digest {
						all[j] ^= b
					}
				}
				clear(out)
				if got := hex.EncodeToString(all[:]); got != hashWant {
					return fmt.Errorf("XOR of the %d digests is %s, want %s", hashBatch, got, hashWant)
				}
				return nil
			},
		}, nil
	},
}
