package resultfile

// A Paired says what the file has of two sides that were measured in turns, round
// by round.
type Paired struct {
	Side      string    `json:"side"`                // "old" or "new"
	Programs  []Program `json:"programs"`            // of this side
	Bench     string    `json:"bench,omitempty"`     // regular expression of benchmarks, for test binaries
	Workloads []string  `json:"workloads,omitempty"` // for runbench
	CPU       []int     `json:"cpu,omitempty"`       // GOMAXPROCS; none for what the programs do by themselves
	Benchtime string    `json:"benchtime"`           // as for go test -benchtime
	Precision float64   `json:"precision"`           // half-width of new over old that is known well enough, as a share; 0: none is
}

// A Program is one whose benchmarks were measured.
type Program struct {
	Package string `json:"package"` // import path
	Go      string `json:"go"`      // version it was built with
	SHA256  string `json:"sha256"`  // of the file, in hex
}
