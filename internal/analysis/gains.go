package analysis

import (
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
	surfaces, _ := plain([]*resultfile.Set{set}, &Reading{})
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
	return out
}
