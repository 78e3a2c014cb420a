package law

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// A law is a pair of coefficients with its weighted sum of squares on a curve, which repeats do not explain.
type law struct{ sigma, kappa, rss float64 }

// A variance is a mean square and its degrees of freedom.
type variance struct{ s2, df float64 }

const (
	// resolution is the least relative error that a rate is credited with. It keeps tests on computed data, which
	// have no noise, from judging rounding errors.
	resolution = 1e-9
	// enoughRepeats are the degrees of freedom of pure error from which on it is the noise, alone. With fewer, the
	// scatter of the points about the law is pooled with it.
	enoughRepeats = 8
)

// A ladder is the laws fitted to a curve, from simple to general.
type ladder struct {
	c         *curve
	withKappa bool // enough points for κ

	linear, amdahl, usl law // within 0 ≤ σ ≤ 1, 0 ≤ κ; usl only withKappa
	open                law // the most general of these without bounds
	covariance          *mat.SymDense

	noise variance // of one replicate, for tests
	wide  variance // for intervals: noise, or the scatter about the law if that is certainly larger
}

// newLadder fits the laws to a curve of at least minAmdahl points.
func newLadder(c *curve) *ladder {
	l := &ladder{c: c, withKappa: len(c.n) >= minUSL}
	c.residual(0, 0, c.residuals)
	l.linear = law{0, 0, squares(c.residuals)}
	cost := make([]float64, len(c.n))
	for i, y := range c.y {
		cost[i] = math.Exp(-y)
	}
	var jacobian *mat.Dense
	best := &l.amdahl
	l.amdahl, jacobian = l.fit(c.start(cost, false), false, true)
	if l.withKappa {
		l.usl, jacobian = l.fit(c.start(cost, true), true, true)
		best = &l.usl
	}
	l.open = *best
	if best.sigma <= 0 || best.sigma >= 1 || l.withKappa && best.kappa <= 0 {
		l.open, jacobian = l.fit(*best, l.withKappa, false)
	}
	l.covariance, _ = inverseNormal(jacobian)
	l.judgeNoise()
	return l
}

// start returns the coefficients of the linear form within the bounds. The curve is relative to its first N, which
// the coefficients are not: 1/γ' = D(N₁)/γ, but σ and κ are ratios of coefficients and stay.
func (c *curve) start(cost []float64, withKappa bool) law {
	_, sigma, kappa := linearStart(c.n, cost, withKappa)
	return law{sigma: min(max(sigma, 0), 1), kappa: max(kappa, 0)}
}

// fit returns the least squares law near start and the Jacobian there.
func (l *ladder) fit(start law, withKappa, bounded bool) (law, *mat.Dense) {
	inf := math.Inf(1)
	p, lo, hi := []float64{start.sigma}, []float64{-inf}, []float64{inf}
	if bounded {
		lo[0], hi[0] = 0, 1
	}
	kappa := func([]float64) float64 { return 0 }
	if withKappa {
		kappa = func(p []float64) float64 { return p[1] }
		p, lo, hi = append(p, start.kappa), append(lo, -inf), append(hi, inf)
		if bounded {
			lo[1] = 0
		}
	}
	column := make([]float64, len(l.c.n)-1)
	p, rss, j := leastSquares{
		lo: lo, hi: hi,
		residuals: func(p, r []float64) bool { return l.c.residual(p[0], kappa(p), r) },
		jacobian: func(p []float64, j *mat.Dense) {
			for i := range p {
				l.c.gradient(p[0], kappa(p), i == 1, column)
				j.SetCol(i, column)
			}
		},
	}.minimize(p, len(column))
	return law{p[0], kappa(p), rss}, j
}

