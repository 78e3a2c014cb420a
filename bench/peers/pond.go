package main

import (
	"context"

	pondpool "github.com/alitto/pond/v2"

	"runbench/bench/strategy"
)

// pond is github.com/alitto/pond: a queue without bound, and workers that are
// started as tasks come and end when there are none. It is used through Go, which
// gives no future back: its task groups, with errors and contexts of their own, cost
// three times as much. A kept pool was cheaper than one a batch.
type pond struct{ *cache[pondpool.Pool] }

func newPond() strategy.Strategy {
	return pond{newCache(func(size int) (pondpool.Pool, error) {
		return pondpool.NewPool(size, pondpool.WithoutPanicRecovery()), nil
	})}
}

func (pond) Name() string     { return strategy.PeerPrefix + "pond" }
func (pond) Describe() string { return "github.com/alitto/pond: a kept pool with a queue" }

func (p pond) Run(ctx context.Context, goroutines, n int, task strategy.Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	return p.with(goroutines, func(pool pondpool.Pool) error {
		return run(ctx, n, task, func(b *batch, i int) error { return pool.Go(func() { b.do(i) }) })
	})
}
