package sync

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"runbench/workloads"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The tally of a whole batch, got without a loop, is that of one with it.
func TestWholeTally(t *testing.T) {
	for _, n := range []int{1, 2, 300} {
		var got tally
		for m := range n {
			got.use(message(m))
		}
		if want := whole(n); got != want {
			t.Errorf("%d messages: the loop has %v, the formula %v", n, got, want)
		}
	}
}

func TestExchangeCheckCatchesLostAndRepeatedMessages(t *testing.T) {
	const perTask = 4
	for _, test := range []struct {
		what string
		last int // what is used in place of the last message
	}{
		{"nothing wrong", exchangeBatch*perTask - 1},
		{"the first message in place of the last", 0},
		{"no last message", -1},
	} {
		in := exchange(perTask, func(context.Context, int) (tally, error) {
			var t tally
			for m := range exchangeBatch*perTask - 1 {
				t.use(message(m))
			}
			if test.last >= 0 {
				t.use(message(test.last))
			}
			return t, nil
		})
		if err := in.Run(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		if err, right := in.Check(t.Context()), test.what == "nothing wrong"; (err == nil) != right {
			t.Errorf("%s: the check says %v", test.what, err)
		}
	}
}

// cooperating are the workloads whose goroutines work together.
var cooperating = []struct {
	w     workloads.Workload
	pairs []string
}{
	{Channel, nil},
	{Channel, []string{"buffer", "10"}},
	{Select, nil},
	{Barrier, nil},
}

// A batch comes out right at any number of goroutines, one that is left out is
// caught, and no goroutine outlives it.
func TestCooperatingAtAnyNumberOfGoroutines(t *testing.T) {
	for _, test := range cooperating {
		in := start(t, test.w, test.pairs...)
		for _, c := range []int{1, 2, 3, 5, 8, 63, test.w.Batch} {
			for range 2 {
				if err := in.Run(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				if err := in.Check(t.Context()); err != nil {
					t.Errorf("%s %v, %d goroutines: %v", test.w.Name, test.pairs, c, err)
				}
			}
			if in.Check(t.Context()) == nil {
				t.Errorf("%s %v: a batch that was left out passed the check", test.w.Name, test.pairs)
			}
		}
	}
}

// When ctx ends, a batch returns early with the reason, and what is missing does
// not pass for done.
func TestCooperatingReturnEarly(t *testing.T) {
	why := errors.New("no longer wanted")
	for _, test := range cooperating {
		in := start(t, test.w, test.pairs...)
		for _, c := range []int{1, 2, test.w.Batch} {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(why)
			if err := in.Run(ctx, c); !errors.Is(err, why) {
				t.Errorf("%s %v, %d goroutines: got %v, want %v", test.w.Name, test.pairs, c, err, why)
			}
			if in.Check(t.Context()) == nil {
				t.Errorf("%s %v, %d goroutines: a batch that was stopped passed the check", test.w.Name, test.pairs, c)
			}
			if err := in.Run(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if err := in.Check(t.Context()); err != nil {
				t.Errorf("%s %v, %d goroutines: the batch after a stopped one: %v", test.w.Name, test.pairs, c, err)
			}
		}
	}
}

// The ring as computed with skipped steps is that of the loop, and a phase that
// one goroutine did not do shows.
func TestRing(t *testing.T) {
	old, ring := make([]cell, barrierBatch), make([]cell, barrierBatch)
	for i := range ring {
		ring[i].x = uint64(i)
	}
	const phases = 5
	for phase := range phases {
		old, ring = ring, old
		advance(old, ring, 0, barrierBatch)
		want := ringAfter(phase + 1)
		for i, c := range ring {
			if c.x != want[i] {
				t.Fatalf("cell %d is %#x after %d phases, want %#x", i, c.x, phase+1, want[i])
			}
		}
	}
	old, ring = ring, old
	advance(old, ring, 0, barrierBatch/2)
	want := ringAfter(phases + 1)
	wrong := 0
	for i, c := range ring {
		if c.x != want[i] {
			wrong++
		}
	}
	if wrong != barrierBatch/2 {
		t.Errorf("%d cells are wrong where half of a phase was left out", wrong)
	}
}
