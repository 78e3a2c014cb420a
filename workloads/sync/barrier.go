package sync

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"runbench/workloads"
	"runbench/workloads/internal/barrier"
)

const (
	barrierBatch = 64  // cells of the ring; a task is the way of one through all phases
	barrierSteps = 100 // of the generator, for a cell in a phase: about 100 ns
)

var barrierSizes = workloads.Sizes{S: 10, W: 1000, A: 16000}

// A cell of the ring has cache lines of its own, so that goroutines share those
// of their neighbours that they read, and no others.
type cell struct {
	x uint64
	_ [120]byte
}

// Barrier is work in phases, none of which may begin before all of the one before
// it is done.
var Barrier = workloads.Workload{
	Name:       "sync/barrier",
	Isolates:   "barriers: all goroutines wait for the last of them after every few microseconds of work",
	Expect:     "concurrency below 1×: every phase switches through all goroutines; parallelism about 1×, because waking a goroutine on another core takes as long as its part of a phase",
	Definition: "bulk-synchronous phases (Valiant, CACM 33, 1990) divided by a barrier of sync.Mutex and sync.Cond: a ring of 64 cells, each the generator's 100th step from its own and its neighbour's value of the phase before, 7 µs of work a phase in all; one goroutine goes through them in a loop, without a barrier",
	Advice:     "make phases fewer and longer, or wait only for those whose results are needed; below tens of microseconds a phase one goroutine is faster",
	Related:    []string{"cpu/nbody", "sync/channel", "known/serial"},
	Batch:      barrierBatch,
	Cooperates: true,
	Parameters: []workloads.Parameter{barrierSizes.Parameter("phases")},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		phases := barrierSizes.Of(env.Params)
		// Phases go from one ring to the other and back.
		var rings [2][]cell
		rings[0], rings[1] = make([]cell, barrierBatch), make([]cell, barrierBatch)
		reset := func() {
			for i := range barrierBatch {
				rings[0][i].x, rings[1][i].x = uint64(i), 0
			}
		}
		reset()
		want := ringAfter(phases)
		alone := func(ctx context.Context) error {
			for phase := range phases {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				advance(rings[phase%2], rings[(phase+1)%2], 0, barrierBatch)
			}
			return nil
		}
		many := func(ctx context.Context, goroutines int) error {
			// One goroutine looks at ctx, and says before a barrier that the phase
			// is the last, so that all learn of it behind the same barrier and
			// none waits for others that have left.
			var last atomic.Int64
			last.Store(int64(phases - 1))
			together := barrier.New(goroutines)
			var wg sync.WaitGroup
			for g := range goroutines {
				wg.Go(func() {
					from, to := g*barrierBatch/goroutines, (g+1)*barrierBatch/goroutines
					for phase := 0; ; phase++ {
						advance(rings[phase%2], rings[(phase+1)%2], from, to)
						if g == 0 && ctx.Err() != nil {
							last.Store(int64(phase))
						}
						together.Wait()
						if int64(phase) >= last.Load() {
							return
						}
					}
				})
			}
			wg.Wait()
			return context.Cause(ctx)
		}
		return &workloads.Instance{
			Run: func(ctx context.Context, goroutines int) error {
				if goroutines == 1 {
					return alone(ctx)
				}
				return many(ctx, goroutines)
			},
			Check: func(context.Context) error {
				defer reset()
				for i, c := range rings[phases%2] {
					if c.x != want[i] {
						return fmt.Errorf("cell %d is %#x after %d phases, want %#x", i, c.x, phases, want[i])
					}
				}
				return nil
			},
		}, nil
	},
}

// advance does a phase for the cells from … to-1 of a ring.
func advance(old, ring []cell, from, to int) {
	for i := from; i < to; i++ {
		ring[i].x = lcg(old[i].x+old[(i+1)%barrierBatch].x, barrierSteps)
	}
}

// ringAfter returns the values of the cells after that many phases, by skipping
// the steps of each.
func ringAfter(phases int) []uint64 {
	old, ring := make([]uint64, barrierBatch), make([]uint64, barrierBatch)
	for i := range ring {
		ring[i] = uint64(i)
	}
	a, c := lcgStride(barrierSteps)
	for range phases {
		old, ring = ring, old
		for i := range ring {
			ring[i] = a*(old[i]+old[(i+1)%barrierBatch]) + c
		}
	}
	return ring
}
