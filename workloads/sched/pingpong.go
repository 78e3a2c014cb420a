package sched

import (
	"context"
	"fmt"
	"sync"

	"runbench/internal/hashchain"
	"runbench/workloads"
)

const (
	pingPongBatch = 64

	// pingPongSeed is not 0, which is what a batch that was left out leaves.
	pingPongSeed = 1
)

var pingPongSizes = workloads.Sizes{S: 4, W: 256, A: 4096}

// PingPong is two goroutines of which one always waits for the other. They are
// concurrent and can never be parallel.
var PingPong = workloads.Workload{
	Name:       "sched/pingpong",
	Isolates:   "handing over: two goroutines that take turns, so that only one of them ever has something to do",
	Expect:     "concurrency below 1×: every hand-over costs what the loop does not have; parallelism 1× or below, because the second core can only be woken for nothing or take the value farther away",
	Definition: "a value handed to and fro over two unbuffered channels, as a token is in lmbench's lat_ctx (McVoy & Staelin, USENIX 1996) with two processes; 256 round trips a task, 64 steps of the hash chain of cpu/hash on either side before the value is handed on",
	Advice:     "call a function where the caller has nothing else to do meanwhile; hand over batches of values rather than single ones",
	Related:    []string{"sync/channel", "sched/primesieve", "sched/goroutine"},
	Batch:      pingPongBatch,
	Cooperates: true,
	Goroutines: func(workloads.Params) []int { return []int{1, 2} },
	Parameters: []workloads.Parameter{
		pingPongSizes.Parameter("round trips of the value in a task"),
		workloads.IntParameter("work", 64, 1, 1_000_000, "steps of the hash chain that a side makes before it hands the value on; about 3 ns each"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		r := newRally(pingPongSizes.Of(env.Params), env.Params.Int("work"))
		return &workloads.Instance{Run: r.run, Check: r.check}, nil
	},
}

// A rally is a value that two sides take turns to work on.
type rally struct {
	trips int    // in a task: to the other side and back
	work  int    // steps before the value is handed on
	end   uint64 // the value after a whole batch
	want  uint64
}

func newRally(trips, work int) *rally {
	return &rally{trips: trips, work: work, want: hashchain.Nth(pingPongSeed, pingPongBatch*trips*2*work)}
}

func (r *rally) run(ctx context.Context, goroutines int) error {
	switch goroutines {
	case 1:
		return r.alone(ctx)
	case 2:
		return r.pair(ctx)
	}
	return fmt.Errorf("sched/pingpong: asked for %d goroutines, want 1 or 2", goroutines)
}

// alone makes the turns of both sides in one loop.
func (r *rally) alone(ctx context.Context) error {
	x := uint64(pingPongSeed)
	for range pingPongBatch {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		for range r.trips {
			x = hashchain.Nth(x, r.work)
			x = hashchain.Nth(x, r.work)
		}
	}
	r.end = x
	return nil
}

func (r *rally) pair(ctx context.Context) error {
	ping, pong := make(chan uint64), make(chan uint64)
	var wg sync.WaitGroup
	wg.Go(func() {
		for x := range ping {
			pong <- hashchain.Nth(x, r.work)
		}
	})
	wg.Go(func() {
		defer close(ping)
		x := uint64(pingPongSeed)
		for range pingPongBatch {
			if ctx.Err() != nil {
				return
			}
			for range r.trips {
				ping <- hashchain.Nth(x, r.work)
				x = <-pong
			}
		}
		r.end = x
	})
	wg.Wait()
	return context.Cause(ctx)
}

// check reports a value that was not worked on the right number of times.
func (r *rally) check(context.Context) error {
	got := r.end
	r.end = 0
	if got != r.want {
		return fmt.Errorf("the value came out as %#x, want %#x: a turn was lost or taken twice", got, r.want)
	}
	return nil
}
