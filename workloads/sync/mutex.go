package sync

import (
	"context"
	"fmt"
	"sync"

	"runbench/workloads"
)

const (
	mutexBatch    = 128
	mutexSections = 1000 // critical sections a task
	mutexInside   = 10   // steps inside the lock
	mutexOutside  = 40   // steps between two critical sections
)

// Mutex is a short critical section that all tasks keep entering.
var Mutex = workloads.Workload{
	Name:       "sync/mutex",
	Isolates:   "one lock: a fifth of the work is done while holding it",
	Expect:     "concurrency 1×; parallelism little or below 1×, because handing the lock over costs more than the section it guards",
	Definition: "sync.Mutex around 10 steps of a linear congruential generator, 40 more outside it (the shape of BenchmarkMutexWork in Go's sync package, with the shared state checked)",
	Advice:     "shorten the section, split the lock by key, or give each goroutine its own state and merge",
	Batch:      mutexBatch,
	Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
		var shared struct {
			_     [128]byte
			mu    sync.Mutex
			state uint64
			_     [128]byte
		}
		private := make([]uint64, mutexBatch)
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				x := uint64(i)
				for range mutexSections {
					shared.mu.Lock()
					shared.state = lcg(shared.state, mutexInside)
					shared.mu.Unlock()
					x = lcg(x, mutexOutside)
				}
				private[i] = x
				return nil
			},
			// A step does not depend on who makes it: however the tasks took
			// turns, the state must have moved on by the steps of all of them.
			Check: func(context.Context) error {
				got, want := shared.state, lcgSkip(0, mutexBatch*mutexSections*mutexInside)
				shared.state = 0
				if got != want {
					return fmt.Errorf("the shared generator stands at %#x, want %#x: steps were lost", got, want)
				}
				for i, x := range private {
					if want := lcgSkip(uint64(i), mutexSections*mutexOutside); x != want {
						return fmt.Errorf("task %d's own generator stands at %#x, want %#x", i, x, want)
					}
				}
				clear(private)
				return nil
			},
		}, nil
	},
}

// Knuth's MMIX generator (TAOCP vol. 2, 3.3.4, table 1, line 26).
const (
	lcgA = 6364136223846793005
	lcgC = 1442695040888963407
)

// lcg makes n steps.
func lcg(x uint64, n int) uint64 {
	for range n {
		x = lcgA*x + lcgC
	}
	return x
}

// lcgSkip makes n steps in about log₂ n multiplications (F. Brown, "Random
// number generation with arbitrary strides", 1994).
func lcgSkip(x uint64, n uint64) uint64 {
	a, c := uint64(1), uint64(0)
	stepA, stepC := uint64(lcgA), uint64(lcgC)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			a, c = a*stepA, c*stepA+stepC
		}
		stepA, stepC = stepA*stepA, stepC*(stepA+1)
	}
	return a*x + c
}
