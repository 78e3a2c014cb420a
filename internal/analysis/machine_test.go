package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"runbench/internal/resultfile"
)

func TestMachineCheck(t *testing.T) {
	own := &resultfile.Set{
		Runs:     known("CPU", "hash", nil, 100, 1, 2), // on 2 cores
		Manifest: &resultfile.Manifest{Host: []byte(`{"physical_cores":2}`)},
	}
	for want, m := range map[string]Machine{
		"cores -1: expected a number above 0": {Cores: -1}, "physical -4": {Physical: -4}, "expected the number of logical cores too": {Physical: 4},
		"expected no more than the 4 logical": {4, 8}, "cores 4: the results say that they were measured on 2": {Cores: 4},
		"physical 1: the results say that they were measured on 2": {2, 1},
	} {
		if err := m.Check(own); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", m, err, want)
		}
	}
	for _, m := range []Machine{{}, {2, 2}} {
		if err := m.Check(own); err != nil {
			t.Errorf("%+v: %v", m, err)
		}
	}
	if err := (Machine{16, 8}).Check(read(t, costs(100, 50))); err != nil {
		t.Error(err)
	}
}

// With the machine known, more GOMAXPROCS than cores are marked and make no
// verdict, and the further threads of cores have a law of their own.
func TestForeignFileOfAKnownMachine(t *testing.T) {
	var text strings.Builder
	rnd := rand.New(rand.NewPCG(8, 8))
	for range 5 {
		for p := 1; p <= 12; p++ {
			ns := 1000 / float64(p)
			if p > 4 {
				ns = 1000 / (4 + 0.25*float64(min(p, 8)-4))
			}
			fmt.Fprintf(&text, "BenchmarkX-%d 1000 %.4f ns/op\n", p, ns*math.Exp(0.003*rnd.NormFloat64()))
		}
	}
	set := read(t, text.String())
	unknown := Analyze(set).Workloads[0]
	if len(unknown.Laws) != 1 || unknown.Sweep.Shape == ShapeScales || unknown.Gomaxprocs != 12 {
		t.Errorf("%+v", unknown)
	}
	w := AnalyzeOn(Machine{Cores: 8, Physical: 4}, set).Workloads[0]
	if len(w.Laws) != 2 || w.Laws[0].Model != "linear" || w.Laws[1].Segment != "smt" || w.Laws[1].Base != 4 || len(w.Laws[1].Points) != 5 {
		t.Fatalf("%+v", w.Laws)
	}
	if w.Gomaxprocs != 8 || !strings.Contains(w.Sentence, "× at 12, more than the 8 cores") || math.Abs(w.ParallelismGain.Value-5) > 0.1 {
		t.Errorf("%d, %s", w.Gomaxprocs, w.Sentence)
	}
	for _, p := range w.Laws[0].Points {
		if p.Oversubscribed != (p.N > 8) {
			t.Errorf("%+v", p)
		}
	}
	if w := AnalyzeOn(Machine{Cores: 4}, set).Workloads[0]; w.Sweep.Shape != ShapeScales || len(w.Laws) != 1 || w.Recommend.Gomaxprocs != 4 {
		t.Errorf("%+v", w)
	}
	if w := AnalyzeOn(Machine{Cores: 2}, set).Workloads[0]; len(w.Warnings) != 1 || !strings.Contains(w.Warnings[0], "may have more cores") {
		t.Errorf("%q", w.Warnings)
	}
	// Goroutines may be more than cores.
	if w := AnalyzeOn(Machine{Cores: 2}, read(t, "BenchmarkX/goroutines=1 9 40 ns/op\nBenchmarkX/goroutines=16 9 20 ns/op")).Workloads[0]; w.Laws[0].Points[1].Oversubscribed {
		t.Errorf("%+v", w.Laws[0].Points)
	}
}
