package analysis

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"runbench/internal/law"
	"runbench/internal/scaling"
)

// A Sweep says how a benchmark of another project was measured and what its
// throughput does along its axis. Its figures are the Points of its one law.
type Sweep struct {
	Axis string `json:"axis"` // "gomaxprocs", "goroutines"
	Key  string `json:"key"`  // how the names spell the axis: "-N", "workers", …
	Unit string `json:"unit"` // that throughput was taken from: "ns/op", "MB/s", …
	Cost bool   `json:"cost"` // throughput is the inverse of it
	Rate string `json:"rate"` // what throughput is in
	// Base is the unit's value at the smallest count, the geometric mean over runs.
	Base  float64 `json:"base"`
	Shape Shape   `json:"shape"`
	// Single says that every count has one run only, so that there are no
	// intervals and differences within 10 % are taken for noise.
	Single bool `json:"single"`
}

// judgeSweeps returns the verdicts on sweeps, in order.
func judgeSweeps(sweeps []sweep, on Machine, r *Reading) []Workload {
	var out []Workload
	var room []reading
	for _, s := range sweeps {
		room = slices.Grow(room[:0], s.results())
		w, usable, reason := s.judge(on, r, room)
		if reason != "" {
			r.pass(reason, s.name, usable)
			continue
		}
		r.Used += usable
		r.Judged++
		out = append(out, w)
	}
	return out
}

// A reading is what one run of a sweep showed.
type reading struct {
	*placed
	result int // of the stretch
	n      int
	x      float64
}

func (o reading) value() float64 { return o.placed.value(o.result) }
func (o reading) batches() int   { return o.placed.batches(o.result) }
func (o reading) block() int     { return o.blockOf(o.result) }

// judge returns a sweep's verdict, or why there is none, and how many results can
// be used: all but those that it passes over singly. Room is for all of them.
func (s sweep) judge(on Machine, r *Reading, readings []reading) (w Workload, usable int, refusal string) {
	y, units, ok := chooseYardstick(s.runs)
	if !ok {
		return w, s.results(), noThroughput(units)
	}
	for _, p := range s.runs {
		n := p.count(s.key)
		for i := range p.Len() {
			x, reason := p.throughput(i, y)
			if reason != "" {
				r.pass(reason, s.name, 1)
				continue
			}
			readings = append(readings, reading{p, i, n, x})
		}
	}
	readings = s.withoutStalls(readings, r)
	if len(distinct(readings)) < 2 {
		return w, len(readings), "fewer than two values of the axis with a usable result"
	}
	if copied(readings) {
		return w, len(readings), "the same figure at four counts or more, which measurements do not give: made up or copied"
	}
	axis := axisOf(s.key)
	laws := segmentLaws(lawSamples(readings), law.Options{Axis: law.Axis(axis), Logical: on.cores(s.config), Physical: on.Physical})
	fixed := s.fixedProcs()
	if axis == axisGoroutines {
		laws[0].Gomaxprocs = fixed
	} else {
		boundParallelism(laws, on.cores(s.config), on.Physical)
	}
	l := laws[0].Within()
	last := l.Points[len(l.Points)-1]
	shape, sentence := shapeOf(l, axis)
	if beyond := laws[0].Points[len(l.Points):]; len(beyond) > 0 {
		most := beyond[len(beyond)-1]
		sentence += fmt.Sprintf("; %s at %d, more than the %d cores", times(most.Speedup.Value), most.N, on.cores(s.config))
	}
	verdict := verdictOf(shape, axis, fixed)
	if verdict == string(scaling.VerdictInconclusive) && shape != ShapeInconclusive {
		sentence += "; by overlap or by cores, only a sweep over GOMAXPROCS (-cpu) would tell"
	}
	w = Workload{
		Name: s.name, Class: s.runs[0].class, Config: s.config, Unit: y.rate,
		Base:    &Rate{Value: l.Points[0].X.Value, Lo: l.Points[0].X.Lo, Hi: l.Points[0].X.Hi},
		Verdict: verdict, Sentence: sentence,
		Ceilings: Ceilings{Ideal: float64(last.N)},
		Laws:     laws, Surface: []Point{}, Warnings: warningsOf(laws[0], l, y, readings),
		Sweep: &Sweep{Axis: axis, Key: s.key, Unit: y.unit, Cost: y.cost, Rate: y.rate, Base: baseValue(y, l), Shape: shape, Single: single(l)},
	}
	fewest := fewestGood(l)
	if axis == axisProcs {
		w.Gomaxprocs = last.N
		w.Recommend.Gomaxprocs = fewest
		if l.Base == 1 {
			w.ParallelismGain = gainAt(l, w.Gomaxprocs)
		}
	} else {
		w.Gomaxprocs, w.Goroutines = fixed, fewest
		w.Recommend = Recommendation{fewest, fixed}
		if l.Base == 1 && fixed == 1 {
			w.ConcurrencyGain = gainAt(l, last.N)
		}
	}
	conventions(r, y, axis, s.key)
	if w.Sweep.Single {
		r.convene("one run at each value gives no intervals: differences within 10 % are taken for noise; -count 10 would tell more")
	}
	return w, len(readings), ""
}

