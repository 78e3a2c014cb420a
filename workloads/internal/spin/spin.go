// Package spin is computing that nothing but a core limits: chains of hashes
// that stay in registers. Several workloads are made of it, so that they differ
// in how their work is laid out and in nothing else.
package spin

import (
	"context"
	"fmt"

	"runbench/workloads"
)

// Chain returns the n-th hash of the chain that begins at h; each hash is that
// of the one before it, so no part of the chain can be had early. It is the
// 64-bit finaliser of MurmurHash3 (Appleby) over steps of 2⁶⁴/φ, as in SplitMix64
// (Steele, Lea & Flood, OOPSLA 2014).
//
// It touches no memory, not even the stack, whose alignment differs between
// goroutines and would show. It is kept from being inlined so that a step is the
// same machine code, and costs the same, wherever it is made.
//
//go:noinline
func Chain(h uint64, n int) uint64 {
	for range n {
		h += 0x9e3779b97f4a7c15
		h = (h ^ h>>33) * 0xff51afd7ed558ccd
		h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
		h ^= h >> 33
	}
	return h
}

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
			ends[i].Hash = Chain(uint64(i), n)
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
