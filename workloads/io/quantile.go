package io

import (
	"math"
	"slices"
	"time"
)

// quantile sorts the times, of which there must be one at least, and returns in
// nanoseconds the smallest that a share q of them does not exceed (Hyndman & Fan
// 1996, definition 1), as the harness does for the latencies that it records.
func quantile(times []time.Duration, q float64) float64 {
	slices.Sort(times)
	return float64(times[max(0, int(math.Ceil(q*float64(len(times))))-1)])
}
