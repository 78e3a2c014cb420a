package scaling

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// TrimmedInterval returns exp of the mean of logs, as [Interval] does, but from 16 logs on of a mean that leaves the
// highest and the lowest eighth out: what [Gate] compares.
func TrimmedInterval(logs []float64, confidence float64) Estimate {
	mean, s := trimmed(logs)
	if !s.known() {
		return point(mean, len(logs))
	}
	return around(mean, s, confidence, len(logs), BetweenRuns)
}

// TrimmedMean returns what [TrimmedInterval] is made of: the mean of logs, its standard error and the degrees of freedom
// behind that, both 0 for fewer than two logs. Of no logs the mean is NaN.
func TrimmedMean(logs []float64) (mean, se, df float64) {
	mean, s := trimmed(logs)
	return mean, s.se, s.df
}

// trimFrom is the number of logs from which comparisons trim: with an eighth at
// either end it is two of each end.
const trimFrom = 16

// trimShare is the share of logs trimmed at either end.
const trimShare = 0.125

// trimmed returns the mean of logs with the spread between them, as [meanSpread] does, but for many logs of a mean that
// leaves the highest and the lowest eighth out. These count by rank and not by size: on a machine shared with others a
// run now and then takes a tenth longer because somebody else had the core, and one such run in sixty would widen an
// interval of the plain mean by half. The standard error is that of the Winsorised logs, over h = n − 2g that are left:
//
//	se = √(SSw / (h(h−1))), df = h−1
//
// On normal logs the interval is 4–6 % wider than that of the plain mean. Below [trimFrom] logs it would be more, and
// outliers are too few to count on: the plain mean is used.
//
// Sources: Tukey & McLaughlin, "Less vulnerable confidence and significance procedures for location based on a single
// sample", Sankhyā A 25, 1963; for differences of two, Yuen, "The two-sample trimmed t for unequal population
// variances", Biometrika 61, 1974.
func trimmed(logs []float64) (mean float64, s spread) {
	n := len(logs)
	if n < trimFrom {
		return meanSpread(logs)
	}
	sorted := slices.Sorted(slices.Values(logs))
	g := trim(n)
	mean = meanOf(sorted[g : n-g])
	for i := range g {
		sorted[i], sorted[n-1-i] = sorted[g], sorted[n-1-g]
	}
	middle := meanOf(sorted)
	var squares float64
	for _, x := range sorted {
		squares += (x - middle) * (x - middle)
	}
	df := float64(n - 2*g - 1)
	return mean, spread{se: math.Sqrt(squares / df / (df + 1)), df: df}
}

// trim returns how many of n logs are trimmed at either end.
func trim(n int) int {
	if n < trimFrom {
		return 0
	}
	return int(trimShare * float64(n))
}

// trimmedLoss returns by what factor the standard error of a mean of n normal logs grows by trimming: with γ the share
// trimmed at either end, a the quantile of 1−γ and φ the density, √((1−2γ) − 2aφ(a) + 2γa²)/(1−2γ), which holds for
// many logs (Huber, Robust Statistics, 1981, section 3.3).
func trimmedLoss(n int) float64 {
	g := float64(trim(n)) / float64(n)
	if g == 0 {
		return 1
	}
	a := distuv.UnitNormal.Quantile(1 - g)
	return math.Sqrt(1-2*g-2*a*distuv.UnitNormal.Prob(a)+2*g*a*a) / (1 - 2*g)
}
