package main

import (
	"context"

	gammazero "github.com/gammazero/workerpool"

	"runbench/bench/strategy"
)

// workerPool is github.com/gammazero/workerpool: a dispatcher goroutine between a
// queue without bound and the workers, which it starts as tasks come and ends
// after two seconds without any. Kept and made for each batch it costs the same, as
// far as could be told; it is kept.
type workerPool struct{ *cache[*gammazero.WorkerPool] }

func newWorkerPool() strategy.Strategy {
	return workerPool{newCache(func(size int) (*gammazero.WorkerPool, error) { return gammazero.New(size), nil })}
}

func (workerPool) Name() string { return strategy.PeerPrefix + "workerpool" }
func (workerPool) Describe() string {
	return "github.com/gammazero/workerpool: a kept pool behind a dispatcher"
}

func (p workerPool) Run(ctx context.Context, goroutines, n int, task strategy.Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	return p.with(goroutines, func(pool *gammazero.WorkerPool) error {
		return run(ctx, n, task, func(b *batch, i int) error {
			pool.Submit(func() { b.do(i) })
			return nil
		})
	})
}
