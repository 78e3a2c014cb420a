package scaling

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Comparison is one figure measured with something old and something new, such as two commits.
type Comparison struct {
	Name   string
	Better int // +1: a higher figure is better; −1: a lower one is

	// Paired holds ln(new/old) of each block in which both were measured, in interleaved rounds.
	Paired []float64
	// Old and New are used where Paired is empty: for each cell, the same cells in both, the logs of its runs.
	Old, New [][]float64

	// Tolerance is δ, the largest change that is of no interest, as a ratio (0.05 for 5 %); at least 0. The border
	// lies at 1+δ on one side and at 1/(1+δ) on the other, as that of [EffectNone] does. See [Tolerance].
	Tolerance float64
}

// Outcome is what a gate says of a comparison.
type Outcome string

// The outcomes of a gate.
const (
	OutcomePass         Outcome = "pass"         // if there is a change for the worse, it is at most δ
	OutcomeFail         Outcome = "fail"         // a change for the worse beyond δ, for certain
	OutcomeBetter       Outcome = "better"       // a change for the better beyond δ, for certain
	OutcomeInconclusive Outcome = "inconclusive" // the data cannot tell
)

// Gated is a comparison judged.
type Gated struct {
	Name   string
	Better int // as in Comparison

	// Estimate is new/old: the geometric mean over blocks, or over cells, with a 95 % interval that knows nothing of
	// the other comparisons. Rounds is 0 where old and new were not paired.
	Estimate
	Delta float64 // δ, as a ratio

	// P is the chance of data as bad as these, or worse, if the change for the worse were δ, and 1 where the data
	// cannot tell. Adjusted is corrected for the number of comparisons and, where old and new were not paired, for how
	// little is known of the spread; it is never below P.
	P, Adjusted float64
	// PBetter and AdjustedBetter are the same for a change for the better.
	PBetter, AdjustedBetter float64
	// Flagged says that the comparison taken alone, without correction, shows a change beyond δ in one direction.
	Flagged bool

	Outcome Outcome
}

// Gate judges comparisons, all that were declared beforehand: leaving some out after a look at the data takes the
// meaning out of the correction. It fails on effect and certainty together. With δ the tolerance of a comparison,
// this is
//
//   - fail, where a one-sided t test rejects "worse by at most δ", that is, where a whole interval lies beyond δ;
//   - better, where one rejects "better by at most δ";
//   - pass, where neither does and the 95 % interval ends before, or at, a change for the worse of δ;
//   - inconclusive otherwise, and where fewer than two observations, observations that are not finite numbers, or a
//     comparison without a direction, a tolerance or matching cells leave nothing to test.
//
// The tests of each direction are at the level alpha/2, Holm-corrected over all comparisons: whatever the true changes
// and however the comparisons depend on each other, a change within δ is called one beyond it in a share of at most
// alpha of all gates, at most alpha/2 of them a failure. Those without a result count as comparisons too.
//
// Paired comparisons use the paired t test, others that of Welch on the mean over cells of the differences of means;
// with 16 runs or more the means leave the highest and the lowest eighth out, as Yuen's test does. A cell without a
// spread of its own (fewer than two runs, old or new) leaves a comparison inconclusive. Figures that do not vary at all, such as allocations, are compared as they are.
//
// Welch's degrees of freedom are themselves estimated, and too many of them where the spread that matters looks small
// by chance. At the 5 % level that hardly shows; at the levels of Holm's first steps it does: with 20 comparisons of 5
// runs, one cell with three times the spread of the others, the share of false failures was 4 % in place of 2.5 %. So
// the adjusted P use the fewest degrees of freedom that the data leave possible, as cautiousDF says.
//
// Sources: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979;
// Welch, Biometrika 34, 1947. Testing against a margin in place of 0: Wellek, Testing Statistical Hypotheses of
// Equivalence and Noninferiority, 2nd ed., 2010, ch. 1.
func Gate(comparisons []Comparison, alpha float64) []Gated {
	gated := make([]Gated, len(comparisons))
	worse, better := make([]float64, len(comparisons)), make([]float64, len(comparisons))
	for i, c := range comparisons {
		gated[i], worse[i], better[i] = c.test()
	}
	worse, better = holm(worse), holm(better)
	for i := range gated {
		g := &gated[i]
		g.Adjusted, g.AdjustedBetter = worse[i], better[i]
		g.Flagged = min(g.P, g.PBetter) < alpha/2
		g.Outcome = g.outcome(alpha / 2)
	}
	return gated
}

// outcome judges g, its adjusted P set, at a level for each direction.
func (g *Gated) outcome(level float64) Outcome {
	worst := math.Log(g.Lo)
	if g.Better < 0 {
		worst = -math.Log(g.Hi)
	}
	switch {
	case g.Adjusted < level:
		return OutcomeFail
	case g.AdjustedBetter < level:
		return OutcomeBetter
	case g.testable() && -worst <= math.Log1p(g.Delta)+slack:
		return OutcomePass
	}
	return OutcomeInconclusive
}

