package law

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// Confidence is that of every interval.
const Confidence = 0.95

// alpha is the level of the tests.
const alpha = 1 - Confidence

// quantiles remembers what tQuantile found: finding one takes ten microseconds, as long as fitting a law.
var quantiles sync.Map // float64 → float64

// tQuantile returns the bound of a t distribution that holds Confidence between minus and plus it. Degrees of freedom
// between 1 and 1000 are rounded down to tenths, so that few quantiles need to be remembered.
func tQuantile(df float64) float64 {
	df = min(df, 1000)
	if df > 1 {
		df = math.Floor(df*10+1e-6) / 10
	}
	if t, ok := quantiles.Load(df); ok {
		return t.(float64)
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile((1 + Confidence) / 2)
	if df >= 1 {
		quantiles.Store(df, t)
	}
	return t
}

// fTest returns the p value of a ratio of mean squares, numerator/denominator.
func fTest(numerator, df1, denominator, df2 float64) float64 {
	switch f := numerator / denominator; {
	case !(f > 0):
		return 1
	case math.IsInf(f, 1):
		return 0
	default:
		return distuv.F{D1: df1, D2: df2}.Survival(f)
	}
}
