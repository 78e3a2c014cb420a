package schedtrace

import (
	"math"
	"math/bits"
	"time"
)

// A histogram counts durations in buckets that are at most 1/8 wide: eight to each
// power of two, as HdrHistogram has them.
type histogram struct {
	counts [64 * 8]int
	n      int
	total  time.Duration
	max    time.Duration
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.counts[bucket(d)]++
	h.n++
	h.total += d
	h.max = max(h.max, d)
}

// bucket returns the number of the bucket of d.
func bucket(d time.Duration) int {
	if d < 8 {
		return int(d)
	}
	shift := bits.Len64(uint64(d)) - 4 // leaves four bits: the first of them is 1
	return (shift+1)*8 + int(d>>shift) - 8
}

// upper returns the largest duration in a bucket.
func upper(bucket int) time.Duration {
	if bucket < 8 {
		return time.Duration(bucket)
	}
	shift := bucket/8 - 1
	return time.Duration(uint64(bucket%8+9)<<shift - 1)
}

func (h *histogram) quantile(q float64) time.Duration {
	need, seen := int(math.Ceil(q*float64(h.n))), 0
	for i, n := range h.counts {
		if seen += n; seen >= need && n > 0 {
			return min(upper(i), h.max)
		}
	}
	return h.max
}

func (h *histogram) distribution() Distribution {
	return Distribution{
		Count: h.n, Total: h.total, Max: h.max,
		P50: h.quantile(0.50), P90: h.quantile(0.90), P99: h.quantile(0.99),
	}
}
