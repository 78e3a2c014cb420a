package strategy

import (
	"context"
	"sync"
)

// semaphore starts one goroutine a task; a buffered channel bounds how many
// run at once.
type semaphore struct{}

func (semaphore) Name() string { return "semaphore" }
func (semaphore) Describe() string {
	return "one goroutine a task, bounded by a buffered channel"
}

func (semaphore) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var wg sync.WaitGroup
	slots := make(chan struct{}, goroutines)
	for i := range n {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		// Asked again, because select takes either branch when both are open.
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := task(ctx, i); err != nil {
				fail(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}
