package scaling

import "math"

// WaitCeiling returns min(c, (wait+cpu)/cpu), the largest gain that c goroutines can have over one on a single core
// when each task waits and then computes, both in the same unit of time: no more than c tasks are in flight, and the core
// computes one at a time. It is c where nothing is computed, and NaN where c < 1, a time is negative or not a number,
// or both are 0.
//
// Source: the asymptotic bounds on the throughput of a closed system with one server and think time (Lazowska et al.,
// Quantitative System Performance, 1984, section 5.2).
func WaitCeiling(c int, wait, cpu float64) float64 {
	if c < 1 || !(wait >= 0) || !(cpu >= 0) || wait+cpu == 0 {
		return math.NaN()
	}
	return min(float64(c), (wait+cpu)/cpu)
}
