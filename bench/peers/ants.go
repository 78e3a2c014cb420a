package main

import (
	"context"

	antspool "github.com/panjf2000/ants/v2"

	"runbench/bench/strategy"
)

// ants is github.com/panjf2000/ants: workers that are kept and given one task
// after the other, found through a stack under a spin lock, which end after a
// second without work. Its plain pool was cheaper than the one with a common
// function, whose tasks need no closure, and a kept one cheaper than one a batch.
type ants struct{ *cache[*antspool.Pool] }

func newAnts() strategy.Strategy {
	return ants{newCache(func(size int) (*antspool.Pool, error) {
		// A panic would be logged and forgotten: it is to end the process, as
		// elsewhere.
		return antspool.NewPool(size, antspool.WithPanicHandler(func(why any) { panic(why) }))
	})}
}

func (ants) Name() string     { return strategy.PeerPrefix + "ants" }
func (ants) Describe() string { return "github.com/panjf2000/ants: a kept pool of workers" }

func (p ants) Run(ctx context.Context, goroutines, n int, task strategy.Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	return p.with(goroutines, func(pool *antspool.Pool) error {
		return run(ctx, n, task, func(b *batch, i int) error { return pool.Submit(func() { b.do(i) }) })
	})
}
