package scaling

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// MinGroup is the number of figures from which one can be told to lie far from the others.
const MinGroup = 5

// Score returns the median of the figures of a group and, for each of them, by how many robust standard deviations it
// lies from that on a log scale: (ln x − median) / (1.4826 · MAD), with MAD the median of the absolute deviations (Iglewicz & Hoaglin,
// How to Detect and Handle Outliers, 1993, ch. 3). Where the figures lie closer together than each of them is known, the
// median of their standard errors takes the place of the deviation. A score is NaN where a figure is, and all are where
// fewer than [MinGroup] are there.
func Score(group []Estimate) (center float64, scores []float64) {
	logs := make([]float64, 0, len(group))
	known := make([]float64, 0, len(group))
	for _, e := range group {
		if log := math.Log(e.Value); !math.IsNaN(log) && !math.IsInf(log, 0) {
			logs = append(logs, log)
			if s := e.spread(); s.known() {
				known = append(known, s.se)
			}
		}
	}
	scores = make([]float64, len(group))
	if len(logs) < MinGroup {
		for i := range scores {
			scores[i] = math.NaN()
		}
		return math.NaN(), scores
	}
	middle := median(logs)
	deviations := make([]float64, len(logs))
	for i, log := range logs {
		deviations[i] = math.Abs(log - middle)
	}
	const normal = 1.4826 // 1/Φ⁻¹(3/4): the standard deviation of a normal distribution over its MAD
	sd := normal * median(deviations)
	if len(known) > 0 {
		sd = max(sd, median(known))
	}
	sd = max(sd, slack)
	for i, e := range group {
		scores[i] = (math.Log(e.Value) - middle) / sd
	}
	return math.Exp(middle), scores
}

// FarScore returns the score beyond which a figure is far from the others of a group of n, so that with alpha the chance
// of it any is called far among compared figures that are normal. Of few figures the deviation itself is known badly,
// and far ones happen: the quantile is that of a t distribution with 0.37·(n−1) degrees of freedom, which is what the
// MAD, of which 37 % of the figures would tell as much were they used best, knows of it.
func FarScore(n, compared int, alpha float64) float64 {
	df := max(1, 0.37*float64(n-1))
	return max(3.5, distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(1-alpha/(2*float64(max(1, compared)))))
}
