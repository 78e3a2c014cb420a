package strategy

import (
	"context"
	"runtime"
)

// locked is the pool with a thread of the operating system for each worker, which
// nothing else may run on: the one-to-one model of POSIX threads and of Java's
// platform threads. What switches between workers is the kernel then and not the
// Go scheduler. The goroutines never unlock, so the threads end with them, as
// runtime.LockOSThread has it; all are started by each batch.
type locked struct{}

func (locked) Name() string     { return "locked" }
func (locked) Describe() string { return "the pool with each worker locked to an OS thread of its own" }

func (locked) Run(ctx context.Context, goroutines, n int, task Task) error {
	if goroutines < 1 {
		return errGoroutines
	}
	b := newBatch(ctx, task)
	var tasks index
	// The caller is none of the workers: its thread is not ours to end.
	for range min(goroutines, n) {
		b.wg.Go(func() {
			runtime.LockOSThread()
			for {
				i := tasks.take(1)
				if i >= n || !b.do(i) {
					return
				}
			}
		})
	}
	return b.wait()
}
