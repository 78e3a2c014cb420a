package scaling

import (
	"fmt"
	"math"
)

// poorEfficiency is the share of the cores below which a parallelism gain is worth remarking on. Three quarters lets
// clocks that fall under load and a little scheduling pass; memory bandwidth and shared locks take more.
const poorEfficiency = 0.75

// usableCores returns how many cores' worth of work the runs at the largest P could have shown. Two hardware threads of
// one core share its units and are not expected to deliver two cores, and goroutines use no more cores than there are
// goroutines. Physical and goroutines are 0 if unknown.
func usableCores(procs, physical, goroutines int) int {
	for _, limit := range []int{physical, goroutines} {
		if limit > 0 {
			procs = min(procs, limit)
		}
	}
	return procs
}

// sentence says in plain words what the gains of a judgement, its Verdict set, mean for whoever runs the workload.
// Lost is the share of the machine that others used meanwhile, control the speed-up of the control arm.
func sentence(j Judgement, lost float64, cores int, control Estimate) string {
	c, p := j.Concurrency, j.Parallelism
	var words string
	switch j.Verdict {
	case VerdictConcurrency:
		words = concurrencySentence(p)
	case VerdictParallelism:
		words = parallelismSentence(j, cores, control)
	case VerdictBoth:
		words = "overlap first, then cores: the work waits and computes"
		if p.Value > c.Value {
			words = "cores first, then overlap: the work computes and waits"
		}
	case VerdictNeither:
		words = neitherSentence(c, p, j.Total)
	default:
		return inconclusiveSentence(c, p, lost)
	}
	switch {
	case c == nil:
		words += "; what goroutines add was not measured"
	case p == nil:
		words += "; what cores add was not measured"
	}
	return words
}

func concurrencySentence(parallelism *Gain) string {
	switch {
	case parallelism == nil:
		return "needs goroutines: the work waits"
	case parallelism.hurts():
		return "needs goroutines, and one core: the work waits, and more cores get in its way"
	}
	return "needs goroutines, not cores: the work waits"
}

func parallelismSentence(j Judgement, cores int, control Estimate) string {
	switch {
	case j.Concurrency.hurts() && j.Total.hurts():
		return "best left to one goroutine: cores win back only part of what more goroutines cost"
	case j.Concurrency.hurts() && !j.Total.helps():
		return "one goroutine does about as well: cores win back what more goroutines cost, and no more for certain"
	case j.Parallelism.Value < poorEfficiency*float64(cores):
		return fmt.Sprintf("cores help, but deliver only %.1f of %d: %s", j.Parallelism.Value, cores, owner(j.Gaps, cores, control))
	case j.Concurrency.hurts():
		return "needs cores: the work computes, and on one core goroutines only cost"
	}
	return "needs cores: the work computes"
}

// owner says to whom most of a missing speed-up was lost, for certain. Where no ceilings tell, it is the machine if the
// control arm certainly speeds up as poorly, and else the goroutines themselves are asked first.
func owner(g *Gaps, cores int, control Estimate) string {
	const program = "look for what the goroutines share"
	if g == nil || math.IsNaN(g.Machine.Value) || math.IsNaN(g.Runtime.Value) || math.IsNaN(g.Program.Value) {
		if control.Hi < poorEfficiency*float64(cores) {
			return fmt.Sprintf("the control arm, which shares nothing, gets no more than %.1f out of the machine", control.Value)
		}
		return program
	}
	lost := func(e Estimate) float64 { // what may as well be noise is nobody's loss
		if e.Hi >= 1 {
			return 1
		}
		return e.Value
	}
	switch least := min(lost(g.Machine), lost(g.Runtime), lost(g.Program)); least {
	case 1:
		return "whether the machine, the runtime or the program takes the rest could not be told"
	case lost(g.Machine):
		return fmt.Sprintf("separate processes get no more than %.1f out of the machine", g.Hardware.Value)
	case lost(g.Runtime):
		return fmt.Sprintf("the Go runtime takes the most (collector, allocator, scheduler): goroutines that share nothing get %.1f", g.Go.Value)
	}
	return fmt.Sprintf("%s: without sharing they get %.1f", program, g.Go.Value)
}

func neitherSentence(concurrency, parallelism, total *Gain) string {
	switch {
	case concurrency.hurts() && parallelism.hurts():
		return "best left to one goroutine: more of them get in each other's way, and cores make it worse"
	case concurrency.hurts():
		return "best left to one goroutine: more of them get in each other's way"
	case parallelism.hurts():
		return "parallelism hurts: on several cores the goroutines get in each other's way"
	case total.helps():
		return "goroutines and cores help a little together, and neither does alone"
	case parallelism == nil:
		return "goroutines do not help: one does as well"
	case concurrency == nil:
		return "cores do not help: one does as well"
	}
	return "neither goroutines nor cores help: one goroutine does as well"
}

// inconclusiveSentence says what is known, what is not, and what to do about it.
func inconclusiveSentence(concurrency, parallelism *Gain, lost float64) string {
	c, p := concurrency, parallelism
	var words string
	switch {
	case c == nil && p == nil:
		return "cannot be told from these cells: measure one goroutine and several, at one core and at all of them"
	case c.undecided() && p.undecided():
		words = "whether goroutines or cores help could not be told"
	case c.undecided() && p == nil:
		words = "whether goroutines help could not be told"
	case c.undecided() && p.helps():
		words = "cores help; whether goroutines help at one core could not be told"
	case c.undecided():
		words = "cores do not help; whether goroutines do could not be told"
	case c == nil:
		words = "whether cores help could not be told"
	case c.helps():
		words = "goroutines help; whether cores add to it could not be told"
	default:
		words = "goroutines do not help at one core; whether cores do could not be told"
	}
	if lost > 0 {
		return fmt.Sprintf("%s: others took %.0f %% of the machine's CPU time, measure again when it is quiet", words, 100*lost)
	}
	for _, g := range []*Gain{c, p} {
		if g != nil && g.Basis != BetweenRuns {
			return words + ": measure more rounds"
		}
	}
	return words + ": the runs scatter too much, measure more rounds"
}
