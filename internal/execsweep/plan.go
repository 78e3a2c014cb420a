package execsweep

import (
	"math"
	"slices"
	"time"

	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// Precision is the half-width, as a share, at which a speed-up is known well
// enough.
const Precision = 0.02

// Axes are what a command is swept over, and for how long.
type Axes struct {
	Procs      []int // P
	Goroutines []int // C; nil where the command is told none
	Rounds     int   // at most; 0: as many as the budget has room for
	Budget     time.Duration
	Seed       uint64
}

// NewPlan returns the plan for a command of that name.
func NewPlan(name string, axes Axes) resultfile.Plan {
	ascending := func(counts []int) []int { return slices.Compact(slices.Sorted(slices.Values(counts))) }
	counts := []int{1}
	if len(axes.Goroutines) > 0 {
		counts = ascending(axes.Goroutines)
	}
	plan := resultfile.Plan{
		Seed: axes.Seed, Rounds: axes.Rounds, Budget: axes.Budget, Procs: ascending(axes.Procs), Precision: Precision,
		Subjects: []resultfile.Subject{{Class: resultfile.Exec, Workload: name, Batch: 1, Goroutines: counts}},
	}
	if slices.Max(counts) > 1 {
		plan.Subjects[0].Strategies = []string{resultfile.Own}
	}
	return plan
}

// Steer has every cell measured in every round until each is known well enough
// against the first one: see [scaling.MinRounds] for why it looks late. It is a
// [measure.Steer]. A plan with a number of rounds has them all.
func Steer(plan resultfile.Plan, before []resultfile.Run) []resultfile.Cell {
	cells := plan.Cells()
	if plan.Rounds > 0 || !known(before, plan.Precision) {
		return cells
	}
	return nil
}

// known reports whether the ratio of every cell to the first one is known to the
// precision.
func known(runs []resultfile.Run, precision float64) bool {
	s := surfaces(runs).rate
	cells := sortedCells(s)
	if len(cells) == 0 {
		return false
	}
	for _, c := range cells {
		e := s.Ratio(c, cells[0], 0)
		switch {
		case len(cells) == 1: // nothing to hold it against
			e = s.Mean(c)
		case c == cells[0]:
			continue
		}
		if e.Basis != scaling.BetweenRuns || e.Rounds < scaling.MinRounds || !(math.Expm1(e.HalfWidth()) <= precision) {
			return false
		}
	}
	return true
}
