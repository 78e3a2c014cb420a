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
	serialRounds  = 40
	serialRunTime = 150 * time.Millisecond
	serialWork    = 48_000_000 // steps, about 0.16 s: waking the other cores is no share of it
	serialWithin  = 0.01
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
	plan, err := v.diagonal(specs, serialRounds, serialRunTime)
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
	plan.Procs = []int{n}
	sets, err := v.sweep(ctx, arm{name: "serial", plan: plan})
	if err != nil {
		return err
	}
	at := func(spec string) (one, all []scaling.Observation) {
		return observations(sets[0], spec, resultfile.Sequential, 1, n), observations(sets[0], spec, "pool", n, n)
	}
	controlOne, _ := at(known.Control.Name)
	controlAll := observations(sets[0], known.Control.Name, resultfile.Apart, n, n)
	for i, spec := range specs {
		one, all := at(spec)
		rounds := min(len(one), len(all), len(controlOne), len(controlAll))
		fraction := jackknife(rounds, func(without int) float64 {
			s := math.Exp(meanLog(all, without) - meanLog(one, without))
			h := math.Exp(meanLog(controlAll, without) - meanLog(controlOne, without))
			return (h/s - 1) / (h - 1)
		})
		speedup := ratio(all, one)
		v.report.holds(math.Abs(fraction.Value-fractions[i]) <= serialWithin,
			fmt.Sprintf("serial fraction %g, speed-up %.3f at %d cores", fractions[i], speedup.Value, n),
			fmt.Sprintf("%g ± %g", fractions[i], serialWithin), fmt.Sprintf("%.4f", fraction.Value), interval(fraction, "%.4f"))
	}
	h := ratio(controlAll, controlOne)
	v.report.note("At %d cores goroutines that share nothing gained %.3f (%s) over one, over %d rounds.", n, h.Value, interval(h, "%.3f"), h.Rounds)
	return nil
}
