package htmlreport

import "math"

// An extent is a range of positive values; the zero value is empty.
type extent struct{ lo, hi float64 }

// mostValue keeps what is drawn far from the ends of the floating-point numbers.
const mostValue = 1e300

// add makes e hold the values, but for those that a logarithmic axis has no place
// for.
func (e *extent) add(values ...float64) {
	for _, v := range values {
		switch {
		case !(v >= 1/mostValue) || v > mostValue:
		case e.hi == 0:
			e.lo, e.hi = v, v
		default:
			e.lo, e.hi = min(e.lo, v), max(e.hi, v)
		}
	}
}

// atLeast widens e evenly on both sides until its ends are a factor apart, so that
// differences that are nothing look like nothing.
func (e extent) atLeast(factor float64) extent {
	if e.hi == 0 {
		e = extent{1, 1}
	}
	missing := math.Sqrt(max(1, factor/(e.hi/e.lo)))
	return extent{e.lo / missing, e.hi * missing}
}

// A scale places values on a logarithmic axis.
type scale struct {
	lo, hi   float64 // logs to base 2
	from, to float64 // where these lie
}

func newScale(e extent, from, to float64) scale {
	s := scale{math.Log2(e.lo), math.Log2(e.hi), from, to}
	if !(s.hi > s.lo) {
		s.lo, s.hi = s.lo-0.5, s.hi+0.5
	}
	return s
}

// at returns where a positive value lies.
func (s scale) at(v float64) float64 {
	return s.from + (math.Log2(v)-s.lo)/(s.hi-s.lo)*(s.to-s.from)
}

// within returns where a value lies, or the end of the axis it lies beyond.
func (s scale) within(v float64) float64 {
	at := s.at(v)
	return min(max(at, min(s.from, s.to)), max(s.from, s.to))
}

// slack, in octaves, keeps rounding errors from dropping a tick at the end.
const slack = 1e-6

// doublings returns base·2^k inside e, each k-th of them so that there are no more
// than most; base itself is among them where it lies inside.
func doublings(e extent, base float64, most int) []float64 {
	lo, hi := math.Ceil(math.Log2(e.lo/base)-slack), math.Floor(math.Log2(e.hi/base)+slack)
	step := max(1, math.Ceil((hi-lo+1)/float64(most)))
	var ticks []float64
	for k := math.Ceil(lo/step) * step; k <= hi && len(ticks) <= most; k += step {
		ticks = append(ticks, base*math.Exp2(k))
	}
	return ticks
}

// ratios returns where to label an axis of ratios: the powers of two, and what lies
// halfway between them where there are few.
func ratios(e extent, most int) []float64 {
	ticks := doublings(e, 1, most)
	if len(ticks) < 3 {
		ticks = append(ticks, doublings(e, 1.5, most)...)
	}
	return ticks
}

// steps returns round numbers inside e, as many as most allows: from those that are a
// third apart to every some power of ten.
func steps(e extent, most int) []float64 {
	for _, multiples := range [][]float64{{1, 1.5, 2, 3, 4, 5, 6, 8}, {1, 2, 5}, {1}} {
		var ticks []float64
		for k := math.Floor(math.Log10(e.lo)); k <= math.Ceil(math.Log10(e.hi)); k++ {
			for _, m := range multiples {
				if v := m * math.Pow(10, k); v >= e.lo && v <= e.hi {
					ticks = append(ticks, v)
				}
			}
		}
		if len(ticks) <= most && len(ticks) > 0 {
			return ticks
		}
		if len(multiples) == 1 && len(ticks) > 0 {
			var some []float64
			for i := 0; i < len(ticks); i += (len(ticks) + most - 1) / most {
				some = append(some, ticks[i])
			}
			return some
		}
	}
	return []float64{e.lo, e.hi}
}
