package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"runbench/internal/resultfile"
	"runbench/internal/scaling"
	"runbench/workloads/known"
)

const (
	serialRunTime = 450 * time.Millisecond
	serialWithin  = 0.01

	// serialWork is the work of a batch in steps, about half a second. What a batch
	// costs once, to wake the other cores and to wait for the last task, looks like
	// a serial phase of that length: on two virtual cores the second began 0.16 ms
	// late, and with a third of this work fractions came back 0.006 too high.
	serialWork = 144_000_000

	// A fraction is measured until it is known far better than it is asked for,
	// so that noise does not decide whether it holds, or until serialBudget is
	// spent. serialLeast rounds come first: a few that lie close together by
	// chance are not to end it.
	serialKnown  = 0.004
	serialLeast  = 20
	serialMost   = 200
	serialBudget = 10 * time.Minute
)

// serial has Amdahl's law give back the serial fractions that were put in. The
// parallel phases speed up by h, which goroutines that share nothing show (the Go
// ceiling of the control arm), and not by the number of cores:
// S = 1/(s + (1−s)/h), so s = (h/S − 1)/(h − 1).
//
// The base of S and h is one goroutine at the same GOMAXPROCS: a goroutine that
// computes alone at more than one P is a little slower than at one, because when
// it is preempted it moves to a core that has to be woken. That is no serial
// fraction, but at s=0.5 it would be taken for 0.01 of one.
func serial(ctx context.Context, v *validation) error {
	fractions := []float64{0, 0.05, 0.2, 0.5}
	var specs []string
	for _, s := range fractions {
		specs = append(specs, fmt.Sprintf("known/serial?serial=%g&work=%d", s, serialWork))
	}
	n := v.cores()
	plan, err := v.diagonal(specs, serialMost, serialRunTime)
	if err != nil {
		return err
	}
	for i := range plan.Subjects {
		s := &plan.Subjects[i]
		s.Diagonal, s.Goroutines = false, []int{1, n}
		if i == len(plan.Subjects)-1 { // the control arm
			s.Goroutines, s.Ceilings = []int{1}, []int{n}
		}
	}
	plan.Procs, plan.Budget = []int{n}, serialBudget
	steer := func(plan resultfile.Plan, before []resultfile.Run) []resultfile.Cell {
		var cells []resultfile.Cell
		for i, spec := range specs {
			if e := serialFraction(before, spec, n); e.Rounds < serialLeast || !((e.Hi-e.Lo)/2 <= serialKnown) {
				cells = append(cells, plan.Subjects[i].Cells(plan.Procs)...)
			}
		}
		if len(cells) == 0 {
			return nil
		}
		for _, c := range plan.Subjects[len(specs)].Cells(plan.Procs) {
			if c.Strategy != resultfile.Processes { // nothing here asks for it
				cells = append(cells, c)
			}
		}
		return cells
	}
	sets, err := v.sweep(ctx, arm{name: "serial", plan: plan, steer: steer})
	if err != nil {
		return err
	}
	runs := sets[0].Runs
	for i, spec := range specs {
		fraction := serialFraction(runs, spec, n)
		speedup := ratio(observations(runs, spec, "pool", n, n), observations(runs, spec, resultfile.Sequential, 1, n))
		v.report.holds(math.Abs(fraction.Value-fractions[i]) <= serialWithin && (fraction.Hi-fraction.Lo)/2 <= serialWithin,
			fmt.Sprintf("serial fraction %g, speed-up %.3f at %d cores, %d rounds", fractions[i], speedup.Value, n, fraction.Rounds),
			fmt.Sprintf("%g ± %g, known to as much", fractions[i], serialWithin), fmt.Sprintf("%.4f", fraction.Value), interval(fraction, "%.4f"))
	}
	one, all := serialControl(runs, n)
	h := ratio(all, one)
	v.report.note("At %d cores goroutines that share nothing gained %.3f (%s) over one, over %d rounds.", n, h.Value, interval(h, "%.3f"), h.Rounds)
	return nil
}

// serialFraction estimates the serial fraction of a workload from the rounds in
// which it was measured. The control arm counts in the same ones only, so that
// what the machine did meanwhile is the same to both.
func serialFraction(runs []resultfile.Run, spec string, n int) scaling.Estimate {
	one, all := observations(runs, spec, resultfile.Sequential, 1, n), observations(runs, spec, "pool", n, n)
	controlOne, controlAll := serialControl(runs, n)
	rounds := min(len(one), len(all), len(controlOne), len(controlAll))
	if rounds < 2 {
		return scaling.Estimate{Rounds: rounds, Value: math.NaN(), Lo: math.Inf(-1), Hi: math.Inf(1)}
	}
	return jackknife(rounds, func(without int) float64 {
		s := math.Exp(meanLog(all[:rounds], without) - meanLog(one[:rounds], without))
		h := math.Exp(meanLog(controlAll[:rounds], without) - meanLog(controlOne[:rounds], without))
		return (h/s - 1) / (h - 1)
	})
}

// serialControl returns the runs of the control arm: one goroutine, and n that
// share nothing.
func serialControl(runs []resultfile.Run, n int) (one, all []scaling.Observation) {
	return observations(runs, known.Control.Name, resultfile.Sequential, 1, n), observations(runs, known.Control.Name, resultfile.Apart, n, n)
}
