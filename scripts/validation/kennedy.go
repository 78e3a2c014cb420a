package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// kennedy holds the shapes of Kennedy's two programs: adding gains nothing from
// goroutines and something from cores, finding the other way round. His figures
// (4 cores of 2 threads, 8 goroutines, collector off): adding 0.90 on one core
// and 1.76 on all; finding 7.85 on one core and 7.96 on all.
func kennedy(ctx context.Context, v *validation) error {
	before, had := os.LookupEnv("GOGC")
	os.Setenv("GOGC", "off") // the workers inherit it
	defer func() {
		os.Unsetenv("GOGC")
		if had {
			os.Setenv("GOGC", before)
		}
	}()
	var arms []arm
	for _, s := range []struct {
		spec    string
		rounds  int
		runTime time.Duration
	}{{"mem/sum", 16, 150 * time.Millisecond}, {"io/find", 4, 400 * time.Millisecond}} {
		plan, err := v.plan(s.spec, measure.Options{Goroutines: []int{1, 8}, Rounds: s.rounds, Budget: time.Hour})
		if err != nil {
			return err
		}
		plan.RunTime = s.runTime
		arms = append(arms, arm{name: fmt.Sprintf("kennedy%d", len(arms)), plan: plan})
	}
	sets, err := v.sweep(ctx, arms...)
	if err != nil {
		return err
	}
	n := v.cores()
	for i, spec := range []string{"mem/sum", "io/find"} {
		one := observations(sets[i].Runs, spec, resultfile.Sequential, 1, 1)
		cell := func(strategy string, c, p int) scaling.Estimate {
			return ratio(observations(sets[i].Runs, spec, strategy, c, p), one)
		}
		sequential, concurrent, all := cell(resultfile.Sequential, 1, n), cell("pool", 8, 1), cell("pool", 8, n)
		check := func(e scaling.Estimate, what string, lo, hi float64, expected string) {
			v.report.holds(e.Value >= lo && e.Value <= hi, spec+", "+what, expected, fmt.Sprintf("%.2f", e.Value), interval(e, "%.2f"))
		}
		if spec == "mem/sum" {
			check(sequential, fmt.Sprintf("one goroutine, %d cores", n), 0.9, 1.1, "0.9 to 1.1 (his 0.97)")
			check(concurrent, "8 goroutines, 1 core", 0.85, 1.1, "0.85 to 1.1 (his 0.90)")
			check(all, fmt.Sprintf("8 goroutines, %d cores", n), 1.15, float64(n)*1.1, fmt.Sprintf("1.15 to %.1f (his 1.76)", float64(n)*1.1))
			continue
		}
		check(sequential, fmt.Sprintf("one goroutine, %d cores", n), 0.95, 1.05, "0.95 to 1.05 (his 1.00)")
		check(concurrent, "8 goroutines, 1 core", 6.8, 8, "8 less up to 15 % for waking up (his 7.85)")
		check(all, fmt.Sprintf("8 goroutines, %d cores", n), 6.8, 8, "8 less up to 15 % for waking up (his 7.96)")
		cores := ratio(observations(sets[i].Runs, spec, "pool", 8, n), observations(sets[i].Runs, spec, "pool", 8, 1))
		check(cores, fmt.Sprintf("8 goroutines, %d cores over 1", n), 0.9, 1.1, "0.9 to 1.1 (his 1.01)")
	}
	return nil
}