func noThroughput(units []string) string {
	return "no unit that tells throughput or time, only " + strings.Join(units, ", ")
}

// fixedProcs returns the GOMAXPROCS of all runs of a sweep over goroutines, 0
// where the names do not say or differ.
func (s sweep) fixedProcs() int {
	if vs := s.values(suffix); s.key != suffix && len(vs) == 1 && s.runs[0].at[suffix] > 0 {
		return vs[0]
	}
	return 0
}

// conventions states how figures of a sweep were read.
func conventions(r *Reading, y *yardstick, axis, key string) {
	if y.cost {
		r.convene(fmt.Sprintf("throughput is 1/(%s), with an op taken for the same amount of work at every count; b.RunParallel divides wall time by the iterations of all goroutines together, so there too it is the total throughput", y.unit))
	} else {
		r.convene(fmt.Sprintf("throughput is %s as the benchmark counted it", y.unit))
	}
	if key != suffix && key != axis {
		r.convene(fmt.Sprintf("%s in the names is taken for the number of %s", key, map[string]string{axisProcs: "GOMAXPROCS", axisGoroutines: "goroutines"}[axis]))
	}
}

func distinct(readings []reading) []int {
	ns := make(map[int]bool)
	for i, o := range readings {
		if i == 0 || o.n != readings[i-1].n {
			ns[o.n] = true
		}
	}
	return slices.Sorted(maps.Keys(ns))
}

// withoutStalls leaves out results of a single iteration that lie a hundred times
// below all others, where those had iterations in plenty: what such a line times
// is a set-up or a stall.
func (s sweep) withoutStalls(readings []reading, r *Reading) []reading {
	const plenty, far = 100, 100
	var least float64
	for _, o := range readings {
		if o.batches() >= plenty && (least == 0 || o.x < least) {
			least = o.x
		}
	}
	return slices.DeleteFunc(readings, func(o reading) bool {
		stalled := o.batches() == 1 && least > 0 && o.x*far < least
		if stalled {
			r.pass("a single iteration, more than 100 times slower than those beside it: it times a stall or a set-up", s.name+nameAt(s.key, o.n), 1)
		}
		return stalled
	})
}

func nameAt(key string, n int) string {
	if key == suffix {
		return fmt.Sprintf(" at %d", n)
	}
	return fmt.Sprintf("/%s=%d", key, n)
}

