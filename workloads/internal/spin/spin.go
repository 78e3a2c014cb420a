// Package spin makes workloads of the chains of package hashchain. Several are made
// of these, so that they differ in how their work is laid out and in nothing else.
package spin

import (
	"context"
	"fmt"

	"runbench/internal/hashchain"
	"runbench/workloads"
)

// An End is where the chain of a task ended. It has cache lines of its own, so
// that tasks do not meet where they leave their results.
type End struct {
	Hash uint64
	_    [120]byte
}

// Instance returns a workload that shares nothing: task i of the batch is a chain
// of n hashes that begins at i, and want is the XOR of the ends of all of them.
func Instance(batch, n int, want uint64) *workloads.Instance {
	ends := make([]End, batch)
	return &workloads.Instance{
		Task: func(_ context.Context, i int) error {
			ends[i].Hash = hashchain.Nth(uint64(i), n)
			return nil
		},
		Check: func(context.Context) error {
			var all uint64
			for _, e := range ends {
				all ^= e.Hash
			}
			clear(ends)
			if all != want {
				return fmt.Errorf("XOR of the %d hashes is %#x, want %#x", batch, all, want)
			}
			return nil
		},
	}
}
