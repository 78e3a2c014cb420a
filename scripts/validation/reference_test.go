package main

import (
	"testing"

	"runbench/workloads"
	"runbench/workloads/cpu"
)

// BenchmarkReference runs cpu/hash as anyone would write it with package testing
// alone: what it measures and what runbench measures must be the same.
func BenchmarkReference(b *testing.B) {
	in, err := cpu.Hash.Start(b.Context(), workloads.Env{Goroutines: 1, Dir: b.TempDir(), Shared: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for i := range cpu.Hash.Batch {
			if err := in.Task(b.Context(), i); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := in.Check(b.Context()); err != nil {
		b.Fatal(err)
	}
}
