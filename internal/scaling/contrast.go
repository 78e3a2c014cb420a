package scaling

import "math"

// A Contrast is one figure of two machines, such as the parallelism gain of a workload, each estimated by itself: they
// have no round in common.
type Contrast struct {
	A, B Estimate
	// Delta is the difference that is of no interest, as a ratio (0.05 for 5 %); at least 0.
	Delta float64
}

// Contrasted is a contrast judged.
type Contrasted struct {
	Estimate // B/A with a 95 % interval that knows nothing of the other contrasts; Rounds is 0
	// P is the chance of figures as far apart, in either direction, if they were Delta apart; 1 where the data cannot
	// tell. Adjusted is corrected for the number of contrasts; it is never below P.
	P, Adjusted float64
	Differs     bool // for certain, by more than Delta
}

// Contrasts says which figures of two machines differ for certain: the whole interval of their ratio lies beyond Delta,
// with alpha the chance that this is said of any contrast whose figures are within Delta of one another. Tests are two
// one-sided t tests each, Holm-corrected over all contrasts, with Welch's degrees of freedom for what is printed and
// the fewest possible for what is decided, as in [Gate]. Estimates without an interval from between runs differ from
// nothing, and count as contrasts all the same.
//
// That two intervals do not overlap was rejected as a rule: it asks for more than 95 %, and for how much more depends
// on how alike the widths are (Schenker & Gentleman, The American Statistician 55, 2001).
func Contrasts(contrasts []Contrast, alpha float64) []Contrasted {
	out := make([]Contrasted, len(contrasts))
	ps := make([]float64, len(contrasts))
	for i, c := range contrasts {
		out[i], ps[i] = c.test()
	}
	for i, p := range holm(ps) {
		out[i].Adjusted = p
		out[i].Differs = p < alpha
	}
	return out
}

func (c Contrast) test() (out Contrasted, cautious float64) {
	log := math.Log(c.B.Value / c.A.Value)
	a, b := c.A.spread(), c.B.spread()
	s := sum(a, b)
	if !s.known() || math.IsNaN(log) || math.IsInf(log, 0) || math.IsNaN(s.se) || math.IsInf(s.se, 0) || !(c.Delta >= 0) {
		return Contrasted{Estimate: point(log, 0), P: 1}, 1
	}
	out.Estimate = around(log, s, DefaultConfidence, 0, BetweenRuns)
	either := func(s spread) float64 {
		delta := math.Log1p(c.Delta)
		return min(1, 2*min(exceeds(log-delta, s), exceeds(-log-delta, s)))
	}
	out.P = either(s)
	s.df = cautiousDF([]spread{a, b})
	return out, max(out.P, either(s))
}

// spread returns the spread behind the 95 % interval of an estimate from between runs, unknown for others. What an
// interval was widened by counts as spread.
func (e Estimate) spread() spread {
	if e.Basis != BetweenRuns || e.Rounds < 2 {
		return spread{}
	}
	df := float64(e.Rounds - 1)
	return spread{se: e.HalfWidth() / quantile(DefaultConfidence, df), df: df}
}

// RatioOf returns num/den, the runs of two arms, over the rounds they share, estimated as the gains of a surface are
// and widened as these are for the share of the machine that was lost to others (see [Options]). Rates are positive and
// finite.
func RatioOf(num, den []Observation, lost float64) Estimate {
	return ratio(newSeries(num), newSeries(den), DefaultConfidence).widened(lost)
}
