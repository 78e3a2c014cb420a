package strategy

import "context"

// static gives each worker an equal share of neighbouring tasks up front: worker
// w of C gets the tasks from w·n/C to (w+1)·n/C. Nothing is shared while they
// work, and nobody helps whoever got the longer tasks. It is OpenMP's
// schedule(static), and what most compilers do where no schedule is asked for
// (OpenMP API 5.2, section 11.5.3).
type static struct{}

func (static) Name() string     { return "static" }
func (static) Describe() string { return "equal shares of neighbouring tasks, dealt out up front" }

func (static) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	b := newBatch(ctx, task)
	workers := min(goroutines, n)
	return b.crew(workers, func(w int) {
		for i := w * n / workers; i < (w+1)*n/workers; i++ {
			if !b.do(i) {
				return
			}
		}
	})
}
