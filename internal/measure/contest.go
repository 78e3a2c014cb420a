package measure

import (
	"time"

	"runbench/internal/resultfile"
	"runbench/workloads"
)

// ContestPlan returns the plan of a contest: the strategies of the given names
// side by side on one workload, at c goroutines, above 1, and p cores, in every
// round, with the plain loop beside them and, where the work computes, as many
// separate processes as cores.
func ContestPlan(item workloads.Selected, names []string, c, p int, budget time.Duration, seed uint64) resultfile.Plan {
	subject := resultfile.Subject{
		Class: item.Class(), Workload: item.Short(), Params: item.Given, Batch: item.Batch,
		Strategies: names, Goroutines: []int{1, c},
	}
	plan := resultfile.Plan{
		Seed: seed, Budget: budget, Procs: []int{p}, Subjects: []resultfile.Subject{subject}, WarmUp: warmUp,
	}
	if item.Computes() && p > 1 {
		// A subject of its own: as a ceiling it would bring the other one along.
		subject.Strategies, subject.Goroutines = []string{resultfile.Processes}, []int{p}
		plan.Subjects = append(plan.Subjects, subject)
	}
	plan.RunTime = plannedRunTime(plan)
	return plan
}
