package law

import (
	"fmt"
	"math"
)

// A coefficient is something that an interval is asked for.
type coefficient int

const (
	ofSigma coefficient = iota
	ofKappa
	ofPeak // κ/(1−σ), which is 1/N² of the peak
)

// A profile is the sum of squares of a law as a function of one coefficient x, with the other, u, fitted anew for each
// x. All three coefficients leave the loss linear in u: D(N) = a(N) + b(N)·u.
//
// The interval of x is where F = (RSS(x) − RSS_min)/s² stays below the bound of F(1, df), which is t² (Bates & Watts,
// Nonlinear Regression Analysis, 1988, chapter 6).
type profile struct {
	c          *curve
	of         coefficient
	withKappa  bool
	uMin, uMax float64
	least      float64 // RSS_min
	unit       float64 // t·s
	u          float64 // where the last search ended
	a, b       []float64
	z          []float64 // scratch
}

// interval returns the chosen value of a coefficient with its profile likelihood interval. It comes from the most
// general law the points carry, so that the σ of Amdahl's law allows for a κ too small to show, and from fits without
// bounds, whose coverage does not suffer from the truth being at one; it is then cut off at the bounds. Where that
// interval does not hold the value, because the points pull a coefficient far below 0, the bounded fits give it.
func (l *ladder) interval(of coefficient, value float64) Estimate {
	e, ok := l.openInterval(of)
	e.Value = value
	most := math.Inf(1)
	if of == ofSigma {
		most = 1
	}
	e.Lo, e.Hi = max(e.Lo, 0), min(e.Hi, most)
	if ok && e.holds(value) {
		return e
	}
	best := l.usl
	if !l.withKappa {
		best = l.amdahl
	}
	p := l.newProfile(of, best)
	p.uMin, p.uMax = 0, math.Inf(1)
	if of != ofSigma {
		p.uMax = 1
	}
	x := coefficientOf(best, of)
	e.Lo = min(p.search(x, 0, l.step(of)), value)
	e.Hi = max(p.search(x, most, l.step(of)), value)
	return e
}

// openInterval returns the interval without bounds on the fits, as far as it lies within them; one that lies outside
// altogether has a bound there. It fails where there is no finite fit.
func (l *ladder) openInterval(of coefficient) (e Estimate, ok bool) {
	x := coefficientOf(l.open, of)
	p := l.newProfile(of, l.open)
	p.uMin, p.uMax = math.Inf(-1), math.Inf(1)
	most := math.Inf(1)
	if of == ofSigma {
		most = 1
	}
	e = Estimate{Value: x, Lo: x, Hi: x}
	switch {
	case math.IsNaN(x):
		return e, false
	case x < 0:
		if p.distance(0) > 1 {
			return e, true
		}
		e.Hi = p.search(0, most, l.step(of))
	case x > most:
		if p.distance(most) > 1 {
			return e, true
		}
		e.Lo = p.search(most, 0, l.step(of))
	default:
		e.Lo = p.search(x, 0, l.step(of))
		p.u = l.other(of)
		e.Hi = p.search(x, most, l.step(of))
	}
	return e, true
}

// coefficientOf returns a coefficient of a law.
func coefficientOf(w law, of coefficient) float64 {
	switch of {
	case ofSigma:
		return w.sigma
	case ofKappa:
		return w.kappa
	default:
		return w.kappa / (1 - w.sigma)
	}
}

// other returns the coefficient of the open law that a profile fits anew.
func (l *ladder) other(of coefficient) float64 {
	if of == ofSigma {
		return l.open.kappa
	}
	return l.open.sigma
}

