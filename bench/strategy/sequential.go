package strategy

import "context"

// sequential is a plain loop in the caller: no goroutine is started.
type sequential struct{}

func (sequential) Name() string     { return "sequential" }
func (sequential) Describe() string { return "a plain loop in the caller, no goroutine started" }

func (sequential) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	for i := range n {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := task(ctx, i); err != nil {
			return err
		}
	}
	return nil
}
