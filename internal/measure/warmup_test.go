package measure

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"runbench/workloads"
)

func TestWarmUp(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct{ settles, runTime, want time.Duration }{
		{0, 100 * ms, warmUp},
		{80 * ms, 100 * ms, 80 * ms},
		{80 * ms, 50 * ms, 50 * ms},
		{ms, 100 * ms, warmUp},
	} {
		if got := WarmUp(workloads.Workload{Settles: test.settles}, test.runTime); got != test.want {
			t.Errorf("settles in %v, measured for %v: warmed up for %v, want %v", test.settles, test.runTime, got, test.want)
		}
	}
}

func TestRepeat(t *testing.T) {
	var calls []time.Duration
	each := func(took time.Duration) func() (time.Duration, error) {
		return func() (time.Duration, error) { calls = append(calls, took); return took, nil }
	}
	for _, test := range []struct {
		d, took time.Duration
		want    int
	}{{10, 3, 4}, {9, 3, 3}, {1, 3, 1}, {0, 3, 0}, {-5, 3, 0}, {4, 0, 4}} {
		calls = nil
		if err := repeat(test.d, each(test.took)); err != nil || len(calls) != test.want {
			t.Errorf("%d ns of batches of %d ns: %d batches (%v), want %d", test.d, test.took, len(calls), err, test.want)
		}
	}
	broken := errors.New("broken")
	if err := repeat(10, func() (time.Duration, error) { return 1, broken }); !errors.Is(err, broken) {
		t.Errorf("a failed batch: %v, want %v", err, broken)
	}
}

// The batches before the measured ones are as many as the time asks for, checked,
// and in no figure.
func TestBatchesOfTheWarmUpDoNotCount(t *testing.T) {
	var took []time.Duration
	in := &workloads.Instance{
		Run: func(context.Context, int) error {
			start := time.Now()
			time.Sleep(3 * time.Millisecond)
			took = append(took, time.Since(start))
			return nil
		},
		Check: right,
	}
	m := NewMeter(in, nil, 1, 1, false)
	const warm = 20 * time.Millisecond
	if err := m.Prepare(t.Context(), warm); err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(took)
	if len(before) == 0 || total(before[:len(before)-1]) >= warm {
		t.Errorf("batches of %v before the first measured one, want as many as reach %v", before, warm)
	}
	if _, err := m.Batch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.Finish(); err != nil {
		t.Fatal(err)
	}
	if m.Batches() != 1 {
		t.Errorf("%d batches count, want 1", m.Batches())
	}
}
