package analysis

import (
	"math"
	"slices"

	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// The gains by name, as in JSON.
const (
	ConcurrencyGain = "concurrency_gain"
	ParallelismGain = "parallelism_gain"
	TotalGain       = "total_gain"
)

// RoundGains are the gains of one workload of a file round by round, for setting them
// against those of another file.
type RoundGains struct {
	Config   string
	Workload string // as a user writes it
	Strategy string
	// Goroutines is C† and Gomaxprocs the largest P, as they are judged.
	Goroutines int
	Gomaxprocs int

	surface     scaling.Surface
	estimatedOn []int
}

// Logs returns the log of a gain in each round that tells it, at c goroutines and up
// to p GOMAXPROCS. At C† these are the rounds that estimate the gains, and their mean
// is the log of the gain that is printed; at other counts all that have the cells.
func (g RoundGains) Logs(gain string, c, p int) map[int]float64 {
	base, one, top := scaling.Cell{Goroutines: 1, Gomaxprocs: 1}, scaling.Cell{Goroutines: c, Gomaxprocs: 1}, scaling.Cell{Goroutines: c, Gomaxprocs: p}
	num, den := top, one
	switch gain {
	case ConcurrencyGain:
		num, den = one, base
	case TotalGain:
		num, den = top, base
	}
	if num == den {
		return nil
	}
	out := make(map[int]float64)
	rounds, logs := g.surface.LogRatio(num, den)
	for i, round := range rounds {
		if c != g.Goroutines || p != g.Gomaxprocs || slices.Contains(g.estimatedOn, round) {
			out[round] = logs[i]
		}
	}
	return out
}

// Gains returns the workloads of a set that have gains, its control arm among them.
func Gains(set *resultfile.Set) []RoundGains {
	g := newGroups()
	for run := range set.All() {
		if !foreign(&run.Cell) && run.Cell.Batches() == 0 { // batches that grow are no gain
			run.Values = slices.Clone(run.Values)
			g.add(run)
		}
	}
	surfaces, sweeps := plain([]*resultfile.Set{set}, &Reading{})
	for _, run := range surfaces {
		g.add(run)
	}
	var out []RoundGains
	for _, k := range withBase(g.order, g.runs) {
		runs := runsOf(g.runs, k)
		surface, _, err := collect(runs)
		if err != nil {
			continue
		}
		opt := scaling.Options{Cores: configInt(k.config, "cores")}
		if set.Manifest != nil {
			opt.PhysicalCores = physicalCores(set.Manifest.Host)
			opt.ChooseOn = firstRounds(0, set.Manifest.Plan)
		}
		j, err := scaling.Judge(surface, opt)
		if err != nil {
			continue
		}
		out = append(out, RoundGains{
			Config: k.config, Workload: runs[0].Cell.Spec(), Strategy: k.strategy,
			Goroutines: j.Goroutines, Gomaxprocs: j.Gomaxprocs, surface: surface, estimatedOn: j.EstimatedOn,
		})
	}
	return append(out, sweptGains(set, sweeps)...)
}

// sweptGains returns the benchmarks of other projects that were measured at several
// values of GOMAXPROCS, as go test -cpu does, one of them 1. Their goroutines are 0:
// nobody says how many there were.
func sweptGains(set *resultfile.Set, sweeps []sweep) []RoundGains {
	type name struct{ config, name string }
	type place struct {
		sweep, procs int
		gauge        *yardstick
	}
	places := make(map[name]place)
	var out []RoundGains
	for _, s := range sweeps {
		y, _, ok := chooseYardstick(s.runs)
		if !ok || axisOf(s.key) != axisProcs {
			continue
		}
		for _, p := range s.runs {
			places[name{p.Series.Config, p.Series.Name}] = place{len(out), p.count(s.key), y}
		}
		out = append(out, RoundGains{Config: s.config, Workload: s.name, surface: make(scaling.Surface)})
	}
	for run := range set.All() {
		at, ok := places[name{run.Config, run.FullName()}]
		if !ok {
			continue
		}
		g := &out[at.sweep]
		v, ok := run.Value(at.gauge.unit)
		x := at.gauge.of(v)
		if cores := configInt(run.Config, "cores"); !ok || !(x > 0) || math.IsInf(x, 0) || cores > 0 && at.procs > cores {
			continue
		}
		cell := scaling.Cell{Gomaxprocs: at.procs}
		g.surface[cell] = append(g.surface[cell], scaling.Observation{Round: run.Round, Rate: x})
		g.Gomaxprocs = max(g.Gomaxprocs, at.procs)
		g.estimatedOn = append(g.estimatedOn, run.Round)
	}
	return slices.DeleteFunc(out, func(g RoundGains) bool {
		return g.Gomaxprocs < 2 || len(g.surface[scaling.Cell{Gomaxprocs: 1}]) == 0
	})
}
