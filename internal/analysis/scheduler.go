package analysis

import (
	"math"
	"slices"

	"runbench/internal/resultfile"
)

// A Scheduler says what the Go scheduler, the collector and the kernel did while
// a workload ran. Its JSON form is part of the interface: fields may join it, and
// stay.
type Scheduler struct {
	Workload string `json:"workload"` // these three as in Workload
	Config   string `json:"config,omitempty"`
	Strategy string `json:"strategy"`
	// Cells are those that the gains are made of, as far as there are runs of
	// them: one goroutine on one core, C† on one core, C† at the largest P.
	Cells []Scheduled `json:"cells"`
}

// Scheduled is what was seen in the runs of one cell.
type Scheduled struct {
	Goroutines int `json:"goroutines"`
	Gomaxprocs int `json:"gomaxprocs"`
	Runs       int `json:"runs"`
	// Values are by unit, of those that [resultfile.SchedulerUnits] names. A unit
	// that no run tells is not there.
	Values map[string]Spread `json:"values"`
}

// A Spread is the median over runs with the quartiles: half of the runs lie
// between Lo and Hi.
type Spread struct {
	Median float64 `json:"median"`
	Lo     float64 `json:"lo"`
	Hi     float64 `json:"hi"`
	Runs   int     `json:"runs"` // that tell it
}

// Schedulers returns what the sets tell of the scheduler, for each workload of a,
// which is their analysis. Workloads of which they tell nothing are left out.
func Schedulers(a Analysis, sets ...*resultfile.Set) []Scheduler {
	schedulers := []Scheduler{}
	for _, w := range a.Workloads {
		s := Scheduler{Workload: w.Name, Config: w.Config, Strategy: w.Strategy, Cells: []Scheduled{}}
		told := false
		for _, at := range [][2]int{{1, 1}, {w.Goroutines, 1}, {w.Goroutines, w.Gomaxprocs}} {
			if slices.ContainsFunc(s.Cells, func(c Scheduled) bool { return c.Goroutines == at[0] && c.Gomaxprocs == at[1] }) {
				continue
			}
			runs := runsIn(w, sets, func(c resultfile.Cell) bool { return c.Goroutines == at[0] && max(1, c.Gomaxprocs) == at[1] })
			if len(runs) == 0 {
				continue
			}
			cell := Scheduled{Goroutines: at[0], Gomaxprocs: at[1], Runs: len(runs), Values: make(map[string]Spread)}
			for _, unit := range resultfile.SchedulerUnits() {
				if spread, ok := spreadOf(runs, unit); ok {
					cell.Values[unit], told = spread, true
				}
			}
			s.Cells = append(s.Cells, cell)
		}
		if told {
			schedulers = append(schedulers, s)
		}
	}
	return schedulers
}

// spreadOf returns the spread of a unit over runs, of the finite values, and
// false where there are none. Quartiles are those of Hyndman & Fan (1996),
// definition 2, of which the median is the usual one.
func spreadOf(runs []resultfile.Run, unit string) (Spread, bool) {
	var values []float64
	for _, run := range runs {
		if v, ok := run.Value(unit); ok && number(v) != nil {
			values = append(values, v)
		}
	}
	n := len(values)
	if n == 0 {
		return Spread{}, false
	}
	slices.Sort(values)
	at := func(q float64) float64 {
		i := q * float64(n)
		lo := values[max(0, int(math.Ceil(i))-1)]
		hi := values[min(n-1, int(math.Floor(i)))]
		return lo + (hi-lo)/2
	}
	return Spread{Median: at(0.5), Lo: at(0.25), Hi: at(0.75), Runs: n}, true
}
