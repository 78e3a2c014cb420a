package execsweep

import (
	"math"

	"runbench/internal/law"
	"runbench/internal/noise"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// An Answer is what the runs of a command tell. Its JSON form is part of the
// interface: fields may join it, and stay.
type Answer struct {
	SchemaVersion int    `json:"schema_version"`
	Name          string `json:"name"`     // "exec/gzip"
	Command       string `json:"command"`  // and how it was run
	Rounds        int    `json:"rounds"`   // that were begun
	Runs          int    `json:"runs"`     // with a result
	Cores         int    `json:"cores"`    // logical ones; 0 where unknown
	Physical      int    `json:"physical"` // cores; 0 where unknown

	// Verdict and Sentence are those of the number of goroutines that did best.
	Verdict  Verdict `json:"verdict"`
	Sentence string  `json:"sentence"`
	// Goroutines says in words what more goroutines give; "" where the command is
	// told none.
	Goroutines string         `json:"goroutines"`
	Recommend  Recommendation `json:"recommend"`

	Series []Series     `json:"series"`         // one for each number of goroutines, ascending
	Across *Law         `json:"goroutines_law"` // over the goroutines at the most cores; null with one number of them
	Noise  []string     `json:"disturbances"`   // what disturbed the measurement, in words
	Failed []Failed     `json:"failures"`       // runs without a result
	Own    bool         `json:"own_figure"`     // throughput is the program's own figure, and not runs per second
	Seen   *noise.Noise `json:"noise"`          // null where it was not watched
}

// A Failed is a run without a result.
type Failed struct {
	Cell   string `json:"cell"`
	Round  int    `json:"round"`
	Reason string `json:"reason"`
}

// A Recommendation is the smallest number of goroutines, and then of cores, within
// 5 % of the best throughput measured.
type Recommendation struct {
	Goroutines int `json:"goroutines"`
	Gomaxprocs int `json:"gomaxprocs"`
}

// A Series is what was measured at one number of goroutines.
type Series struct {
	Goroutines int     `json:"goroutines"` // 1 where the command is told none
	Verdict    Verdict `json:"verdict"`
	Sentence   string  `json:"sentence"`
	Points     []Point `json:"points"` // by ascending GOMAXPROCS
	Law        *Law    `json:"law"`    // null with one number of cores
}

// A Point is what was measured at one number of cores.
type Point struct {
	Gomaxprocs     int      `json:"gomaxprocs"`
	Oversubscribed bool     `json:"oversubscribed,omitempty"` // more GOMAXPROCS than cores
	Runs           int      `json:"runs"`
	Rate           Estimate `json:"rate"`             // runs per second, or the program's own figure as a rate
	Wall           Estimate `json:"wall_seconds"`     // geometric mean
	CPU            float64  `json:"cpu_seconds"`      // median of user and system time
	CoresUsed      float64  `json:"cores_used"`       // median of CPU time over wall time
	Peak           *float64 `json:"peak_bytes"`       // largest of all runs; null where runbench's own memory hides it
	Speedup        *Ratio   `json:"speedup"`          // of Rate, within rounds, over the fewest cores; null there
	CPUCost        *Ratio   `json:"cpu_time_against"` // of CPU time likewise; null there and where it is 0
}

// An Estimate is a value with its 95 % interval, null where there are too few runs.
type Estimate struct {
	Value float64  `json:"value"`
	Lo    *float64 `json:"lo"`
	Hi    *float64 `json:"hi"`
}

// A Ratio is an estimate of one, with what it does.
type Ratio struct {
	Estimate
	Effect scaling.Effect `json:"effect"`
}

// A Law is what package law says of a series.
type Law struct {
	Axis    string    `json:"axis"`
	Model   string    `json:"model"` // "" where all are refused
	Sigma   *Estimate `json:"sigma"`
	Kappa   *Estimate `json:"kappa"`
	Peak    *Peak     `json:"peak"`
	Limit   *Estimate `json:"limit"`   // speed-up that more would tend to at most; null where it is not claimed
	Refused *string   `json:"refused"` // why there is no law, or no further one
	Notes   []string  `json:"notes"`
}

// A Peak is where a law has its greatest throughput.
type Peak struct {
	Estimate
	Extrapolated bool `json:"extrapolated"`
}

func lawOf(f law.Fit) *Law {
	l := &Law{
		Axis: string(f.Axis), Model: string(f.Model), Sigma: fitted(f.Sigma), Kappa: fitted(f.Kappa), Limit: fitted(f.Limit),
		Notes: append([]string{}, f.Notes...),
	}
	if f.Peak != nil {
		l.Peak = &Peak{*fitted(&f.Peak.N), f.Peak.Extrapolated}
	}
	if f.Refused != "" {
		l.Refused = &f.Refused
	}
	return l
}

func fitted(e *law.Estimate) *Estimate {
	if e == nil || finite(e.Value) == nil {
		return nil
	}
	return &Estimate{e.Value, finite(e.Lo), finite(e.Hi)}
}

func estimate(e scaling.Estimate) Estimate {
	return Estimate{e.Value, finite(e.Lo), finite(e.Hi)}
}

// finite returns v, or nil where JSON has no number for it.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func failures(set *resultfile.Set) []Failed {
	list := []Failed{}
	for _, f := range set.Failures {
		list = append(list, Failed{f.Cell, f.Round, f.Reason})
	}
	return list
}
