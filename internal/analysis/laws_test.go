package analysis

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"runbench/internal/resultfile"
)

// cellRuns returns twelve rounds of a workload whose throughput at C and P is x, with
// a spread of half a per cent, and the given other values.
func cellRuns(class, workload string, cs, ps []int, x func(c, p float64) float64, values ...resultfile.Value) []resultfile.Run {
	rnd := rand.New(rand.NewPCG(3, 4))
	var runs []resultfile.Run
	for round := 1; round <= 12; round++ {
		for _, c := range cs {
			for _, p := range ps {
				strategy := "pool"
				if c == 1 {
					strategy = resultfile.Sequential
				}
				rate := x(float64(c), float64(p)) * math.Exp(0.005*rnd.NormFloat64())
				runs = append(runs, resultfile.Run{
					Config: "cores: 16; cpu: Example", Round: round, Batches: 10,
					Cell:   resultfile.Cell{Class: class, Workload: workload, Strategy: strategy, Goroutines: c, Gomaxprocs: p},
					Values: append([]resultfile.Value{{Unit: resultfile.TasksPerSec, Value: rate}, {Unit: resultfile.NsPerOp, Value: 64e9 / rate}}, values...),
				})
			}
		}
	}
	return runs
}

func usl(n, sigma, kappa float64) float64 { return n / (1 + sigma*(n-1) + kappa*n*(n-1)) }

// The law of a simulated sweep is found again over both axes.
func TestLawsOfSurface(t *testing.T) {
	runs := cellRuns("CPU", "hash", []int{1, 2, 4, 8, 16, 32}, []int{1, 2, 4, 8, 16}, func(c, p float64) float64 {
		return 1000 * usl(min(c, p), 0.03, 0.004)
	})
	w := Analyze(&resultfile.Set{Runs: runs}).Workloads[0]
	if len(w.Laws) != 3 {
		t.Fatalf("%d laws", len(w.Laws))
	}
	for i, want := range []struct {
		axis              string
		goroutines, procs int
	}{{"gomaxprocs", w.Goroutines, 0}, {"goroutines", 0, 16}, {"goroutines", 0, 1}} {
		if l := w.Laws[i]; l.Axis != want.axis || l.Goroutines != want.goroutines || l.Gomaxprocs != want.procs || len(l.Points) < 5 {
			t.Errorf("law %d: %+v", i, l)
		}
	}
	if l := w.Laws[0]; l.Model != "usl" || l.Kappa == nil || !(*l.Kappa.Lo < 0.004 && 0.004 < *l.Kappa.Hi) || l.Peak == nil {
		t.Errorf("%+v", l)
	}
	if !w.Laws[2].Idle() || w.Laws[0].Idle() {
		t.Errorf("goroutines on one core gain nothing: %+v", w.Laws[2])
	}
	if _, err := json.Marshal(w); err != nil {
		t.Error(err)
	}
}

// Two P carry no law, and the refusal says so.
func TestTwoCoresAreRefused(t *testing.T) {
	w := Analyze(&resultfile.Set{Runs: known("CPU", "hash", nil, 100, 1, 2)}).Workloads[0]
	if l := w.Laws[0]; l.Model != "" || l.Refused == nil || len(l.Points) != 2 || l.Limit != nil {
		t.Errorf("%+v", l)
	}
}

// A law that the points plainly contradict is no law.
func TestUntrueLaws(t *testing.T) {
	for _, ns := range [][]float64{{3618, 12257, 10164}, {13.3, 49.6, 59.2, 59.8}} {
		if w := only(t, costs(ns...)); w.Laws[0].Model != "" || w.Laws[0].Refused == nil {
			t.Errorf("%v: %+v", ns, w.Laws[0])
		}
	}
}

// The textbook's count comes from the plain loop's wait and CPU time, and the
// measured difference from the cell nearest to it.
func TestAdvice(t *testing.T) {
	// Each task waits 19 and computes 1, so that 20 goroutines keep a core busy;
	// 64 tasks in a batch take 64e9/50 ns.
	wait := []resultfile.Value{{Unit: resultfile.WaitNsPerOp, Value: 19}, {Unit: resultfile.CPUNsPerOp, Value: 1}}
	runs := cellRuns("IO", "latency", []int{1, 4, 8, 16, 32}, []int{1, 2}, func(c, _ float64) float64 { return 50 * min(c, 8) }, wait...)
	w := Analyze(&resultfile.Set{Runs: runs}).Workloads[0]
	a := w.Advice
	if a == nil || a.Goroutines != 8 || a.Lo != 8 || a.Hi != 8 || a.Gomaxprocs != 1 {
		t.Fatalf("%+v", a)
	}
	if b := a.Textbook; b == nil || !near(b.Goroutines, 20) || b.Measured != 16 || math.Abs(b.Throughput.Value-1) > 0.02 {
		t.Errorf("%+v", b)
	}

	// Without a simulated wait, the wall time that was no CPU time.
	runs = cellRuns("IO", "http", []int{1, 8}, []int{1}, func(c, _ float64) float64 { return 50 * c },
		resultfile.Value{Unit: resultfile.MeanNs, Value: 2e7}, resultfile.Value{Unit: resultfile.CPUNsPerOp, Value: 64e9 / 50 / 4})
	if b := Analyze(&resultfile.Set{Runs: runs}).Workloads[0].Advice.Textbook; b == nil || math.Abs(b.Goroutines-4) > 0.1 || b.Measured != 8 {
		t.Errorf("%+v", b)
	}

	// Work that computes says nothing of waits.
	if b := Analyze(&resultfile.Set{Runs: known("CPU", "hash", nil, 100, 1, 2)}).Workloads[0].Advice.Textbook; b != nil {
		t.Errorf("%+v", b)
	}
}

