package analysis

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"runbench/internal/noise"
	"runbench/internal/resultfile"
)

// sweepOf returns a file of a hash sweep with ceilings and a control arm, whose
// machine runs at the given share of its speed in the second half.
func sweepOf(second float64, seen noise.Noise) *resultfile.Set {
	plan := steered()
	plan.Subjects = append(plan.Subjects[:1:1], plan.Subjects[2])
	set := &resultfile.Set{Manifest: &resultfile.Manifest{Plan: plan}}
	rng := rand.New(rand.NewPCG(5, 1))
	const rounds = 16
	for round := 1; round <= rounds; round++ {
		for _, c := range plan.Cells() {
			r := made(rng, c, round)
			x := &r.Values[0].Value
			switch c.Strategy {
			case resultfile.Processes:
				*x *= 1.04
			case resultfile.Apart:
				*x *= 1.02
			}
			if round > rounds/2 {
				*x *= second
			}
			set.Runs = append(set.Runs, r)
		}
		set.Rounds = append(set.Rounds, resultfile.RoundEnd{Round: round, Noise: &seen})
	}
	return set
}

func TestControlAndGaps(t *testing.T) {
	a := Analyze(sweepOf(1, noise.Noise{Wall: 1e9}))
	if len(a.Workloads) != 1 || a.Workloads[0].Name != "cpu/hash" {
		t.Fatalf("workloads are %+v, want hash alone: ceilings and control are none", a.Workloads)
	}
	w := a.Workloads[0]
	if w.Converged == nil || !*w.Converged || w.Goroutines != 2 {
		t.Errorf("converged %v at C†=%d", w.Converged, w.Goroutines)
	}
	g := w.Gaps
	if g == nil || !near(g.Hardware.Value, 1.976) || !near(g.Go.Value, 1.938) || !near(g.Measured.Value, 1.9) ||
		!near(g.Machine.Value*g.Runtime.Value*g.Program.Value, 1.9/2) || g.Machine.Lo == nil {
		t.Errorf("gaps are %+v", g)
	}
	if w.Ceilings.Ideal != 2 || !near(*w.Ceilings.Hardware, 1.976) || !near(*w.Ceilings.Go, 1.938) {
		t.Errorf("ceilings are %+v", w.Ceilings)
	}
	if len(a.Control) != 2 || a.Control[0].Speedup != nil || !near(a.Control[1].Speedup.Value, 1.9) || a.Control[1].Rounds != 16 {
		t.Errorf("control is %+v", a.Control)
	}
	if width, known := a.AAHalfWidth(); !known || width > 0.002 {
		t.Errorf("A/A half-width %v, %v", width, known)
	}
	if len(a.Disturbed) > 0 || a.Noise == nil {
		t.Errorf("disturbed %q, noise %+v", a.Disturbed, a.Noise)
	}
	for _, c := range a.Control {
		if c.Drifted {
			t.Errorf("nothing drifted: %+v", c)
		}
	}
}

// A machine that slows down shows in the control arm, and not in the gains.
func TestControlDrifts(t *testing.T) {
	a := Analyze(sweepOf(0.85, noise.Noise{}))
	for _, c := range a.Control {
		if !c.Drifted || !near(c.Drift.Value, 0.85) {
			t.Errorf("control at %d: drift %+v, drifted %v", c.Gomaxprocs, c.Drift, c.Drifted)
		}
	}
	if w := a.Workloads[0]; w.Verdict != "parallelism" || !near(w.ParallelismGain.Value, 1.9) {
		t.Errorf("the drift got into the gains: %s, %+v", w.Verdict, w.ParallelismGain)
	}
	if !strings.Contains(a.drift(), "drifted") {
		t.Errorf("drift is said as %q", a.drift())
	}
}

// A busy machine is said to be busy, and its verdicts are not the workload's.
func TestDisturbed(t *testing.T) {
	a := Analyze(sweepOf(1, noise.Noise{Wall: 1e9, CPUs: new(2), Foreign: new(0.9), ForeignResolution: new(0.01)}))
	if len(a.Disturbed) == 0 {
		t.Fatal("0.9 cores used by others are no disturbance")
	}
	w := a.Workloads[0]
	if w.Verdict != "inconclusive" || w.ConcurrencyGain.Effect != "inconclusive" {
		t.Errorf("%s, %+v", w.Verdict, w.ConcurrencyGain)
	}
	// Had all of it been lost to the one core, two would still gain 1.9 × 0.55.
	if p := w.ParallelismGain; !near(*p.Lo, 1.9*0.55) || !near(*p.Hi, 1.9/0.55) || p.Effect != "helps" {
		t.Errorf("parallelism %v … %v, %s", *p.Lo, *p.Hi, p.Effect)
	}
	if !strings.Contains(w.Sentence, "45 %") {
		t.Errorf("sentence %q", w.Sentence)
	}
}

// Where only some rounds were disturbed, they are named.
func TestDisturbedRounds(t *testing.T) {
	set := sweepOf(1, noise.Noise{Wall: 1e9, CPUs: new(2), Foreign: new(0.0), ForeignResolution: new(0.01)})
	for _, round := range []int{3, 5, 6, 7, 16} {
		set.Rounds[round-1].Noise = &noise.Noise{Wall: 1e9, CPUs: new(2), Foreign: new(0.9), ForeignResolution: new(0.01)}
	}
	a := Analyze(set)
	if len(a.Disturbed) != 1 || !strings.HasSuffix(a.Disturbed[0], " (it was so in rounds 3, 5–7, 16 of 16)") {
		t.Errorf("disturbed: %q", a.Disturbed)
	}
}

// Without ceilings a machine that gives the control arm no more is to blame, and not
// the program.
func TestPoorMachine(t *testing.T) {
	set := sweepOf(1, noise.Noise{Wall: 1e9})
	set.Runs = slices.DeleteFunc(set.Runs, func(r resultfile.Run) bool {
		return r.Cell.Strategy == resultfile.Processes || r.Cell.Strategy == resultfile.Apart
	})
	for i := range set.Runs {
		if set.Runs[i].Cell.Gomaxprocs > 1 {
			set.Runs[i].Values[0].Value *= 0.65
		}
	}
	w := Analyze(set).Workloads[0]
	if w.Gaps != nil || !strings.Contains(w.Sentence, "the control arm, which shares nothing, gets no more than 1.2") {
		t.Errorf("gaps %+v; %s", w.Gaps, w.Sentence)
	}
}
