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
	serialRounds  = 80
	serialRunTime = 80 * time.Millisecond
	serialWithin  = 0.01
)

// serial has Amdahl's law give back the serial fractions that were put in. The
// parallel phases speed up by h, which the control arm shows, and not by the
// number of cores: S = 1/(s + (1−s)/h), so s = (h/S − 1)/(h − 1).
func serial(ctx context.Context, v *validation) error {
	fractions := []float64{0, 0.05, 0.2, 0.5}
	var specs []string
	for _, s := range fractions {
		specs = append(specs, fmt.Sprintf("known/serial?serial=%g", s))
	}
	plan, err := v.diagonal(specs, serialRounds, serialRunTime)
	if err != nil {
		return err
	}
	sets, err := v.sweep(ctx, arm{name: "serial", plan: plan})
	if err != nil {
		return err
	}
	n := v.cores()
	at := func(spec string) (one, all []scaling.Observation) {
		return observations(sets[0], spec, resultfile.Sequential, 1, 1), observations(sets[0], spec, "pool", n, n)
	}
	controlOne, controlAll := at(known.Control.Name)
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
	v.report.note("The control arm's speed-up at %d cores was %.3f (%s), over %d rounds.", n, h.Value, interval(h, "%.3f"), h.Rounds)
	return nil
}