// testable reports whether there is a hypothesis and data to test it.
func (g *Gated) testable() bool {
	return (g.Better == 1 || g.Better == -1) && g.Delta >= 0 && g.Basis == BetweenRuns
}

// test returns c with its estimate and the P of either direction, and these P with cautious degrees of freedom.
func (c Comparison) test() (g Gated, worse, better float64) {
	g = Gated{Name: c.Name, Better: c.Better, Delta: c.Tolerance, P: 1, PBetter: 1}
	log, s, df, rounds := c.difference()
	if !s.known() || math.IsNaN(log) || math.IsInf(log, 0) || math.IsNaN(s.se) || math.IsInf(s.se, 0) {
		g.Estimate = point(log, rounds)
		return g, 1, 1
	}
	g.Estimate = around(log, s, DefaultConfidence, rounds, BetweenRuns)
	if !g.testable() {
		return g, 1, 1
	}
	gain, delta := float64(c.Better)*log, math.Log1p(c.Tolerance)
	g.P, g.PBetter = exceeds(-gain-delta, s), exceeds(gain-delta, s)
	if s.df == df {
		return g, g.P, g.PBetter
	}
	s.df = df
	return g, max(g.P, exceeds(-gain-delta, s)), max(g.PBetter, exceeds(gain-delta, s))
}

// exceeds returns the one-sided P of the hypothesis that a mean, estimated as log with the spread s, is at most 0. A
// spread of no more than rounding errors is none: what does not vary is above 0 for certain, or is not.
func exceeds(log float64, s spread) float64 {
	switch {
	case s.se > slack:
		return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: s.df}.Survival(log / s.se)
	case log > slack:
		return 0
	}
	return 1
}

// difference returns the mean of ln(new/old) with its spread, unknown if the data show none, the degrees of freedom to
// use where caution is due, and the number of blocks.
func (c Comparison) difference() (log float64, s spread, cautious float64, rounds int) {
	if len(c.Paired) > 0 {
		log, s = trimmed(c.Paired)
		return log, s, s.df, len(c.Paired)
	}
	cells := len(c.New)
	if cells == 0 || len(c.Old) != cells {
		return math.NaN(), spread{}, 0, 0
	}
	var spreads []spread
	for i := range c.New {
		newMean, newSpread := trimmed(c.New[i])
		oldMean, oldSpread := trimmed(c.Old[i])
		log += (newMean - oldMean) / float64(cells)
		spreads = append(spreads, newSpread, oldSpread)
	}
	s = sum(spreads...)
	s.se /= float64(cells)
	return log, s, cautiousDF(spreads), 0
}

// cautiousDF returns the fewest degrees of freedom that a sum of spreads has by the formula of Welch and Satterthwaite
// when any one of them is as large as it may be: at the upper end, on the one side, of its 95 % interval,
// se·√(df/χ²(df, 0.05)). It is 0 if a spread is unknown.
//
// By simulation with 3–12 runs a cell and spreads that differ up to tenfold, t tests at levels down to 0.00125 then
// reject no more often than their level; with Welch's own estimate it was up to 2.7 times as often. The exact bound,
// the smallest df of any cell (Mickey & Brown, Annals of Mathematical Statistics 37, 1966), was rejected: it knows no
// more of ten cells than of one.
func cautiousDF(spreads []spread) float64 {
	df := sum(spreads...).df
	larger := slices.Clone(spreads)
	var of, factor float64 // factor at df = of
	for i, s := range spreads {
		if !s.known() {
			return 0
		}
		if s.df != of {
			of, factor = s.df, math.Sqrt(s.df/distuv.ChiSquared{K: s.df}.Quantile(1-DefaultConfidence))
		}
		larger[i].se *= factor
		df = min(df, sum(larger...).df)
		larger[i] = s
	}
	return df
}

// holm returns the adjusted P of each of ps: reject those below a level, and the chance of any false rejection is at
// most that level.
func holm(ps []float64) []float64 {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[a], ps[b]) })
	adjusted := make([]float64, len(ps))
	highest := 0.0
	for rank, i := range order {
		highest = max(highest, min(1, float64(len(ps)-rank)*ps[i]))
		adjusted[i] = highest
	}
	return adjusted
}

// Tolerance returns δ, the tolerance of a comparison: the larger one of what was asked for and what two equal sweeps
// differ by (see [AAHalfWidth]), all of them ratios. Where the latter is not known, NaN, it is what was asked for.
func Tolerance(asked, aa float64) float64 {
	if math.IsNaN(aa) {
		return asked
	}
	return max(asked, aa)
}