// Counts that cannot be told apart widen the interval of the recommendation.
func TestAdviceInterval(t *testing.T) {
	runs := cellRuns("IO", "latency", []int{1, 8, 16, 32}, []int{1}, func(c, _ float64) float64 {
		return map[float64]float64{1: 50, 8: 949, 16: 1000, 32: 1001}[c]
	})
	a := Analyze(&resultfile.Set{Runs: runs}).Workloads[0].Advice
	if a.Lo != 8 || a.Hi != 16 || a.Goroutines < a.Lo || a.Goroutines > a.Hi {
		t.Errorf("%+v", a)
	}
}

// What it takes to beat one goroutine on one core, "never" included.
func TestCOST(t *testing.T) {
	fast := cellRuns("CPU", "hash", []int{1, 2, 8}, []int{1, 2, 4}, func(c, p float64) float64 { return 1000 * min(c, p) })
	if c := Analyze(&resultfile.Set{Runs: fast}).Workloads[0].COST; c == nil || c.Never || c.Goroutines != 2 || c.Gomaxprocs != 2 || !near(c.Ratio.Value, 2) || c.Ratio.Lo == nil {
		t.Errorf("%+v", c)
	}
	slow := cellRuns("Sync", "counter", []int{1, 2, 8}, []int{1, 2}, func(c, p float64) float64 { return 1000 / min(c, p) * (1 - 0.01*(c-1)) })
	if c := Analyze(&resultfile.Set{Runs: slow}).Workloads[0].COST; c == nil || !c.Never || c.Goroutines != 2 || c.Gomaxprocs != 1 || !near(c.Ratio.Value, 0.99) {
		t.Errorf("%+v", c)
	}
	// A sweep of another project has no plain loop to beat.
	if c := only(t, costs(100, 60, 40, 30)).COST; c != nil {
		t.Errorf("%+v", c)
	}
}

// Work/span is bounded from both sides for work that computes.
func TestParallelismBounds(t *testing.T) {
	bounds := func(runs []resultfile.Run) *Parallelism {
		return Analyze(&resultfile.Set{Runs: runs}).Workloads[0].Laws[0].Parallelism
	}
	// A tenth of the work is serial: work/span is 10.
	amdahl := cellRuns("CPU", "sort", []int{1, 2, 4, 8, 16}, []int{1, 2, 4, 8, 16}, func(c, p float64) float64 { return 1000 / (0.1 + 0.9/min(c, p)) })
	if b := bounds(amdahl); b == nil || b.Gomaxprocs != 16 || !(b.Least > 6 && b.Least < 6.5) || b.Most == nil || !(*b.Most > 10 && *b.Most < 12) {
		t.Errorf("%+v", b)
	}
	if b := bounds(cellRuns("CPU", "hash", []int{1, 16}, []int{1, 16}, func(c, p float64) float64 { return 1000 * min(c, p) })); b == nil || b.Most != nil || b.Least < 15 {
		t.Errorf("ideal: %+v", b)
	}
	flat := cellRuns("CPU", "serial", []int{1, 4}, []int{1, 4}, func(_, _ float64) float64 { return 1000 })
	if b := bounds(flat); b == nil || b.Least != 1 || *b.Most < 4.0/3 || *b.Most > 1.4 {
		t.Errorf("serial: %+v", b)
	}
	if b := bounds(cellRuns("Sync", "counter", []int{1, 4}, []int{1, 4}, func(_, p float64) float64 { return 1000 / p })); b != nil {
		t.Errorf("cores that hurt bound nothing: %+v", b)
	}
	if b := bounds(cellRuns("IO", "latency", []int{1, 4}, []int{1, 4}, func(c, _ float64) float64 { return c })); b != nil {
		t.Errorf("waiting is no work: %+v", b)
	}
	if b := bounds(cellRuns("CPU", "x", []int{1, 4}, []int{1, 4}, func(c, _ float64) float64 { return c }, resultfile.Value{Unit: resultfile.MeanNs, Value: 1})); b != nil {
		t.Errorf("waiting is no work, whatever its class: %+v", b)
	}
}

// On machines with SMT the further threads have a law of their own.
func TestSMTLaw(t *testing.T) {
	runs := cellRuns("CPU", "hash", []int{1, 16}, []int{1, 2, 4, 8, 10, 12, 14, 16}, func(c, p float64) float64 {
		if p = min(c, p); p > 8 {
			return 1000 * (8 + 0.3*(p-8))
		}
		return 1000 * p
	})
	laws := Analyze(&resultfile.Set{Runs: runs, Manifest: &resultfile.Manifest{Host: []byte(`{"physical_cores":8}`)}}).Workloads[0].Laws
	if laws[0].Segment != "" || laws[0].Model != "linear" || laws[1].Segment != "smt" || laws[1].Axis != "gomaxprocs" || laws[1].Goroutines != 16 || laws[2].Axis != "goroutines" {
		t.Fatalf("%+v", laws)
	}
	if l := laws[1]; l.Base != 8 || len(l.Points) != 5 || l.Limit != nil || l.Model == "" || !near(l.Points[4].Speedup.Value, 1.3) {
		t.Errorf("%+v", l)
	}
	if p := laws[0].Parallelism; p == nil || p.Gomaxprocs != 8 {
		t.Errorf("bounds are of one thread a core: %+v", p)
	}
}
