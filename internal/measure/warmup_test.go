package measure

import (
	"context"
	"testing"
	"time"

	"runbench/bench/strategy"
	"runbench/workloads"
)

func TestWarmUp(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct{ settles, runTime, want time.Duration }{
		{0, 100 * ms, 20 * ms},
		{80 * ms, 100 * ms, 80 * ms},
		{100 * ms, 50 * ms, 100 * ms},
		{100 * ms, 40 * ms, 80 * ms},
		{ms, 100 * ms, 20 * ms},
		{0, ms, 2 * ms},
		{0, 0, 0},
	} {
		if got := WarmUp(workloads.Workload{Settles: test.settles}, test.runTime); got != test.want {
			t.Errorf("settles in %v, measured for %v: warmed up for %v, want %v", test.settles, test.runTime, got, test.want)
		}
	}
}

// The batches of the warm-up take the time asked for and not one batch more, are
// checked, and are in no figure.
func TestBatchesOfTheWarmUpDoNotCount(t *testing.T) {
	const tasks, warm = 4, 20 * time.Millisecond
	for _, asked := range []time.Duration{0, warm} {
		ran, checked := 0.0, 0.0
		in := &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				time.Sleep(time.Millisecond)
				if i == 0 {
					ran++
				}
				return nil
			},
			Check:    func(context.Context) error { checked++; return nil },
			Counters: func() (map[string]float64, error) { return map[string]float64{"batches/op": ran}, nil },
		}
		m := NewMeter(in, strategy.Sequential, 1, tasks, true)
		start := time.Now()
		last, err := m.Prepare(t.Context(), asked)
		took := time.Since(start)
		if err != nil {
			t.Fatal(err)
		}
		before := ran
		switch {
		case took < asked || last < tasks*time.Millisecond:
			t.Errorf("warmed up for %v of %v, the last batch for %v", took, asked, last)
		case asked == 0 && before != 1:
			t.Errorf("%v batches where one was to be discarded", before)
		case before > 5: // of 4 ms and more each
			t.Errorf("%v batches before the measured ones, want as many as reach %v", before, asked)
		case checked != before:
			t.Errorf("%v of %v batches checked", checked, before)
		}
		for range 2 {
			if err := m.Batch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Finish(); err != nil {
			t.Fatal(err)
		}
		if m.Batches() != 2 || len(m.samples) != 2*tasks || m.counters["batches/op"] != 2 || len(m.Marks()) > 0 {
			t.Errorf("%d batches, %d latencies, %v counted, %q; want 2, %d, 2 and no mark", m.Batches(), len(m.samples), m.counters["batches/op"], m.Marks(), 2*tasks)
		}
	}
}
