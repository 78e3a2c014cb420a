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
// workload is measured in the cells that its gains need, all of them in each
// round, until every gain is known to the plan's precision. Two things go slower,
// so that the time goes where it tells most: ceilings, of which nobody asks a
// precision, are measured in every second round, and so are workloads that
// scatter so much that the precision is far away. The control arm runs in every
// round. When all is known there are no cells left.
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
		even := round%2 == 0
		var near, distant, control []resultfile.Cell
		for _, subject := range plan.Subjects {
			cells := subject.Cells(plan.Procs)
			if subject.Diagonal {
				control = append(control, cells...)
				continue
			}
			needed := make(map[string]bool)
			reachable := false
			strategies := subject.Strategies
			if len(strategies) == 0 {
				strategies = []string{resultfile.Sequential}
			}
			for _, surface := range surfacesOf(subject, cells, cores) {
				for _, strategy := range strategies {
					names, ok := open(bySubject[surface], strategy, opt, plan.Precision)
					reachable = reachable || ok
					for _, name := range names {
						needed[name] = true
					}
				}
			}
			if subject.Weak && len(needed) > 0 {
				for _, c := range cells {
					needed[c.Name()] = true // the law is of rounds that have them all
				}
			}
			into := &near
			if !reachable {
				into = &distant
			}
			for _, c := range cells {
				if needed[c.Name()] || len(needed) > 0 && even && resultfile.Ceiling(c.Strategy) {
					*into = append(*into, c)
				}
			}
		}
		wanted := near
		if even || len(near) == 0 {
			wanted = append(wanted, distant...)
		}
		if len(wanted) == 0 {
			return nil
		}
		return append(wanted, control...)
	}
}

// surfacesOf returns the subjects of the surfaces of cells: one, or for a batch that
// grows one for each P within the cores that has a speed-up.
func surfacesOf(subject resultfile.Subject, cells []resultfile.Cell, cores int) []string {
	if !subject.Weak {
		return []string{cells[0].Subject()}
	}
	var surfaces []string
	for _, c := range cells {
		n := c.Batches()
		if s := c.Subject(); n > 1 && (cores == 0 || n <= cores) && !slices.Contains(surfaces, s) {
			surfaces = append(surfaces, s)
		}
	}
	return surfaces
}

// open returns the names of the cells that the gains of a strategy still need,
// none where they are known to the precision or where there is nothing to judge.
// reachable reports whether the precision may yet be reached.
func open(runs []resultfile.Run, strategy string, opt scaling.Options, precision float64) (names []string, reachable bool) {
	runs = slices.DeleteFunc(slices.Clone(runs), func(r resultfile.Run) bool {
		return r.Cell.Strategy != strategy && r.Cell.Strategy != resultfile.Sequential
	})
	surface, byCell, err := collect(runs)
	if err != nil {
		return nil, false
	}
	j, err := scaling.Judge(surface, opt)
	if err != nil || j.Precise(precision) {
		return nil, false
	}
	for _, c := range j.Needed() {
		names = append(names, byCell[c][0].Cell.Name())
	}
	return names, j.Reachable(precision)
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
