package scaling

import (
	"math"
	"testing"
)

func TestHalfWidth(t *testing.T) {
	e := Interval([]float64{1, 2, 3}, 0)
	// s = 1, t(2, 0.975) = 4.302653.
	if got, want := e.HalfWidth(), 4.302653/math.Sqrt(3); math.Abs(got/want-1) > 1e-6 {
		t.Errorf("half-width %v, want %v", got, want)
	}
	if got := point(0, 1).HalfWidth(); !math.IsNaN(got) {
		t.Errorf("half-width without an interval is %v, want NaN", got)
	}
}

func TestPrecise(t *testing.T) {
	gain := func(halfWidth float64, rounds int, basis Basis) *Gain {
		half := math.Log1p(halfWidth)
		return &Gain{Estimate: Estimate{Value: 3, Lo: 3 * math.Exp(-half), Hi: 3 * math.Exp(half), Rounds: rounds, Basis: basis}}
	}
	fine := gain(0.0199, MinRounds, BetweenRuns)
	for _, test := range []struct {
		name string
		j    Judgement
		want bool
	}{
		{"narrow", Judgement{Concurrency: fine, Parallelism: fine, Total: fine, AtPhysical: fine}, true},
		{"one gain", Judgement{Total: fine}, true},
		{"no gain", Judgement{}, false},
		{"wide", Judgement{Concurrency: fine, Total: gain(0.0201, 30, BetweenRuns)}, false},
		{"wide at the physical cores", Judgement{Concurrency: fine, AtPhysical: gain(0.0201, 30, BetweenRuns)}, false},
		{"too few rounds", Judgement{Concurrency: gain(0.001, MinRounds-1, BetweenRuns)}, false},
		{"within a run", Judgement{Concurrency: gain(0.001, 30, WithinRun)}, false},
		{"no interval", Judgement{Concurrency: &Gain{Estimate: point(0, 30)}}, false},
	} {
		if got := test.j.Precise(0.02); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
