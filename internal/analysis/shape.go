package analysis

import (
	"fmt"
	"math"
	"slices"

	"runbench/internal/scaling"
)

// A Shape is what throughput does along an axis.
type Shape string

// The shapes.
const (
	ShapeScales       Shape = "scales"       // at least three quarters of ideal at the end
	ShapeRises        Shape = "rises"        // to the end, by less than that
	ShapeLevels       Shape = "levels off"   // rises, then stays
	ShapePeaks        Shape = "peaks"        // rises, then falls
	ShapeFlat         Shape = "flat"         // does nothing
	ShapeFalls        Shape = "falls"        // is lower than at the base, and nowhere higher
	ShapeInconclusive Shape = "inconclusive" // cannot be told
)

const (
	// A difference within either of these is taken for none: where there are
	// intervals, the width that the gains of package scaling use; else, what single
	// runs on a quiet machine may differ by.
	smallest       = 1.05
	smallestSingle = 1.10
	smallestBest   = 1.25 // of the best of several single runs

	goodEfficiency = 0.75 // as for the gains
	poorEfficiency = 0.10 // below it, cores are hardly used
)

// effectOf judges a ratio of throughputs by its interval, and by itself where it
// has none.
func effectOf(p Part) scaling.Effect {
	if p.Lo == nil || p.Hi == nil {
		switch {
		case p.Value >= smallestSingle:
			return scaling.EffectHelps
		case p.Value <= 1/smallestSingle:
			return scaling.EffectHurts
		}
		return scaling.EffectNone
	}
	switch {
	case *p.Lo >= 1/smallest && *p.Hi <= smallest, *p.Lo > 1 && p.Value < smallest, *p.Hi < 1 && p.Value > 1/smallest:
		return scaling.EffectNone
	case *p.Lo > 1:
		return scaling.EffectHelps
	case *p.Hi < 1:
		return scaling.EffectHurts
	}
	return scaling.EffectInconclusive
}

// below reports whether a speed-up is certainly less than another.
func below(p, q Part) bool {
	if p.Lo == nil || p.Hi == nil || q.Lo == nil || q.Hi == nil {
		return p.Value <= q.Value/smallestSingle
	}
	return *p.Hi < *q.Lo && p.Value <= q.Value/smallest
}

// countNoun names what an axis counts.
func countNoun(axis string) string {
	if axis == axisProcs {
		return "GOMAXPROCS"
	}
	return "goroutines"
}

