package analysis

import (
	"math"
	"testing"

	"runbench/internal/noise"
	"runbench/internal/resultfile"
)

// Throughput in units of the control's is the ratio of the two in the same rounds, and
// what changes the whole machine is in neither.
func TestControlWork(t *testing.T) {
	for _, second := range []float64{1, 0.5} {
		a := Analyze(sweepOf(second, noise.Noise{Wall: 1e9}))
		w := a.Workloads[0].ControlWork
		if w == nil || w.SingleCore == nil || w.AllCores == nil || w.Parallelism == nil {
			t.Fatalf("control work is %+v", w)
		}
		one, top := a.Control[0].Value, a.Workloads[0].TotalGain.Value
		if !near(w.SingleCore.Value, a.Workloads[0].Base.Value/one) || !near(w.AllCores.Value/w.SingleCore.Value, top) {
			t.Errorf("%v of one core, %v of all: base %v, control %v, total gain %v", w.SingleCore.Value, w.AllCores.Value, a.Workloads[0].Base.Value, one, top)
		}
		if want := a.Workloads[0].ParallelismGain.Value / a.Control[1].Speedup.Value; !near(w.Parallelism.Value, want) {
			t.Errorf("parallelism over the control's is %v, want %v", w.Parallelism.Value, want)
		}
		for _, r := range []*Ratio{w.SingleCore, w.AllCores, w.Parallelism} {
			if r.Lo == nil || r.Rounds < 8 || *r.Hi / *r.Lo > 1.02 {
				t.Errorf("a machine that slows down by %v leaves %+v", second, r)
			}
		}
	}
	set := &resultfile.Set{}
	set.Runs = append(set.Runs, known("CPU", "hash", nil, 20000, 1, 1.98)...)
	if w := Analyze(set).Workloads[0].ControlWork; w != nil {
		t.Errorf("without a control arm: %+v", w)
	}
}

// The logs of a gain over its rounds are those behind the gain that is printed.
func TestGainsByRound(t *testing.T) {
	set := sweepOf(1, noise.Noise{Wall: 1e9})
	w := Analyze(set).Workloads[0]
	var found bool
	for _, g := range Gains(set) {
		if g.Workload != w.Name {
			continue
		}
		found = true
		for name, want := range map[string]*Gain{ConcurrencyGain: w.ConcurrencyGain, ParallelismGain: w.ParallelismGain, TotalGain: w.TotalGain} {
			logs := g.Logs(name, g.Goroutines, g.Gomaxprocs)
			sum := 0.0
			for _, log := range logs {
				sum += log
			}
			if got := math.Exp(sum / float64(len(logs))); len(logs) != want.Rounds || math.Abs(got/want.Value-1) > 1e-9 {
				t.Errorf("%s is %v in %d rounds, want %v in %d", name, got, len(logs), want.Value, want.Rounds)
			}
		}
		if logs := g.Logs(ParallelismGain, 77, g.Gomaxprocs); len(logs) > 0 {
			t.Errorf("a count that was not measured has %v", logs)
		}
	}
	if !found {
		t.Error("no gains of", w.Name)
	}
}
