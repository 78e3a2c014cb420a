package main

import (
	"context"
	"fmt"
	"os"

	"gonum.org/v1/gonum/stat/distuv"

	"runbench/internal/compare"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// slowdowns are the shares, in percent, by which the workload is slowed, with how
// many of 20 trials must find each. 0 is the A/A arm.
var slowdowns = []struct {
	percent float64
	found   int
	every   int // in one of so many trials
}{{0, 0, 1}, {2, 15, 1}, {5, 19, 1}, {10, 20, 4}}

// powerRounds is in how many rounds a trial's budget is spent.
const powerRounds = 60

// power measures the workload as it is against itself and against itself made
// slower, in turns, and has the gate judge each pair. One goroutine on one core
// is where a change of the code itself shows best: a trial's budget is spent on
// it alone.
func power(ctx context.Context, v *validation) error {
	var comparisons, flagged, excluded, alarms int
	found := make([]int, len(slowdowns))
	trials := make([]int, len(slowdowns))
	var widths []float64
	var changes []float64
	for trial := range v.trials {
		arms := []arm{}
		add := func(name string, percent float64) error {
			opt := measure.Options{Goroutines: []int{1}, Procs: []int{1}, Rounds: powerRounds, Budget: v.budget}
			if percent > 0 {
				opt.Slower = map[string]float64{v.workload: percent}
			}
			plan, err := v.plan(v.workload, opt)
			arms = append(arms, arm{name: name, plan: plan})
			return err
		}
		if err := add("base", 0); err != nil {
			return err
		}
		var kinds []int
		for i, s := range slowdowns {
			if trial%s.every == 0 {
				kinds = append(kinds, i)
				if err := add(fmt.Sprintf("slower-%g", s.percent), s.percent); err != nil {
					return err
				}
			}
		}
		sets, err := v.sweep(ctx, arms...)
		if err != nil {
			return err
		}
		for at, kind := range kinds {
			gate := compare.Judge(sets[0], sets[at+1], []compare.Rule{{Unit: resultfile.NsPerOp}}, compare.DefaultAlpha)
			trials[kind]++
			if gate.Outcome == string(scaling.OutcomeFail) {
				found[kind]++
			}
			for _, c := range gate.Comparisons {
				if c.Ratio == nil || c.Lo == nil || c.AA == nil {
					return fmt.Errorf("%s at %d cores gave no interval", c.Workload, c.Gomaxprocs)
				}
				if c.Gomaxprocs == 1 && slowdowns[kind].percent == 2 {
					changes = append(changes, 100*(*c.Ratio-1))
				}
				if slowdowns[kind].percent > 0 {
					continue
				}
				comparisons++
				if c.Gomaxprocs == 1 {
					widths = append(widths, *c.AA)
				}
				if c.Flagged {
					flagged++
				}
				if *c.Lo > 1 || *c.Hi < 1 {
					excluded++
				}
				if c.Outcome == string(scaling.OutcomeFail) || c.Outcome == string(scaling.OutcomeBetter) {
					alarms++
				}
			}
		}
		fmt.Fprintf(os.Stderr, "          trial %d of %d: flagged %d of %d, found %v of %v\n", trial+1, v.trials, flagged, comparisons, found, trials)
	}
	r := v.report
	r.holds(20*flagged <= comparisons, "A/A comparisons flagged, before correction", "at most 5 %", fmt.Sprintf("%d of %d", flagged, comparisons), "")
	r.holds(alarms == 0, "A/A pairs with an alarm, after correction", "none of "+fmt.Sprint(trials[0]), fmt.Sprint(alarms), "")
	// As many as so many intervals of 95 % exclude the truth at most, but for once in a thousand.
	most := 0
	for chance := (distuv.Binomial{N: float64(comparisons), P: 0.05}); chance.CDF(float64(most)) < 0.999; most++ {
	}
	r.holds(excluded <= most, "A/A intervals that exclude 1, taken alone and without δ", fmt.Sprintf("about 5 %%, at most %d", most), fmt.Sprintf("%d of %d", excluded, comparisons), "")
	for i, s := range slowdowns {
		if s.percent == 0 {
			continue
		}
		want := (s.found*trials[i] + 19) / 20
		r.holds(found[i] >= want, fmt.Sprintf("%s made %g %% slower, found", v.workload, s.percent), fmt.Sprintf("at least %d of %d", want, trials[i]), fmt.Sprintf("%d of %d", found[i], trials[i]), "")
	}
	r.note("Each sweep had %v for %s and the control arm, one goroutine on one core; the sweeps of a trial were measured in turns. The A/A half-width was %.2f %% in the median; the 2 %% slowdown measured %.2f %% in the mean.",
		v.budget, v.workload, 100*median(widths), mean(changes))
	return nil
}