// copied reports whether results at four counts or more in a row are the same to
// three digits at least, which real ones are by chance about once in a thousand.
func copied(readings []reading) bool {
	if len(distinct(readings)) < len(readings) {
		return false // repetitions: somebody measured
	}
	sorted := slices.SortedStableFunc(slices.Values(readings), func(a, b reading) int { return cmp.Compare(a.n, b.n) })
	same := 1
	for i := 1; i < len(sorted); i++ {
		a, b := sorted[i-1].value(), sorted[i].value()
		if a != b || digits(b) < 3 {
			same = 1
			continue
		}
		if same++; same >= 4 {
			return true
		}
	}
	return false
}

// digits returns how many significant digits it takes to write v.
func digits(v float64) int {
	mantissa, _, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	return len(strings.ReplaceAll(mantissa, ".", ""))
}

// lawSamples turns readings into samples, by ascending count. What was measured one
// after the other is a block where each count is in each at most once.
func lawSamples(readings []reading) []law.Sample {
	out := make([]law.Sample, 0, len(readings))
	several := false
	for _, o := range readings {
		out = append(out, law.Sample{N: o.n, X: o.x, Round: o.block()})
		several = several || out[0].Round != o.block()
	}
	order := func(a, b law.Sample) int { return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Round, b.Round)) }
	slices.SortFunc(out, order)
	blocked := several
	for i := 1; blocked && i < len(out); i++ {
		blocked = order(out[i-1], out[i]) != 0
	}
	if !blocked {
		for i := range out {
			out[i].Round = 0
		}
	}
	return out
}

func baseValue(y *yardstick, l Law) float64 {
	x := l.Points[0].X.Value
	if y.cost {
		return y.scale / x
	}
	return x
}

func single(l Law) bool {
	return !slices.ContainsFunc(l.Points, func(p LawPoint) bool { return p.Runs > 1 })
}

// gainAt returns the gain of a count over the base.
func gainAt(l Law, n int) *Gain {
	for _, p := range l.Points {
		if p.N == n {
			return &Gain{Value: p.Speedup.Value, Lo: p.Speedup.Lo, Hi: p.Speedup.Hi, Effect: string(effectOf(p.Speedup)), Rounds: p.Runs}
		}
	}
	return nil
}

// fewestGood returns the smallest count whose throughput is within 5 % of the
// best.
func fewestGood(l Law) int {
	best := 0.0
	for _, p := range l.Points {
		best = max(best, p.X.Value)
	}
	for _, p := range l.Points {
		if p.X.Value >= scaling.AsGood*best {
			return p.N
		}
	}
	return 0
}

// warningsOf says what a reader of a sweep's figures must know. L is the law within
// the cores.
func warningsOf(all, l Law, y *yardstick, readings []reading) []string {
	warnings := []string{}
	best := func(points []LawPoint) float64 {
		most := 0.0
		for _, p := range points {
			most = max(most, p.Speedup.Value)
		}
		return most
	}
	if beyond := best(all.Points[len(l.Points):]); beyond > smallestBest*best(l.Points) {
		warnings = append(warnings, fmt.Sprintf("%s with more GOMAXPROCS than cores, against %s within them: the machine may have more cores than it is taken to have", times(beyond), times(best(l.Points))))
	}
	for _, p := range l.Points {
		if p.N > l.Base && p.Efficiency.Value > 1.2 {
			warnings = append(warnings, fmt.Sprintf("more than ideal: %.3g times the throughput with %.3g times the %s; the base is slow for another reason", p.Speedup.Value, float64(p.N)/float64(l.Base), countNoun(l.Axis)))
			break
		}
	}
	fewest, most := math.MaxInt, 0
	for _, o := range readings {
		fewest, most = min(fewest, o.batches()), max(most, o.batches())
	}
	if most > 0 && most < 3 {
		warnings = append(warnings, "one or two iterations a result: a longer -benchtime would tell more")
	}
	if y.cost && y.scale == 1e9 && baseValue(y, l) < 1 {
		warnings = append(warnings, "less than 1 ns/op: an op of a nanosecond or less is often an empty loop, optimised away")
	}
	return warnings
}
