package analysis

import (
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// Cells returns the runs behind the surface of a workload, as the analysis of the
// sets has it: their throughput, and all else they measured. Both are empty for a
// workload of which the sets have no such runs, as for those of other projects.
func Cells(w Workload, sets ...*resultfile.Set) (scaling.Surface, map[scaling.Cell][]resultfile.Run) {
	surface, byCell, err := collect(runsIn(w, sets, func(c resultfile.Cell) bool { return c.Goroutines > 0 }))
	if err != nil {
		return nil, nil
	}
	return surface, byCell
}

// runsIn returns the runs of a workload in the cells that takes. One goroutine is a
// plain loop, whatever the strategy of the others is.
func runsIn(w Workload, sets []*resultfile.Set, takes func(resultfile.Cell) bool) []resultfile.Run {
	var runs []resultfile.Run
	for _, set := range sets {
		for _, run := range set.Runs {
			c := run.Cell
			if (c.Strategy == w.Strategy || c.Strategy == resultfile.Sequential) && takes(c) &&
				(w.Config == "" || run.Config == w.Config) && c.Spec() == w.Name {
				runs = append(runs, run)
			}
		}
	}
	return runs
}