// step guesses the half-width of an interval from the covariance, else from what matters at the largest N.
func (l *ladder) step(of coefficient) float64 {
	last := l.c.n[len(l.c.n)-1]
	guess := 0.1 / last
	if of != ofSigma {
		guess /= last
	}
	if l.covariance == nil {
		return guess
	}
	at := min(int(of), l.covariance.SymmetricDim()-1)
	step := tQuantile(l.wide.df) * math.Sqrt(l.wide.s2*l.covariance.At(at, at))
	if of == ofPeak {
		step /= math.Abs(1 - l.open.sigma)
	}
	if !(step > 0) || math.IsInf(step, 0) {
		return guess
	}
	return step
}

func (l *ladder) newProfile(of coefficient, best law) *profile {
	k := len(l.c.n)
	p := &profile{
		c: l.c, of: of, withKappa: l.withKappa, least: best.rss,
		unit: tQuantile(l.wide.df) * math.Sqrt(l.wide.s2),
		a:    make([]float64, k), b: make([]float64, k), z: make([]float64, k-1),
	}
	p.u = best.sigma
	if of == ofSigma {
		p.u = best.kappa
	}
	return p
}

// distance returns √F over its bound: 0 at the best fit, 1 at the ends of the interval, infinite where no law is.
func (p *profile) distance(x float64) float64 {
	for i, n := range p.c.n {
		pairs := n * (n - 1)
		switch p.of {
		case ofSigma:
			p.a[i], p.b[i] = 1+x*(n-1), pairs
		case ofKappa:
			p.a[i], p.b[i] = 1+x*pairs, n-1
		case ofPeak: // κ = x(1−σ)
			p.a[i], p.b[i] = 1+x*pairs, n-1-x*pairs
		}
	}
	return math.Sqrt(max(p.fitOther()-p.least, 0)) / p.unit
}

// at returns the sum of squares at u and, for Gauss and Newton, half its slope and curvature; false outside the domain.
func (p *profile) at(u float64) (rss, slope, curvature float64, ok bool) {
	first := p.a[0] + p.b[0]*u
	if !(first > 0) {
		return 0, 0, 0, false
	}
	c := p.c
	for i := range c.deviation {
		d := p.a[i+1] + p.b[i+1]*u
		if !(d > 0) {
			return 0, 0, 0, false
		}
		c.deviation[i] = c.y[i+1] + math.Log(d/first)
		p.z[i] = p.b[i+1]/d - p.b[0]/first
	}
	c.weigh(c.deviation, c.residuals)
	c.weigh(p.z, c.slope)
	for i, r := range c.residuals {
		rss += r * r
		slope += r * c.slope[i]
		curvature += c.slope[i] * c.slope[i]
	}
	return rss, slope, curvature, true
}

// fitOther minimises over u by damped Gauss-Newton steps from where it last ended, and returns the sum of squares. u
// is found to a thousandth of its own uncertainty, which makes an error of a millionth in F.
func (p *profile) fitOther() float64 {
	u := min(max(p.u, p.uMin), p.uMax)
	if p.of == ofSigma && !p.withKappa {
		u = 0
	}
	rss, slope, curvature, ok := p.at(u)
	if !ok {
		// No loss from the other coefficient is inside the domain wherever x is at least 0.
		u = min(max(0, p.uMin), p.uMax)
		if rss, slope, curvature, ok = p.at(u); !ok {
			return math.Inf(1)
		}
	}
	if p.of == ofSigma && !p.withKappa {
		return rss
	}
	for range 50 {
		if !(curvature > 0) {
			break
		}
		step := -slope / curvature
		moved := false
		for range 40 {
			v := min(max(u+step, p.uMin), p.uMax)
			r, s, c, ok := p.at(v)
			if ok && r < rss {
				step, moved = v-u, true
				u, rss, slope, curvature = v, r, s, c
				break
			}
			step /= 4
			if step*step*curvature < 1e-6*p.unit*p.unit {
				break
			}
		}
		if !moved || step*step*curvature < 1e-6*p.unit*p.unit {
			break
		}
	}
	p.u = u
	return rss
}

