package strategy

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// group starts one goroutine a task through an errgroup with a limit.
type group struct{}

func (group) Name() string     { return "errgroup" }
func (group) Describe() string { return "one goroutine a task through errgroup with SetLimit" }

func (group) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(goroutines)
	for i := range n {
		if gctx.Err() != nil {
			break
		}
		g.Go(func() error { return task(gctx, i) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	// Tasks not started because the caller gave up must not pass for done.
	return context.Cause(ctx)
}
