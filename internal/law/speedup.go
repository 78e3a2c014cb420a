package law

import "math"

// points returns speed-up and efficiency at each level, relative to the first.
func points(levels []level) []Point {
	base := levels[0]
	ps := make([]Point, len(levels))
	for i, l := range levels {
		mean, variance, df := l.meanVar()
		p := Point{N: l.n, Runs: l.runs, X: around(mean, variance, df)}
		if i == 0 {
			p.Speedup = Estimate{1, 1, 1}
		} else {
			p.Speedup = ratio(l, base)
		}
		p.Efficiency = p.Speedup.times(float64(base.n) / float64(l.n))
		if base.n == 1 && l.n > 1 {
			s, n := p.Speedup, l.n
			p.KarpFlatt = &Estimate{KarpFlatt(s.Value, n), KarpFlatt(s.Hi, n), KarpFlatt(s.Lo, n)}
		}
		ps[i] = p
	}
	return ps
}

// KarpFlatt returns the serial fraction e = (1/S − 1/N)/(1 − 1/N) that a speed-up S on N > 1 processors comes to.
// Where Amdahl's law holds it is σ at every N; where it grows with N, as e = σ + κN in the USL, the loss is overhead
// rather than serial work. It is negative where S > N.
//
// Source: Karp & Flatt, "Measuring parallel processor performance", CACM 33(5), 1990.
func KarpFlatt(speedup float64, n int) float64 {
	inverse := 1 / float64(n)
	return (1/speedup - inverse) / (1 - inverse)
}

// ratio returns X(num)/X(den). Over the rounds that the two share, at least two, it is the mean of the log-ratios with
// its paired t interval (Box, Hunter & Hunter, Statistics for Experimenters, 2nd ed., section 3.3); otherwise the
// difference of the mean logs with that of Welch (Biometrika 34, 1947).
func ratio(num, den level) Estimate {
	var logs []float64
	for _, r := range num.reps {
		if d, ok := den.at(r.round); ok {
			logs = append(logs, r.log-d)
		}
	}
	if len(logs) >= 2 {
		return around(meanVar(logs))
	}
	a, va, dfa := num.meanVar()
	b, vb, dfb := den.meanVar()
	v, df := satterthwaite(va, dfa, vb, dfb)
	return around(a-b, v, df)
}

// satterthwaite returns the sum of two independent estimates of variance and its approximate degrees of freedom,
// 0 if one of the two has none (Satterthwaite, Biometrics Bulletin 2, 1946).
func satterthwaite(va, dfa, vb, dfb float64) (variance, df float64) {
	v := va + vb
	switch {
	case dfa == 0 || dfb == 0:
		return math.NaN(), 0
	case v == 0:
		return 0, dfa + dfb
	case math.IsInf(v, 1):
		return v, min(dfa, dfb)
	}
	a, b := va/v, vb/v
	return v, 1 / (a*a/dfa + b*b/dfb)
}

// around returns exp(log ± t·√variance), without bounds if df is 0.
func around(log, variance, df float64) Estimate {
	if df == 0 {
		return Estimate{math.Exp(log), math.NaN(), math.NaN()}
	}
	half := tQuantile(df) * math.Sqrt(variance)
	return Estimate{math.Exp(log), math.Exp(log - half), math.Exp(log + half)}
}

// times returns e multiplied by a positive factor.
func (e Estimate) times(factor float64) Estimate {
	return Estimate{e.Value * factor, e.Lo * factor, e.Hi * factor}
}

// holds reports whether the interval of e holds x.
func (e Estimate) holds(x float64) bool { return e.Lo <= x && x <= e.Hi }
