package doctor

import "slices"

// A Level says how much a finding matters to measurements.
type Level string

// The levels, worst first.
const (
	Bad     Level = "bad"     // results are not to be believed
	Warning Level = "warning" // results are worse than they could be
	Note    Level = "note"    // to be known when reading results
	Unknown Level = "unknown" // could not be found out
	Good    Level = "good"
)

var levels = []Level{Bad, Warning, Note, Unknown, Good}

// A Finding is one thing that was looked at.
type Finding struct {
	Level   Level  `json:"level"`
	Subject string `json:"subject"` // "CPU quota"
	Found   string `json:"found"`   // what is the case
	Meaning string `json:"meaning"` // what that does to measurements
	Change  string `json:"change"`  // what to do about it, or why nothing can be done; empty where nothing need be
}

// doesNotTell is what can be done about most that is unknown.
const doesNotTell = "nothing: the system does not tell"

// worstFirst sorts findings by level and leaves those of one level in order.
func worstFirst(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return slices.Index(levels, a.Level) - slices.Index(levels, b.Level)
	})
}
