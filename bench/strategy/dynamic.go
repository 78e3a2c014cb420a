package strategy

import "context"

// chunksPerWorker is how many chunks dynamic cuts for each worker: enough that
// the last one to finish is late by an eighth of a share at most, where tasks are
// alike.
const chunksPerWorker = 8

// dynamic is the pool with a grain: workers take the next max(1, n/8C) tasks at
// once, so that the counter is touched a few times a worker and not once a task.
// It is OpenMP's schedule(dynamic, grain), chunk self-scheduling in Kruskal &
// Weiss (see pool).
type dynamic struct{}

func (dynamic) Name() string     { return "dynamic" }
func (dynamic) Describe() string { return "chunks of tasks taken from an atomic index, eight a worker" }

func (dynamic) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	b := newBatch(ctx, task)
	grain := max(1, n/(chunksPerWorker*goroutines))
	var tasks index
	return b.crew(min(goroutines, n), func(int) {
		for {
			from := tasks.take(grain)
			for i := from; i < min(from+grain, n); i++ {
				if !b.do(i) {
					return
				}
			}
			if from+grain >= n {
				return
			}
		}
	})
}
