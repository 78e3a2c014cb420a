package law

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// An XFit is an unweighted fit on X, as much of the literature has it: points at large X decide. It exists to
// reproduce published coefficients; [Analyze] fits log X.
type XFit struct {
	Gamma, Sigma, Kappa       float64
	SEGamma, SESigma, SEKappa float64 // standard errors; SEGamma is 0 where γ was taken as known
	RSE                       float64 // residual standard error, in the unit of X
	DF                        int     // degrees of freedom behind RSE
	Peak                      float64 // √((1−σ)/κ), infinite without κ
}

// FitX fits the USL to samples by least squares on X with three parameters, 0 ≤ σ ≤ 1, κ ≥ 0 and γ ≥ 0. Standard
// errors are those of the linearised model, with a parameter at its bound counted like the others. Rounds are
// ignored. It wants at least 4 samples at 3 or more distinct N.
func FitX(samples []Sample) (XFit, error) {
	n, x, err := columns(samples, 3)
	if err != nil {
		return XFit{}, err
	}
	if len(n) < 4 {
		return XFit{}, fmt.Errorf("%d runs, want at least 4 to fit three parameters", len(n))
	}
	cost := make([]float64, len(n))
	for i := range n {
		cost[i] = n[i] / x[i]
	}
	gamma, sigma, kappa := linearStart(n, cost, true)
	inf := math.Inf(1)
	p, rss, j := leastSquares{
		lo: []float64{0, 0, 0}, hi: []float64{inf, 1, inf},
		residuals: func(p, r []float64) bool {
			for i := range n {
				r[i] = p[0]*n[i]/loss(n[i], p[1], p[2]) - x[i]
			}
			return true
		},
		jacobian: func(p []float64, j *mat.Dense) { slopes(n, p[0], p[1], p[2], j) },
	}.minimize([]float64{gamma, sigma, kappa}, len(n))
	return newXFit(p[0], p[1], p[2], rss, j), nil
}

// FitXQuadratic fits N/C − 1 = κ(N−1)² + (σ+κ)(N−1), with C = X/X(1), by ordinary least squares through the origin
// (Gunther, Guerrilla Capacity Planning, 2007, chapter 5). γ is the mean X at N=1, which must have been measured;
// standard errors take it as known.
func FitXQuadratic(samples []Sample) (XFit, error) {
	n, x, err := columns(samples, 2)
	if err != nil {
		return XFit{}, err
	}
	ones, gamma := 0.0, 0.0
	for i := range n {
		if n[i] == 1 {
			ones++
			gamma += x[i]
		}
	}
	if ones == 0 {
		return XFit{}, errors.New("no run at N=1, want one: the quadratic through the origin is relative to it")
	}
	if len(n) < 3 {
		return XFit{}, fmt.Errorf("%d runs, want at least 3 to fit two parameters", len(n))
	}
	gamma /= ones
	a, b := mat.NewDense(len(n), 2, nil), mat.NewVecDense(len(n), nil)
	for i := range n {
		a.SetRow(i, []float64{(n[i] - 1) * (n[i] - 1), n[i] - 1})
		b.SetVec(i, n[i]*gamma/x[i]-1)
	}
	var q mat.VecDense
	if err := q.SolveVec(a, b); err != nil {
		return XFit{}, fmt.Errorf("the quadratic cannot be fitted: %w; want more distinct N", err)
	}
	kappa, sigma := q.AtVec(0), q.AtVec(1)-q.AtVec(0)
	rss := 0.0
	for i := range n {
		d := gamma*n[i]/loss(n[i], sigma, kappa) - x[i]
		rss += d * d
	}
	j := mat.NewDense(len(n), 3, nil)
	slopes(n, gamma, sigma, kappa, j)
	return newXFit(gamma, sigma, kappa, rss, j.Slice(0, len(n), 1, 3).(*mat.Dense)), nil
}

// columns returns N and X of those samples that are measurements.
func columns(samples []Sample, distinct int) (n, x []float64, err error) {
	seen := make(map[int]bool)
	for _, s := range samples {
		if s.N >= 1 && s.X > 0 && !math.IsInf(s.X, 0) {
			n, x = append(n, float64(s.N)), append(x, s.X)
			seen[s.N] = true
		}
	}
	if len(seen) < distinct {
		return nil, nil, fmt.Errorf("%s of N with a positive, finite rate, want at least %d", count(len(seen), "distinct value"), distinct)
	}
	return n, x, nil
}

// slopes writes the derivatives of X with respect to γ, σ and κ.
func slopes(n []float64, gamma, sigma, kappa float64, j *mat.Dense) {
	for i := range n {
		d := loss(n[i], sigma, kappa)
		j.Set(i, 0, n[i]/d)
		for k := range 2 {
			j.Set(i, 1+k, -gamma*n[i]*lossSlope(n[i], k == 1)/d/d)
		}
	}
}

// newXFit adds to coefficients what follows from the Jacobian of all of them, or of σ and κ alone.
func newXFit(gamma, sigma, kappa, rss float64, j *mat.Dense) XFit {
	rows, k := j.Dims()
	f := XFit{Gamma: gamma, Sigma: sigma, Kappa: kappa, DF: rows - k, Peak: math.Sqrt((1 - sigma) / kappa)}
	f.RSE = math.Sqrt(rss / float64(f.DF))
	f.SEGamma, f.SESigma, f.SEKappa = math.NaN(), math.NaN(), math.NaN()
	if k == 2 {
		f.SEGamma = 0
	}
	if inverse, ok := inverseNormal(j); ok {
		for i, se := range []*float64{&f.SEGamma, &f.SESigma, &f.SEKappa}[3-k:] {
			*se = f.RSE * math.Sqrt(inverse.At(i, i))
		}
	}
	return f
}
