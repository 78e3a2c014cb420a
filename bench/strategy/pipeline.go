package strategy

import "context"

// pipeline is three stages joined by channels, the middle one fanned out: a
// feeder that sends the task numbers, C workers, and a collector that receives
// what they finished. Feeder and collector are goroutines on top of C; they run
// no task. The channels hold C elements, so that a stage need not wait for each
// hand-over. See Ajmani, "Go Concurrency Patterns: Pipelines and cancellation",
// The Go Blog, 2014.
type pipeline struct{}

func (pipeline) Name() string { return "pipeline" }
func (pipeline) Describe() string {
	return "a feeder, C workers and a collector over channels; feeder and collector come on top of C"
}

func (pipeline) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	b := newBatch(ctx, task)
	todo, finished := make(chan int, goroutines), make(chan int, goroutines)
	b.wg.Go(func() {
		defer close(todo)
		for i := range n {
			select {
			case todo <- i:
			case <-b.ctx.Done():
				return
			}
		}
	})
	for range min(goroutines, n) {
		b.wg.Go(func() {
			for i := range todo {
				// A task's error ends the batch here and not in the collector,
				// before which other errors could come.
				if !b.do(i) {
					return
				}
				finished <- i
			}
		})
	}
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		for range finished { // where a stage behind the workers would begin
		}
	}()
	err := b.wait()
	close(finished)
	<-collected
	return err
}
