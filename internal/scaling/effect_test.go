package scaling

import "testing"

// A single run's interval must clear 1 by the tolerance before it says that a gain helps.
func TestEffectOfSingleRuns(t *testing.T) {
	for _, test := range []struct {
		lo, hi float64
		want   Effect
	}{
		{1.03, 1.06, EffectNone},
		{1.06, 1.08, EffectHelps},
		{0.99, 1.30, EffectInconclusive},
		{0.85, 0.90, EffectHurts},
		{0.92, 1.08, EffectNone},
		{0.80, 0.97, EffectInconclusive},
	} {
		if got := EffectOf(Estimate{Value: 1, Lo: test.lo, Hi: test.hi, Basis: WithinRun}); got != test.want {
			t.Errorf("[%v, %v] from single runs: %s, want %s", test.lo, test.hi, got, test.want)
		}
	}
	if got := EffectOf(Estimate{Value: 1, Lo: 1.03, Hi: 1.06, Basis: BetweenRuns}); got != EffectHelps {
		t.Errorf("[1.03, 1.06] between runs: %s, want %s", got, EffectHelps)
	}
}
