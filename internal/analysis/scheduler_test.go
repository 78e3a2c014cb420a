package analysis

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"runbench/internal/resultfile"
)

// told returns the known runs with values of the scheduler: threads are the round
// on one core and ten more on two; the longest wait is not told at C=1.
func told() []resultfile.Run {
	runs := known("CPU", "hash", map[string]string{"bytes": "9"}, 20000, 1, 1.98)
	for i := range runs {
		r := &runs[i]
		r.Values = append(r.Values, resultfile.Value{Unit: resultfile.Threads, Value: float64(r.Round + 10*(r.Cell.Gomaxprocs-1))})
		if r.Cell.Goroutines > 1 {
			r.Values = append(r.Values, resultfile.Value{Unit: resultfile.SchedMaxNs, Value: float64(100 * r.Round)})
		}
	}
	return runs
}

func TestSchedulers(t *testing.T) {
	runs := told()
	runs[0].Values = append(runs[0].Values, resultfile.Value{Unit: resultfile.GCShare, Value: math.Inf(1)})
	set := &resultfile.Set{Runs: slices.Concat(runs, known("CPU", "sort", nil, 20000, 1, 1.98))}
	got := Schedulers(Analyze(set), set)
	if len(got) != 1 || got[0].Workload != "cpu/hash?bytes=9" || got[0].Strategy != "pool" || len(got[0].Cells) != 3 {
		t.Fatalf("got %+v", got)
	}
	for i, want := range []Scheduled{
		{1, 1, 12, map[string]Spread{resultfile.Threads: {6.5, 3.5, 9.5, 12}}},
		{8, 1, 12, map[string]Spread{resultfile.Threads: {6.5, 3.5, 9.5, 12}, resultfile.SchedMaxNs: {650, 350, 950, 12}}},
		{8, 2, 12, map[string]Spread{resultfile.Threads: {16.5, 13.5, 19.5, 12}, resultfile.SchedMaxNs: {650, 350, 950, 12}}},
	} {
		c := got[0].Cells[i]
		if c.Goroutines != want.Goroutines || c.Gomaxprocs != want.Gomaxprocs || c.Runs != want.Runs || len(c.Values) != len(want.Values) {
			t.Errorf("cell %d is %+v, want %+v", i, c, want)
		}
		for unit, spread := range want.Values {
			if c.Values[unit] != spread {
				t.Errorf("cell %d: %s is %+v, want %+v", i, unit, c.Values[unit], spread)
			}
		}
	}
	if _, err := json.Marshal(got); err != nil {
		t.Error(err)
	}
	// Two machines are two workloads, each with its own runs.
	other := &resultfile.Set{Runs: told()}
	for i := range other.Runs {
		other.Runs[i].Config = "cores: 2; cpu: Other"
	}
	got = Schedulers(Analyze(set, other), set, other)
	if len(got) != 2 || got[0].Config == got[1].Config || got[1].Cells[0].Runs != 12 {
		t.Errorf("two machines: %+v", got)
	}
}

// Files of other tools tell nothing of the scheduler.
func TestSchedulersOfForeignFiles(t *testing.T) {
	runs := known("CPU", "hash", nil, 100, 1, 2)
	for i := range runs {
		runs[i].Cell = resultfile.Cell{Class: "Select", Gomaxprocs: runs[i].Cell.Gomaxprocs}
	}
	set := &resultfile.Set{Runs: runs}
	a := Analyze(set)
	if got := Schedulers(a, set); got == nil || len(got) > 0 || len(a.Workloads) == 0 {
		t.Errorf("got %+v of %+v", got, a)
	}
}

func TestSpreadOf(t *testing.T) {
	of := func(values ...float64) []resultfile.Run {
		var runs []resultfile.Run
		for _, v := range values {
			runs = append(runs, resultfile.Run{Values: []resultfile.Value{{Unit: "u", Value: v}}})
		}
		return runs
	}
	for _, test := range []struct {
		values []float64
		want   Spread
		ok     bool
	}{
		{nil, Spread{}, false},
		{[]float64{math.NaN()}, Spread{}, false},
		{[]float64{3}, Spread{3, 3, 3, 1}, true},
		{[]float64{3, 1}, Spread{2, 1, 3, 2}, true},
		{[]float64{2, 3, 1, math.Inf(1)}, Spread{2, 1, 3, 3}, true},
		{[]float64{5, 4, 3, 2, 1}, Spread{3, 2, 4, 5}, true},
	} {
		if got, ok := spreadOf(of(test.values...), "u"); got != test.want || ok != test.ok {
			t.Errorf("%v: got %+v, %v, want %+v", test.values, got, ok, test.want)
		}
	}
}
