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

// Parallelism bounds work/span, the number of processors that a computation can keep busy on average, by its speed-up
// on n > 1 processors: [WorkSpan] solved for it. It is at least the speed-up, whatever the schedule. It is at most
// 1/(1/S − 1/n) where no processor idles while a task is ready and no task runs slower for the others beside it; what
// overhead there was then counts as span. The bounds take the interval of the speed-up, so that least is from its
// lower end and most from its upper end, infinite where that reaches n. A computation has at least a parallelism of 1.
//
// Source: as for [WorkSpan]; the upper bound is Brent's, T(n) ≤ work/n + span.
func Parallelism(speedup Estimate, n int) (least, most float64) {
	lo, hi := speedup.Lo, speedup.Hi
	if math.IsNaN(lo) || math.IsNaN(hi) {
		lo, hi = speedup.Value, speedup.Value
	}
	most = math.Inf(1)
	if span := 1/hi - 1/float64(n); span > 0 {
		most = max(1, 1/span)
	}
	return max(1, lo), most
}
