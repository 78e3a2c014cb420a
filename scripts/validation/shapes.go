package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
	"runbench/workloads/mem"
	"runbench/workloads/pike"
)

const (
	shapeRounds  = 10
	shapeRunTime = 80 * time.Millisecond
)

// A shape is what a workload, or a pair of them, must look like on any machine
// with two cores or more.
type shape struct {
	what     string
	num, den point
	lo, hi   float64 // for the ratio of throughputs; the bound that matters is the one that is not 0 or infinite
	expected string
}

// A point is a cell of a workload: c is 0 for all goroutines of its design, or
// as many as there are cores.
type point struct {
	spec, strategy string
	c, p           int
}

// shapes measures the cells in turns and holds their ratios against what the
// mechanism each isolates must do, then what else the workloads count.
func shapes(ctx context.Context, v *validation) error {
	n := v.cores()
	pooled := func(spec string) (point, point) {
		w, _, _ := find(spec)
		c := min(n, w.Batch)
		return point{spec, "pool", c, n}, point{spec, "pool", c, 1}
	}
	own := func(spec string) (point, point) {
		return point{spec, resultfile.Own, 0, n}, point{spec, resultfile.Own, 0, 1}
	}
	inf := math.Inf(1)
	var list []shape
	add := func(what string, num, den point, lo, hi float64, expected string) {
		list = append(list, shape{what: what, num: num, den: den, lo: lo, hi: hi, expected: expected})
	}
	mutexTop, mutexOne := pooled("sync/mutex")
	shardedTop, shardedOne := pooled("sync/sharded")
	add("sync/sharded, all cores over 1", shardedTop, shardedOne, 0.75*float64(n), inf, fmt.Sprintf("%.2f or more: the locks are apart", 0.75*float64(n)))
	add("sync/mutex, all cores over 1", mutexTop, mutexOne, 0, 0.75*float64(n), fmt.Sprintf("below %.2f: one lock", 0.75*float64(n)))
	// 16 equal tasks on n cores take as long as ⌈16/n⌉ of them.
	even := float64(mem.Padded.Batch) / math.Ceil(float64(mem.Padded.Batch)/float64(n))
	paddedTop, paddedOne := pooled("mem/padded")
	falseTop, falseOne := pooled("mem/falseshare")
	add("mem/padded, all cores over 1", paddedTop, paddedOne, 0.9*even, inf, fmt.Sprintf("%.1f or more", 0.9*even))
	add("mem/falseshare, all cores over 1", falseTop, falseOne, 0, 1.2, "below 1.2: one cache line")
	add("sched/skewed, dynamic over static chunks", point{"sched/skewed", "dynamic", n, n}, point{"sched/skewed", "static", n, n}, 1.05, inf, "above 1.05: idle workers get what is left")
	sieveTop, sieveOne := own("sched/primesieve")
	add("sched/primesieve, all cores over 1", sieveTop, sieveOne, 0, 1.05, "1.05 at most: a chain of hand-overs")
	add("db/bbolt, reading (C) over updating half the time (A)", point{"db/bbolt?mix=c", "pool", n, n}, point{"db/bbolt?mix=a", "pool", n, n}, 3, inf, "3 or more: one writer at a time")

	arms, places := []arm{}, make(map[string]int)
	want := func(p point) error {
		if _, there := places[p.spec]; there {
			return nil
		}
		opt := measure.Options{Rounds: shapeRounds, Budget: time.Hour}
		if p.c > 0 {
			opt.Goroutines = []int{1, p.c}
		}
		if p.spec == "sched/skewed" {
			opt.Strategies = []string{"static", "dynamic"}
		}
		plan, err := v.plan(p.spec, opt)
		if err != nil {
			return err
		}
		plan.RunTime, plan.Subjects = shapeRunTime, plan.Subjects[:1] // no control arm: nothing is compared over time
		places[p.spec] = len(arms)
		arms = append(arms, arm{name: fmt.Sprintf("shape-%d", len(arms)), plan: plan})
		return nil
	}
	for _, s := range list {
		for _, p := range []point{s.num, s.den} {
			if err := want(p); err != nil {
				return err
			}
		}
	}
	counted := []string{"io/blocking-syscall", "io/latency", "mixed/devices"}
	for _, design := range pike.Designs() {
		counted = append(counted, "pike/gophers?design="+design)
	}
	for _, spec := range counted {
		if err := want(point{spec: spec}); err != nil {
			return err
		}
	}
	sets, err := v.sweep(ctx, arms...)
	if err != nil {
		return err
	}
	for _, s := range list {
		at := func(p point) []scaling.Observation {
			set := sets[places[p.spec]]
			if p.c == 0 {
				p.c = most(set)
			}
			return observations(set.Runs, p.spec, p.strategy, p.c, p.p)
		}
		e := ratio(at(s.num), at(s.den))
		v.report.holds(e.Value >= s.lo && e.Value <= s.hi, s.what, s.expected, fmt.Sprintf("%.2f", e.Value), interval(e, "%.2f"))
	}
	threads := func(spec string) float64 { return largest(sets[places[spec]], resultfile.Threads, 1) }
	blocked, asleep := threads("io/blocking-syscall"), threads("io/latency")
	v.report.holds(blocked > 8, "io/blocking-syscall, threads at GOMAXPROCS=1", "more than 8: one for each blocked call", fmt.Sprint(blocked), "")
	v.report.holds(asleep <= 8, "io/latency, threads at GOMAXPROCS=1", "8 at most: sleepers need none", fmt.Sprint(asleep), "")
	for _, p := range []int{1, n} {
		missed := largest(sets[places["mixed/devices"]], "missed/op", p)
		v.report.holds(missed == 0, fmt.Sprintf("mixed/devices, deadlines missed at GOMAXPROCS=%d", p), "none", fmt.Sprint(missed), "a batch, in the worst of the runs")
	}
	runs := 0
	for _, design := range pike.Designs() {
		runs += len(sets[places["pike/gophers?design="+design]].Runs)
	}
	// A run whose check fails ends the section.
	v.report.tell("pike/gophers, runs checked to have burnt every book once", "", fmt.Sprintf("%d, of %d designs", runs, len(pike.Designs())), "")
	return nil
}

// most returns the largest count of goroutines in a set.
func most(set *resultfile.Set) int {
	c := 0
	for _, r := range set.Runs {
		c = max(c, r.Cell.Goroutines)
	}
	return c
}

// largest returns the largest value of a unit among the runs with all goroutines
// at so many Ps.
func largest(set *resultfile.Set, unit string, procs int) float64 {
	v := math.NaN()
	for _, r := range set.Runs {
		if x, ok := r.Value(unit); ok && r.Cell.Gomaxprocs == procs && r.Cell.Goroutines == most(set) && !(v >= x) {
			v = x
		}
	}
	return v
}
