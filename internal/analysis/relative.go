package analysis

import (
	"math"
	"slices"

	"runbench/internal/law"
	"runbench/internal/scaling"
)

// ControlWork is throughput in units of the control arm's, which is the same
// arithmetic on every machine: how much of the workload is done while one core does
// one task of the control. Between machines it can be compared where tasks/s cannot,
// since what makes all of a core faster is in both. Each is a ratio within rounds, as
// the gains are, and null where one of the two was not measured.
type ControlWork struct {
	// SingleCore is X(1, 1) over the control's at one core.
	SingleCore *Ratio `json:"single_core"`
	// AllCores is X(C†, Pmax) over the control's at one core.
	AllCores *Ratio `json:"all_cores"`
	// Parallelism is the parallelism gain over the control's own speed-up at the same
	// P: what the workload makes of what the machine gives to work that shares nothing.
	Parallelism *Ratio `json:"parallelism"`
}

// A Ratio is a Part with the number of rounds that its interval rests on.
type Ratio struct {
	Part
	Rounds int `json:"rounds"`
}

func newRatio(e scaling.Estimate) *Ratio {
	p := part(e)
	if p == nil {
		return nil
	}
	return &Ratio{Part: *p, Rounds: e.Rounds}
}

// inControlWork returns a judged surface in units of the control arm, nil where
// that did not run.
func inControlWork(surface scaling.Surface, j scaling.Judgement, arm scaling.Surface, lost float64) *ControlWork {
	one := scaling.Cell{Goroutines: 1, Gomaxprocs: 1}
	if len(arm[one]) == 0 {
		return nil
	}
	// The rounds that chose C† would flatter it.
	estimating := func(obs []scaling.Observation) []scaling.Observation {
		return slices.DeleteFunc(slices.Clone(obs), func(o scaling.Observation) bool { return !slices.Contains(j.EstimatedOn, o.Round) })
	}
	top := scaling.Cell{Goroutines: j.Goroutines, Gomaxprocs: j.Gomaxprocs}
	w := &ControlWork{
		SingleCore: newRatio(scaling.RatioOf(surface[one], arm[one], lost)),
		AllCores:   newRatio(scaling.RatioOf(estimating(surface[top]), arm[one], lost)),
	}
	if j.Gomaxprocs > 1 {
		gain := inEachRound(surface, top, scaling.Cell{Goroutines: j.Goroutines, Gomaxprocs: 1})
		given := inEachRound(arm, scaling.Cell{Goroutines: j.Gomaxprocs, Gomaxprocs: j.Gomaxprocs}, one)
		w.Parallelism = newRatio(scaling.RatioOf(estimating(gain), given, lost))
	}
	return w
}

// controlArm returns the runs of the control arm as a surface.
func controlArm(control []law.Sample) scaling.Surface {
	arm := make(scaling.Surface)
	for _, s := range control {
		if s.X > 0 && !math.IsInf(s.X, 0) {
			at := scaling.Cell{Goroutines: s.N, Gomaxprocs: s.N}
			arm[at] = append(arm[at], scaling.Observation{Round: s.Round, Rate: s.X})
		}
	}
	return arm
}

// inEachRound returns the ratio of two cells in each round that has both, in the form
// of runs.
func inEachRound(surface scaling.Surface, num, den scaling.Cell) []scaling.Observation {
	var out []scaling.Observation
	rounds, logs := surface.LogRatio(num, den)
	for i, round := range rounds {
		out = append(out, scaling.Observation{Round: round, Rate: math.Exp(logs[i])})
	}
	return out
}
