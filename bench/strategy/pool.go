package strategy

import (
	"context"
	"sync"
	"sync/atomic"
)

// pool starts a fixed set of workers that take the next task number from a
// shared atomic counter: one atomic add a task, no hand-over through the
// scheduler.
type pool struct{}

func (pool) Name() string     { return "pool" }
func (pool) Describe() string { return "a worker pool on an atomic index (the default)" }

func (pool) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	// The index has two cache lines to itself, so that taking a task does not
	// slow whatever the allocator placed beside it.
	var next struct {
		_ [128]byte
		i atomic.Int64
		_ [128]byte
	}
	var wg sync.WaitGroup
	for range min(goroutines, n) {
		wg.Go(func() {
			for {
				i := int(next.i.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				if err := task(ctx, i); err != nil {
					fail(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}
