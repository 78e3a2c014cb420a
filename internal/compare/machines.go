package compare

import (
	"context"
	"io"

	"runbench/internal/analysis"
)

// A MachinesResult sets machines side by side. Between machines absolute times
// mislead: a core that is twice as fast says nothing about how well the work
// scales, and the other way round. So what is compared are ratios that each machine
// gives of itself: the gains, what was left of its own ceilings, the laws, and
// throughput in units of the machine's own single-core control. Nothing ranks
// machines.
type MachinesResult struct {
	SchemaVersion int       `json:"schema_version"`
	Alpha         float64   `json:"alpha"` // chance of any false difference, over all Differences, and of any false outlier
	Machines      []Machine `json:"machines"`
	// Workloads are those of any machine, in reading order.
	Workloads []MachineWorkload `json:"workloads"`
	// Differences are what differs between two machines for certain, by workload and
	// measure, the largest first; empty for fleets, which have Outliers.
	Differences []Difference `json:"differences"`
	// Compared is how many comparisons Differences or Outliers were corrected for.
	Compared int `json:"compared"`
	// Fleet says that there are more machines than can stand side by side: then
	// there are Groups, every workload has Spreads, and Outliers name machines.
	Fleet    bool      `json:"fleet"`
	Groups   []Group   `json:"groups"`
	Outliers []Outlier `json:"outliers"`
	// LeftOut are the files that could not be used.
	LeftOut  []LeftOut `json:"left_out"`
	Warnings []string  `json:"warnings"`
}

// A Machine is what one file was measured on.
type Machine struct {
	// Label is short and tells the machines of the result apart.
	Label string `json:"label"`
	File  string `json:"file"`
	// Config are the keys that make a machine: cpu, cores, goos, goarch, go, those of
	// them that the file has.
	Config Config `json:"config"`
	// Host is a one-line summary of the machine; its configuration where the file has
	// no more.
	Host    string `json:"host"`
	Cores   int    `json:"cores"`   // logical, 0 where unknown
	Started string `json:"started"` // RFC 3339; "" where the file does not say
	// Torn says in words what shows that the file did not come to its end; "" where it
	// did, or where it is of another program, and nobody can tell.
	Torn    string `json:"torn"`
	Results int    `json:"results"`
	Failed  int    `json:"failed"` // runs without a result
	// Control is the control arm at each P; empty where it did not run.
	Control []analysis.Control `json:"control"`
	// AA is what two equal sweeps of this machine may differ by, as a share: the
	// widest of the control arm; null where unknown.
	AA *float64 `json:"aa_half_width"`
	// Disturbed says in words what disturbed the measurement.
	Disturbed []string `json:"disturbed"`

	run string // tells one run from another; "" where the file does not say
}

// A MachineWorkload is one workload under one strategy on all machines.
type MachineWorkload struct {
	Name     string `json:"name"`
	Class    string `json:"class"`
	Strategy string `json:"strategy"`
	// Of is what else tells it from others of its name: a package, a part of the
	// file; "" for runbench's own.
	Of string `json:"of,omitempty"`
	// On has an element for each machine; null where it has not measured this.
	On []*OnMachine `json:"machines"`
	// Spreads say how each measure is distributed over each group of a fleet; empty
	// where there is no fleet.
	Spreads []Spread `json:"spreads"`
}

// OnMachine is what one machine shows of a workload. What it has not measured is
// null.
type OnMachine struct {
	Goroutines int            `json:"goroutines"` // C†
	Gomaxprocs int            `json:"gomaxprocs"` // the largest P within the cores
	Base       *analysis.Rate `json:"base"`       // one goroutine on one core
	BaseRounds int            `json:"base_rounds"`
	Unit       string         `json:"unit"` // that throughput is in

	ConcurrencyGain *analysis.Gain `json:"concurrency_gain"`
	ParallelismGain *analysis.Gain `json:"parallelism_gain"`
	TotalGain       *analysis.Gain `json:"total_gain"`
	// Efficiency is the parallelism gain over the number of cores.
	Efficiency *analysis.Part `json:"efficiency"`
	// ControlWork is throughput in units of this machine's own single-core control.
	ControlWork *analysis.ControlWork `json:"control_work"`

	Ceilings  analysis.Ceilings       `json:"ceilings"`
	Gaps      *analysis.Gaps          `json:"gaps"`
	Laws      []LawSummary            `json:"laws"`
	Recommend analysis.Recommendation `json:"recommend"`
	// Advice says how sure the recommendation is.
	Advice   *analysis.Advice `json:"advice"`
	Verdict  string           `json:"verdict"`
	Sentence string           `json:"sentence"`
}

