package history

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// MinStretch is the fewest files that a level lasts for. A change shows with the third file after it: one or two that
// stand apart are outliers.
const MinStretch = 3

// MinFiles is the fewest files in which a change can be found.
const MinFiles = 2 * MinStretch

// A Detection is what a series of samples says.
type Detection struct {
	Shifts []Shift   // by At, ascending
	Levels []float64 // mean log of each stretch between them, one more than there are shifts
	// Scatter is the standard deviation of a log around its level, Within the part of it that Sample.Var explains.
	Scatter, Within float64
	// Sees is the shift that would be found one time in two, were there one in the middle; 0 where nothing is judged.
	Sees    float64
	Outlier []bool // of each sample
	Smaller int    // shifts that are certain and below the least asked for
}

// A Shift is a place from which on the samples have another level.
type Shift struct {
	At       int     // index of the first sample of the new level
	From, To int     // bounds of At, at 95 %
	Log      float64 // new level less old one
	Half     float64 // half the width of its 95 % interval
	P        float64 // of a shift as clear as this one anywhere in these samples, where there is none
}

// Detect finds the shifts of level in samples, of at least the size least (a difference of logs) and each certain at
// the level given: where there is none, a share of at most that of all series has any. The package's documentation says
// how. Fewer samples than MinFiles have none.
func Detect(samples []Sample, level, least float64) Detection {
	n := len(samples)
	d := Detection{Outlier: make([]bool, n)}
	if n == 0 {
		return d
	}
	var t *track
	if n >= MinFiles {
		t = newTrack(samples)
	}
	if t == nil {
		mean := 0.0
		for _, s := range samples {
			mean += s.Log / float64(n)
		}
		d.Levels = []float64{mean}
		return d
	}
	cuts := t.partition()
	var all []Shift
	for {
		t.settle(cuts)
		all = t.judge(cuts)
		drop := leastCertain(all, level)
		if drop < 0 {
			if drop = smallest(all, least); drop < 0 {
				break
			}
			d.Smaller++
		}
		cuts = slices.Delete(cuts, drop, drop+1)
	}
	d.Shifts = all
	for i, far := range t.apart {
		d.Outlier[i] = far != 0
	}
	bounds := t.bounds(cuts)
	for i := range len(bounds) - 1 {
		d.Levels = append(d.Levels, t.origin+t.mean(bounds[i], bounds[i+1]))
	}
	// In units of the weights, the variance of a log is quality/weight.
	share := t.quality(bounds)
	typical := median(t.sigma)
	clear := t.student(cuts).Quantile(1 - level/(2*comparisons(n)))
	d.Sees = max(least, clear*math.Sqrt(share*(1/float64(n/2)+1/float64(n-n/2)))*typical)
	d.Scatter, d.Within = math.Sqrt(share)*typical, math.Sqrt(t.within)*typical
	return d
}

// leastCertain returns the shift with the largest P above the level, −1 if there is none.
func leastCertain(shifts []Shift, level float64) int {
	at := -1
	for i, s := range shifts {
		if s.P > level && (at < 0 || s.P > shifts[at].P) {
			at = i
		}
	}
	return at
}

// smallest returns the smallest shift below least, −1 if there is none.
func smallest(shifts []Shift, least float64) int {
	at := -1
	for i, s := range shifts {
		if size := math.Abs(s.Log); size < least && (at < 0 || size < math.Abs(shifts[at].Log)) {
			at = i
		}
	}
	return at
}

// penalty is what a shift must be worth to be looked at, in squared standard deviations: about one chance shift is
// looked at in a hundred files, and then judged.
const penalty = 10

// partition returns the shifts of the best partition into levels of MinStretch files at least: that which minimises
//
//	Σ costs of the stretches + penalty·shifts
//
// by dynamic programming over where the last stretch begins (Auger & Lawrence, Bulletin of Mathematical Biology 51,
// 1989; Jackson et al., IEEE Signal Processing Letters 12, 2005). All shifts are found together: one that was taken
// back later, and so hardly moves the means before and after it, does not hide.
func (t *track) partition() []int {
	n := len(t.logs)
	best, from := make([]float64, n+1), make([]int, n+1)
	for end := 1; end <= n; end++ {
		best[end] = math.Inf(1)
		for begin := 0; begin <= end-MinStretch; begin++ {
			if c := best[begin] + t.cost(begin, end) + penalty; c < best[end] {
				best[end], from[end] = c, begin
			}
		}
	}
	var cuts []int
	for end := from[n]; end > 0; end = from[end] {
		cuts = append(cuts, end)
	}
	slices.Reverse(cuts)
	return cuts
}

