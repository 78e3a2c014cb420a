package scaling

import (
	"cmp"
	"math"
	"slices"
)

// A Shift is a point inside a run from which on its batches take another time.
type Shift struct {
	At    int     // index of the first batch after the shift
	Ratio float64 // median time of the batches from At on, over that of the batches before
	P     float64 // of Pettitt's test: the chance of batches as unlike each other where nothing shifts
}

const (
	// minShiftBatches is the number of batches below which no shift is looked for. Pettitt's approximation of P needs
	// some 20; it errs on the safe side, so that even a perfect shift in the middle has P < 0.001 only from 22 on.
	minShiftBatches = 20
	maxShiftP       = 0.001
	minShift        = tolerance
)

// FindShift looks for a shift in the times of the batches of one run, in the order they ran in, positive and finite
// and in any unit. It reports false where it finds none: fewer than 20 batches, P not below 0.001, or medians before
// and after that differ by less than 5 %, which says that a run has settled as far as this test can tell.
//
// A process may not settle into a steady state, may do so late, or may become slower (Barrett, Bolz-Tereick, Killick,
// Mount & Tratt, "Virtual machine warmup blows hot and cold", OOPSLA 2017): a run with a shift is marked, nothing is
// cut off it. Pettitt's test asks for one shift only, but ranks do not care about the odd slow batch, as the change
// point analysis by means and variances used there does.
//
// With U(t) = 2·(R₁+…+R_t) − t·(n+1) of ranks R, the shift lies after the t that makes |U| largest, K = max |U|, and
// P ≈ 2·exp(−6K²/(n³+n²)) (Pettitt, "A non-parametric approach to the change-point problem", Applied Statistics 28,
// 1979, section 2). The time it takes is that of sorting.
func FindShift(batchTimes []float64) (Shift, bool) {
	n := len(batchTimes)
	unusable := slices.ContainsFunc(batchTimes, func(x float64) bool { return !(x > 0) || math.IsInf(x, 0) })
	if n < minShiftBatches || unusable {
		return Shift{}, false
	}
	var u, k float64
	var s Shift
	for t, rank := range ranks(batchTimes)[:n-1] {
		u += 2*rank - float64(n+1)
		if math.Abs(u) > k {
			k, s.At = math.Abs(u), t+1
		}
	}
	size := float64(n)
	s.P = min(1, 2*math.Exp(-6*k*k/(size*size*size+size*size)))
	if !(s.P < maxShiftP) {
		return Shift{}, false
	}
	s.Ratio = median(batchTimes[s.At:]) / median(batchTimes[:s.At])
	if !(math.Abs(math.Log(s.Ratio)) >= math.Log1p(minShift)-slack) {
		return Shift{}, false
	}
	return s, true
}

// ranks returns the rank of each x among xs, from 1; equal ones share the mean of their ranks.
func ranks(xs []float64) []float64 {
	order := make([]int, len(xs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(xs[a], xs[b]) })
	ranks := make([]float64, len(xs))
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && xs[order[j]] == xs[order[i]] {
			j++
		}
		for _, at := range order[i:j] {
			ranks[at] = float64(i+1+j) / 2
		}
		i = j
	}
	return ranks
}

// median returns the median of xs, at least one.
func median(xs []float64) float64 {
	sorted := slices.Sorted(slices.Values(xs))
	mid := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[mid]
	}
	return (sorted[mid-1] + sorted[mid]) / 2
}
