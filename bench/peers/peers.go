package main

import (
	"context"
	"errors"
	"sync"

	"runbench/bench/strategy"
)

// All returns the peers as strategies.
func All() []strategy.Strategy {
	return []strategy.Strategy{newAnts(), newPond(), conc{}, newWorkerPool()}
}

// errGoroutines is what Run returns for a goroutine count below 1.
var errGoroutines = errors.New("peers: goroutines must be at least 1")

// A batch is what the tasks of one Run share. The pools know nothing of errors and
// contexts, or do more about them than the promises of a strategy need, so all get
// the same: a context that the first error ends.
type batch struct {
	ctx  context.Context
	fail context.CancelCauseFunc
	task strategy.Task
	left sync.WaitGroup // tasks that were handed to the pool
}

// run hands n tasks to a pool through submit and waits until they are done.
func run(ctx context.Context, n int, task strategy.Task, submit func(b *batch, i int) error) error {
	b := &batch{task: task}
	b.ctx, b.fail = context.WithCancelCause(ctx)
	defer b.fail(nil)
	b.left.Add(n)
	for i := range n {
		if b.ctx.Err() != nil {
			b.left.Add(i - n)
			break
		}
		if err := submit(b, i); err != nil {
			b.fail(err)
			b.left.Done()
		}
	}
	b.left.Wait()
	return context.Cause(b.ctx)
}

// do does task i on a goroutine of the pool, unless the batch has ended.
func (b *batch) do(i int) {
	if b.ctx.Err() == nil {
		if err := b.task(b.ctx, i); err != nil {
			b.fail(err)
		}
	}
	b.left.Done()
}

// A cache keeps pools between batches, by their size: what their documentation
// advises, and what costs a batch least. A batch has its pool to itself, so that
// batches at once do not wait for each other's tasks. The goroutines of a kept
// pool stay, idle, until the process ends.
type cache[P any] struct {
	create func(size int) (P, error)

	mu   sync.Mutex
	idle map[int][]P
}

func newCache[P any](create func(size int) (P, error)) *cache[P] {
	return &cache[P]{create: create, idle: make(map[int][]P)}
}

// with calls f with a pool of the size.
func (c *cache[P]) with(size int, f func(pool P) error) error {
	pool, err := c.take(size)
	if err != nil {
		return err
	}
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.idle[size] = append(c.idle[size], pool)
	}()
	return f(pool)
}

func (c *cache[P]) take(size int) (P, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	idle := c.idle[size]
	if len(idle) == 0 {
		return c.create(size)
	}
	pool := idle[len(idle)-1]
	c.idle[size] = idle[:len(idle)-1]
	return pool, nil
}