// search returns where, on the way from inside the interval towards limit, which may be infinite, the distance is 1;
// limit if it stays below. The distance is close to linear, so that the secant soon finds it.
func (p *profile) search(from, limit, step float64) float64 {
	const (
		steps     = 100
		precision = 1e-4
	)
	if from == limit {
		return limit
	}
	if limit < from {
		step = -step
	}
	inside, outside := from, math.NaN()
	x0, z0 := from, p.distance(from)
	x1 := from + step
	for range steps {
		if limit > from && x1 > limit || limit < from && x1 < limit {
			x1 = limit
		}
		z1 := p.distance(x1)
		switch {
		case math.Abs(z1-1) < precision:
			return x1
		case z1 < 1 && x1 == limit:
			return limit
		case z1 < 1:
			inside = x1
		default:
			outside = x1
		}
		next := x1 + (1-z1)*(x1-x0)/(z1-z0)
		x0, z0 = x1, z1
		switch {
		case math.IsNaN(outside):
			// Outward, by at most ten times as far as before.
			if far := inside + 10*(inside-from); !((next-inside)*step > 0) || math.Abs(next-from) > math.Abs(far-from) {
				next = far + step
			}
		case !((next-inside)*(next-outside) < 0):
			next = (inside + outside) / 2
		}
		if math.IsInf(next, 0) {
			return limit
		}
		x1 = next
	}
	if math.IsNaN(outside) {
		return limit
	}
	return inside
}

// certainKappa reports whether κ = 0 lies outside its interval, and outside one that is wider by 3 %: of an interval
// that covers 95 % the lower bound is above a true 0 in 2.5 % of cases, and a false peak may not show in more.
func (l *ladder) certainKappa() bool {
	p := l.newProfile(ofKappa, l.open)
	p.uMin, p.uMax = math.Inf(-1), math.Inf(1)
	return p.distance(0) > 1.03
}

// peak returns the N of the greatest throughput, √((1−σ)/κ) (Gunther, Guerrilla Capacity Planning, 2007, chapter
// 4), or says why none is claimed.
func (l *ladder) peak(chosen law, kappa Estimate, axis Axis) (*Peak, string) {
	first, last := l.c.n[0], l.c.n[len(l.c.n)-1]
	at := math.Sqrt((1 - chosen.sigma) / chosen.kappa)
	switch {
	case !(kappa.Lo > 0) || !l.certainKappa():
		return nil, "no peak: coherency (κ) may be 0"
	case at < first:
		return nil, fmt.Sprintf("no peak in the range: throughput falls from the first %v on", axis)
	case at > 2*last:
		return nil, fmt.Sprintf("no peak: it would lie at %.3g, more than twice the largest %v in the law (%.0f)", at, axis, last)
	}
	e := l.interval(ofPeak, chosen.kappa/(1-chosen.sigma))
	// There is no N below 1: where the law peaks there, one is best.
	return &Peak{N: Estimate{at, max(1/math.Sqrt(e.Hi), 1), 1 / math.Sqrt(e.Lo)}, Extrapolated: at > last}, ""
}

// peakSpeedup returns the speed-up at the peak over base. To first order in σ and κ, where the peak itself does not
// matter because throughput is flat there, its log is normal (delta method).
func (l *ladder) peakSpeedup(chosen law, at, base float64) *Estimate {
	top, bottom := loss(at, chosen.sigma, chosen.kappa), loss(base, chosen.sigma, chosen.kappa)
	log := math.Log(at/top) - math.Log(base/bottom)
	if l.covariance == nil {
		return nil
	}
	v := 0.0
	slope := func(k int) float64 { return lossSlope(base, k == 1)/bottom - lossSlope(at, k == 1)/top }
	for i := range 2 {
		for j := range 2 {
			v += slope(i) * slope(j) * l.covariance.At(i, j)
		}
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	e := around(log, max(v, 0)*l.wide.s2, l.wide.df)
	e.Lo = max(e.Lo, 1) // base itself gives 1
	return &e
}
