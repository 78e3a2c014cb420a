package execsweep

import (
	"math"

	"runbench/internal/analysis"
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
	Goroutines string                  `json:"goroutines"`
	Recommend  analysis.Recommendation `json:"recommend"`

	Series   []Series           `json:"series"`         // one for each number of goroutines, ascending
	Across   *analysis.Law      `json:"goroutines_law"` // over the goroutines at the most cores; null with one number of them
	Noise    []string           `json:"disturbances"`   // what disturbed the measurement, in words
	Failed   []analysis.Failure `json:"failures"`       // runs without a result
	Warnings []string           `json:"warnings"`       // about the file
	Own      bool               `json:"own_figure"`     // throughput is the program's own figure, and not runs per second
	Seen     *noise.Noise       `json:"noise"`          // null where it was not watched
}

// A Series is what was measured at one number of goroutines.
type Series struct {
	Goroutines int           `json:"goroutines"` // 1 where the command is told none
	Verdict    Verdict       `json:"verdict"`
	Sentence   string        `json:"sentence"`
	Points     []Point       `json:"points"` // by ascending GOMAXPROCS
	Law        *analysis.Law `json:"law"`    // null with one number of cores
}

// A Point is what was measured at one number of cores. Ratios are within rounds, over
// the fewest cores, and null there.
type Point struct {
	Gomaxprocs     int            `json:"gomaxprocs"`
	Oversubscribed bool           `json:"oversubscribed,omitempty"` // more GOMAXPROCS than cores
	Runs           int            `json:"runs"`
	Rate           analysis.Part  `json:"rate"`             // runs per second, or the program's own figure as a rate
	Wall           analysis.Part  `json:"wall_seconds"`     // geometric mean
	CPU            float64        `json:"cpu_seconds"`      // median of user and system time
	CoresUsed      float64        `json:"cores_used"`       // median of CPU time over wall time
	Peak           *float64       `json:"peak_bytes"`       // largest of all runs; null where runbench's own memory hides it
	Speedup        *analysis.Gain `json:"speedup"`          // of Rate
	CPUCost        *analysis.Gain `json:"cpu_time_against"` // of CPU time; null where that is 0 too
}

func estimate(e scaling.Estimate) analysis.Part {
	return analysis.Part{Value: e.Value, Lo: finite(e.Lo), Hi: finite(e.Hi)}
}

// finite returns v, or nil where JSON has no number for it.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func failures(set *resultfile.Set) []analysis.Failure {
	list := []analysis.Failure{}
	for _, f := range set.Failures {
		list = append(list, analysis.Failure{Cell: f.Cell, Round: f.Round, Reason: f.Reason})
	}
	return list
}
