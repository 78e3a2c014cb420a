package strategy

import "context"

// leavesPerWorker is how many leaves forkJoin cuts for each goroutine that may
// run tasks, at least: as many as dynamic cuts chunks.
const leavesPerWorker = 8

// forkJoin halves the batch again and again: the right half becomes a goroutine,
// the left half stays, down to a cutoff of max(1, n/8C) tasks, which one
// goroutine does in a row. There are as many goroutines as leaves, more than C:
// those that hold one of C tokens run tasks, the others wait for one. The halves
// have no results to be merged, so all of them are joined at once, at the end.
// See Blumofe et al., "Cilk: An Efficient Multithreaded Runtime System", PPoPP
// 1995, and Lea, "A Java Fork/Join Framework", Java Grande 2000; those keep the
// goroutines few by having idle threads steal halves.
type forkJoin struct{}

func (forkJoin) Name() string { return "forkjoin" }
func (forkJoin) Describe() string {
	return "recursive halving, a goroutine a half down to a cutoff; C tokens say who may run tasks"
}

func (forkJoin) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	b := newBatch(ctx, task)
	cutoff := max(1, n/(leavesPerWorker*goroutines))
	tokens := make(chan struct{}, goroutines)
	var fork func(from, to int)
	fork = func(from, to int) {
		for to-from > cutoff {
			middle, end := from+(to-from)/2, to
			b.wg.Go(func() { fork(middle, end) })
			to = middle
		}
		tokens <- struct{}{}
		defer func() { <-tokens }()
		for i := from; i < to; i++ {
			if !b.do(i) {
				return
			}
		}
	}
	fork(0, n)
	return b.wait()
}
