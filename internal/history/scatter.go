package history

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Sample is the figure of one file, as its logarithm: changes of performance are ratios.
type Sample struct {
	Log float64
	// Var is the variance of Log as the runs inside the file show it: the square of its standard error. Of one run there
	// is none.
	Var  float64
	Runs int
}

// resolution is the smallest difference of logs that is one. Means of equal numbers differ by less, in their last bits.
const resolution = 1e-9

// finest is the least standard deviation that a log is taken to have: a millionth of the figure.
const finest = 1e-6

// A track is samples made ready to be searched: logs with lone outliers drawn in, and weights.
type track struct {
	origin  float64 // that logs are less, so that sums of squares lose nothing
	logs    []float64
	sigma   []float64 // standard deviation of each log
	weights []float64 // 1/sigma²
	apart   []float64 // how far a log that stands apart lay from the median around it; 0 for all others
	within  float64   // mean share of sigma² that the runs inside a file explain

	// Prefix sums of weights, weighted logs and their squares, for costs in constant time.
	w, wx, wxx []float64
}

// newTrack returns nil where nothing varies at all.
func newTrack(samples []Sample) *track {
	n := len(samples)
	t := &track{logs: make([]float64, n), sigma: make([]float64, n), weights: make([]float64, n), apart: make([]float64, n)}
	for i, s := range samples {
		t.logs[i] = s.Log
	}
	t.origin = median(t.logs)
	varies := false
	for i := range t.logs {
		t.logs[i] = math.Round((t.logs[i]-t.origin)/resolution) * resolution
		varies = varies || t.logs[i] != t.logs[0]
	}
	if !varies {
		return nil
	}
	within := withinFiles(samples)
	between := betweenFiles(t.logs, within)
	variances := make([]float64, n)
	for i, v := range within {
		variances[i] = between + v
	}
	// No file counts a hundred times as much as the middle one.
	least := slices.Sorted(slices.Values(variances))[n/2] / 100
	for i, v := range variances {
		v = max(v, least, finest*finest)
		t.sigma[i], t.weights[i] = math.Sqrt(v), 1/v
		t.within += min(1, within[i]/v) / float64(n)
	}
	t.drawIn()
	t.sum()
	return t
}

// withinFiles returns v, the variance of each log that the runs inside its file explain. The spread of a few runs is
// small by chance now and then, and a file with such runs would count for too much: none counts for more than its number
// of runs makes it, by the median spread of all files. Where runs scatter by more than that it is believed.
func withinFiles(samples []Sample) []float64 {
	var ofOne []float64 // variances of one run
	for _, s := range samples {
		if s.Runs > 1 {
			ofOne = append(ofOne, s.Var*float64(s.Runs))
		}
	}
	within := make([]float64, len(samples))
	if len(ofOne) == 0 {
		return within
	}
	typical := median(ofOne)
	for i, s := range samples {
		within[i] = max(s.Var, typical/float64(max(1, s.Runs)))
	}
	return within
}

// chiMedian is the median of χ² with one degree of freedom.
const chiMedian = 0.45493642311957283

