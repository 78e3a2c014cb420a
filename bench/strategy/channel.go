package strategy

import (
	"context"
	"sync"
)

// channel starts a fixed set of workers that receive task numbers from an
// unbuffered channel.
type channel struct{}

func (channel) Name() string     { return "channel" }
func (channel) Describe() string { return "a worker pool fed by an unbuffered channel" }

func (channel) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(goroutines, n) {
		wg.Go(func() {
			for i := range next {
				if ctx.Err() != nil {
					return
				}
				if err := task(ctx, i); err != nil {
					fail(err)
					return
				}
			}
		})
	}
feed:
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}