// A LawSummary is a law without the points it was fitted to.
type LawSummary struct {
	Axis       string         `json:"axis"`       // "gomaxprocs", "goroutines"
	Goroutines int            `json:"goroutines"` // held fixed, as in analysis.Law
	Gomaxprocs int            `json:"gomaxprocs"`
	Model      string         `json:"model"` // "linear", "amdahl", "usl"; "" where there is none
	Sigma      *analysis.Part `json:"sigma"`
	Kappa      *analysis.Part `json:"kappa"`
	Peak       *analysis.Peak `json:"peak"`
	Limit      *analysis.Part `json:"limit"`
	Refused    *string        `json:"refused"`
	Idle       bool           `json:"idle"` // throughput surely neither gains nor loses over the axis
}

// A Difference is one measure of one workload in which two machines differ for
// certain.
type Difference struct {
	Workload int    `json:"workload"` // index into Workloads
	Measure  string `json:"measure"`  // as in Measures
	// A and B are indices into Machines; B's value is the larger one.
	A int `json:"a"`
	B int `json:"b"`
	// Ratio is B's value over A's, with its 95 % interval.
	Ratio float64 `json:"ratio"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	// Delta is what a difference must exceed: what two equal sweeps may differ by.
	Delta float64 `json:"delta"`
	// P is corrected for the number of comparisons (Holm).
	P        float64 `json:"p"`
	Sentence string  `json:"sentence"`
}

// A Group is the machines of a fleet that have one configuration, or those that are
// too few of their kind to make a group.
type Group struct {
	Name     string `json:"name"`
	Config   Config `json:"config"` // empty for a mixed group
	Mixed    bool   `json:"mixed"`
	Machines []int  `json:"machines"` // indices into Machines
}

// A Spread is how one measure is distributed over the machines of a group that have
// it. Quantiles are values that a machine has.
type Spread struct {
	Group    int     `json:"group"`   // index into Groups
	Measure  string  `json:"measure"` // as in Measures, or "recommended_goroutines"
	Machines int     `json:"machines"`
	Min      float64 `json:"min"`
	Q1       float64 `json:"q1"`
	Median   float64 `json:"median"`
	Q3       float64 `json:"q3"`
	Max      float64 `json:"max"`
}

// An Outlier is a machine that lies far from the others of its group in one measure.
type Outlier struct {
	Machine  int     `json:"machine"`  // index into Machines
	Workload int     `json:"workload"` // index into Workloads
	Measure  string  `json:"measure"`
	Value    float64 `json:"value"`
	Median   float64 `json:"median"`
	// Score is how many robust standard deviations it lies from the median, on a
	// log scale; negative below.
	Score float64 `json:"score"`
}

// LeftOut is a file that could not be used.
type LeftOut struct {
	File   string `json:"file"`
	Reason string `json:"reason"` // one line, which names the file
}

// A Source is a result file that is opened when its turn comes: of thousands not all
// can be open at once, nor be held.
type Source struct {
	Name string // for messages
	Open func() (io.ReadCloser, error)
}

// MostColumns is how many files stand side by side. More are a fleet.
const MostColumns = 8

// Machines reads the sources, as many at a time as there are processors, keeps of
// each what is compared, and sets them side by side. A source that cannot be used is
// left out and named; whether enough are left is for the caller to say. The error is
// ctx.Err().
func Machines(ctx context.Context, sources []Source) (*MachinesResult, error) {
	read := make([][]machineFile, len(sources))
	errs := make([]error, len(sources))
	var jobs []func()
	for i, src := range sources {
		jobs = append(jobs, func() { read[i], errs[i] = readMachines(src) })
	}
	if err := inParallel(ctx, jobs); err != nil {
		return nil, err
	}
	r := &MachinesResult{
		SchemaVersion: SchemaVersion, Alpha: DefaultAlpha, Machines: []Machine{}, Workloads: []MachineWorkload{},
		Differences: []Difference{}, Groups: []Group{}, Outliers: []Outlier{}, LeftOut: []LeftOut{}, Warnings: []string{},
	}
	var all []machineFile
	for i, src := range sources {
		if errs[i] != nil {
			r.LeftOut = append(r.LeftOut, LeftOut{src.Name, errs[i].Error()})
		}
		all = append(all, read[i]...)
	}
	r.align(all)
	r.label()
	r.warn()
	if r.Fleet = len(r.Machines) > MostColumns; r.Fleet {
		r.spread()
	} else {
		r.contrast()
	}
	return r, nil
}

// Comparable reports whether any workload was measured on two machines.
func (r *MachinesResult) Comparable() bool {
	for _, w := range r.Workloads {
		n := 0
		for _, on := range w.On {
			if on != nil {
				n++
			}
		}
		if n > 1 {
			return true
		}
	}
	return false
}
