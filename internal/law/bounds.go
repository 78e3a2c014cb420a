package law

import "math"

// Gustafson returns the scaled speed-up N − s(N−1) of a problem that grows with N so that the parallel part of its
// time stays as it is. serial, s, is the share of the time on N processors that is spent one at a time, 0 to 1.
//
// Source: Gustafson, "Reevaluating Amdahl's law", CACM 31(5), 1988.
func Gustafson(serial float64, n int) float64 {
	return float64(n) - serial*float64(n-1)
}

// WorkSpan bounds the speed-up on p processors of a computation whose tasks take work time in all and span time along
// the longest chain of tasks that wait for each other, both in one unit. No schedule does better than most; one that
// never leaves a processor idle while a task is ready does no worse than least.
//
// Source: Brent, J. ACM 21(2), 1974; Blumofe & Leiserson, J. ACM 46(5), 1999.
func WorkSpan(work, span float64, p int) (least, most float64) {
	n := float64(p)
	return work / (work/n + span), math.Min(n, work/span)
}

// COST returns the configuration that outperforms a single thread: the smallest N at which parallel is certainly
// faster than single, the best program that uses one thread, with the ratio of throughputs there. Certainly is: with
// the whole 95 % interval, or the value where single runs allow no interval. If no N is, n is 0 ("never") and the
// ratio is the greatest.
//
// Source: McSherry, Isard & Murray, "Scalability! But at what COST?", HotOS 2015.
func COST(single, parallel []Sample) (n int, ratioThere Estimate) {
	best, _ := group(single)
	levels, _ := group(parallel)
	ratioThere = Estimate{math.NaN(), math.NaN(), math.NaN()}
	if len(best) == 0 {
		return 0, ratioThere
	}
	for _, l := range levels {
		r := ratio(l, best[0])
		if r.Lo > 1 || math.IsNaN(r.Lo) && r.Value > 1 {
			return l.n, r
		}
		if !(r.Value <= ratioThere.Value) {
			ratioThere = r
		}
	}
	return 0, ratioThere
}
