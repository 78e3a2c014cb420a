package scaling

import "math"

// MinRounds is the number of rounds behind the gains from which the stop rule of [Judgement.Precise] may hold.
//
// Whoever stops as soon as an interval is narrow stops too often when the spread happens to look small, and then the
// interval is too narrow as well: sequential fixed-width intervals cover what they promise only in the limit of a
// width of 0 (Chow & Robbins, "On the asymptotic theory of fixed-width sequential confidence intervals", Annals of
// Mathematical Statistics 36, 1965), and a little less before (Starr, same journal 37, 1966). A first look that comes
// late limits it. By simulation over standard deviations of 0.3–4 % between runs and at most 6–40 rounds, nominal 95 %
// intervals of a single gain at 2 % precision cover, where they do worst,
//
//	first look at  5 rounds  92.0 %
//	               6         92.4 %
//	               7         92.8 %
//	               8         93.1 %
//	               9         93.4 %
//	              12         93.7 %
//
// and 94.3 % from 8 on where three gains must be narrow at once, as they must in a sweep over both axes. 8 is the first
// to cover at least 93 %.
const MinRounds = 8

// HalfWidth returns half the width of the interval of e on the log scale: Value is known to within a factor of
// exp(HalfWidth). It is NaN where there is no interval.
func (e Estimate) HalfWidth() float64 { return (math.Log(e.Hi) - math.Log(e.Lo)) / 2 }

// Precise reports whether measuring may stop: every gain there is has an interval from between the runs of at least
// [MinRounds] rounds, and is known to within precision, a ratio (0.02 for 2 %). It is false where there are no gains.
//
// The rule looks at widths only, never at where an interval lies: stopping as soon as a difference is significant
// would find one in the end where there is none (Armitage, McPherson & Rowe, Journal of the Royal Statistical Society
// A 132, 1969).
func (j Judgement) Precise(precision float64) bool {
	there := false
	for _, g := range []*Gain{j.Concurrency, j.Parallelism, j.Total, j.AtPhysical} {
		if g == nil {
			continue
		}
		there = true
		if g.Basis != BetweenRuns || g.Rounds < MinRounds || !(math.Expm1(g.HalfWidth()) <= precision) {
			return false
		}
	}
	return there
}

// What a precision may take: reachRounds is more than a sweep will ever have, and reachFrom is the number of rounds
// from which their scatter says anything of how many it takes.
const (
	reachRounds = 64
	reachFrom   = 4
)

// Reachable reports whether the gains may yet become as narrow as precision, a ratio, as far as the rounds so far can
// tell. The width of an interval goes with one over the root of the number of rounds, so that it takes
// n·(standard error / one asked for)² of them; two standard errors are about half an interval. It is for spending time
// where it tells most and for nothing else: it decides about no interval.
func (j Judgement) Reachable(precision float64) bool {
	asked := math.Log1p(precision) / 2
	for _, g := range []*Gain{j.Concurrency, j.Parallelism, j.Total, j.AtPhysical} {
		if g == nil || g.Rounds < reachFrom || g.Basis != BetweenRuns {
			continue
		}
		se := g.HalfWidth() / quantile(DefaultConfidence, float64(g.Rounds-1))
		if float64(g.Rounds)*(se/asked)*(se/asked) > reachRounds {
			return false
		}
	}
	return true
}
