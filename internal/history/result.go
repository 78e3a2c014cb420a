package history

import "time"

// SchemaVersion is the version of the JSON form of a [Result]. Fields may join it, and stay.
const SchemaVersion = 1

// A Result is what many result files say about how a program changed. Its JSON form is part of the interface. Every
// number in it is finite.
type Result struct {
	SchemaVersion int `json:"schema_version"`

	// Alpha is the chance that anything at all is called a change, in any of the series, where nothing changed.
	Alpha float64 `json:"alpha"`
	// MinChange is the smallest change listed, as a share; smaller ones that are certain are counted in Smaller.
	MinChange float64 `json:"min_change"`
	// Order says what the files are ordered by: "commit" (date of the commit), "started" or "argument".
	Order string `json:"order"`

	Files   []File   `json:"files"`   // in that order; one for each commit where a file holds several
	Skipped []Skip   `json:"skipped"` // files that could not be read, or held nothing to follow
	Series  []Series `json:"series"`  // in reading order: by configuration, workload, place and unit

	Changes  int      `json:"changes"` // in all series
	Smaller  int      `json:"smaller"`
	TooShort int      `json:"too_short"` // series with fewer files than MinFiles, which are not judged
	Warnings []string `json:"warnings"`
}

// A File is one place on the time axis.
type File struct {
	Path     string     `json:"path"`
	Commit   string     `json:"commit"`    // "" where nobody says
	Modified bool       `json:"modified"`  // the commit had changes that were not committed
	Label    string     `json:"label"`     // "" for none
	Time     *time.Time `json:"time"`      // of the commit; null where nobody says
	Started  *time.Time `json:"started"`   // when it was measured; null where nobody says
	Torn     bool       `json:"torn"`      // its last line has no end; the rest is used
	Finished bool       `json:"finished"`  // its sweep came to its end
	Outlying int        `json:"outlying"`  // series in which it stands alone: see Point.Outlier
	SeriesIn int        `json:"series_in"` // series that it has a point in
}

// A Skip is a file that was left out.
type Skip struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// A Series follows one figure of one workload through the files of one configuration.
type Series struct {
	Config     string `json:"config"`     // "key: value" joined by "; ", without the keys that name a commit
	Workload   string `json:"workload"`   // "cpu/hash", or the whole name of a benchmark that is not runbench's
	Strategy   string `json:"strategy"`   // "" where it is not runbench's
	Goroutines int    `json:"goroutines"` // C; of a gain those it was taken at; 0 where it is not runbench's
	Gomaxprocs int    `json:"gomaxprocs"` // P; of a gain the larger one
	Unit       string `json:"unit"`       // as benchstat writes it ("sec/op"), or concurrency_gain, parallelism_gain, total_gain
	Better     int    `json:"better"`     // +1: higher is better; −1: lower; 0: nobody says
	Control    bool   `json:"control"`    // of the control arm, which changes where the machine does

	Points []Point `json:"points"` // by File, ascending
	// Changes are what is certain, by Index, ascending. Between them the level is taken to be one.
	Changes []Change `json:"changes"`
	// Levels are one more than the changes: the geometric mean of each stretch, in Unit.
	Levels []float64 `json:"levels"`
	// Scatter is how far a file lies from its level by chance, as a share (one standard deviation of the log);
	// Within is what the runs inside a file explain of it. The rest is between files: sessions, placement, neighbours.
	Scatter float64 `json:"scatter"`
	Within  float64 `json:"within"`
	// Sees is the change, as a share, that would be found one time in two if it came in the middle; what comes near the
	// ends must be larger. 0 where the series is not judged.
	Sees   float64 `json:"sees"`
	Judged bool    `json:"judged"` // false: too few points
}

// A Point is the figure of one file.
type Point struct {
	File  int     `json:"file"`  // index into Result.Files
	Value float64 `json:"value"` // geometric mean over the runs, in Unit
	// Lo and Hi bound the 95 % interval of the runs inside the file, which knows nothing of what differs from file to
	// file; null where one run allows none.
	Lo   *float64 `json:"lo"`
	Hi   *float64 `json:"hi"`
	Runs int      `json:"runs"`
	// Outlier says that the point lies far from both its sides, alone or with one other: it counts only as far as the
	// border of what chance explains, and is no change.
	Outlier bool `json:"outlier"`
}

// A Change is a point from which on a series keeps another level.
type Change struct {
	Index int `json:"index"` // of the first point of the new level, in Series.Points
	// From and To bound the places, 95 of 100 times, at which the change may have come in: From ≤ Index ≤ To.
	From int `json:"from"`
	To   int `json:"to"`

	Before float64 `json:"before"` // level, in Unit
	After  float64 `json:"after"`
	// Ratio is After over Before with its 95 % interval, which takes the place of the change as given.
	Ratio float64 `json:"ratio"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`

	// P is the chance of a change as clear as this one anywhere in all series, where there is none.
	P         float64 `json:"p"`
	Direction string  `json:"direction"` // better, worse, changed (where Better is 0)

	// Machine says that the control arm changed at the same place within From…To and one file to either side: it was
	// the machine, at least in part.
	Machine bool `json:"machine"`
	// SameCommit says that the files on both sides are of one commit: it was not the program.
	SameCommit bool `json:"same_commit"`
}

// The directions of a change.
const (
	Better  = "better"
	Worse   = "worse"
	Changed = "changed"
)

// The units of gains, which are ratios of throughputs.
const (
	ConcurrencyGain = "concurrency_gain"
	ParallelismGain = "parallelism_gain"
	TotalGain       = "total_gain"
)
