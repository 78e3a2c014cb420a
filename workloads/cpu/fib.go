package cpu

import (
	"context"
	"fmt"
	"sync"

	"runbench/workloads"
)

const (
	fibBatch  = 32
	fibCutoff = 16
)

var fibSizes = workloads.Sizes{S: 18, W: 25, A: 31}

// Fib is recursion that forks: what it computes is next to nothing, so what a
// goroutine costs is what shows.
var Fib = workloads.Workload{
	Name:       "cpu/fib",
	Isolates:   "fork and join: the price of a goroutine, paid for every piece that is forked off",
	Expect:     "concurrency a little below 1×, and further below with a smaller cutoff; parallelism close to the number of cores on a few, while a piece costs much more than its goroutine; on tens of cores a tree of class W has too few pieces for all",
	Definition: "the recursion for Fibonacci numbers in which each call forks one of its two halves, as in Cilk (Frigo, Leiserson & Randall, PLDI 1998), down to a cutoff; here as many goroutines as asked at most, the caller included: a call that gets no token from a buffered channel does both halves itself; 32 trees, one after the other, fib(25) in class W; at one goroutine plain recursion",
	Advice:     "stop forking where a piece costs less than some twenty goroutines would, about 10 µs, and recurse from there",
	Related:    []string{"sched/spawn", "cpu/nqueens", "sched/skewed"},
	Batch:      fibBatch,
	Cooperates: true,
	Parameters: []workloads.Parameter{
		fibSizes.Parameter("n of fib(n)"),
		workloads.IntParameter("cutoff", fibCutoff, 2, 50, "the smallest n for which fib(n) may fork"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		f := &forest{n: fibSizes.Of(env.Params), cutoff: env.Params.Int("cutoff")}
		return &workloads.Instance{
			Run:   f.run,
			Check: func(context.Context) error { return f.check() },
		}, nil
	},
}

// A forest is the trees of calls of a batch.
type forest struct {
	n, cutoff int
	results   [fibBatch]fibonacci
}

// A fibonacci is the result of a call: the Fibonacci number, and how many calls
// below it, or itself, made none. A call of fib(0) adds nothing to the number;
// that it was lost shows in the leaves alone.
type fibonacci struct{ value, leaves uint64 }

func (f *forest) run(ctx context.Context, goroutines int) error {
	tree := func() fibonacci { return fib(f.n) }
	if goroutines > 1 {
		r := forking{cutoff: f.cutoff, tokens: make(chan struct{}, goroutines-1)}
		tree = func() fibonacci { return r.fib(f.n) }
	}
	for i := range f.results {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		f.results[i] = tree()
	}
	return nil
}

func join(a, b fibonacci) fibonacci {
	return fibonacci{value: a.value + b.value, leaves: a.leaves + b.leaves}
}

// fib computes fib(n) in the caller.
func fib(n int) fibonacci {
	if n < 2 {
		return fibonacci{value: uint64(n), leaves: 1}
	}
	return join(fib(n-1), fib(n-2))
}

// forking is recursion that forks where there is a token to be had.
type forking struct {
	cutoff int
	tokens chan struct{} // one for each goroutine beside the caller
}

// fib computes fib(n). It is the smaller half that is forked off, so that the
// larger is seldom the first to end and wait; by the time the smaller gives its
// token back, enough is left of the larger to be forked again.
func (r forking) fib(n int) fibonacci {
	if n < r.cutoff {
		return fib(n)
	}
	select {
	case r.tokens <- struct{}{}:
		return r.fork(n)
	default:
		return join(r.fib(n-1), r.fib(n-2))
	}
}

// fork does the smaller half of fib(n) in a goroutine, for which it holds a token.
func (r forking) fork(n int) fibonacci {
	var smaller fibonacci
	var wg sync.WaitGroup
	wg.Go(func() {
		smaller = r.fib(n - 2)
		<-r.tokens
	})
	larger := r.fib(n - 1)
	wg.Wait()
	return join(larger, smaller)
}

// check compares every tree with fib(n) and its number of leaves, fib(n+1).
func (f *forest) check() error {
	want := fibonacci{value: 0, leaves: 1}
	for range f.n {
		want = fibonacci{value: want.leaves, leaves: want.value + want.leaves}
	}
	for i, got := range f.results {
		if got != want {
			return fmt.Errorf("tree %d: fib(%d) is %d from %d leaves, want %d from %d", i, f.n, got.value, got.leaves, want.value, want.leaves)
		}
	}
	f.results = [fibBatch]fibonacci{}
	return nil
}