// judgeNoise sets the variances, after a test of the most general law for lack of fit (Draper & Smith, Applied
// Regression Analysis, 3rd ed., section 2.1).
func (l *ladder) judgeNoise() {
	const floor = resolution * resolution
	c := l.c
	scatterDF := l.scatterDF(l.withKappa, true)
	scatter := variance{l.open.rss / scatterDF, scatterDF}
	switch {
	case c.pureDF == 0:
		l.noise = scatter
	case c.pureDF >= enoughRepeats:
		l.noise = variance{c.pure / c.pureDF, c.pureDF}
	default:
		l.noise = variance{(c.pure + l.open.rss) / (c.pureDF + scatterDF), c.pureDF + scatterDF}
	}
	l.noise.s2 = max(l.noise.s2, floor)
	l.wide = l.noise
	if c.pureDF > 0 && fTest(scatter.s2, scatter.df, max(c.pure/c.pureDF, floor), c.pureDF) < alpha {
		l.wide = variance{max(scatter.s2, l.noise.s2), scatter.df}
	}
}

// scatterDF returns the degrees of freedom of the points about a law: those of the linear one less a coefficient each.
func (l *ladder) scatterDF(withKappa, withSigma bool) float64 {
	df := float64(len(l.c.n) - 1)
	if withSigma {
		df--
	}
	if withKappa {
		df--
	}
	return df
}

// improves returns the p value of the coefficient that makes general of simple (extra sum of squares: Draper & Smith,
// section 6.1). Fits are bounded, so that a coefficient at 0 improves nothing and the test is one-sided, at half the
// level.
func (l *ladder) improves(simple, general law) float64 {
	return fTest(simple.rss-general.rss, 1, l.noise.s2, l.noise.df)
}

// choose climbs as long as a coefficient improves the fit.
func (l *ladder) choose() (m Model, chosen law, why string) {
	if p := l.improves(l.linear, l.amdahl); p >= alpha {
		return Linear, l.linear, fmt.Sprintf("no contention (σ) shows: p = %.2g", p)
	}
	if !l.withKappa {
		return Amdahl, l.amdahl, ""
	}
	if p := l.improves(l.amdahl, l.usl); p >= alpha {
		return Amdahl, l.amdahl, fmt.Sprintf("no coherency (κ) shows: p = %.2g", p)
	}
	return USL, l.usl, ""
}

// describe writes the chosen law into f.
func (l *ladder) describe(f *Fit, opt Options) {
	model, chosen, why := l.choose()
	if f.LackOfFit = l.lackOfFit(model, chosen); l.misfit(f.LackOfFit, model, chosen) {
		f.Refused = fmt.Sprintf("no law: the points lie farther from %s, the nearest, than repeats scatter (lack of fit: p = %.2g), so far that its coefficients could be 0",
			map[Model]string{Amdahl: "Amdahl's", USL: "the USL"}[model], *f.LackOfFit)
		return
	}
	f.Model = model
	f.note(why)
	if model == Linear {
		f.refuse(l.mayContend())
	}
	f.Gamma = l.gamma(chosen)
	if model != Linear {
		e := l.interval(ofSigma, chosen.sigma)
		f.Sigma = &e
	}
	if model == USL {
		e := l.interval(ofKappa, chosen.kappa)
		f.Kappa = &e
	}
	l.describeFit(f)
	switch model {
	case Amdahl:
		f.Limit = amdahlLimit(*f.Sigma, float64(f.Base))
		if f.Limit == nil {
			f.note("no limit of the speed-up: the interval of contention (σ) holds 0")
		}
	case USL:
		var note string
		f.Peak, note = l.peak(chosen, *f.Kappa, opt.Axis)
		f.note(note)
		if f.Peak != nil {
			f.Limit = l.peakSpeedup(chosen, f.Peak.N.Value, float64(f.Base))
		}
	}
}

// negligible is a loss that does not matter: a gain within 5 % of another counts as equal.
const negligible = 0.05

