package scaling

import "math"

// AAHalfWidth returns what two equal sweeps may differ by, by chance alone: with logs holding the log rate of one cell
// in each of n rounds and s their standard deviation, exp(t(n−1, 0.975)·s·√(2/n)) − 1, a ratio (0.006 for 0.6 %). The
// means of two sweeps like this one lie closer together in 95 % of cases, as long as both see the same spread between
// rounds. It is NaN for fewer than two rounds.
//
// Source: half the width of the interval of a difference of two means of n each (Box, Hunter & Hunter, Statistics for
// Experimenters, 2nd ed., section 3.1), with the one s there is in place of the pooled one, and its degrees of freedom.
// As in [Gate], the mean leaves the highest and the lowest eighth out where there are 16 rounds or more.
func AAHalfWidth(logs []float64) float64 {
	_, s := trimmed(logs)
	if !s.known() {
		return math.NaN()
	}
	return math.Expm1(quantile(DefaultConfidence, s.df) * s.se * math.Sqrt2)
}
