package strategy

import (
	"container/heap"
	"context"
)

// balancerDepth is how many tasks a worker of the balancer may have been given
// and not finished. With one it would wait for the balancer after each task;
// the more, the more wait behind a long one, since none is taken back.
const balancerDepth = 4

// balancer gives each task to the worker with the fewest pending. The balancer is
// a goroutine on top of C: it keeps the workers in a heap by load, receives
// requests from the caller and completions from the workers, and runs no task. It
// is the load balancer of Pike, "Concurrency is not Parallelism", Waza 2012; there
// a worker's queue has no bound, here it holds four tasks, so that no hand-over
// waits for a worker that waits for the balancer.
type balancer struct{}

func (balancer) Name() string { return "balancer" }
func (balancer) Describe() string {
	return "Pike's least-loaded balancer: a goroutine on top of C deals tasks from a heap of workers"
}

func (balancer) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	b := newBatch(ctx, task)
	completed := make(chan *loaded)
	workers := make(byLoad, min(goroutines, n))
	for i := range workers {
		w := &loaded{tasks: make(chan int, balancerDepth), at: i}
		workers[i] = w
		b.wg.Go(func() {
			for i := range w.tasks {
				b.do(i)
				completed <- w
			}
		})
	}
	requests := make(chan int)
	b.wg.Go(func() { workers.balance(requests, completed) })
feed:
	for i := range n {
		select {
		case requests <- i:
		case <-b.ctx.Done():
			break feed
		}
	}
	close(requests)
	return b.wait()
}

// loaded is a worker of the balancer.
type loaded struct {
	tasks   chan int
	pending int // given to it and not completed
	at      int // in the heap
}

// byLoad is a heap of workers, the least loaded first.
type byLoad []*loaded

// balance deals the requests out until there are no more of them and all are
// completed, then dismisses the workers.
func (h byLoad) balance(requests <-chan int, completed <-chan *loaded) {
	pending := 0
	for requests != nil || pending > 0 {
		open := requests
		if len(h) > 0 && h[0].pending == balancerDepth {
			open = nil // all of them are full
		}
		select {
		case i, ok := <-open:
			if !ok {
				requests = nil
				continue
			}
			h[0].tasks <- i
			h[0].pending++
			pending++
			heap.Fix(&h, 0)
		case w := <-completed:
			w.pending--
			pending--
			heap.Fix(&h, w.at)
		}
	}
	for _, w := range h {
		close(w.tasks)
	}
}

func (h byLoad) Len() int           { return len(h) }
func (h byLoad) Less(i, j int) bool { return h[i].pending < h[j].pending }

func (h byLoad) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

// Push and Pop complete [heap.Interface]; workers neither come nor go.
func (h *byLoad) Push(w any) { *h = append(*h, w.(*loaded)) }

func (h *byLoad) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
