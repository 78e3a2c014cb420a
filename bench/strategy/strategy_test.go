package strategy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func each(t *testing.T, f func(t *testing.T, s Strategy)) {
	for _, s := range All() {
		t.Run(s.Name(), func(t *testing.T) { f(t, s) })
	}
}

func TestEveryTaskOnceAndNeverMoreThanAsked(t *testing.T) {
	each(t, func(t *testing.T, s Strategy) {
		for _, c := range []int{1, 2, 3, 8, 64, 128} {
			for _, n := range []int{0, 1, 7, 64} {
				done := make([]atomic.Int32, n)
				var flying, most atomic.Int32
				err := s.Run(t.Context(), c, n, func(_ context.Context, i int) error {
					now := flying.Add(1)
					for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
					}
					done[i].Add(1)
					flying.Add(-1)
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
				if int(most.Load()) > c {
					t.Errorf("C=%d, n=%d: %d tasks in flight", c, n, most.Load())
				}
			}
		}
	})
}

// All the tasks that may be in flight are: each waits for the others.
func TestTheBoundIsReached(t *testing.T) {
	each(t, func(t *testing.T, s Strategy) {
		if s.Name() == "sequential" {
			t.Log("has one task in flight by definition")
			return
		}
		const c = 8
		var arrived atomic.Int32
		all := make(chan struct{})
		err := s.Run(t.Context(), c, c, func(ctx context.Context, _ int) error {
			if arrived.Add(1) == c {
				close(all)
			}
			select {
			case <-all:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestTheFirstErrorStopsTheBatch(t *testing.T) {
	each(t, func(t *testing.T, s Strategy) {
		for _, c := range []int{1, 2, 8} {
			want := errors.New("the first")
			var ran atomic.Int32
			err := s.Run(t.Context(), c, 10000, func(ctx context.Context, i int) error {
				ran.Add(1)
				if i == 3 {
					return want
				}
				if i > 3 && c > 1 {
					<-ctx.Done() // ended by the error, or this would hang
					return fmt.Errorf("task %d: %w", i, ctx.Err())
				}
				return nil
			})
			if !errors.Is(err, want) {
				t.Errorf("C=%d: got %v, want %v", c, err, want)
			}
			if ran.Load() > int32(4+2*c) {
				t.Errorf("C=%d: %d tasks ran after the error", c, ran.Load()-4)
			}
		}
	})
}

func TestTheCallersEndIsAnError(t *testing.T) {
	each(t, func(t *testing.T, s Strategy) {
		for _, c := range []int{1, 4} {
			ctx, cancel := context.WithCancelCause(t.Context())
			why := errors.New("no longer wanted")
			var ran atomic.Int32
			err := s.Run(ctx, c, 1000, func(context.Context, int) error {
				if ran.Add(1) == 5 {
					cancel(why)
				}
				return nil
			})
			if !errors.Is(err, why) || ran.Load() == 1000 {
				t.Errorf("C=%d: %d tasks ran, error %v, want %v", c, ran.Load(), err, why)
			}
		}
	})
}

func TestGoroutinesBelowOne(t *testing.T) {
	each(t, func(t *testing.T, s Strategy) {
		if s.Run(t.Context(), 0, 1, func(context.Context, int) error { return nil }) == nil {
			t.Error("0 goroutines are no error")
		}
	})
}

func TestByName(t *testing.T) {
	for _, s := range All() {
		if got, err := ByName(s.Name()); err != nil || got != s {
			t.Errorf("%s: got %v, %v", s.Name(), got, err)
		}
	}
	if _, err := ByName("thread"); err == nil || !strings.Contains(err.Error(), "errgroup") {
		t.Errorf("got %v, want an error that lists the names", err)
	}
}

// BenchmarkHandOut is what each strategy costs for a task that does nothing.
func BenchmarkHandOut(b *testing.B) {
	for _, s := range All() {
		b.Run("strategy="+s.Name(), func(b *testing.B) {
			const n = 256
			for b.Loop() {
				if err := s.Run(b.Context(), 8, n, func(context.Context, int) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/n, "ns/task")
		})
	}
}
