// Package strategytest checks that a strategy keeps the promises of package
// strategy.
package strategytest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"runbench/bench/strategy"
)

// Promises tests s, in a subtest for each promise. What goroutines a strategy
// leaves is for the caller to look at, once all tests are done.
func Promises(t *testing.T, s strategy.Strategy) {
	for _, promise := range []struct {
		name string
		test func(*testing.T, strategy.Strategy)
	}{
		{"name", name},
		{"every task once and never more than asked", onceAndBounded},
		{"the bound is reached", boundReached},
		{"the first error stops the batch", firstError},
		{"the caller's end is an error", callersEnd},
		{"many batches at once", atOnce},
		{"goroutines below one", belowOne},
	} {
		t.Run(promise.name, func(t *testing.T) { promise.test(t, s) })
	}
}

func name(t *testing.T, s strategy.Strategy) {
	if n := s.Name(); !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(n) {
		t.Errorf("%q: expected lower-case words joined by dashes", n)
	}
	if d := s.Describe(); d == "" || strings.Contains(d, "\n") {
		t.Errorf("expected a description of one line, found %q", d)
	}
}

// A tally counts tasks in flight.
type tally struct{ now, most atomic.Int32 }

func (y *tally) enter() {
	now := y.now.Add(1)
	for m := y.most.Load(); now > m && !y.most.CompareAndSwap(m, now); m = y.most.Load() {
	}
}

func (y *tally) leave() { y.now.Add(-1) }

func onceAndBounded(t *testing.T, s strategy.Strategy) {
	for _, c := range []int{1, 2, 3, 8, 64, 128} {
		for _, n := range []int{0, 1, 7, 64, 1000} {
			done := make([]atomic.Int32, n)
			var flying tally
			err := s.Run(t.Context(), c, n, func(_ context.Context, i int) error {
				flying.enter()
				done[i].Add(1)
				flying.leave()
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range done {
				if got := done[i].Load(); got != 1 {
					t.Errorf("C=%d, n=%d: task %d ran %d times", c, n, i, got)
				}
			}
			if most := int(flying.most.Load()); most > c {
				t.Errorf("C=%d, n=%d: %d tasks in flight", c, n, most)
			}
		}
	}
}

// meet returns a task that ends when c tasks are in flight, and never before.
func meet(c int) strategy.Task {
	var arrived atomic.Int32
	all := make(chan struct{})
	return func(ctx context.Context, _ int) error {
		if int(arrived.Add(1)) == c {
			close(all)
		}
		select {
		case <-all:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func boundReached(t *testing.T, s strategy.Strategy) {
	if s.Name() == strategy.Sequential.Name() {
		t.Log("has one task in flight by definition")
		return
	}
	const c = 8
	if err := s.Run(t.Context(), c, c, meet(c)); err != nil {
		t.Error(err)
	}
}

// The fourth task to start fails, whichever that is: strategies start tasks in
// different orders.
func firstError(t *testing.T, s strategy.Strategy) {
	for _, c := range []int{1, 2, 8} {
		want := errors.New("the first")
		var started atomic.Int32
		var flying tally
		err := s.Run(t.Context(), c, 10000, func(ctx context.Context, i int) error {
			flying.enter()
			defer flying.leave()
			switch n := started.Add(1); {
			case n == 4:
				return want
			case n > 4 && c > 1:
				<-ctx.Done() // ended by the error, or this would hang
				return fmt.Errorf("task %d: %w", i, ctx.Err())
			}
			return nil
		})
		if !errors.Is(err, want) {
			t.Errorf("C=%d: got %v, want %v", c, err, want)
		}
		if more := started.Load() - 4; more > int32(2*c) {
			t.Errorf("C=%d: %d tasks ran after the error", c, more)
		}
		if left := flying.now.Load(); left != 0 {
			t.Errorf("C=%d: %d tasks are still running", c, left)
		}
	}
}

func callersEnd(t *testing.T, s strategy.Strategy) {
	for _, c := range []int{1, 4} {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("no longer wanted")
		var ran atomic.Int32
		err := s.Run(ctx, c, 1000, func(ctx context.Context, _ int) error {
			switch n := ran.Add(1); {
			case n == 5:
				cancel(why)
			case n > 5:
				<-ctx.Done() // or the others could do all before the fifth cancels
			}
			return nil
		})
		if !errors.Is(err, why) || ran.Load() == 1000 {
			t.Errorf("C=%d: %d tasks ran, error %v, want %v", c, ran.Load(), err, why)
		}
		// A batch that is not wanted from the start is not begun.
		ran.Store(0)
		err = s.Run(ctx, c, 1000, func(context.Context, int) error { ran.Add(1); return nil })
		if !errors.Is(err, why) || ran.Load() > 0 {
			t.Errorf("C=%d, ended before: %d tasks ran, error %v, want %v", c, ran.Load(), err, why)
		}
	}
}

// Batches of one value do not share what they may have in flight.
func atOnce(t *testing.T, s strategy.Strategy) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			c := 8
			if s.Name() == strategy.Sequential.Name() {
				c = 1
			}
			for range 3 {
				if err := s.Run(t.Context(), c, c, meet(c)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func belowOne(t *testing.T, s strategy.Strategy) {
	if s.Run(t.Context(), 0, 1, func(context.Context, int) error { return nil }) == nil {
		t.Error("0 goroutines are no error")
	}
}
