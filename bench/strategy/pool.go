package strategy

import "context"

// pool starts a fixed set of workers that take the next task number from a
// shared atomic counter: one atomic add a task, no hand-over through the
// scheduler. It is what OpenMP calls schedule(dynamic, 1), and self-scheduling in
// Kruskal & Weiss, "Allocating Independent Subtasks on Parallel Processors", IEEE
// Transactions on Software Engineering 11, 1985.
type pool struct{}

func (pool) Name() string     { return "pool" }
func (pool) Describe() string { return "a worker pool on an atomic index (the default)" }

func (pool) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	b := newBatch(ctx, task)
	var tasks index
	return b.crew(min(goroutines, n), func(int) {
		for {
			i := tasks.take(1)
			if i >= n || !b.do(i) {
				return
			}
		}
	})
}
