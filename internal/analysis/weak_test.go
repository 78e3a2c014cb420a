package analysis

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"runbench/internal/resultfile"
)

// weakRunsOf returns rounds of a weak-scaling sweep of a program of which serial is
// serial, in cells as the planner names them, beside the control arm. Cores run at
// clock(n) when n are busy.
func weakRunsOf(workload, config string, procs []int, serial float64, clock func(n int) float64, spread float64, rounds int) []resultfile.Run {
	rnd := rand.New(rand.NewPCG(5, 6))
	weak := resultfile.Subject{Class: "Known", Workload: workload, Strategies: []string{"pool"}, Weak: true}
	control := resultfile.Subject{Class: "Known", Workload: "control", Strategies: []string{"pool"}, Diagonal: true}
	var runs []resultfile.Run
	add := func(c resultfile.Cell, round int, x float64) {
		runs = append(runs, resultfile.Run{
			Config: config, Round: round, Cell: c,
			Values: []resultfile.Value{{Unit: resultfile.TasksPerSec, Value: 1000 * x * math.Exp(spread*rnd.NormFloat64())}},
		})
	}
	for round := 1; round <= rounds; round++ {
		for _, c := range weak.Cells(procs) {
			n, p := float64(c.Batches()), c.Gomaxprocs
			add(c, round, n/(serial+(1-serial)*n/float64(p)/clock(p)))
		}
		for _, c := range control.Cells(procs) {
			add(c, round, float64(c.Gomaxprocs)*clock(c.Gomaxprocs))
		}
	}
	return runs
}

func steady(int) float64 { return 1 }

// known/serial gives its serial share back through Gustafson's law, whatever the
// clock does meanwhile.
func TestGustafsonGivesTheSerialShareBack(t *testing.T) {
	for _, serial := range []float64{0, 0.05, 0.2, 0.5} {
		runs := weakRunsOf("serial", "cores: 4; cpu: Example", []int{1, 2, 4}, serial, func(n int) float64 { return 1 - 0.02*float64(n-1) }, 0.003, 12)
		a := Analyze(&resultfile.Set{Runs: runs})
		if len(a.Weak) != 1 || len(a.Workloads) != 0 || len(a.Control) != 3 {
			t.Fatalf("%+v", a)
		}
		w := a.Weak[0]
		if w.Name != "known/serial" || w.Gomaxprocs != 4 || w.Serial == nil || w.Refused != nil || len(w.Points) != 3 {
			t.Fatalf("%+v", w)
		}
		if got := *w.Serial; math.Abs(got.Value-serial) > 0.01 || *got.Lo > serial+0.002 || *got.Hi < serial-0.002 {
			t.Errorf("s=%v: %v (%v…%v)", serial, got.Value, *got.Lo, *got.Hi)
		}
		want := "the time is serial, so that P cores do 1 + "
		if serial == 0 {
			want = "grows with the cores, with no more than "
		}
		if !strings.Contains(w.Sentence, want) || !strings.Contains(w.Sentence, "a batch grown 4 times") {
			t.Errorf("s=%v: %s", serial, w.Sentence)
		}
		if _, err := json.Marshal(a); err != nil {
			t.Error(err)
		}
	}
}

func TestWeakPoints(t *testing.T) {
	runs := weakRunsOf("serial", "cores: 2; cpu: Example", []int{1, 2, 4}, 0.2, steady, 0, 8)
	w := Analyze(&resultfile.Set{Runs: runs, Manifest: &resultfile.Manifest{Plan: resultfile.Plan{Precision: 0.02}}}).Weak[0]
	if w.Gomaxprocs != 2 || !near(w.Speedup.Value, 1.8) || w.Speedup.Effect != "helps" || !near(w.Efficiency.Value, 1) || !near(w.Serial.Value, 0.2) {
		t.Errorf("%+v", w)
	}
	if w.Converged == nil || !*w.Converged {
		t.Errorf("eight rounds without noise are known: %+v", w.Converged)
	}
	if p := w.Points[2]; !p.Oversubscribed || p.Serial != nil || len(w.Notes) == 0 {
		t.Errorf("%+v, %q", p, w.Notes)
	}
	// Strong runs of the same workload in the same file are a surface of their own.
	both := append(known("CPU", "hash", nil, 100, 1, 2), runs...)
	if a := Analyze(&resultfile.Set{Runs: both}); len(a.Weak) != 1 || len(a.Workloads) != 1 || len(a.Workloads[0].Surface) != 4 {
		t.Errorf("%+v", a)
	}
	// Nothing at all on one core.
	var lone []resultfile.Run
	for _, r := range runs {
		if r.Cell.Batches() == 2 && r.Cell.Gomaxprocs == 2 {
			lone = append(lone, r)
		}
	}
	if w := Analyze(&resultfile.Set{Runs: lone}).Weak[0]; w.Speedup != nil || w.Efficiency != nil || w.Refused == nil || !strings.Contains(w.Sentence, "not measured on one core") {
		t.Errorf("%+v", w)
	}
}

// A weak sweep measures all its cells until the scaled speed-ups are known, and then
// ends.
func TestSteerAWeakSweep(t *testing.T) {
	plan := resultfile.Plan{
		Procs: []int{1, 2, 4}, Precision: 0.02, ChoiceRounds: 3,
		Subjects: []resultfile.Subject{
			{Class: "Known", Workload: "serial", Strategies: []string{"pool"}, Weak: true},
			{Class: "Known", Workload: "control", Strategies: []string{"pool"}, Diagonal: true},
		},
	}
	steer := Steer(2, 2)
	all := weakRunsOf("serial", "cores: 2", plan.Procs, 0.2, steady, 0.004, 20)
	for round := 1; round <= 20; round++ {
		var before []resultfile.Run
		for _, r := range all {
			if r.Round < round {
				before = append(before, r)
			}
		}
		switch cells := steer(plan, before); {
		case round <= 8 && len(cells) != len(plan.Cells()):
			t.Fatalf("round %d has %d cells of %d", round, len(cells), len(plan.Cells()))
		case round == 20 && cells != nil:
			t.Fatalf("known by now, and %d cells more", len(cells))
		}
	}
}
