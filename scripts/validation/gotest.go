package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchmath"

	"runbench/internal/analysis"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
	"runbench/workloads/all"
	"runbench/workloads/known"
)

// A knowledge is what one way of measuring says of cells and of ratios of them:
// logs with half-widths of 95 % intervals, by name.
type knowledge map[string]figure

// A figure has a log with its half-width; t is half the width of a t interval of go test's ten runs,
// where half is that of benchstat's.
type figure struct{ log, half, t float64 }

// goTest measures the same cells twice with `go test -bench -count=10` and twice
// with a sweep that is given a quarter of the time that took, in turns, and
// compares how well each knows the cells behind the gains and the gains
// themselves. For go test the interval of a cell is benchstat's, of the median;
// that of a gain is Welch's on the logs of the ten. An interval is worth what it
// holds: the two times are held against each other too.
func goTest(ctx context.Context, v *validation) error {
	selected, err := all.Select(v.patterns)
	if err != nil {
		return err
	}
	classes, names := []string{}, []string{}
	for _, w := range selected {
		classes, names = append(classes, w.Class()), append(names, regexp.QuoteMeta(w.Short()))
	}
	slices.Sort(classes)
	pattern := fmt.Sprintf("^Benchmark(%s)$/workload=(%s)$", strings.Join(slices.Compact(classes), "|"), strings.Join(names, "|"))

	physical, logical := v.machine.Cores()
	var ours, theirs time.Duration
	var sweeps, doors [2]knowledge
	var cellRatios, meanRatios, gainRatios []float64
	for i := range 2 {
		start := time.Now()
		door, err := v.goBench(ctx, v.door, pattern, "1s", 10)
		if err != nil {
			return err
		}
		took := time.Since(start)
		theirs += took
		// A precision that is never reached: all of the quarter is used. The control arm
		// and the ceilings, which go test does not measure, come out of the quarter too.
		plan, err := measure.NewPlan(selected, measure.Options{
			Procs: measure.ProcCounts(physical, logical), Precision: 1e-4, Control: known.Control, Ceilings: []int{physical, logical},
			Budget: took / 4, Seed: uint64(time.Now().UnixNano()),
		})
		if err != nil {
			return err
		}
		start = time.Now()
		sets, err := v.sweep(ctx, arm{name: fmt.Sprintf("quarter-%d", i+1), plan: plan, steer: v.steer()})
		if err != nil {
			return err
		}
		ours += time.Since(start)

		sweeps[i], doors[i] = make(knowledge), make(knowledge)
		for _, w := range analysis.Analyze(sets[0]).Workloads {
			learn(w, door, sweeps[i], doors[i])
		}
		for name, s := range sweeps[i] {
			ratio := s.half / doors[i][name].half
			if isGain(name) {
				gainRatios = append(gainRatios, ratio)
			} else {
				cellRatios = append(cellRatios, ratio)
				meanRatios = append(meanRatios, s.half/doors[i][name].t)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sweeps[0])) {
		s, d := sweeps[0][name], doors[0][name]
		v.report.tell(name, fmt.Sprintf("go test %.4g ±%.1f %%", math.Exp(d.log), 100*math.Expm1(d.half)),
			fmt.Sprintf("%.4g ±%.1f %%", math.Exp(s.log), 100*math.Expm1(s.half)), fmt.Sprintf("%.2f of go test's width", s.half/d.half))
	}
	v.report.holds(4*ours <= theirs, "wall time of the sweeps over that of go test -count=10", "at most 1/4", fmt.Sprintf("%.0f s / %.0f s = %.2f", ours.Seconds(), theirs.Seconds(), ours.Seconds()/theirs.Seconds()), "")
	v.report.holds(median(cellRatios) <= 1, "width of the intervals of the gains' cells over benchstat's, median", "at most 1", ratios(cellRatios), "")
	// benchstat's interval of ten is from the second to the ninth value: it covers
	// the median in 97.9 % and is a third wider than a t interval on normal data.
	v.report.tell("the same over t intervals of go test's ten", "", ratios(meanRatios), "")
	v.report.holds(median(gainRatios) <= 1, "width of the gains' intervals over go test's, median", "at most 1", ratios(gainRatios), "")
	v.report.tell("what two sweeps say, minutes apart: further apart than the intervals allow", "about 5 %", repeats(sweeps), "")
	v.report.tell("what two go tests say, minutes apart: further apart than the intervals allow", "about 5 %", repeats(doors), "")
	v.report.tell("how far a gain is off, by how far two sweeps lie apart", "", offBy(sweeps), "standard error, root mean square")
	v.report.tell("how far a gain is off, by how far two go tests lie apart", "", offBy(doors), "standard error, root mean square")
	return nil
}

// learn adds what a sweep and go test say of the cells behind the gains of w, and
// of the gains.
func learn(w analysis.Workload, door *resultfile.Set, sweep, bench knowledge) {
	logs := make(map[string][]float64)
	for _, r := range door.Runs {
		rate, _ := r.Value(resultfile.TasksPerSec)
		logs[r.Cell.Name()] = append(logs[r.Cell.Name()], math.Log(rate))
	}
	_, short, _ := strings.Cut(w.Name, "/")
	ten := func(at [2]int) []float64 {
		cell := resultfile.Cell{Class: w.Class, Workload: short, Strategy: w.Strategy, Goroutines: at[0], Gomaxprocs: at[1]}
		if at[0] == 1 {
			cell.Strategy = resultfile.Sequential
		}
		return logs[cell.Name()]
	}
	needed := [][2]int{{1, 1}, {w.Goroutines, 1}, {w.Goroutines, w.Gomaxprocs}}
	for _, at := range needed {
		i := slices.IndexFunc(w.Surface, func(p analysis.Point) bool { return p.Goroutines == at[0] && p.Gomaxprocs == at[1] })
		if i < 0 || w.Surface[i].Lo == nil || len(ten(at)) == 0 {
			continue
		}
		p, name := w.Surface[i], fmt.Sprintf("%s at %d goroutines, %d cores", w.Name, at[0], at[1])
		sweep.add(name+", tasks/s", math.Log(p.Value), math.Log(*p.Hi / *p.Lo)/2)
		median, half := benchstat(ten(at))
		bench[name+", tasks/s"] = figure{median, half, scaling.Interval(ten(at), 0).HalfWidth()}
	}
	for _, g := range []struct {
		gain     *analysis.Gain
		num, den [2]int
	}{{w.ConcurrencyGain, needed[1], needed[0]}, {w.ParallelismGain, needed[2], needed[1]}} {
		if g.gain == nil || g.gain.Lo == nil || len(ten(g.num)) == 0 || len(ten(g.den)) == 0 {
			continue
		}
		name := fmt.Sprintf("%s, X%v over X%v", w.Name, g.num, g.den)
		sweep.add(name, math.Log(g.gain.Value), math.Log(*g.gain.Hi / *g.gain.Lo)/2)
		e := scaling.Gate([]scaling.Comparison{{Better: 1, Old: [][]float64{ten(g.den)}, New: [][]float64{ten(g.num)}}}, 0.05)[0].Estimate
		bench.add(name, math.Log(e.Value), e.HalfWidth())
	}
}

func (k knowledge) add(name string, log, half float64) {
	k[name] = figure{log, half, half}
}

// ratios says what the median of ratios is, and how many are 1 at most.
func ratios(xs []float64) string {
	within := 0
	for _, x := range xs {
		if x <= 1 {
			within++
		}
	}
	return fmt.Sprintf("%.2f (%d of %d as tight or tighter)", median(xs), within, len(xs))
}

// offBy says what the standard error of a gain is, on average over the gains that
// both times gave: two answers differ by √2 times as much. No interval goes into it.
func offBy(times [2]knowledge) string {
	sum, n := 0.0, 0
	for name, a := range times[0] {
		if b, ok := times[1][name]; ok && isGain(name) {
			sum += (a.log - b.log) * (a.log - b.log) / 2
			n++
		}
	}
	if n == 0 {
		return "no gain was given twice"
	}
	return fmt.Sprintf("%.2f %% (%d gains)", 100*math.Expm1(math.Sqrt(sum/float64(n))), n)
}

// isGain reports whether a name is that of a gain and not of a cell.
func isGain(name string) bool { return strings.Contains(name, " over ") }

// repeats says how many of the figures that both times gave differ by more than
// the interval of their difference, cells and gains apart: the clock of a machine
// drifts, and a gain is a ratio so that it need not.
func repeats(times [2]knowledge) string {
	var apart, n [2]int
	for name, a := range times[0] {
		b, ok := times[1][name]
		if !ok {
			continue
		}
		kind := 0
		if isGain(name) {
			kind = 1
		}
		n[kind]++
		if math.Abs(a.log-b.log) > math.Hypot(a.half, b.half) {
			apart[kind]++
		}
	}
	return fmt.Sprintf("%d of %d cells, %d of %d gains", apart[0], n[0], apart[1], n[1])
}

// benchstat returns the median, and half the width of benchstat's 95 % interval
// of it, on the log scale.
func benchstat(logs []float64) (median, half float64) {
	var values []float64
	for _, l := range logs {
		values = append(values, math.Exp(l))
	}
	summary := benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), 0.95)
	return math.Log(summary.Center), math.Log(summary.Hi/summary.Lo) / 2
}
