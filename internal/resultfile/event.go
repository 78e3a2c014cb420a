package resultfile

import (
	"encoding/json"
	"fmt"
	"time"

	"runbench/internal/noise"
)

// eventPrefix begins the lines that other readers of the format pass over.
const eventPrefix = "#runbench "

// SchemaVersion is the version of the events and of every JSON output.
const SchemaVersion = 1

// An Event is one "#runbench" line. Exactly one field is set.
type Event struct {
	Manifest *Manifest `json:"manifest,omitempty"`
	Round    *Round    `json:"round,omitempty"`
	RoundEnd *RoundEnd `json:"round_end,omitempty"`
	Failed   *Failure  `json:"failed,omitempty"`
	Note     *Note     `json:"note,omitempty"`
	Mark     *Mark     `json:"mark,omitempty"`
	End      *End      `json:"end,omitempty"`
}

// A Manifest says how a file came about. It is the file's first line.
type Manifest struct {
	SchemaVersion int             `json:"schema_version"`
	Started       time.Time       `json:"started"`
	Command       []string        `json:"command"`          // arguments, without the program's path
	Paired        *Paired         `json:"paired,omitempty"` // nil where nothing else was measured in turns with it
	GOGC          string          `json:"gogc"`             // "" for the default
	GODEBUG       string          `json:"godebug"`
	Host          json.RawMessage `json:"host"` // internal/host's Host
	Plan          Plan            `json:"plan"`

	// Commit is what was measured, nil where nobody says; Label is what the user calls it.
	Commit *Commit `json:"commit,omitempty"`
	Label  string  `json:"label,omitempty"`
}

// A Commit is a state of a program in version control.
type Commit struct {
	Revision string    `json:"revision"`
	Time     time.Time `json:"time,omitzero"` // zero where nobody says
	Modified bool      `json:"modified,omitempty"`
}

// A Plan is what a sweep measures, in how many rounds, in which order.
type Plan struct {
	Seed     uint64        `json:"seed"`     // decides the order of the cells in each round
	Rounds   int           `json:"rounds"`   // at most; the budget may end the sweep earlier
	Budget   time.Duration `json:"budget"`   // ns; wall time of the whole sweep
	RunTime  time.Duration `json:"run_time"` // ns; how long a run is to measure, to the nearest batch
	Procs    []int         `json:"procs"`    // P, ascending
	Subjects []Subject     `json:"subjects"`

	// Precision is the half-width, as a share, at which a gain is known well
	// enough. 0: every cell is measured in every round until the budget is
	// spent.
	Precision float64 `json:"precision,omitempty"`

	// ChoiceRounds are the first rounds, which measure every cell. C† is
	// chosen on them; the rounds after them measure what the gains need and
	// estimate the gains. 0 where Precision is.
	ChoiceRounds int `json:"choice_rounds,omitempty"`

	// ChoiceRunTime is the RunTime of the runs in those rounds, where it is
	// another.
	ChoiceRunTime time.Duration `json:"choice_run_time,omitempty"`

	// WarmUp is how long runs run batches before those that are measured, unless
	// the workload settles later. 0 in files that are older: one batch.
	WarmUp time.Duration `json:"warm_up,omitempty"`

	// Slower names workloads that are made slower on purpose, in percent. It
	// is for checking that a slowdown is found.
	Slower map[string]float64 `json:"slower,omitempty"`
}

// RunTimeIn returns how long a run is to measure in a round, counted from 1.
func (p Plan) RunTimeIn(round int) time.Duration {
	if round <= p.ChoiceRounds && p.ChoiceRunTime > 0 {
		return p.ChoiceRunTime
	}
	return p.RunTime
}

// A Subject is one workload of a plan and the counts it is swept over.
type Subject struct {
	Class      string            `json:"class"`
	Workload   string            `json:"workload"`
	Params     map[string]string `json:"params,omitempty"`
	Batch      int               `json:"batch"`
	Strategies []string          `json:"strategies"` // besides sequential
	Goroutines []int             `json:"goroutines"` // C, ascending

	// Ceilings are the P at which the hardware ceiling and the Go ceiling are
	// measured besides.
	Ceilings []int `json:"ceilings,omitempty"`

	// Diagonal says that it is measured at C=P only, as the control arm is.
	Diagonal bool `json:"diagonal,omitempty"`

	// Weak says that its batch grows with P: C=P, and P batches in one.
	Weak bool `json:"weak,omitempty"`
}

