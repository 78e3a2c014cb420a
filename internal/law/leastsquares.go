package law

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A leastSquares is a problem min |r(p)|² with lo ≤ p ≤ hi.
type leastSquares struct {
	lo, hi    []float64
	residuals func(p, r []float64) bool // writes r; false where p is outside the domain
	jacobian  func(p []float64, j *mat.Dense)
}

// minimize returns a local minimum from a start inside the domain, where r has the given length, with its sum of
// squares and the Jacobian there.
//
// It is Levenberg's and Marquardt's method with Marquardt's scaling by the diagonal (J. SIAM 11, 1963), bounded by
// projection: parameters at a bound that the gradient pushes against are held, steps are cut off at the bounds
// (Kanzow, Yamashita & Fukushima, J. Comput. Appl. Math. 172, 2004).
func (l leastSquares) minimize(start []float64, length int) (p []float64, rss float64, j *mat.Dense) {
	const (
		iterations = 500
		flat       = 1e-14 // relative decrease that counts as none
		steepest   = 1e15  // damping at which no step is left
	)
	k := len(start)
	p = make([]float64, k)
	for i := range p {
		p[i] = min(max(start[i], l.lo[i]), l.hi[i])
	}
	r, trial, next := make([]float64, length), make([]float64, k), make([]float64, length)
	j = mat.NewDense(length, k, nil)
	if !l.residuals(p, r) {
		return p, math.Inf(1), j
	}
	rss = squares(r)
	normal := mat.NewSymDense(k, nil)
	gradient := make([]float64, k)
	free := make([]int, 0, k)
	damping := 1e-3
	for range iterations {
		l.jacobian(p, j)
		normal.SymOuterK(1, j.T())
		mat.NewVecDense(k, gradient).MulVec(j.T(), mat.NewVecDense(length, r))
		free = free[:0]
		for i, g := range gradient {
			if g != 0 && !(p[i] <= l.lo[i] && g > 0) && !(p[i] >= l.hi[i] && g < 0) {
				free = append(free, i)
			}
		}
		if len(free) == 0 {
			break
		}
		before := rss
		for ; damping < steepest; damping *= 10 {
			step, ok := dampedStep(normal, gradient, free, damping)
			if !ok {
				continue
			}
			copy(trial, p)
			for at, i := range free {
				trial[i] = min(max(p[i]+step[at], l.lo[i]), l.hi[i])
			}
			if l.residuals(trial, next) {
				if s := squares(next); s < rss {
					rss = s
					copy(p, trial)
					copy(r, next)
					damping = max(damping/10, 1e-12)
					break
				}
			}
		}
		if before-rss <= flat*rss {
			break
		}
	}
	l.jacobian(p, j)
	return p, rss, j
}

// dampedStep solves (A + damping·diag A)·step = −gradient over the free parameters.
func dampedStep(normal *mat.SymDense, gradient []float64, free []int, damping float64) (step []float64, ok bool) {
	a := mat.NewSymDense(len(free), nil)
	b := mat.NewVecDense(len(free), nil)
	for x, i := range free {
		b.SetVec(x, -gradient[i])
		for y := x; y < len(free); y++ {
			v := normal.At(i, free[y])
			if x == y {
				v *= 1 + damping
			}
			a.SetSym(x, y, v)
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(a) {
		return nil, false
	}
	step = make([]float64, len(free))
	err := factor.SolveVecTo(mat.NewVecDense(len(free), step), b)
	_, illConditioned := err.(mat.Condition)
	return step, err == nil || illConditioned
}

// inverseNormal returns (JᵀJ)⁻¹, which times the variance of residuals is the covariance of the parameters; false
// where they cannot be told apart. Columns are scaled first, since κ and γ differ by many orders of magnitude.
func inverseNormal(j *mat.Dense) (*mat.SymDense, bool) {
	rows, k := j.Dims()
	scale := make([]float64, k)
	scaled := mat.NewDense(rows, k, nil)
	for c := range k {
		scale[c] = mat.Norm(j.ColView(c), 2)
		if !(scale[c] > 0) {
			return nil, false
		}
		for r := range rows {
			scaled.Set(r, c, j.At(r, c)/scale[c])
		}
	}
	var normal, inverse mat.SymDense
	normal.SymOuterK(1, scaled.T())
	var factor mat.Cholesky
	if !factor.Factorize(&normal) {
		return nil, false
	}
	if err := factor.InverseTo(&inverse); err != nil {
		if _, illConditioned := err.(mat.Condition); !illConditioned {
			return nil, false
		}
	}
	for r := range k {
		for c := r; c < k; c++ {
			inverse.SetSym(r, c, inverse.At(r, c)/scale[r]/scale[c])
		}
	}
	return &inverse, true
}

// linearStart fits N/X = (1 + σ(N−1) + κN(N−1))/γ, linear in 1/γ, σ/γ and κ/γ, with weights that make errors relative.
// cost is N/X. Without withKappa κ is 0. Where the line cannot be fitted, or gives no positive γ, it returns a law
// without loss.
func linearStart(n, cost []float64, withKappa bool) (gamma, sigma, kappa float64) {
	columns := 2
	if withKappa {
		columns = 3
	}
	a, b := mat.NewDense(len(n), columns, nil), mat.NewVecDense(len(n), nil)
	for i := range n {
		w := 1 / cost[i]
		b.SetVec(i, 1)
		a.Set(i, 0, w)
		a.Set(i, 1, w*(n[i]-1))
		if withKappa {
			a.Set(i, 2, w*n[i]*(n[i]-1))
		}
	}
	var x mat.VecDense
	err := x.SolveVec(a, b)
	if _, illConditioned := err.(mat.Condition); err != nil && !illConditioned || !(x.AtVec(0) > 0) {
		return 1 / cost[0], 0, 0
	}
	gamma, sigma = 1/x.AtVec(0), x.AtVec(1)/x.AtVec(0)
	if withKappa {
		kappa = x.AtVec(2) / x.AtVec(0)
	}
	return gamma, sigma, kappa
}
