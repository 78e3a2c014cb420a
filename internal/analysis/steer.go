package analysis

import (
	"slices"

	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// Steer returns the function that says which cells the next round of a sweep is
// to measure, on a machine with so many logical and physical cores (0 where
// unknown).
//
// The plan's first rounds measure every cell; C† is chosen on them. After that a
// workload is measured in the cells that its gains and ceilings need, all of them
// in each round, until every gain is known to the plan's precision. The control
// arm runs in every round. When all is known there are no cells left.
func Steer(cores, physical int) func(plan resultfile.Plan, before []resultfile.Run) []resultfile.Cell {
	return func(plan resultfile.Plan, before []resultfile.Run) []resultfile.Cell {
		round := 0
		bySubject := make(map[string][]resultfile.Run)
		for _, r := range before {
			round = max(round, r.Round)
			bySubject[r.Cell.Subject()] = append(bySubject[r.Cell.Subject()], r)
		}
		if plan.Precision == 0 || round < plan.ChoiceRounds {
			return plan.Cells()
		}
		opt := scaling.Options{Cores: cores, PhysicalCores: physical, ChooseOn: firstRounds(0, plan)}
		var wanted, control []resultfile.Cell
		for _, subject := range plan.Subjects {
			cells := subject.Cells(plan.Procs)
			if subject.Diagonal {
				control = append(control, cells...)
				continue
			}
			needed := make(map[string]bool)
			for _, strategy := range subject.Strategies {
				for _, name := range open(bySubject[cells[0].Subject()], strategy, opt, plan.Precision) {
					needed[name] = true
				}
			}
			if len(subject.Strategies) == 0 {
				for _, name := range open(bySubject[cells[0].Subject()], resultfile.Sequential, opt, plan.Precision) {
					needed[name] = true
				}
			}
			if len(needed) == 0 {
				continue
			}
			for _, c := range cells {
				if needed[c.Name()] || resultfile.Ceiling(c.Strategy) {
					wanted = append(wanted, c)
				}
			}
		}
		if len(wanted) == 0 {
			return nil
		}
		return append(wanted, control...)
	}
}

// open returns the names of the cells that the gains of a strategy still need,
// none where they are known to the precision or where there is nothing to judge.
func open(runs []resultfile.Run, strategy string, opt scaling.Options, precision float64) []string {
	runs = slices.DeleteFunc(slices.Clone(runs), func(r resultfile.Run) bool {
		return r.Cell.Strategy != strategy && r.Cell.Strategy != resultfile.Sequential
	})
	surface, byCell, err := collect(runs)
	if err != nil {
		return nil
	}
	j, err := scaling.Judge(surface, opt)
	if err != nil || j.Precise(precision) {
		return nil
	}
	var names []string
	for _, c := range j.Needed() {
		names = append(names, byCell[c][0].Cell.Name())
	}
	return names
}

// firstRounds returns the rounds on which the plan's sweep chooses C†, where the
// sweep's first round has the number base+1; nil where it has no such rounds.
func firstRounds(base int, plan resultfile.Plan) []int {
	var rounds []int
	for i := range plan.ChoiceRounds {
		rounds = append(rounds, base+i+1)
	}
	return rounds
}
