package strategy

import (
	"context"
	"sync"
	"sync/atomic"
)

// A batch is what the goroutines of one Run share.
type batch struct {
	ctx  context.Context // what tasks are given; ends with the first error
	fail context.CancelCauseFunc
	task Task
	wg   sync.WaitGroup
}

func newBatch(ctx context.Context, task Task) *batch {
	b := &batch{task: task}
	b.ctx, b.fail = context.WithCancelCause(ctx)
	return b
}

// do does task i, unless the batch has ended, and reports whether it goes on.
func (b *batch) do(i int) bool {
	if b.ctx.Err() != nil {
		return false
	}
	if err := b.task(b.ctx, i); err != nil {
		b.fail(err)
		return false
	}
	return true
}

// crew runs work for each of the workers 0 … workers-1 and returns what Run is
// to return. The caller is the last of them, which saves starting a goroutine.
func (b *batch) crew(workers int, work func(worker int)) error {
	for w := range workers - 1 {
		b.wg.Go(func() { work(w) })
	}
	if workers > 0 {
		work(workers - 1)
	}
	return b.wait()
}

// wait waits for the goroutines and returns what Run is to return.
func (b *batch) wait() error {
	b.wg.Wait()
	defer b.fail(nil)
	return context.Cause(b.ctx)
}

// An index hands out task numbers in order. It has two cache lines to itself on
// either side, so that taking a task does not slow whatever the allocator placed
// beside it.
type index struct {
	_    [128]byte
	next atomic.Int64
	_    [128]byte
}

// take returns the first of the next n numbers.
func (x *index) take(n int) int { return int(x.next.Add(int64(n))) - n }
