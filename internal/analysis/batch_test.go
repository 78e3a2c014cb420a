package analysis

import (
	"math"
	"testing"

	"runbench/internal/law"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

func TestBatchOf(t *testing.T) {
	run := func(x, ns float64) resultfile.Run {
		return resultfile.Run{Values: []resultfile.Value{{Unit: resultfile.NsPerOp, Value: ns}, {Unit: resultfile.TasksPerSec, Value: x}}}
	}
	for _, test := range []struct {
		runs []resultfile.Run
		want int
	}{
		{nil, 0},
		{[]resultfile.Run{run(3200, 2e7), run(3199, 2.0003e7)}, 64},
		{[]resultfile.Run{run(3200, 2e7), run(3200, 4e7)}, 0}, // the tasks are not the same
		{[]resultfile.Run{run(0.5, 2e9)}, 1},
		{[]resultfile.Run{run(math.Inf(1), 2e9)}, 0},
		{[]resultfile.Run{{Values: []resultfile.Value{{Unit: resultfile.NsPerOp, Value: 5}}}}, 0},
	} {
		if got := batchOf(test.runs); got != test.want {
			t.Errorf("%+v: %d tasks, want %d", test.runs, got, test.want)
		}
	}
}

// The limit over goroutines is what the law gives at the tasks of a batch.
func TestLimitWithinBatch(t *testing.T) {
	amdahl := func(n, sigma float64) float64 { return n / (1 + sigma*(n-1)) }
	for _, base := range []int{1, 2} {
		const sigma = 0.0007 // of io/latency, whose law would go on to 1429×
		var samples []law.Sample
		for round := 1; round <= 12; round++ {
			for n := base; n <= 64; n *= 2 {
				noise := 1 + 1e-4*math.Sin(float64(17*n*round))
				samples = append(samples, law.Sample{N: n, X: 400 * amdahl(float64(n), sigma) * noise, Round: round})
			}
		}
		l := NewLaw(law.Analyze(samples, law.Options{Axis: law.Goroutines}))
		if l.Model != string(law.Amdahl) || l.Limit == nil || l.Limit.Value < 500 {
			t.Fatalf("the law is %+v", l)
		}
		notes := len(l.Notes)
		got := withinBatch([]Law{l}, 64)[0]
		want := amdahl(64, sigma) / amdahl(float64(base), sigma)
		if math.Abs(got.Limit.Value/want-1) > 0.01 || *got.Limit.Lo > got.Limit.Value || *got.Limit.Hi < got.Limit.Value || *got.Limit.Hi > 64/float64(base) || len(got.Notes) != notes+1 {
			t.Errorf("from %d: a limit of %+v, want %v; notes %q", base, got.Limit, want, got.Notes)
		}
		if more := withinBatch([]Law{l}, 8)[0]; more.Limit.Value < want*0.99 {
			t.Errorf("from %d: a limit of %v, less than was measured", base, more.Limit.Value)
		}
	}
}

// Cores have no tasks to run out of, a batch of one is that of a program, and a peak
// beyond the batch is none.
func TestBeyondTheBatch(t *testing.T) {
	limit := func(model law.Model, axis string, peak float64) []Law {
		l := Law{Axis: axis, Base: 1, Model: string(model), Limit: &Part{Value: 30, Lo: new(20.0)}, Points: []LawPoint{{N: 1}, {N: 8}}}
		if peak > 0 {
			l.Peak = &Peak{Part: Part{Value: peak}}
		}
		return []Law{l}
	}
	if l := withinBatch(limit(law.Amdahl, axisProcs, 0), 16)[0]; l.Limit.Value != 30 || len(l.Notes) > 0 {
		t.Errorf("over cores: %+v", l)
	}
	if l := withinBatch(limit(law.Amdahl, axisGoroutines, 0), 1)[0]; l.Limit.Value != 30 || len(l.Notes) > 0 {
		t.Errorf("a program: %+v", l)
	}
	if l := withinBatch(limit(law.Amdahl, axisGoroutines, 0), 16)[0]; !(l.Limit.Value < 16) || *l.Limit.Hi != 16 {
		t.Errorf("an open bound: %+v", *l.Limit)
	}
	if l := withinBatch(limit(law.USL, axisGoroutines, 12), 16)[0]; l.Peak == nil || l.Limit.Value != 30 {
		t.Errorf("a peak within the batch: %+v", l)
	}
	if l := withinBatch(limit(law.USL, axisGoroutines, 20), 16)[0]; l.Peak != nil || l.Limit != nil || len(l.Notes) != 1 {
		t.Errorf("a peak beyond the batch: %+v", l)
	}
}

// What the runs of a file say of their batch reaches the laws.
func TestAnalyzeLimitsToTheBatch(t *testing.T) {
	set := &resultfile.Set{}
	for round := 1; round <= 12; round++ {
		for _, c := range []int{1, 2, 4, 8, 16, 32, 64} {
			x := 450 * float64(c) / (1 + 0.0007*float64(c-1)) * (1 + 1e-4*math.Sin(float64(17*c*round)))
			strategy := "pool"
			if c == 1 {
				strategy = resultfile.Sequential
			}
			set.Runs = append(set.Runs, resultfile.Run{
				Cell:   resultfile.Cell{Class: "IO", Workload: "latency", Strategy: strategy, Goroutines: c, Gomaxprocs: 1},
				Round:  round,
				Values: []resultfile.Value{{Unit: resultfile.NsPerOp, Value: 64e9 / x}, {Unit: resultfile.TasksPerSec, Value: x}},
			})
		}
	}
	a := Analyze(set)
	found := false
	for _, l := range a.Workloads[0].Laws {
		if l.Axis == axisGoroutines && l.Limit != nil {
			found = true
			if l.Limit.Value > 64 || effectOf(*l.Limit) != scaling.EffectHelps {
				t.Errorf("a limit of %+v", *l.Limit)
			}
		}
	}
	if !found {
		t.Errorf("no limit over goroutines: %+v", a.Workloads[0].Laws)
	}
}
