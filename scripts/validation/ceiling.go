package main

import (
	"context"
	"fmt"
	"time"

	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// ceiling holds cpu/hash on all cores against as many separate processes.
func ceiling(ctx context.Context, v *validation) error {
	n := v.cores()
	plan, err := v.diagonal([]string{"cpu/hash"}, 60, 100*time.Millisecond)
	if err != nil {
		return err
	}
	plan.Subjects[0].Ceilings = []int{n}
	sets, err := v.sweep(ctx, arm{name: "ceiling", plan: plan})
	if err != nil {
		return err
	}
	cell := func(strategy string, c int) []scaling.Observation {
		return observations(sets[0].Runs, "cpu/hash", strategy, c, c)
	}
	one, all := cell(resultfile.Sequential, 1), cell("pool", n)
	g := scaling.FindGaps(n, one, cell(resultfile.Processes, n), cell(resultfile.Apart, n), all)
	reached := ratio(all, cell(resultfile.Processes, n))
	v.report.holds(reached.Value >= 0.99, fmt.Sprintf("cpu/hash at %d cores over its hardware ceiling", n), "at least 0.99", fmt.Sprintf("%.3f", reached.Value), interval(reached, "%.3f"))
	v.report.tell("hardware ceiling", fmt.Sprintf("at most %d", n), fmt.Sprintf("%.3f", g.Hardware.Value), interval(g.Hardware, "%.3f"))
	v.report.tell("Go ceiling", "", fmt.Sprintf("%.3f", g.Go.Value), interval(g.Go, "%.3f"))
	v.report.tell("cpu/hash", "", fmt.Sprintf("%.3f", g.Measured.Value), interval(g.Measured, "%.3f"))
	return nil
}
