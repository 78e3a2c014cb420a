package scaling

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// integratedPower computes Power by integrating over the estimated standard deviation: given that it is w times the
// true one, the mean is normal (Owen 1968, section 2).
func integratedPower(n int, sd, effect, delta, alpha float64) float64 {
	df := float64(n - 1)
	critical := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(1 - alpha/2)
	shift := math.Sqrt(float64(n)) * (math.Log1p(effect) - math.Log1p(delta)) / sd
	chi2 := distuv.ChiSquared{K: df}
	density := func(w float64) float64 {
		return 2 * df * w * chi2.Prob(df*w*w) * distuv.UnitNormal.CDF(shift-critical*w)
	}
	// In pieces, as either factor may be steep: the one about w = 1, the other about shift/critical.
	lo, hi := 0.0, 1+10/math.Sqrt(df)
	ends := []float64{1 - 10/math.Sqrt(df), (shift - 10) / critical, shift / critical, (shift + 10) / critical, hi}
	slices.Sort(ends)
	var total float64
	for _, end := range ends {
		if end = min(end, hi); end > lo {
			total += quad.Fixed(density, lo, end, 200, quad.Legendre{}, 0)
			lo = end
		}
	}
	return total
}

func TestPowerByIntegration(t *testing.T) {
	for _, n := range []int{2, 3, 5, 12, 40, 1000} {
		for _, sd := range []float64{0.002, 0.02, 0.2} {
			for _, effect := range []float64{-0.05, 0, 0.02, 0.05, 0.30} {
				for _, delta := range []float64{0, 0.05} {
					for _, alpha := range []float64{0.05, 0.0025} {
						// What trimming leaves, as blocks of a t test.
						left := n - 2*trim(n)
						spread := sd
						if left < n {
							spread *= trimmedLoss(n) * math.Sqrt(float64(left)/float64(n))
						}
						got, want := Power(n, sd, effect, delta, alpha), integratedPower(left, spread, effect, delta, alpha)
						if math.Abs(got-want) > 1e-6 {
							t.Errorf("Power(%d, %v, %v, %v, %v) = %v, want %v", n, sd, effect, delta, alpha, got, want)
						}
					}
				}
			}
		}
	}
}

func TestPowerEdges(t *testing.T) {
	for _, test := range []struct {
		n                       int
		sd, effect, delta, want float64
	}{
		{1, 0.01, 0.5, 0, 0},
		{0, 0.01, 0.5, 0, 0},
		{5, 0, 0.06, 0.05, 1},
		{5, 0, 0.05, 0.05, 0},
		{8, 0.01, 0.05, 0.05, 0.025},
	} {
		if got := Power(test.n, test.sd, test.effect, test.delta, 0.05); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("Power(%d, %v, %v, %v) = %v, want %v", test.n, test.sd, test.effect, test.delta, got, test.want)
		}
	}
}

func TestRoundsNeeded(t *testing.T) {
	for _, sd := range []float64{0.005, 0.03, 0.10} {
		for _, effect := range []float64{0.01, 0.06, 0.20} {
			for _, power := range []float64{0.5, 0.8, 0.95} {
				n := RoundsNeeded(sd, effect, 0, 0.05, power)
				if Power(n, sd, effect, 0, 0.05) < power || Power(n-1, sd, effect, 0, 0.05) >= power {
					t.Errorf("sd %v, effect %v, power %v: %d rounds are not the fewest that do", sd, effect, power, n)
				}
			}
		}
	}
	// A paired t test needs 10 pairs for a power of 80 % at an effect of one standard deviation, and 34 at a half
	// (G*Power). Trimming makes 37 of the 34.
	if got := RoundsNeeded(0.1, math.Expm1(0.1), 0, 0.05, 0.8); got != 10 {
		t.Errorf("one standard deviation needs %d rounds, want 10", got)
	}
	if got := RoundsNeeded(0.1, math.Expm1(0.05), 0, 0.05, 0.8); got != 37 {
		t.Errorf("half a standard deviation needs %d rounds, want 37", got)
	}
	for _, test := range []struct {
		sd, effect, delta, power float64
		want                     int
	}{
		{0.01, 0.05, 0.05, 0.8, 0},
		{0.01, 0.01, 0.05, 0.8, 0},
		{1, 1e-6, 0, 0.8, 0},
		{math.NaN(), 0.1, 0, 0.8, 0},
		{0.01, math.NaN(), 0, 0.8, 0},
		{0, 0.1, 0.05, 0.8, 2},
	} {
		if got := RoundsNeeded(test.sd, test.effect, test.delta, 0.05, test.power); got != test.want {
			t.Errorf("RoundsNeeded(%v, %v, %v) = %d, want %d", test.sd, test.effect, test.delta, got, test.want)
		}
	}
}