// Sequential is the strategy of every cell with C=1.
const Sequential = "sequential"

// Own is the strategy of a workload whose goroutines work together: it puts its
// batches onto goroutines itself.
const Own = "own"

// Exec is the class of the runs of a program that is not ours, which runbench exec
// measures.
const Exec = "Exec"

// The strategies of the ceilings' cells, in which C = P = n copies of a workload
// run side by side.
const (
	Processes = "processes" // n single-threaded processes: the hardware ceiling
	Apart     = "apart"     // n goroutines of one process, each with an instance of its own: the Go ceiling
)

// Ceiling reports whether the strategy is that of a ceiling.
func Ceiling(strategy string) bool { return strategy == Processes || strategy == Apart }

// Cells returns the cells of the subject at the given P: those of its surface,
// C=1 once and every other C for each strategy, then those of its ceilings; or
// those of a batch that grows.
func (s Subject) Cells(procs []int) []Cell {
	var cells []Cell
	add := func(strategy string, c, p int) {
		if c == 1 {
			strategy = Sequential
		}
		cells = append(cells, Cell{
			Class: s.Class, Workload: s.Workload, Params: s.Params,
			Strategy: strategy, Goroutines: c, Gomaxprocs: p,
		})
	}
	switch {
	case s.Weak:
		return s.weakCells(procs)
	case s.Diagonal:
		for _, p := range procs {
			add(s.Strategies[0], p, p)
		}
	default:
		for _, c := range s.Goroutines {
			strategies := s.Strategies
			if c == 1 {
				strategies = []string{Sequential}
			}
			for _, strategy := range strategies {
				for _, p := range procs {
					add(strategy, c, p)
				}
			}
		}
	}
	for _, n := range s.Ceilings {
		add(Processes, n, n)
		add(Apart, n, n)
	}
	return cells
}

// Cells returns all cells of the plan, in reading order.
func (p Plan) Cells() []Cell {
	var cells []Cell
	for _, s := range p.Subjects {
		cells = append(cells, s.Cells(p.Procs)...)
	}
	return cells
}

// A Round marks where the runs of a round begin, or go on after a resume.
type Round struct {
	Round int       `json:"round"` // from 1
	Start time.Time `json:"start"`
}

// A RoundEnd closes a round. Times are of the part of it that was run since the
// last Round mark.
type RoundEnd struct {
	Round    int           `json:"round"`
	End      time.Time     `json:"end"`
	Wall     time.Duration `json:"wall"`     // ns
	Measured time.Duration `json:"measured"` // ns inside timed regions
	Noise    *noise.Noise  `json:"noise,omitempty"`
}

// A Failure is a run that gave no result.
type Failure struct {
	Cell   string `json:"cell"` // as in Cell.Name
	Round  int    `json:"round"`
	Reason string `json:"reason"`
	Hung   bool   `json:"hung,omitempty"` // it took its whole time, so the cell is not tried again
}

// A Note is a fact about a workload's set-up that its results must be read with.
type Note struct {
	Workload string `json:"workload"` // "mem/triad"
	Text     string `json:"text"`
}

// A Mark is a doubt about a run that is counted all the same.
type Mark struct {
	Cell   string `json:"cell"` // as in Cell.Name
	Round  int    `json:"round"`
	Reason string `json:"reason"`
}

// An End closes a file that went to its plan's end, or was interrupted.
type End struct {
	End          time.Time     `json:"end"`
	Rounds       int           `json:"rounds"` // complete ones, resumed ones included
	Runs         int           `json:"runs"`
	Failed       int           `json:"failed"`
	Resumed      int           `json:"resumed,omitempty"` // of the runs, those of earlier sessions
	Interrupted  bool          `json:"interrupted,omitempty"`
	Converged    bool          `json:"converged,omitempty"` // nothing was left to be measured for the plan's precision
	Wall         time.Duration `json:"wall"`                // ns, of this session
	Measured     time.Duration `json:"measured"`            // ns inside timed regions, of this session
	OutsideShare float64       `json:"outside_share"`       // 1 − measured/wall
}

func (e Event) line() ([]byte, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	line := append([]byte(eventPrefix), b...)
	if len(line) >= maxLine {
		return nil, fmt.Errorf("event of %d bytes: a line of the benchmark format holds at most %d", len(line), maxLine)
	}
	return append(line, '\n'), nil
}
