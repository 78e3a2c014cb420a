package scaling

import "math"

// tolerance is the share of throughput that is not worth a goroutine or a core: a ratio inside [1/1.05, 1.05] has no
// effect, and a throughput of at least 95 % of the best is as good as the best (DESIGN, Words).
const tolerance = 0.05

// slack, on a log scale, keeps rounding errors from deciding between values that are equal.
const slack = 1e-9

// Effect says what a gain does.
type Effect string

// The effects of a gain.
const (
	EffectHelps        Effect = "helps"        // the interval lies above 1
	EffectHurts        Effect = "hurts"        // the interval lies below 1
	EffectNone         Effect = "none"         // the interval lies inside [1/1.05, 1.05], on whichever side of 1
	EffectInconclusive Effect = "inconclusive" // none of these, or there is no interval
)

// A Gain is a ratio of throughputs and what it does.
type Gain struct {
	Estimate
	Effect Effect
}

// EffectOf returns the effect of a ratio of throughputs.
//
// An interval from within single runs does not show how far runs lie apart, which is a few per cent even on quiet
// machines (Kalibera & Jones, "Rigorous benchmarking in reasonable time", ISMM 2013). Such a ratio must clear 1 by the
// tolerance to help or hurt, and has no effect inside twice the tolerance.
func EffectOf(e Estimate) Effect {
	lo, hi := math.Log(e.Lo), math.Log(e.Hi)
	switch {
	case math.IsNaN(lo) || math.IsNaN(hi):
		return EffectInconclusive
	case e.Basis == WithinRun && lo > noEffect+slack:
		return EffectHelps
	case e.Basis == WithinRun && hi < -noEffect-slack:
		return EffectHurts
	case e.Basis == WithinRun && lo >= -2*noEffect-slack && hi <= 2*noEffect+slack:
		return EffectNone
	case e.Basis == WithinRun:
		return EffectInconclusive
	case lo >= -noEffect-slack && hi <= noEffect+slack:
		return EffectNone
	case lo > slack:
		return EffectHelps
	case hi < -slack:
		return EffectHurts
	}
	return EffectInconclusive
}

// noEffect is the largest log-ratio that has no effect.
var noEffect = math.Log1p(tolerance)

// helps reports whether the gain is there, helps, and is worth having: a gain that is certain but smaller than the
// tolerance does not make a verdict.
func (g *Gain) helps() bool {
	return g != nil && g.Effect == EffectHelps && math.Log(g.Value) > noEffect
}

// hurts reports whether the gain is there, hurts, and by more than the tolerance: a loss that is certain but smaller
// is not worth a word.
func (g *Gain) hurts() bool {
	return g != nil && g.Effect == EffectHurts && math.Log(g.Value) < -noEffect
}

// undecided reports whether more data could show that the gain helps. An inconclusive gain whose interval ends below
// 1.05 has no effect or hurts, but does not help.
func (g *Gain) undecided() bool {
	return g != nil && g.Effect == EffectInconclusive && !(math.Log(g.Hi) <= noEffect+slack)
}