// mayContend says why a linear law stands only for want of better knowledge, "" where σ is certain to cost little.
func (l *ladder) mayContend() string {
	most := l.interval(ofSigma, 0).Hi
	n := l.c.n
	if loss(n[len(n)-1], most, 0) <= (1+negligible)*loss(n[0], most, 0) {
		return ""
	}
	return fmt.Sprintf("no contention (σ) told from noise, but up to %.2g is possible: more rounds would tell", most)
}

// certainMisfit is the p value of lack of fit below which a law whose σ could be 0 is not given.
const certainMisfit = 0.001

// misfit reports whether the chosen law, although better than the linear one, is so far from the points that its own
// interval denies it: throughput that levels off at a corner, say, when goroutines are more than cores.
func (l *ladder) misfit(p *float64, model Model, chosen law) bool {
	if p == nil || *p >= certainMisfit || model == Linear {
		return false
	}
	return l.interval(ofSigma, chosen.sigma).Lo == 0 && (model == Amdahl || l.interval(ofKappa, chosen.kappa).Lo == 0)
}

// lackOfFit returns the p value of the chosen law against the scatter of repeats, nil without them.
func (l *ladder) lackOfFit(model Model, chosen law) *float64 {
	if l.c.pureDF == 0 {
		return nil
	}
	df := l.scatterDF(model == USL, model != Linear)
	p := fTest(chosen.rss/df, df, max(l.c.pure/l.c.pureDF, resolution*resolution), l.c.pureDF)
	return &p
}

// Misfit begins the note that a law does not follow its points.
const Misfit = "the points lie farther from the law than repeats scatter"

// describeFit says how well the chosen law fits.
func (l *ladder) describeFit(f *Fit) {
	switch p := f.LackOfFit; {
	case p == nil:
		f.note("no repeats: the fit of the law is not tested, all scatter counts as noise")
	case *p < alpha:
		f.note(fmt.Sprintf(Misfit+" (lack of fit: p = %.2g): it describes them roughly", *p))
	}
	if e, ok := l.openInterval(ofSigma); ok && e.Hi < 0 && f.Model == Linear {
		f.note("throughput grows faster than N, which none of these laws describes")
	}
}

// gamma returns γ: exp of the mean over blocks of what the law leaves of ln X. Its interval holds the variation
// between blocks, or between runs where all are in one block, and that of σ and κ.
func (l *ladder) gamma(chosen law) *Estimate {
	c := l.c
	constants := make([]float64, len(c.blocks))
	slope := [2]float64{}
	for b, cells := range c.blocks {
		mean := 0.0
		for _, r := range cells {
			n := c.n[r.i]
			d := loss(n, chosen.sigma, chosen.kappa)
			mean += r.log - math.Log(n/d)
			for k := range slope {
				slope[k] += lossSlope(n, k == 1) / d / float64(len(cells)) / float64(len(c.blocks))
			}
		}
		constants[b] = mean / float64(len(cells))
	}
	mean, v, df := meanVar(constants)
	if len(constants) == 1 {
		v, df = l.wide.s2/float64(len(c.blocks[0])), l.wide.df
	}
	shape := 0.0
	if l.covariance != nil {
		for i := range l.covariance.SymmetricDim() {
			for j := range l.covariance.SymmetricDim() {
				shape += slope[i] * slope[j] * l.covariance.At(i, j)
			}
		}
	}
	shape *= l.wide.s2
	if math.IsNaN(shape) {
		shape = math.Inf(1)
	}
	v, df = satterthwaite(v, df, max(shape, 0), l.wide.df) // rounding may make it less than 0
	e := around(mean, v, df)
	return &e
}

// amdahlLimit returns the speed-up over base as N grows without bound: γ/σ over X(base), which is 1/σ for a base of 1
// (Amdahl, AFIPS 30, 1967). Nil where σ may be 0.
func amdahlLimit(sigma Estimate, base float64) *Estimate {
	if !(sigma.Lo > 0) {
		return nil
	}
	at := func(s float64) float64 { return (1/s + base - 1) / base }
	return &Estimate{at(sigma.Value), at(sigma.Hi), at(sigma.Lo)}
}