// betweenFiles returns τ², the variance between files that the runs inside them do not explain. The difference of two
// neighbours has the variance 2τ² + v₁ + v₂ and knows nothing of levels, so steps do not count, but for the few
// differences that they lie in; and the median does not mind outliers: τ² is where
//
//	median(d²/(2τ² + v₁ + v₂)) = median of χ²(1)
//
// which is the estimator of Paule and Mandel (Journal of Research of the NBS 87, 1982) with a median for its mean, on
// differences (as in von Neumann, Annals of Mathematical Statistics 12, 1941). Where more than half of the differences
// are 0, as with allocations, a median tells nothing: it is half the mean square without the largest tenth, which may be
// steps.
func betweenFiles(logs, within []float64) float64 {
	n := len(logs) - 1
	squares := make([]float64, n)
	for i := range n {
		d := logs[i+1] - logs[i]
		squares[i] = d * d
	}
	if median(squares) == 0 {
		kept := slices.Sorted(slices.Values(squares))[:n-max(2, n/10)]
		mean := 0.0
		for _, d := range kept {
			mean += d / float64(len(kept))
		}
		return mean / 2
	}
	ratios := make([]float64, n)
	middle := func(between float64) float64 {
		for i, d := range squares {
			ratios[i] = 0
			if d > 0 {
				ratios[i] = d / (2*between + within[i] + within[i+1]) // +Inf where nothing explains d
			}
		}
		slices.Sort(ratios)
		return (ratios[(n-1)/2] + ratios[n/2]) / 2
	}
	lo, hi := 0.0, slices.Max(squares)/(2*chiMedian)
	if middle(lo) <= chiMedian {
		return 0
	}
	for range 25 {
		if mid := (lo + hi) / 2; middle(mid) > chiMedian {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// A file stands apart that lies more than far standard deviations beyond what it shares with its neighbours, seen from
// the median of as many files as around says, itself included.
const (
	far    = 3
	around = 9
)

// drawIn draws what stands apart in, and marks it. From the median around it a log may lie as far as the level that it
// shares with MinStretch files in a row, and beyond that as far as chance explains; what is farther out is drawn back to
// that border, and the nearer to the level the farther out it lies. So levels stay as they are, however short, and
// however many files stand apart near each other they make none.
//
// The level shared is the morphological opening of the series, or the operator L of Rohwer's smoothers ("Idempotent
// one-sided approximation of median smoothers", Journal of Approximation Theory 58, 1989): the largest of the smallest in
// each window around the log. A running median of five in its place, with the border as Hampel's identifier has it
// (Davies & Gather, Journal of the American Statistical Association 88, 1993), was tried: three of five that stand apart,
// not in a row, are a level to it, and two on the border with a third that is high by chance look like one.
func (t *track) drawIn() {
	n := len(t.logs)
	drawn := slices.Clone(t.logs)
	width := min(around, n)
	for i, x := range t.logs {
		from := min(max(0, i-width/2), n-width)
		middle, border := median(t.logs[from:from+width]), far*t.sigma[i]
		if math.Abs(x-middle) <= border {
			continue
		}
		level := t.shared(i, middle, x > middle)
		if beyond := x - level; math.Abs(beyond) > border {
			drawn[i], t.apart[i] = level+border*border/beyond, x-middle
		}
	}
	t.logs = drawn
}

// shared returns the level that a log shares with files in a row, above a middle or below it: the middle where it shares
// none.
func (t *track) shared(i int, middle float64, above bool) float64 {
	level := middle
	for from := max(0, i-MinStretch+1); from <= min(i, len(t.logs)-MinStretch); from++ {
		if part := t.logs[from : from+MinStretch]; above {
			level = max(level, slices.Min(part))
		} else {
			level = min(level, slices.Max(part))
		}
	}
	return level
}

// madeUp returns the chance that files which stand apart make up the stretch from a up to, not including, b, which lies
// by shift from a level beside it: all of its files, or all but the nearest, which is that far by itself. They are on
// that side and half as far at least, and the series tells how often that is. With one in sixty, two of three in a row
// are made up more often than a t test knows, and the third has to be far; three of four are not. By themselves files
// are taken to vary as Student's t with six degrees of freedom does, which has heavier tails than most.
func (t *track) madeUp(a, b int, level, shift float64) float64 {
	k := 0.0
	for _, d := range t.apart {
		if d*shift > 0 && math.Abs(d) >= math.Abs(shift)/2 {
			k++
		}
	}
	if k == 0 {
		return 0
	}
	nearest := math.Inf(1)
	for i := a; i < b; i++ {
		nearest = min(nearest, math.Copysign(1, shift)*(t.logs[i]-level)/t.sigma[i])
	}
	n, m := float64(len(t.apart)), float64(b-a)
	alone := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: 6}.Survival(nearest)
	return n * (m*math.Pow(k/n, m-1)*alone + math.Pow(k/n, m))
}

// sum makes the prefix sums.
func (t *track) sum() {
	n := len(t.logs)
	t.w, t.wx, t.wxx = make([]float64, n+1), make([]float64, n+1), make([]float64, n+1)
	for i, x := range t.logs {
		w := t.weights[i]
		t.w[i+1], t.wx[i+1], t.wxx[i+1] = t.w[i]+w, t.wx[i]+w*x, t.wxx[i]+w*x*x
	}
}

// mean returns the weighted mean of the logs from a up to, not including, b.
func (t *track) mean(a, b int) float64 { return (t.wx[b] - t.wx[a]) / (t.w[b] - t.w[a]) }

// cost returns the weighted sum of squares around that mean, which is about the number of logs.
func (t *track) cost(a, b int) float64 {
	x := t.wx[b] - t.wx[a]
	return max(0, t.wxx[b]-t.wxx[a]-x*x/(t.w[b]-t.w[a]))
}

// median returns the median of xs, at least one.
func median(xs []float64) float64 {
	sorted := slices.Sorted(slices.Values(xs))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
