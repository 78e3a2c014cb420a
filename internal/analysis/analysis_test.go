package analysis

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"runbench/internal/resultfile"
)

const config = "cores: 2; cpu: Example"

// known returns runs of a workload whose throughput is known: c times the base
// at C=8, p times that at P=2, with a wobble of a tenth of a per cent.
func known(class, workload string, params map[string]string, base, c, p float64) []resultfile.Run {
	var runs []resultfile.Run
	for round := 1; round <= 12; round++ {
		for _, procs := range []int{1, 2} {
			for _, goroutines := range []int{1, 8} {
				x, strategy := base*(1+0.001*float64((round+procs+goroutines)%3)), resultfile.Sequential
				if goroutines > 1 {
					strategy = "pool"
					x *= c
					if procs > 1 {
						x *= p
					}
				}
				runs = append(runs, resultfile.Run{
					Config: config, Round: round, Batches: 10,
					Cell:   resultfile.Cell{Class: class, Workload: workload, Params: params, Strategy: strategy, Goroutines: goroutines, Gomaxprocs: procs},
					Values: []resultfile.Value{{Unit: resultfile.TasksPerSec, Value: x}, {Unit: resultfile.NsPerOp, Value: 1e9 / x}},
				})
			}
		}
	}
	return runs
}

func near(got, want float64) bool { return math.Abs(got/want-1) < 0.005 }

func TestKnownGainsAreFound(t *testing.T) {
	set := &resultfile.Set{}
	set.Runs = append(set.Runs, known("Mixed", "fetch-parse", map[string]string{"records": "100"}, 400, 6, 1.5)...)
	set.Runs = append(set.Runs, known("CPU", "hash", nil, 20000, 1, 1.98)...)
	a := Analyze(set)
	if len(a.Workloads) != 2 || a.Workloads[0].Name != "cpu/hash" || a.Workloads[1].Name != "mixed/fetch-parse?records=100" {
		t.Fatalf("workloads are %+v", a.Workloads)
	}
	for i, want := range []struct {
		base, c, p float64
		verdict    string
		recommend  Recommendation
	}{
		{20000, 1, 1.98, "parallelism", Recommendation{8, 2}},
		{400, 6, 1.5, "both", Recommendation{8, 2}},
	} {
		w := a.Workloads[i]
		if !near(w.Base.Value, want.base) || !near(w.ConcurrencyGain.Value, want.c) || !near(w.ParallelismGain.Value, want.p) || !near(w.TotalGain.Value, want.c*want.p) {
			t.Errorf("%s: base %v, gains %v, %v, %v, want %+v", w.Name, w.Base.Value, w.ConcurrencyGain.Value, w.ParallelismGain.Value, w.TotalGain.Value, want)
		}
		if w.Verdict != want.verdict || w.Sentence == "" || w.Recommend != want.recommend || len(w.Surface) != 4 {
			t.Errorf("%s: verdict %s, recommend %+v, %d points", w.Name, w.Verdict, w.Recommend, len(w.Surface))
		}
	}
}

// Files measured alike add rounds to each other; files of another machine do not.
func TestSeveralFiles(t *testing.T) {
	one, two := &resultfile.Set{Runs: known("CPU", "hash", nil, 100, 1, 2)}, &resultfile.Set{Runs: known("CPU", "hash", nil, 110, 1, 2)}
	a := Analyze(one, two)
	if len(a.Workloads) != 1 || a.Workloads[0].Surface[0].Runs != 24 || len(a.Workloads[0].Warnings) > 0 {
		t.Errorf("two files of one machine: %+v", a.Workloads)
	}
	for i := range two.Runs {
		two.Runs[i].Config = "cores: 4; cpu: Other"
	}
	a = Analyze(one, two)
	if len(a.Workloads) != 2 || a.Workloads[0].Config == a.Workloads[1].Config {
		t.Errorf("two machines: %+v", a.Workloads)
	}
}

// The JSON has the fields that DESIGN promises, whatever the numbers are.
func TestJSON(t *testing.T) {
	odd := known("CPU", "hash", nil, 100, 1, 2)
	odd[3].Values = append(odd[3].Values, resultfile.Value{Unit: "odd", Value: math.NaN()}, resultfile.Value{Unit: "big", Value: math.Inf(1)})
	odd = append(odd, known("CPU", "broken", nil, math.NaN(), 1, 1)...)
	b, err := json.Marshal(Analyze(&resultfile.Set{Runs: odd}))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		SchemaVersion int `json:"schema_version"`
		Workloads     []map[string]any
		Warnings      []string
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.SchemaVersion != 1 || len(got.Workloads) != 1 || len(got.Warnings) != 1 {
		t.Fatalf("%s", b)
	}
	w := got.Workloads[0]
	for _, field := range []string{
		"name", "class", "strategy", "base", "goroutines", "gomaxprocs", "concurrency_gain", "parallelism_gain",
		"total_gain", "verdict", "sentence", "ceilings", "laws", "recommend",
	} {
		if w[field] == nil {
			t.Errorf("no %s", field)
		}
	}
	gain, _ := w["parallelism_gain"].(map[string]any)
	for _, field := range []string{"value", "lo", "hi", "effect"} {
		if gain[field] == nil {
			t.Errorf("a gain has no %s: %v", field, gain)
		}
	}
}

// A foreign file has the gains its axes allow, and null for the others.
func TestForeignFile(t *testing.T) {
	var text strings.Builder
	for range 6 {
		for i, ns := range []float64{100, 60, 35} {
			fmt.Fprintf(&text, "BenchmarkSelect-%d 1000 %g ns/op\n", 1<<i, ns)
		}
	}
	set, err := resultfile.Read(strings.NewReader(text.String()), "foreign.txt")
	if err != nil {
		t.Fatal(err)
	}
	a := Analyze(set)
	if len(a.Workloads) != 1 {
		t.Fatalf("%+v", a)
	}
	w := a.Workloads[0]
	if w.Name != "Select" || w.ConcurrencyGain != nil || w.ParallelismGain == nil || !near(w.ParallelismGain.Value, 100.0/35) {
		t.Errorf("%+v", w)
	}
}
