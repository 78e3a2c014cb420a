package scaling

import (
	"fmt"
	"math"
	"slices"
)

// Verdict says what gives a workload its speed.
type Verdict string

// The verdicts on a workload.
const (
	VerdictConcurrency  Verdict = "concurrency"  // goroutines help, cores do not
	VerdictParallelism  Verdict = "parallelism"  // cores help, goroutines alone do not
	VerdictBoth         Verdict = "both"         // goroutines help at one core, and cores help on top
	VerdictNeither      Verdict = "neither"      // no gain helps
	VerdictInconclusive Verdict = "inconclusive" // a gain could yet turn out to help, or none could be computed
)

// Options say how to judge. The zero value is ready to use.
type Options struct {
	Confidence float64 // of the intervals, between 0 and 1; 0 stands for DefaultConfidence
	// Cores is the number of logical cores, 0 if unknown. Cells with P above it are oversubscribed: neither the gains
	// nor the recommendation use them.
	Cores         int
	PhysicalCores int // 0 if unknown
	// ChooseOn holds the rounds that were measured to choose C†, ascending; nil: every second complete round
	// chooses. At least two other rounds with the cells of [Judgement.Needed] must be there to estimate the gains on;
	// until then every second complete round chooses.
	ChooseOn []int
	// Lost is the share, 0 to 1, of the machine's CPU time that went to others while the surface was measured: the
	// intervals of the gains are wider for it.
	Lost float64
	// Ceilings, if not nil, returns the runs of n single-threaded processes of the workload side by side, and those of
	// n goroutines of one process that share nothing; none where they were not measured. See [FindGaps].
	Ceilings func(n int) (hardware, apart []Observation)
	// Control, if not nil, returns the speed-up at n Ps of the control arm, which shares nothing but the machine; NaN
	// where it was not measured. It tells the machine from the program where there are no ceilings.
	Control func(n int) Estimate
}

func (o Options) check() error {
	if !(o.Confidence >= 0 && o.Confidence < 1) {
		return fmt.Errorf("confidence is %v, want a number between 0 and 1 (0 for %v)", o.Confidence, DefaultConfidence)
	}
	if !(o.Lost >= 0 && o.Lost <= 1) {
		return fmt.Errorf("lost is %v, want a share from 0 to 1", o.Lost)
	}
	if o.Cores < 0 || o.PhysicalCores < 0 {
		return fmt.Errorf("%d logical and %d physical cores, want at least 0 (0 if unknown)", o.Cores, o.PhysicalCores)
	}
	return nil
}

// A Judgement is what a surface says about its workload.
type Judgement struct {
	Base        Estimate // X(1,1) in tasks/s, over all its rounds; Value is NaN where (1,1) was not measured
	Goroutines  int      // C†; the only count there is where none above 1 was measured, 0 if that is unknown
	Gomaxprocs  int      // the largest P used
	ChosenOn    []int    // rounds C† was chosen on, ascending; none where there was nothing to choose
	EstimatedOn []int    // rounds behind the gains, ascending; none where there are no gains

	// The gains; nil where one of the two cells was not measured, or both are the same. With C† at one P only, total
	// is the concurrency gain; with one goroutine only, it is the parallelism gain.
	Concurrency, Parallelism, Total *Gain
	// AtPhysical is the parallelism gain at the physical cores, where these are a measured P below Gomaxprocs.
	AtPhysical *Gain
	// Gaps say where the speed-up over one goroutine on one core went, at Gomaxprocs; nil where no ceiling was measured.
	Gaps *Gaps

	Verdict   Verdict
	Sentence  string // what the verdict means, in plain words; one line, no full stop
	Recommend Recommendation
	// Levels are the throughputs of all cells in tasks/s, by which Recommend was chosen: each as it compares with the
	// best in the rounds that the two share, on the level of (1,1), where that was measured. Where every cell was
	// measured in every round they are the means.
	Levels   map[Cell]float64
	Warnings []string // what a reader of the figures must know, one line each

	needed []Cell
}

// Needed returns the cells that a further round has to hold to make the gains narrower: (1,1), (C†,1), (C†,Pmax) and,
// where it is a P of its own, C† at the physical cores; by goroutines, then gomaxprocs, each once, and only those that
// the surface has. C† is the count that the rounds of [Options.ChooseOn] choose. It does not change while rounds
// outside them join, and is [Judgement.Goroutines] from the second of these on. Without ChooseOn it always is.
func (j Judgement) Needed() []Cell { return slices.Clone(j.needed) }

