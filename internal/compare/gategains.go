package compare

import (
	"fmt"
	"math"

	"runbench/internal/analysis"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// declareGains declares a gain of each workload of the old file that has it. What is
// compared is its log in each round, old and new at the same number of goroutines, so
// that a change of C† by chance is no change of the gain.
func declareGains(before, after *resultfile.Set, rule Rule, paired bool) []declared {
	type id struct{ config, workload, strategy string }
	new := make(map[id]analysis.RoundGains)
	for _, g := range analysis.Gains(after) {
		new[id{g.Config, g.Workload, g.Strategy}] = g
	}
	oldArms, newArms := controlLogs(before), controlLogs(after)
	var all []declared
	for _, old := range analysis.Gains(before) {
		procs := old.Gomaxprocs
		if old.Workload == resultfile.ControlArm || len(old.Logs(rule.Unit, old.Goroutines, procs)) == 0 {
			continue
		}
		other, there := new[id{old.Config, old.Workload, old.Strategy}]
		at := old.Goroutines
		var c scaling.Comparison
		if there {
			at = sharedCount(old, other, rule.Unit)
			if x, y := old.Logs(rule.Unit, at, procs), other.Logs(rule.Unit, at, procs); len(x) > 0 && len(y) > 0 {
				c = compareRounds(x, y, paired)
			}
		}
		aa, controlled := gainAA(oldArms[old.Config], newArms[old.Config], rule.Unit, procs, paired)
		if !controlled {
			aa = own(c)
		}
		shown := GateComparison{Workload: old.Workload, Config: old.Config, Strategy: old.Strategy, Goroutines: at, Gomaxprocs: procs}
		if rule.Unit == analysis.ConcurrencyGain {
			shown.Gomaxprocs = 1
		}
		if len(c.New) > 0 {
			shown.Old, shown.New = meanGain(c.Old[0]), meanGain(c.New[0])
		}
		d := declare(rule, c, shown, aa)
		d.uncontrolled = !controlled
		switch {
		case len(c.New) == 0:
			d.warning = fmt.Sprintf("%s: the new file has no %s to compare with", old.Workload, rule.Unit)
		case other.Goroutines != old.Goroutines:
			d.warning = fmt.Sprintf("%s: the old file is best served by %d goroutines and the new one by %d; %s is compared at %d, in %d and %d rounds; --goroutines 1,%d would measure all of them",
				old.Workload, old.Goroutines, other.Goroutines, rule.Unit, at, len(c.Old[0]), len(c.New[0]), at)
		}
		all = append(all, d)
	}
	return all
}

// sharedCount returns at how many goroutines to compare a gain: at the C† of the one
// file or the other, whichever was measured in more rounds of both.
func sharedCount(old, new analysis.RoundGains, gain string) int {
	both := func(c int) int {
		return min(len(old.Logs(gain, c, old.Gomaxprocs)), len(new.Logs(gain, c, old.Gomaxprocs)))
	}
	if both(new.Goroutines) > both(old.Goroutines) {
		return new.Goroutines
	}
	return old.Goroutines
}

// meanGain returns the gain that logs have on average.
func meanGain(logs []float64) *float64 {
	return number(scaling.TrimmedInterval(logs, scaling.DefaultConfidence).Value)
}

// controlLogs returns the log throughput of the control arm by configuration, P and
// round.
func controlLogs(set *resultfile.Set) map[string]map[int]map[int]float64 {
	arms := make(map[string]map[int]map[int]float64)
	for k, cells := range byKey(set) {
		if k.workload != resultfile.ControlArm {
			continue
		}
		logs := make(map[string]map[int]float64)
		for name, runs := range cells {
			if runs[0].Cell.Goroutines == k.procs {
				logs[name] = rateLogs(runs)
			}
		}
		if arms[k.config] == nil {
			arms[k.config] = make(map[int]map[int]float64)
		}
		arms[k.config][k.procs] = roundMeans(logs)
	}
	return arms
}

// rateLogs returns the logs of a cell's throughput by round, by the time of a batch
// where a file has no tasks.
func rateLogs(runs []resultfile.Run) map[int]float64 {
	logs := logsOf(runs, resultfile.TasksPerSec)
	if len(logs) == 0 {
		for round, v := range logsOf(runs, resultfile.NsPerOp) {
			logs[round] = -v
		}
	}
	return logs
}

// gainAA returns the A/A half-width of a gain as the control arm shows it: how far its
// own speed-up lies apart. A gain at one core has no like in the control, whose
// goroutines are as many as its cores; it is a ratio of two cells of one round, which
// all that changes the machine from one file to the other leaves as it is, and so
// twice the variance of one cell.
func gainAA(old, new map[int]map[int]float64, gain string, procs int, paired bool) (aa float64, ok bool) {
	if gain == analysis.ConcurrencyGain {
		c := compareRounds(old[1], new[1], paired)
		width := scaling.Gate([]scaling.Comparison{c}, DefaultAlpha)[0].HalfWidth()
		return math.Expm1(math.Sqrt2 * width), !math.IsNaN(width)
	}
	c := compareRounds(speedups(old, procs), speedups(new, procs), paired)
	aa = apart(c, paired)
	return aa, !math.IsNaN(aa)
}

// speedups returns the log speed-up of the control arm in each round.
func speedups(arm map[int]map[int]float64, procs int) map[int]float64 {
	logs := make(map[int]float64)
	for round, top := range arm[procs] {
		if one, ok := arm[1][round]; ok {
			logs[round] = top - one
		}
	}
	return logs
}
