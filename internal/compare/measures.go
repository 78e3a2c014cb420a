package compare

import (
	"fmt"
	"math"

	"runbench/internal/analysis"
	"runbench/internal/scaling"
)

// A Measure is a figure in which machines are compared.
type Measure struct {
	Name  string // in JSON and CSV
	Title string // in tables
	of    func(*OnMachine) scaling.Estimate
	// alike says that it is an absolute figure, which means something between
	// machines of one configuration only.
	alike bool
	// words tells of two machines, b the one with more.
	words func(a, b figure) string
}

// Measures are what machines are compared in, in the order in which to show them.
// What is the product or the quotient of others is not among them: it would count
// for one more comparison and tell nothing new.
var Measures = []Measure{
	{
		Name: "concurrency_gain", Title: "concurrency gain",
		of: func(on *OnMachine) scaling.Estimate { return ofGain(on.ConcurrencyGain, 1) },
		words: func(a, b figure) string {
			return fmt.Sprintf("at one core goroutines give %s on %s and %s on %s", b.factor(), b.label, a.factor(), a.label)
		},
	},
	{
		Name: "parallelism_gain", Title: "parallelism gain",
		of: func(on *OnMachine) scaling.Estimate { return ofGain(on.ParallelismGain, 1) },
		words: func(a, b figure) string {
			return fmt.Sprintf("cores give %s on %s (%s) and %s on %s (%s)", b.factor(), b.label, b.cores(), a.factor(), a.label, a.cores())
		},
	},
	{
		Name: "efficiency", Title: "efficiency",
		of: func(on *OnMachine) scaling.Estimate {
			if on.Gomaxprocs < 2 {
				return noEstimate
			}
			return ofGain(on.ParallelismGain, float64(on.Gomaxprocs))
		},
		words: func(a, b figure) string {
			return fmt.Sprintf("each core keeps %s of its worth on %s (%s) and %s on %s (%s)", b.percent(), b.label, b.cores(), a.percent(), a.label, a.cores())
		},
	},
	{
		Name: "parallelism_over_control", Title: "of the control's speed-up",
		of: func(on *OnMachine) scaling.Estimate {
			return ofControlWork(on, func(w *analysis.ControlWork) *analysis.Ratio { return w.Parallelism })
		},
		words: func(a, b figure) string {
			return fmt.Sprintf("of what the same cores give to work that shares nothing it gets %s on %s and %s on %s", b.percent(), b.label, a.percent(), a.label)
		},
	},
	{
		Name: "single_core_work", Title: "single-core work",
		of: func(on *OnMachine) scaling.Estimate {
			return ofControlWork(on, func(w *analysis.ControlWork) *analysis.Ratio { return w.SingleCore })
		},
		words: func(a, b figure) string {
			return fmt.Sprintf("for each task of the control, one core does %.3g of its tasks on %s and %.3g on %s", b.Value, b.label, a.Value, a.label)
		},
	},
	{
		Name: "throughput", Title: "one at a time", alike: true,
		of: func(on *OnMachine) scaling.Estimate {
			if on.Base == nil {
				return noEstimate
			}
			return estimate(on.Base.Value, on.Base.Lo, on.Base.Hi, on.BaseRounds)
		},
		words: func(a, b figure) string {
			return fmt.Sprintf("one goroutine on one core does %.4g %s on %s and %.4g on %s, which has the same configuration", b.Value, b.unit, b.label, a.Value, a.label)
		},
	},
}

// Value returns the measure of a workload on a machine; false where it has none.
func (m Measure) Value(on *OnMachine) (v, lo, hi float64, ok bool) {
	if on == nil {
		return 0, 0, 0, false
	}
	e := m.of(on)
	return e.Value, e.Lo, e.Hi, !math.IsNaN(e.Value)
}

// A figure is a measure on one machine of a difference.
type figure struct {
	scaling.Estimate
	label string
	procs int
	unit  string // of throughput
}

func (s figure) factor() string {
	if s.Value >= 10 {
		return fmt.Sprintf("%.1f×", s.Value)
	}
	return fmt.Sprintf("%.2f×", s.Value)
}

func (s figure) percent() string { return fmt.Sprintf("%.0f %%", 100*s.Value) }

func (s figure) cores() string { return plural(s.procs, "core") }

var noEstimate = scaling.Estimate{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}

func ofGain(g *analysis.Gain, over float64) scaling.Estimate {
	if g == nil {
		return noEstimate
	}
	e := estimate(g.Value, g.Lo, g.Hi, g.Rounds)
	e.Value, e.Lo, e.Hi = e.Value/over, e.Lo/over, e.Hi/over
	return e
}

func ofControlWork(on *OnMachine, which func(*analysis.ControlWork) *analysis.Ratio) scaling.Estimate {
	if on.ControlWork == nil {
		return noEstimate
	}
	r := which(on.ControlWork)
	if r == nil {
		return noEstimate
	}
	return estimate(r.Value, r.Lo, r.Hi, r.Rounds)
}

// estimate returns figures in the form in which they were estimated.
func estimate(value float64, lo, hi *float64, rounds int) scaling.Estimate {
	e := noEstimate
	e.Value, e.Rounds = value, rounds
	if lo == nil || hi == nil {
		return e
	}
	e.Lo, e.Hi, e.Basis = *lo, *hi, scaling.WithinRun
	if rounds > 1 {
		e.Basis = scaling.BetweenRuns
	}
	return e
}