// Judge computes the gains, the verdict and the recommendation of a surface. An error says what was expected of s or
// opt; whatever else is wrong with the data is a warning beside the result.
func Judge(s Surface, opt Options) (Judgement, error) {
	if err := opt.check(); err != nil {
		return Judgement{}, err
	}
	if err := s.check(); err != nil {
		return Judgement{}, err
	}
	var j Judgement
	all := newGrid(s)
	j.warnRepeats(s, all)
	g := j.within(all, opt.Cores)
	candidates := j.candidates(g)

	base := Cell{1, 1}
	// needed returns the cells behind the gains at c goroutines, each once; fewer than two make no gain.
	needed := func(c int) []Cell {
		cells := []Cell{base, {c, 1}, {c, j.Gomaxprocs}}
		slices.SortFunc(cells, compareCells)
		return slices.DeleteFunc(slices.Compact(cells), func(c Cell) bool { return g[c] == nil })
	}
	picked, next := choose(g, candidates, j.Gomaxprocs, needed, opt.ChooseOn)
	j.Goroutines, j.ChosenOn = picked.goroutines, picked.chosenOn
	if len(needed(j.Goroutines)) > 1 {
		j.EstimatedOn = picked.estimatedOn
	}

	physical := opt.PhysicalCores > 1 && opt.PhysicalCores < j.Gomaxprocs
	j.needed = needed(next)
	if c := (Cell{next, opt.PhysicalCores}); physical && g[c] != nil && g[Cell{next, 1}] != nil {
		j.needed = append(j.needed, c)
		slices.SortFunc(j.needed, compareCells)
	}

	gain := func(num, den Cell, rounds []int) *Gain {
		if num == den || g[num] == nil || g[den] == nil {
			return nil
		}
		e := unpaired(g[num], g[den])
		if len(rounds) > 0 {
			e = ratio(g[num].within(rounds), g[den].within(rounds), opt.Confidence)
		}
		e = e.widened(opt.Lost)
		return &Gain{Estimate: e, Effect: EffectOf(e)}
	}
	one, top := Cell{j.Goroutines, 1}, Cell{j.Goroutines, j.Gomaxprocs}
	j.Base = g[base].mean(opt.Confidence)
	j.Concurrency = gain(one, base, j.EstimatedOn)
	j.Parallelism = gain(top, one, j.EstimatedOn)
	j.Total = gain(top, base, j.EstimatedOn)
	if physical {
		j.AtPhysical = gain(Cell{j.Goroutines, opt.PhysicalCores}, one, j.EstimatedOn)
	}
	j.warnRounds(g, candidates, needed, g.shared(needed(next)))
	if n := j.Gomaxprocs; opt.Ceilings != nil && n > 1 {
		// The rounds that chose C† would flatter what it reaches of its ceilings.
		measured := slices.DeleteFunc(slices.Clone(s[top]), func(o Observation) bool { return !holds(j.EstimatedOn, o.Round) })
		if hardware, apart := opt.Ceilings(n); len(hardware)+len(apart) > 0 {
			gaps := FindGaps(n, s[base], hardware, apart, measured).widened(opt.Lost)
			j.Gaps = &gaps
		}
	}
	j.Verdict = verdict(j.Concurrency, j.Parallelism)
	control := Estimate{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	if opt.Control != nil {
		control = opt.Control(j.Gomaxprocs).widened(opt.Lost)
	}
	j.Sentence = sentence(j, opt.Lost, usableCores(j.Gomaxprocs, opt.PhysicalCores, candidates[len(candidates)-1]), control)
	j.Recommend = recommend(g)
	j.Levels = levels(all, g.cells())
	return j, nil
}

// verdict names the gains that help; either may be nil.
func verdict(concurrency, parallelism *Gain) Verdict {
	switch {
	case concurrency == nil && parallelism == nil:
		return VerdictInconclusive
	case concurrency.undecided() || parallelism.undecided():
		return VerdictInconclusive
	case concurrency.helps() && parallelism.helps():
		return VerdictBoth
	case concurrency.helps():
		return VerdictConcurrency
	case parallelism.helps():
		return VerdictParallelism
	}
	return VerdictNeither
}

// within returns the cells that are not oversubscribed; those at the smallest P if all are.
func (j *Judgement) within(g grid, cores int) grid {
	procs := g.axis(func(c Cell) int { return c.Gomaxprocs })
	if cores == 0 || procs[len(procs)-1] <= cores {
		return g
	}
	limit := max(cores, procs[0])
	if limit > cores {
		j.warnf("every cell has more Ps than there are logical cores (%d): the gains are those of an oversubscribed machine", cores)
	} else {
		j.warnf("cells with more Ps than logical cores (%d) are oversubscribed: not used for the gains", cores)
	}
	kept := make(grid, len(g))
	for c, runs := range g {
		if c.Gomaxprocs <= limit {
			kept[c] = runs
		}
	}
	return kept
}

// candidates sets Gomaxprocs and returns the goroutine counts C† is chosen from, ascending, at least one: those above
// 1 that were measured at the largest P and, where any of these was, at P=1.
func (j *Judgement) candidates(g grid) []int {
	counts := g.axis(func(c Cell) int { return c.Goroutines })
	if counts[len(counts)-1] > 1 {
		counts = slices.DeleteFunc(counts, func(c int) bool { return c <= 1 })
	}
	for c := range g {
		if slices.Contains(counts, c.Goroutines) {
			j.Gomaxprocs = max(j.Gomaxprocs, c.Gomaxprocs)
		}
	}
	lacking := func(procs int) func(int) bool {
		return func(c int) bool { return g[Cell{c, procs}] == nil }
	}
	kept := slices.DeleteFunc(slices.Clone(counts), lacking(j.Gomaxprocs))
	if both := slices.DeleteFunc(slices.Clone(kept), lacking(1)); len(both) > 0 {
		kept = both
	}
	if left := len(counts) - len(kept); left > 0 {
		j.warnf("incomplete grid: %s not measured at both gomaxprocs=1 and gomaxprocs=%d, and left out of the choice",
			plural(left, "goroutine count was", "goroutine counts were"), j.Gomaxprocs)
	}
	return kept
}

// warnRepeats tells of several runs of a cell in one round.
func (j *Judgement) warnRepeats(s Surface, g grid) {
	repeated := 0
	for c, runs := range g {
		if len(s[c]) > len(runs) {
			repeated++
		}
	}
	if repeated > 0 {
		j.warnf("%s run more than once in a round: the mean of these runs counts as one run",
			plural(repeated, "cell was", "cells were"))
	}
}

// warnRounds tells how far the rounds behind the gains can be believed. Whole holds the rounds with all that rounds
// outside of ChooseOn are measured for; they lack nothing, although the gains may not use them yet.
func (j *Judgement) warnRounds(g grid, candidates []int, needed func(int) []Cell, whole []int) {
	gains := slices.DeleteFunc([]*Gain{j.Concurrency, j.Parallelism, j.Total}, func(g *Gain) bool { return g == nil })
	if len(gains) == 0 {
		return
	}
	shared := slices.ContainsFunc(j.ChosenOn, func(r int) bool { return holds(j.EstimatedOn, r) })
	if shared {
		j.warnf("fewer than %d complete rounds: the goroutine count was chosen on the rounds that estimate the gains, which may flatter them",
			minSplit)
	}
	var cells []Cell
	for _, c := range candidates {
		cells = append(cells, needed(c)...)
	}
	rounds := g.rounds(cells)
	left := slices.DeleteFunc(slices.Clone(rounds), func(r int) bool {
		return holds(j.ChosenOn, r) || holds(j.EstimatedOn, r) || holds(whole, r)
	})
	if len(left) > 0 {
		j.warnf("incomplete rounds: %d of %d lack a cell the gains need and were left out", len(left), len(rounds))
	}
	noInterval := slices.ContainsFunc(gains, func(g *Gain) bool { return g.Basis == NoInterval })
	switch len(j.EstimatedOn) {
	case 0:
		j.warnf("no round has all cells the gains need: they are ratios of means, without intervals")
	case 1:
		if noInterval {
			j.warnf("a single run per cell and no spread inside it known: gains without an interval")
		} else {
			j.warnf("a single run per cell: the intervals show the spread inside the runs; run-to-run variation is unseen")
		}
	case 2:
		j.warnf("2 rounds estimate the gains: their intervals are very wide")
	}
}

func (j *Judgement) warnf(format string, args ...any) {
	j.Warnings = append(j.Warnings, fmt.Sprintf(format, args...))
}

// plural returns n with the word that goes with it.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
