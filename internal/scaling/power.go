package scaling

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// Power returns the chance that a gate, at alpha/2 in each direction, fails a paired comparison of n blocks whose
// figure has truly become worse by effect, where changes up to delta are tolerated: both ratios (0.05 for 5 %). Sd is
// the standard deviation of the block log-ratios ln(new/old). With m comparisons alpha/m in place of alpha gives a
// lower bound, Holm's first step. It is 0 for fewer than two blocks, which show no spread.
//
// The t of such a comparison has the noncentral t distribution with n−1 degrees of freedom and the noncentrality
// √n·(ln(1+effect) − ln(1+delta))/sd. From 16 blocks on the comparison trims, which costs degrees of freedom and, on
// normal log-ratios, 3–4 % of the noncentrality.
//
// Sources: Owen, "A survey of properties and applications of the noncentral t-distribution", Technometrics 10, 1968;
// Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions, vol. 2, 2nd ed., 1995, ch. 31.
func Power(n int, sd, effect, delta, alpha float64) float64 {
	beyond := math.Log1p(effect) - math.Log1p(delta)
	switch {
	case n < 2:
		return 0
	case sd == 0 && beyond > slack:
		return 1
	case sd == 0:
		return 0
	}
	if left := n - 2*trim(n); left < n {
		sd *= trimmedLoss(n) * math.Sqrt(float64(left)/float64(n))
		n = left
	}
	df := float64(n - 1)
	critical := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(1 - alpha/2)
	return beyondT(critical, df, math.Sqrt(float64(n))*beyond/sd)
}

// beyondT returns P(T > t) for T = (Z+shift)/W of the noncentral t distribution, Z standard normal and W = √(χ²(df)/df);
// t is above 0. Given Z, this is the chance that W lies below (Z+shift)/t; it is integrated over Z.
//
// The series of Lenth (Applied Statistics 38, 1989, algorithm AS 243), as gonum has it, was tried and rejected: for
// noncentralities above 38 it falls back on an approximation that is off by 0.07 with one degree of freedom.
func beyondT(t, df, shift float64) float64 {
	const (
		tail   = 9 // P(|Z| > 9) is 2·10⁻¹⁹
		points = 200
	)
	chi2 := distuv.ChiSquared{K: df}
	chance := func(z float64) float64 {
		w := (z + shift) / t
		return distuv.UnitNormal.Prob(z) * chi2.CDF(df*w*w)
	}
	// The chance rises from 0 to 1 about W = 1, steeply where df is large: that piece is integrated by itself.
	lo, hi := max(-tail, -shift), float64(tail)
	middle, width := t-shift, 6*t/math.Sqrt(2*df)
	at := lo
	var total float64
	for _, end := range []float64{middle - width, middle + width, hi} {
		end = min(end, hi)
		if end > at {
			total += quad.Fixed(chance, at, end, points, quad.Legendre{}, 0)
			at = end
		}
	}
	return min(1, total)
}

// maxRoundsNeeded is the number of blocks beyond which nobody measures.
const maxRoundsNeeded = 1 << 20

// RoundsNeeded returns the smallest number of blocks with which a comparison has at least the given power, between 0
// and 1; the other arguments are those of [Power]. It is 0 where no number will do: the effect is at most delta, or a
// million blocks are not enough.
func RoundsNeeded(sd, effect, delta, alpha, power float64) int {
	enough := func(n int) bool { return Power(n, sd, effect, delta, alpha) >= power }
	if !(effect > delta) || !enough(maxRoundsNeeded) {
		return 0
	}
	// Where trimming begins a block more is a little less: the first ones are tried one by one.
	const few = 2 * trimFrom
	for n := 1; n <= few; n++ {
		if enough(n) {
			return n
		}
	}
	lo, hi := few, 2*few // lo is not enough
	for !enough(hi) {
		lo, hi = hi, 2*hi
	}
	for lo+1 < hi {
		if mid := (lo + hi) / 2; enough(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}
