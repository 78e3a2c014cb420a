package io

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// fast returns an open loop of n requests that all come at once and are answered
// at once.
func fast(n int) *openLoop {
	return newOpenLoop(n, 1_000_000_000, 0, func(context.Context, int) error { return nil })
}

func TestOpenLoopSendsEachRequestOnce(t *testing.T) {
	for _, slots := range []int{1, 2, 7} {
		sent := make([]atomic.Int32, 7)
		loop := newOpenLoop(len(sent), 10_000, 0, func(_ context.Context, i int) error {
			sent[i].Add(1)
			return nil
		})
		for batch := range 2 {
			if err := loop.run(t.Context(), slots); err != nil {
				t.Fatal(err)
			}
			if err := loop.check(); err != nil {
				t.Errorf("%d slots, batch %d: %v", slots, batch, err)
			}
		}
		for i := range sent {
			if n := sent[i].Load(); n != 2 {
				t.Errorf("%d slots: request %d was sent %d times in 2 batches", slots, i, n)
			}
		}
	}
}

// The second request is due while the first is in flight, in the only slot; the clock
// is that of a bubble.
func TestOpenLoopCountsWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := newOpenLoop(2, 1000, 0, func(_ context.Context, i int) error {
			if i == 0 {
				time.Sleep(5 * time.Millisecond)
			}
			return nil
		})
		if err := loop.run(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if err := loop.check(); err != nil {
			t.Fatal(err)
		}
		if loop.queued < 1 {
			t.Errorf("%d requests were queued, want the second at least", loop.queued)
		}
		// It was due 1 ms after the first and sent when that had been answered.
		if lag := loop.lags[1]; lag < 4*time.Millisecond || loop.latencies[1] < lag {
			t.Errorf("the second request was sent %v late and answered after %v, want 4ms or more, and no less", lag, loop.latencies[1])
		}
	})
}

func TestOpenLoopStopsAtAnError(t *testing.T) {
	want := errors.New("refused")
	for _, slots := range []int{1, 3} {
		loop := newOpenLoop(100, 1_000_000, 0, func(_ context.Context, i int) error {
			if i == 4 {
				return want
			}
			return nil
		})
		if err := loop.run(t.Context(), slots); !errors.Is(err, want) {
			t.Errorf("%d slots: got %v, want %v", slots, err, want)
		}
	}
}

func TestOpenLoopCheck(t *testing.T) {
	for name, spoil := range map[string]func(*openLoop){
		"left out":           func(o *openLoop) { o.requests[2] = openRequest{} },
		"sent early":         func(o *openLoop) { o.requests[2].sent = -1 },
		"answered too early": func(o *openLoop) { o.requests[2].served = o.requests[2].sent + o.least - 1 },
	} {
		loop := fast(4)
		if err := loop.run(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		loop.least = time.Microsecond
		for i := range loop.requests {
			loop.requests[i].served = loop.requests[i].sent + loop.least
		}
		spoil(loop)
		if loop.check() == nil {
			t.Errorf("a request that was %s passed", name)
		}
		if loop.check() == nil {
			t.Errorf("%s: a batch without any request passed", name)
		}
	}
}

func TestOpenLoopFigures(t *testing.T) {
	loop := fast(100)
	if got, err := loop.figures(); err != nil || got != nil {
		t.Errorf("before any batch: %v, %v", got, err)
	}
	for i := range loop.requests {
		loop.requests[i] = openRequest{sent: time.Duration(99 - i), served: time.Duration(200 - i)}
	}
	if err := loop.check(); err != nil {
		t.Fatal(err)
	}
	got, err := loop.figures()
	if err != nil {
		t.Fatal(err)
	}
	for unit, want := range map[string]float64{"p50-ns": 150, "p99-ns": 199, "lag-p50-ns": 49, "lag-p99-ns": 98} {
		if got[unit] != want {
			t.Errorf("%s is %v, want %v", unit, got[unit], want)
		}
	}
	if got, err := loop.figures(); err != nil || got != nil {
		t.Errorf("figures that were read are there again: %v, %v", got, err)
	}
}
