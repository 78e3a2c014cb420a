package resultfile

import (
	"encoding/json"
	"fmt"
	"time"
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
	End      *End      `json:"end,omitempty"`
}

// A Manifest says how a file came about. It is the file's first line.
type Manifest struct {
	SchemaVersion int             `json:"schema_version"`
	Started       time.Time       `json:"started"`
	Command       []string        `json:"command"` // arguments, without the program's path
	GOGC          string          `json:"gogc"`    // "" for the default
	GODEBUG       string          `json:"godebug"`
	Host          json.RawMessage `json:"host"` // internal/host's Host
	Plan          Plan            `json:"plan"`
}

// A Plan is what a sweep measures, in how many rounds, in which order.
type Plan struct {
	Seed     uint64        `json:"seed"`     // decides the order of the cells in each round
	Rounds   int           `json:"rounds"`   // at most; the budget may end the sweep earlier
	Budget   time.Duration `json:"budget"`   // ns; wall time of the whole sweep
	RunTime  time.Duration `json:"run_time"` // ns; how long a run is to measure at least
	Procs    []int         `json:"procs"`    // P, ascending
	Subjects []Subject     `json:"subjects"`
}

// A Subject is one workload of a plan and the counts it is swept over.
type Subject struct {
	Class      string            `json:"class"`
	Workload   string            `json:"workload"`
	Params     map[string]string `json:"params,omitempty"`
	Batch      int               `json:"batch"`
	Strategies []string          `json:"strategies"` // besides sequential
	Goroutines []int             `json:"goroutines"` // C, ascending
}

// Sequential is the strategy of every cell with C=1.
const Sequential = "sequential"

// Cells returns the cells of the subject's surface at the given P: C=1 once,
// every other C for each strategy.
func (s Subject) Cells(procs []int) []Cell {
	var cells []Cell
	for _, c := range s.Goroutines {
		strategies := s.Strategies
		if c == 1 {
			strategies = []string{Sequential}
		}
		for _, strategy := range strategies {
			for _, p := range procs {
				cells = append(cells, Cell{
					Class: s.Class, Workload: s.Workload, Params: s.Params,
					Strategy: strategy, Goroutines: c, Gomaxprocs: p,
				})
			}
		}
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
}

// A Failure is a run that gave no result.
type Failure struct {
	Cell   string `json:"cell"` // as in Cell.Name
	Round  int    `json:"round"`
	Reason string `json:"reason"`
}

// A Note is a fact about a workload's set-up that its results must be read with.
type Note struct {
	Workload string `json:"workload"` // "mem/triad"
	Text     string `json:"text"`
}

// An End closes a file that went to its plan's end, or was interrupted.
type End struct {
	End          time.Time     `json:"end"`
	Rounds       int           `json:"rounds"` // complete ones, resumed ones included
	Runs         int           `json:"runs"`
	Failed       int           `json:"failed"`
	Interrupted  bool          `json:"interrupted,omitempty"`
	Wall         time.Duration `json:"wall"`          // ns, of this session
	Measured     time.Duration `json:"measured"`      // ns inside timed regions, of this session
	OutsideShare float64       `json:"outside_share"` // 1 − measured/wall
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
