package strategy

import "context"

// cyclic gives each worker a shard of its own: task i belongs to worker i mod C,
// and nobody takes from another's shard. Long tasks that lie together, as in an
// image, are spread over the workers, which static does not do. It is OpenMP's
// schedule(static, 1), and how servers deal keys or connections out to
// single-threaded shards.
type cyclic struct{}

func (cyclic) Name() string     { return "cyclic" }
func (cyclic) Describe() string { return "a shard a worker: task i belongs to worker i mod C" }

func (cyclic) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	b := newBatch(ctx, task)
	workers := min(goroutines, n)
	return b.crew(workers, func(w int) {
		// The shard is known beforehand, so its queue is a step and not a list.
		for i := w; i < n; i += workers {
			if !b.do(i) {
				return
			}
		}
	})
}
