package main

import (
	"context"

	concpool "github.com/sourcegraph/conc/pool"

	"runbench/bench/strategy"
)

// conc is github.com/sourcegraph/conc: workers on an unbuffered channel. A pool
// lives for one batch, as its documentation has it: Wait ends the workers. It is
// used in its plain form; the one with errors and a context was dearer.
type conc struct{}

func (conc) Name() string     { return strategy.PeerPrefix + "conc" }
func (conc) Describe() string { return "github.com/sourcegraph/conc: a pool a batch, on a channel" }

func (conc) Run(ctx context.Context, goroutines, n int, task strategy.Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	pool := concpool.New().WithMaxGoroutines(goroutines)
	defer pool.Wait()
	return run(ctx, n, task, func(b *batch, i int) error {
		pool.Go(func() { b.do(i) })
		return nil
	})
}
