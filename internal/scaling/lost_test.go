package scaling

import (
	"math"
	"strings"
	"testing"
)

// A machine that others use makes gains uncertain by as much as they took, and the verdict says why.
func TestLost(t *testing.T) {
	truth := map[Cell]float64{{1, 1}: 100, {8, 1}: 100, {8, 2}: 140}
	s := wobbly(truth)
	quiet := judge(t, s, Options{Cores: 2})
	if quiet.Verdict != VerdictParallelism || quiet.Concurrency.Effect != EffectNone {
		t.Fatalf("quiet: %+v", quiet)
	}
	busy := judge(t, s, Options{Cores: 2, Lost: 0.45})
	if busy.Concurrency.Effect != EffectInconclusive || busy.Parallelism.Effect != EffectInconclusive || busy.Verdict != VerdictInconclusive {
		t.Errorf("busy: %s, %+v, %+v", busy.Verdict, busy.Concurrency, busy.Parallelism)
	}
	if !strings.Contains(busy.Sentence, "45 %") {
		t.Errorf("sentence %q does not say what was lost", busy.Sentence)
	}
	if got, want := busy.Parallelism.Hi/quiet.Parallelism.Hi, 1/0.55; math.Abs(got/want-1) > 1e-12 {
		t.Errorf("the interval is wider by %v, want %v", got, want)
	}
	if busy.Parallelism.Value != quiet.Parallelism.Value {
		t.Error("the estimate itself has changed")
	}
}

// What n cores do not deliver is put down to whom it was lost to.
func TestOwner(t *testing.T) {
	for _, test := range []struct {
		hardware, apart, top float64
		want                 string
	}{
		{1.35, 1.34, 1.33, "separate processes get no more"},
		{1.98, 1.40, 1.36, "Go runtime"},
		{1.98, 1.95, 1.40, "share"},
	} {
		truth := map[Cell]float64{{1, 1}: 100, {8, 1}: 100, {8, 2}: 100 * test.top}
		s := wobbly(truth)
		ceiling := func(speedup float64) (obs []Observation) {
			for _, o := range s[Cell{1, 1}] {
				o.Rate *= speedup
				obs = append(obs, o)
			}
			return obs
		}
		j := judge(t, s, Options{Cores: 2, Ceilings: func(n int) (hardware, apart []Observation) {
			if n != 2 {
				t.Errorf("ceilings at %d cores were asked for", n)
			}
			return ceiling(test.hardware), ceiling(test.apart)
		}})
		if j.Verdict != VerdictParallelism || !strings.Contains(j.Sentence, test.want) {
			t.Errorf("%+v: %s: %s", test, j.Verdict, j.Sentence)
		}
		if j.Gaps == nil || math.Abs(j.Gaps.Hardware.Value/test.hardware-1) > 0.02 {
			t.Errorf("%+v: gaps %+v", test, j.Gaps)
		}
	}
}

// wobbly returns 12 rounds that lie a tenth of a per cent apart.
func wobbly(truth map[Cell]float64) Surface {
	s := make(Surface)
	for i, c := range sortedCells(truth) {
		for round := 1; round <= 12; round++ {
			s[c] = append(s[c], Observation{Round: round, Rate: truth[c] * (1 + 0.001*float64((i+round)%3))})
		}
	}
	return s
}
