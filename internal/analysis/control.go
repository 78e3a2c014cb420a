package analysis

import (
	"fmt"
	"math"
	"slices"

	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// A Control is what the control arm showed at one P: goroutines that share
// nothing, as many as cores, in every round. What it does is the machine's doing.
type Control struct {
	Config     string `json:"config,omitempty"` // only where the files hold several machines or versions
	Gomaxprocs int    `json:"gomaxprocs"`
	Rate
	// Speedup is over the control at one core, null at one core.
	Speedup *Part `json:"speedup"`
	// AAHalfWidth is what two equal sweeps of as many rounds may differ by, by
	// chance alone, as a share; null with fewer than two rounds.
	AAHalfWidth *float64 `json:"aa_half_width"`
	// Drift is the throughput in the second half of the rounds over that in the
	// first, null with fewer than four rounds.
	Drift *Part `json:"drift"`
	// Drifted says that the drift is certain and 5 % or more.
	Drifted bool `json:"drifted"`
	Rounds  int  `json:"rounds"`
}

// takeControl takes the control arm out of what is to be judged. A sweep of the
// control as a workload has other cells than C=P, and is judged as well.
func takeControl(order []key, groups map[key][]resultfile.Run) ([]Control, []key) {
	isControl := func(k key) bool { return groups[k][0].Cell.Spec() == resultfile.ControlArm }
	controls := []Control{}
	arm := make(map[string]scaling.Surface) // by configuration, cells with C=P
	alone := make(map[string]bool)          // no other cells
	var configs []string
	for _, k := range order {
		if !isControl(k) || resultfile.Ceiling(k.strategy) {
			continue
		}
		surface, _, err := collect(groups[k])
		if err != nil {
			continue
		}
		if arm[k.config] == nil {
			arm[k.config], alone[k.config] = make(scaling.Surface), true
			configs = append(configs, k.config)
		}
		for cell, obs := range surface {
			if cell.Goroutines == cell.Gomaxprocs {
				for _, o := range obs {
					if o.Rate > 0 && !math.IsInf(o.Rate, 0) {
						arm[k.config][cell] = append(arm[k.config][cell], o)
					}
				}
			} else {
				alone[k.config] = false
			}
		}
	}
	for _, config := range configs {
		for _, p := range scaling.Procs(arm[config]) {
			c := newControl(arm[config], p)
			if len(configs) > 1 {
				c.Config = config
			}
			controls = append(controls, c)
		}
	}
	order = slices.DeleteFunc(slices.Clone(order), func(k key) bool { return isControl(k) && alone[k.config] })
	return controls, order
}

func newControl(arm scaling.Surface, p int) Control {
	cell, one := scaling.Cell{Goroutines: p, Gomaxprocs: p}, scaling.Cell{Goroutines: 1, Gomaxprocs: 1}
	c := Control{Gomaxprocs: p, Rate: *rate(arm.Mean(cell)), Rounds: len(arm[cell])}
	if p > 1 && len(arm[one]) > 0 {
		c.Speedup = part(arm.Ratio(cell, one, 0))
	}
	obs := slices.SortedFunc(slices.Values(arm[cell]), func(a, b scaling.Observation) int { return a.Round - b.Round })
	logs := make([]float64, len(obs))
	for i, o := range obs {
		logs[i] = math.Log(o.Rate)
	}
	c.AAHalfWidth = number(scaling.AAHalfWidth(logs))
	if half := len(logs) / 2; half >= 2 {
		g := scaling.Gate([]scaling.Comparison{{Better: 1, Old: [][]float64{logs[:half]}, New: [][]float64{logs[half:]}, Tolerance: 0.05}}, 0.05)[0]
		c.Drift = part(g.Estimate)
		c.Drifted = g.Flagged
	}
	return c
}

// drift says in words how far the control arm itself moved, "" where it did not:
// what moved it moved the workloads too.
func (a Analysis) drift() string {
	for _, c := range a.Control {
		if c.Drifted {
			return fmt.Sprintf("the machine itself drifted: the control arm at %d GOMAXPROCS ran at %.2f× of its speed in the second half", c.Gomaxprocs, c.Drift.Value)
		}
	}
	return ""
}

// AAHalfWidth returns the largest A/A half-width of the control arm over P, as a
// share, false where it is not known.
func (a Analysis) AAHalfWidth() (float64, bool) {
	width, known := 0.0, false
	for _, c := range a.Control {
		if c.AAHalfWidth != nil {
			width, known = max(width, *c.AAHalfWidth), true
		}
	}
	return width, known
}