// bounds returns cuts with the ends of the track around them.
func (t *track) bounds(cuts []int) []int {
	return slices.Concat([]int{0}, cuts, []int{len(t.logs)})
}

// settle moves each of the cuts to where it parts its two neighbours best.
func (t *track) settle(cuts []int) {
	for moved := true; moved; {
		moved = false
		for i, cut := range cuts {
			a, b := t.beside(cuts, i)
			best := t.cost(a, cut) + t.cost(cut, b)
			for k := a + MinStretch; k <= b-MinStretch; k++ {
				// A hair's breadth is no gain: rounding errors must not move cuts to and fro.
				if c := t.cost(a, k) + t.cost(k, b); c < best-1e-9*(1+best) {
					best, cuts[i], moved = c, k, true
				}
			}
		}
	}
}

// beside returns where the stretches on both sides of a cut begin and end.
func (t *track) beside(cuts []int, i int) (a, b int) {
	bounds := t.bounds(cuts)
	return bounds[i], bounds[i+2]
}

// quality returns the variance around the levels in units of 1/weight, not below what the runs inside files say: 1
// where the estimate of [betweenFiles] was right.
func (t *track) quality(bounds []int) float64 {
	n, stretches := len(t.logs), len(bounds)-1
	cost := 0.0
	for i := range stretches {
		cost += t.cost(bounds[i], bounds[i+1])
	}
	return max(cost/float64(n-stretches), t.within)
}

// comparisons is how many independent comparisons the search through n files amounts to: the constants make what
// [Detect] finds in flat series as rare as its level says (TestFalseAlarms).
func comparisons(n int) float64 { return 6 * float64(n) }

// locate is what the cost of another place of a shift may be above the least, in units of the variance, for the place
// to be among those that hold the true one 95 times of 100: −2·ln(1 − √0.95) (Siegmund, "Confidence sets in change-point
// problems", International Statistical Review 56, 1988).
var locate = -2 * math.Log(1-math.Sqrt(0.95))

// student returns the distribution of a t statistic where the cuts are the only changes.
func (t *track) student(cuts []int) distuv.StudentsT {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(t.logs) - len(cuts) - 1)}
}

// judge tests each cut: the t test of the two stretches beside it, with the variance over all stretches, or that of the
// two where it is larger, and as many comparisons as the search made.
func (t *track) judge(cuts []int) []Shift {
	bounds := t.bounds(cuts)
	n := len(t.logs)
	quality := t.quality(bounds)
	student := t.student(cuts)
	shifts := make([]Shift, len(cuts))
	for i, cut := range cuts {
		a, b := bounds[i], bounds[i+2]
		cost := t.cost(a, cut) + t.cost(cut, b)
		q := max(quality, cost/float64(b-a-2))
		s := Shift{At: cut, From: cut, To: cut, Log: t.mean(cut, b) - t.mean(a, cut)}
		se := math.Sqrt(q * (1/(t.w[cut]-t.w[a]) + 1/(t.w[b]-t.w[cut])))
		s.Half = student.Quantile(0.975) * se
		switch {
		case math.Abs(s.Log) <= resolution:
			s.P = 1
		case se > 0:
			s.P = comparisons(n) * 2 * student.Survival(math.Abs(s.Log)/se)
		}
		if cut-a < b-cut {
			s.P += t.madeUp(a, cut, t.mean(cut, b), -s.Log)
		} else {
			s.P += t.madeUp(cut, b, t.mean(a, cut), s.Log)
		}
		s.P = min(1, s.P)
		for k := a + 1; k < b; k++ {
			if t.cost(a, k)+t.cost(k, b) <= cost+locate*q {
				s.From, s.To = min(s.From, k), max(s.To, k)
			}
		}
		shifts[i] = s
	}
	return shifts
}