// shapeOf returns the shape of a sweep and says it in words.
func shapeOf(l Law, axis string) (Shape, string) {
	points := l.Points
	byRate := func(a, b LawPoint) int {
		switch {
		case a.X.Value < b.X.Value:
			return -1
		case a.X.Value > b.X.Value:
			return 1
		}
		return 0
	}
	best, worst, last := slices.MaxFunc(points, byRate), slices.MinFunc(points, byRate), points[len(points)-1]
	noun := countNoun(axis)
	at := func(p LawPoint) string { return fmt.Sprintf("%s at %d", times(p.Speedup.Value), p.N) }

	// The best of several single runs is a little better by chance.
	lucky := best.Speedup.Lo == nil && best.Speedup.Value < smallestBest && effectOf(last.Speedup) != scaling.EffectHelps
	if lucky || effectOf(best.Speedup) != scaling.EffectHelps {
		switch {
		case effectOf(last.Speedup) == scaling.EffectHurts:
			words := fmt.Sprintf("slower with more %s: %s", noun, at(last))
			if below(worst.Speedup, last.Speedup) {
				words += fmt.Sprintf(", least %s", at(worst))
			}
			if knee := lastUnharmed(points); knee.N > points[0].N {
				words += fmt.Sprintf("; up to %d it makes no difference", knee.N)
			}
			return ShapeFalls, words
		case effectOf(worst.Speedup) == scaling.EffectHurts && (worst.Speedup.Lo != nil || effectOf(last.Speedup) != scaling.EffectNone):
			return ShapeFalls, fmt.Sprintf("slower with more %s: %s, and no faster at any", noun, at(worst))
		case slices.ContainsFunc(points[1:], func(p LawPoint) bool { return effectOf(p.Speedup) == scaling.EffectInconclusive }):
			return ShapeInconclusive, fmt.Sprintf("cannot be told, the runs scatter too much: %s to %s; give more of them, such as -count 10", at(worst), at(best))
		}
		words := "does not use more cores"
		if axis == axisGoroutines {
			words = "does not gain by more goroutines"
		}
		return ShapeFlat, fmt.Sprintf("%s: %s to %s from %d to %d", words, times(worst.Speedup.Value), times(best.Speedup.Value), points[0].N, last.N)
	}

	ideal := float64(last.N) / float64(l.Base)
	share := last.Speedup.Value / ideal
	if below(last.Speedup, best.Speedup) {
		words := fmt.Sprintf("fastest at %d (%s), slower beyond: %s", best.N, times(best.Speedup.Value), at(last))
		if below(worst.Speedup, last.Speedup) && worst.N > best.N {
			words += fmt.Sprintf(", least %s", at(worst))
		}
		return ShapePeaks, words
	}
	var words string
	var shape Shape
	knee := fewestGood(l)
	switch {
	case share < poorEfficiency && best.Speedup.Value < 2:
		more := "uses more cores"
		if axis == axisGoroutines {
			more = "gains by more goroutines"
		}
		shape, words = ShapeRises, fmt.Sprintf("hardly %s: %s, %.0f %% of ideal", more, at(last), 100*share)
	case share >= goodEfficiency:
		shape, words = ShapeScales, fmt.Sprintf("scales: %s, %.0f %% of ideal", at(last), 100*share)
	case len(points) == 2:
		shape, words = ShapeRises, fmt.Sprintf("helps: %s, %.0f %% of ideal; two values do not tell where it levels off", at(last), 100*share)
	case knee < last.N:
		i := slices.IndexFunc(points, func(p LawPoint) bool { return p.N == knee })
		shape, words = ShapeLevels, fmt.Sprintf("levels off at %d (%s); %s", knee, times(points[i].Speedup.Value), at(last))
	default:
		shape, words = ShapeRises, fmt.Sprintf("still rises at the end, below ideal: %s, %.0f %% of it", at(last), 100*share)
	}
	if dip, ok := dipOf(points); ok {
		words += fmt.Sprintf("; uneven on the way: %s", at(dip))
	}
	return shape, words
}

// lastUnharmed returns the last point before throughput falls below the base.
func lastUnharmed(points []LawPoint) LawPoint {
	i := slices.IndexFunc(points, func(p LawPoint) bool { return effectOf(p.Speedup) == scaling.EffectHurts })
	return points[max(0, i-1)]
}

// dipOf returns the deepest point that is certainly below one on either side.
func dipOf(points []LawPoint) (LawPoint, bool) {
	dip, depth := LawPoint{}, 1.0
	for i := 1; i < len(points)-1; i++ {
		before, after := points[i-1].Speedup, points[i+1].Speedup
		p := points[i].Speedup
		if d := p.Value / min(before.Value, after.Value); below(p, before) && below(p, after) && d < depth {
			dip, depth = points[i], d
		}
	}
	return dip, depth < 1
}

// times writes a ratio.
func times(v float64) string {
	if math.Abs(v) < 10 {
		return fmt.Sprintf("%.2f×", v)
	}
	return fmt.Sprintf("%.1f×", v)
}

// verdictOf puts a shape into the words of the verdicts. What more goroutines
// give at a GOMAXPROCS other than 1 may be overlap or cores, which a sweep over
// goroutines alone cannot tell apart.
func verdictOf(s Shape, axis string, fixedProcs int) string {
	switch {
	case s == ShapeFlat || s == ShapeFalls:
		return string(scaling.VerdictNeither)
	case s == ShapeInconclusive:
		return string(scaling.VerdictInconclusive)
	case axis == axisProcs:
		return string(scaling.VerdictParallelism)
	case fixedProcs == 1:
		return string(scaling.VerdictConcurrency)
	}
	return string(scaling.VerdictInconclusive)
}
