package measure

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"

	"runbench/bench/strategy"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

func TestLatencyQuantile(t *testing.T) {
	buckets := []float64{math.Inf(-1), 0, 1, 2, 4, math.Inf(1)}
	of := func(counts ...uint64) *metrics.Float64Histogram {
		return &metrics.Float64Histogram{Counts: counts, Buckets: buckets}
	}
	before := of(0, 1000, 7, 0, 1)
	for _, test := range []struct {
		after *metrics.Float64Histogram
		q     float64
		want  float64
		ok    bool
	}{
		{of(0, 1000, 7, 0, 1), 0.5, 0, false}, // nothing was added
		{of(0, 1050, 57, 0, 1), 0.5, 1, true}, // the 50th of 100
		{of(0, 1049, 58, 0, 1), 0.5, 2, true}, // 49 are in the first
		{of(0, 1098, 8, 1, 1), 0.99, 2, true}, // the 99th
		{of(0, 1098, 8, 1, 1), 1, 4, true},    // the last bucket to which one was added
		{of(0, 1001, 7, 0, 1), 1, 1, true},    // the same, though later ones are not empty
		{of(0, 1000, 7, 0, 2), 0.5, 4, true},  // beyond all bounds
		{of(3, 1000, 7, 0, 1), 1, 0, true},    // clocks that went backwards
		{(*metrics.Float64Histogram)(nil), 1, 0, false},
	} {
		if got, ok := latencyQuantile(before, test.after, test.q); got != test.want || ok != test.ok {
			t.Errorf("%v-quantile of %+v: %v, %v, want %v, %v", test.q, test.after, got, ok, test.want, test.ok)
		}
	}
}

func TestGCShare(t *testing.T) {
	for _, test := range []struct{ cycles, gc, total, idle, want float64 }{
		{0, 0, 0, 0, 0},     // no cycle ended
		{3, 1, 12, 8, 0.25}, // of four seconds used
		{1, 5, 4, 0, 1},     // estimates that do not fit each other
		{1, -1, 4, 0, 0},    //
		{1, 1, 4, 4, 0},     // nothing used
		{1, 1, 4, math.NaN(), math.NaN()},
		{math.NaN(), 0, 0, 0, math.NaN()},
	} {
		got := gcShare(test.cycles, test.gc, test.total, test.idle)
		if got != test.want && !(math.IsNaN(got) && math.IsNaN(test.want)) {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}

// What the runtime tells of itself is in every run, and within bounds.
func TestRunTellsOfTheScheduler(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	kept := make([][]byte, 64)
	in := &workloads.Instance{
		Task:  func(_ context.Context, i int) error { kept[i] = make([]byte, 1<<20); return nil },
		Check: right,
	}
	m := NewMeter(in, strategy.Default, 4, len(kept), false)
	if _, err := m.Prepare(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	for range 20 {
		if err := m.Batch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Finish(); err != nil {
		t.Fatal(err)
	}
	run := resultfile.Run{Values: m.Values()}
	get := func(unit string) float64 {
		v, ok := run.Value(unit)
		if !ok || !(v >= 0) || math.IsInf(v, 0) {
			t.Errorf("%s is %v, %v", unit, v, ok)
		}
		return v
	}
	// Every batch is more than the heap was before: cycles end in it.
	if share := get(resultfile.GCShare); share <= 0 || share > 1 {
		t.Errorf("the collector took %v of the CPU time", share)
	}
	if p50, p99, most := get(resultfile.SchedP50Ns), get(resultfile.SchedP99Ns), get(resultfile.SchedMaxNs); p50 > p99 || p99 > most {
		t.Errorf("p50 %v, p99 %v, longest %v", p50, p99, most)
	}
	get(resultfile.MutexWaitNsPerOp)
	if threads := get(resultfile.Threads); threads < 1 {
		t.Errorf("%v threads", threads)
	}
	seen := make(map[string]bool)
	for _, v := range run.Values {
		if seen[v.Unit] {
			t.Errorf("%s is told twice", v.Unit)
		}
		seen[v.Unit] = true
	}
}
