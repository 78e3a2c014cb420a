package main

import (
	"context"
	"fmt"
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

// goTest measures a sweep with the default settings, then the same cells with `go test -bench
// -count=10`, and compares how well each knows the cells behind the gains and the
// gains themselves, and what each took. For go test the interval of a cell is
// benchstat's, of the median; that of a gain is Welch's on the logs of the ten.
func goTest(ctx context.Context, v *validation) error {
	selected, err := all.Select(v.patterns)
	if err != nil {
		return err
	}
	physical, logical := v.machine.Cores()
	plan, err := measure.NewPlan(selected, measure.Options{
		Procs: measure.ProcCounts(physical, logical), Precision: 0.02, Control: known.Control, Ceilings: []int{physical, logical}, Seed: uint64(time.Now().UnixNano()),
	})
	if err != nil {
		return err
	}
	start := time.Now()
	sets, err := v.sweep(ctx, arm{name: "default", plan: plan, steer: true})
	if err != nil {
		return err
	}
	ours := time.Since(start)

	classes, names := []string{}, []string{}
	for _, w := range selected {
		classes, names = append(classes, w.Class()), append(names, regexp.QuoteMeta(w.Short()))
	}
	slices.Sort(classes)
	pattern := fmt.Sprintf("^Benchmark(%s)$/workload=(%s)$", strings.Join(slices.Compact(classes), "|"), strings.Join(names, "|"))
	start = time.Now()
	door, err := v.goBench(ctx, v.door, pattern, "1s", 10)
	if err != nil {
		return err
	}
	theirs := time.Since(start)

	logs := make(map[string][]float64)
	for _, r := range door.Runs {
		ns, _ := r.Value(resultfile.NsPerOp)
		logs[r.Cell.Name()] = append(logs[r.Cell.Name()], math.Log(ns))
	}
	cellsTighter, cells, gainsTighter, gains := 0, 0, 0, 0
	var cellRatios, gainRatios []float64
	for _, w := range analysis.Analyze(sets[0]).Workloads {
		name := func(c, p int) string {
			strategy := w.Strategy
			if c == 1 {
				strategy = resultfile.Sequential
			}
			_, short, _ := strings.Cut(w.Name, "/")
			return resultfile.Cell{Class: w.Class, Workload: short, Strategy: strategy, Goroutines: c, Gomaxprocs: p}.Name()
		}
		needed := [][2]int{{1, 1}, {w.Goroutines, 1}, {w.Goroutines, w.Gomaxprocs}}
		for _, at := range needed {
			i := slices.IndexFunc(w.Surface, func(p analysis.Point) bool { return p.Goroutines == at[0] && p.Gomaxprocs == at[1] })
			if i < 0 || w.Surface[i].Lo == nil || len(logs[name(at[0], at[1])]) == 0 {
				continue
			}
			half := math.Log(*w.Surface[i].Hi / *w.Surface[i].Lo) / 2
			cells++
			r := half / benchstatHalf(logs[name(at[0], at[1])])
			cellRatios = append(cellRatios, r)
			if r <= 1 {
				cellsTighter++
			}
		}
		for _, g := range []struct {
			gain     *analysis.Gain
			num, den [2]int
		}{{w.ConcurrencyGain, needed[1], needed[0]}, {w.ParallelismGain, needed[2], needed[1]}} {
			if g.gain == nil || g.gain.Lo == nil {
				continue
			}
			e := scaling.Gate([]scaling.Comparison{{
				Better: -1, Old: [][]float64{logs[name(g.num[0], g.num[1])]}, New: [][]float64{logs[name(g.den[0], g.den[1])]},
			}}, 0.05)[0].Estimate
			r := math.Log(*g.gain.Hi / *g.gain.Lo) / 2 / e.HalfWidth()
			gains++
			gainRatios = append(gainRatios, r)
			if r <= 1 {
				gainsTighter++
			}
			v.report.tell(fmt.Sprintf("%s, X%v over X%v", w.Name, g.num, g.den), fmt.Sprintf("go test %.3f ±%.1f %%", e.Value, 100*math.Expm1(e.HalfWidth())),
				fmt.Sprintf("%.3f ±%.1f %%", g.gain.Value, 100*(math.Sqrt(*g.gain.Hi / *g.gain.Lo)-1)), fmt.Sprintf("%.2f of go test's width", r))
		}
	}
	v.report.holds(4*ours <= theirs, "wall time of the sweep over that of go test -count=10", "at most 1/4", fmt.Sprintf("%.0f s / %.0f s = %.2f", ours.Seconds(), theirs.Seconds(), ours.Seconds()/theirs.Seconds()), "")
	v.report.holds(median(gainRatios) <= 1, "width of the gains' intervals over go test's, median", "at most 1", fmt.Sprintf("%.2f (%d of %d as tight or tighter)", median(gainRatios), gainsTighter, gains), "")
	v.report.holds(median(cellRatios) <= 1, "width of the intervals of the gains' cells over benchstat's, median", "at most 1", fmt.Sprintf("%.2f (%d of %d as tight or tighter)", median(cellRatios), cellsTighter, cells), "")
	return nil
}

// benchstatHalf returns half the width of benchstat's 95 % interval of the
// median, on the log scale.
func benchstatHalf(logs []float64) float64 {
	var values []float64
	for _, l := range logs {
		values = append(values, math.Exp(l))
	}
	summary := benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), 0.95)
	return math.Log(summary.Hi/summary.Lo) / 2
}
