package execsweep

import (
	"fmt"
	"math"
	"slices"

	"runbench/internal/analysis"
	"runbench/internal/scaling"
)

// A Verdict says what cores give a program.
type Verdict string

// The verdicts. Each has a sentence with its figures.
const (
	Gains        Verdict = "gains from cores"
	OneCore      Verdict = "one core"          // it does not use more
	Waits        Verdict = "waits"             // most of its time: cores cannot help
	Costs        Verdict = "costs"             // more cores cost CPU time and bring no speed
	Hurts        Verdict = "hurts"             // more cores make it slower
	Ignores      Verdict = "ignores the limit" // it uses more cores than it is told to
	Inconclusive Verdict = "inconclusive"
)

const (
	// worth is the ratio from which a difference is worth a word (DESIGN, Words).
	worth = 1.05

	// oneCore is the CPU time over wall time up to which a program uses one core:
	// the collector, system calls and children overlap a little in any program.
	oneCore = 1.15

	// waiting is the CPU time over wall time below which a program waits for most
	// of its time.
	waiting = 0.5

	// beyond is by how much a program may exceed the cores it is told before it
	// counts as not listening; GOMAXPROCS bounds Go code and no system calls.
	beyond = 1.3

	// most is the share of the cores that a program has to use to use them.
	most = 0.75

	// helps is the effect of a ratio that is certainly above 1.
	helps = string(scaling.EffectHelps)
)

// judge says what cores give, from the points at each number of cores, ascending;
// own says that throughput is the program's own figure. Lost is the share of the
// machine's CPU time that others took: what the program would have used of a quiet
// machine is up to 1/(1−lost) of what it did.
func judge(points []Point, own bool, lost float64) (Verdict, string) {
	base, top := points[0], points[len(points)-1]
	// Above the cores there is nothing to gain.
	if i := slices.IndexFunc(points, func(p Point) bool { return p.Oversubscribed }); i > 1 {
		top = points[i-1]
	}
	if top.Speedup == nil {
		return Inconclusive, fmt.Sprintf("measured at %s only: it uses %s, and what more would give was not measured", cores(base.Gomaxprocs), used(base))
	}
	speedup, could := *top.Speedup, top.CoresUsed/(1-min(lost, 0.99))
	switch {
	case speedup.Effect == helps && speedup.Value > worth:
		return Gains, gains(base, top, own)
	case speedup.Effect == string(scaling.EffectHurts) && speedup.Value < 1/worth:
		return Hurts, fmt.Sprintf("more cores make it slower: %s at %d%s", times(speedup), top.Gomaxprocs, extra(top))
	case base.CoresUsed > beyond*float64(base.Gomaxprocs):
		return Ignores, fmt.Sprintf("uses %s although it was to use %d: it does not follow GOMAXPROCS; tell it by %s or limit it with --pin", used(base), base.Gomaxprocs, ProcsPlaceholder)
	case !own && could < waiting:
		return Waits, waits(base, speedup)
	case !own && could <= oneCore:
		return OneCore, fmt.Sprintf("does not use more than one core (CPU/wall %.2f at %d): cores cannot help", top.CoresUsed, top.Gomaxprocs)
	case speedup.Effect != string(scaling.EffectNone):
		return Inconclusive, undecided(top, lost)
	case top.CPUCost != nil && top.CPUCost.Effect == helps && top.CPUCost.Value > worth:
		return Costs, fmt.Sprintf("more cores cost CPU time without speed: %s at %d%s", times(speedup), top.Gomaxprocs, extra(top))
	case could <= oneCore:
		return OneCore, fmt.Sprintf("does not use more than one core (CPU/wall %.2f at %d)", top.CoresUsed, top.Gomaxprocs)
	}
	return OneCore, fmt.Sprintf("cores do not help: %s at %d, where it uses %s", times(speedup), top.Gomaxprocs, used(top))
}

// gains says how much cores give, and what becomes of those that do not.
func gains(base, top Point, own bool) string {
	text := fmt.Sprintf("gains from cores: %s at %d, uses %s of them", times(*top.Speedup), top.Gomaxprocs, used(top))
	offered := float64(top.Gomaxprocs)
	switch {
	case top.Speedup.Value >= most*offered/float64(base.Gomaxprocs):
	case own:
	case top.CoresUsed < most*offered:
		text += "; the others had nothing to do: parts of it run one after the other or wait"
	case top.CPUCost != nil && top.CPUCost.Effect == helps && top.CPUCost.Value > worth:
		text += extra(top) + ": the same work costs more on several (memory, locks, shared caches)"
	}
	return text
}

// waits says that the program waits. A program that computes for a share u of its
// time on one core cannot gain more than 1/(1−u) by doing that part in no time.
func waits(base Point, speedup analysis.Gain) string {
	text := fmt.Sprintf("waits most of its time (CPU/wall %.2g): cores cannot help", base.CoresUsed)
	if limit := 1 / (1 - base.CoresUsed); base.CoresUsed < 1 && limit > worth {
		text = fmt.Sprintf("waits most of its time (CPU/wall %.2f): cores could give %.2f× at most, and gave %s", base.CoresUsed, limit, times(speedup))
	}
	return text
}

// extra says how much more CPU time the point took than the base, "" where that is
// not certain or not worth a word.
func extra(p Point) string {
	if p.CPUCost == nil || p.CPUCost.Effect != helps || p.CPUCost.Value <= worth {
		return ""
	}
	return fmt.Sprintf(", with %.0f %% more CPU time", 100*(p.CPUCost.Value-1))
}

// undecided says what is missing for a verdict.
func undecided(top Point, lost float64) string {
	r := *top.Speedup
	if r.Lo == nil || r.Hi == nil {
		return fmt.Sprintf("too few rounds to tell: %.2f× at %d, uses %s; measure more (--rounds, --budget)", r.Value, top.Gomaxprocs, used(top))
	}
	todo := "measure more rounds (--rounds, --budget)"
	if lost > 0 {
		todo = fmt.Sprintf("others took %.0f %% of the machine's CPU time, measure again when it is quiet", 100*lost)
	}
	return fmt.Sprintf("whether cores help could not be told: %.2f× (%.2g…%.3g) at %d, uses %s; %s",
		r.Value, *r.Lo, *r.Hi, top.Gomaxprocs, used(top), todo)
}

// used writes how many cores were used on average.
func used(p Point) string {
	if p.CoresUsed < 0.95 {
		return fmt.Sprintf("%.2g", math.Round(100*p.CoresUsed)/100)
	}
	return fmt.Sprintf("%.1f", p.CoresUsed)
}
