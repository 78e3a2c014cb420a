package analysis

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"runbench/bench/strategy"
	"runbench/internal/noise"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// A Contest says how the strategies compare that put one workload onto goroutines
// side by side, in the same rounds. Its JSON form is part of the interface: fields
// may join it, and stay.
type Contest struct {
	SchemaVersion int    `json:"schema_version"`
	Workload      string `json:"workload"`
	Batch         int    `json:"batch"` // K, tasks
	Goroutines    int    `json:"goroutines"`
	Gomaxprocs    int    `json:"gomaxprocs"`
	Rounds        int    `json:"rounds"`

	// Strategies are those with results, the fastest first. The plain loop is
	// among them.
	Strategies []Contestant `json:"strategies"`
	// Processes are as many separate processes as cores, each with a copy of the
	// work; null where they were not measured. They are not ranked: to use them is
	// to write another program.
	Processes *Contestant `json:"processes"`
	// Timed says that the time of each task was recorded, as it is where waiting
	// is the point: handing a task out then costs two readings of the clock more.
	Timed bool `json:"timed"`
	// Sentences say which strategy to use, and what the peers cost.
	Sentences []string `json:"sentences"`

	Failures  []Failure    `json:"failures"`
	Notes     []Note       `json:"notes"`
	Marks     []Mark       `json:"marks"`
	Noise     *noise.Noise `json:"noise"`     // as in Analysis
	Disturbed []string     `json:"disturbed"` // as in Analysis
	Manifest  *ManifestOut `json:"manifest"`
}

// A Contestant is what was measured of one strategy. What the system did not tell
// is null.
type Contestant struct {
	Strategy   string `json:"strategy"`
	Peer       bool   `json:"peer"` // a pool of other people's
	Goroutines int    `json:"goroutines"`
	Runs       int    `json:"runs"`
	Rate
	// Relative is the throughput over that of the fastest, from the ratios within
	// the rounds; null for the fastest.
	Relative *Part `json:"relative"`
	// Tied says that the throughput could not be told from that of the fastest at
	// 95 %, over all strategies together (Bonferroni).
	Tied bool `json:"tied"`

	// Medians over the runs, for one task.
	HandOut  *float64 `json:"hand_out_ns"` // handing out an empty task
	Allocs   *float64 `json:"allocs"`      // allocations of the batch
	Started  *float64 `json:"started"`     // goroutines started
	Switches *float64 `json:"switches"`    // context switches

	observations []scaling.Observation
}

// asGood reports whether the strategy is the fastest or within 5 % of it, which is
// not worth a choice.
func (c Contestant) asGood() bool {
	return c.Relative == nil || c.Relative.Value >= 1/(1+notWorth)
}

// notWorth is the gain that is not worth a choice: that of package scaling.
const notWorth = 0.05

// fewRounds is the number of rounds below which intervals over all strategies
// together are so wide that nearly all are tied.
const fewRounds = 5

// IsContest reports whether the plan of a file is that of a contest: one workload
// under several strategies at one number of goroutines and one of cores, which
// gives no gains.
func IsContest(set *resultfile.Set) bool {
	if set.Manifest == nil || len(set.Manifest.Plan.Subjects) == 0 {
		return false
	}
	plan := set.Manifest.Plan
	subject := plan.Subjects[0]
	return plan.Precision == 0 && len(plan.Procs) == 1 && len(subject.Strategies) > 1 &&
		len(subject.Goroutines) == 2 && subject.Goroutines[0] == 1
}

// Strategies reads what a contest of strategies left, from its plan and its runs.
func Strategies(set *resultfile.Set) (Contest, error) {
	var subject resultfile.Subject
	var procs []int
	if m := set.Manifest; m != nil && len(m.Plan.Subjects) > 0 {
		subject, procs = m.Plan.Subjects[0], m.Plan.Procs
	}
	if len(subject.Goroutines) == 0 || len(subject.Strategies) == 0 || len(procs) == 0 {
		return Contest{}, errors.New("expected a file that runbench strategies wrote, found one without its plan")
	}
	k := Contest{
		SchemaVersion: resultfile.SchemaVersion, Batch: subject.Batch,
		Goroutines: slices.Max(subject.Goroutines), Gomaxprocs: slices.Max(procs),
		Strategies: []Contestant{}, Sentences: []string{}, Failures: []Failure{}, Notes: []Note{}, Marks: []Mark{}, Disturbed: []string{},
		Manifest: &ManifestOut{set.Manifest, set.End},
	}
	k.Workload = subject.Cells(procs)[0].Spec()
	for _, f := range set.Failures {
		k.Failures = append(k.Failures, Failure{Cell: f.Cell, Round: f.Round, Reason: f.Reason})
	}
	for _, n := range set.Notes {
		k.Notes = append(k.Notes, Note(n))
	}
	for _, m := range set.Marks {
		k.Marks = append(k.Marks, Mark(m))
	}
	if seen := set.Noise(); len(seen) > 0 {
		sum := noise.Sum(seen)
		k.Noise, k.Disturbed = &sum, append(k.Disturbed, sum.Disturbed()...)
	}
	byStrategy := make(map[string][]resultfile.Run)
	for _, r := range set.Runs {
		byStrategy[r.Cell.Strategy] = append(byStrategy[r.Cell.Strategy], r)
		k.Rounds = max(k.Rounds, r.Round)
		if _, ok := r.Value(resultfile.P50Ns); ok {
			k.Timed = true
		}
	}
	for name, runs := range byStrategy {
		c, err := newContestant(name, runs, k.Batch)
		if err != nil {
			return Contest{}, err
		}
		if name == resultfile.Processes {
			k.Processes = &c
		} else {
			k.Strategies = append(k.Strategies, c)
		}
	}
	k.rank()
	k.Sentences = append(k.Sentences, k.say()...)
	return k, nil
}

func newContestant(name string, runs []resultfile.Run, batch int) (Contestant, error) {
	surface, _, err := collect(runs)
	if err != nil {
		return Contestant{}, fmt.Errorf("%s: %w", name, err)
	}
	at := scaling.Cell{Goroutines: runs[0].Cell.Goroutines, Gomaxprocs: runs[0].Cell.Gomaxprocs}
	c := Contestant{
		Strategy: name, Peer: strings.HasPrefix(name, strategy.PeerPrefix), Goroutines: at.Goroutines,
		Runs: len(runs), Rate: *rate(surface.Mean(at)), observations: surface[at],
	}
	units := medians(runs)
	perTask := func(unit string) *float64 {
		if v, ok := units[unit]; ok {
			return number(v / float64(batch))
		}
		return nil
	}
	c.HandOut, c.Allocs = perTask(resultfile.HarnessNsPerOp), perTask(resultfile.AllocsPerOp)
	c.Started, c.Switches = perTask(resultfile.GoroutinesPerOp), perTask(resultfile.SwitchesPerOp)
	return c, nil
}

// rank orders the strategies, and holds each against the fastest.
func (k *Contest) rank() {
	slices.SortFunc(k.Strategies, func(a, b Contestant) int {
		switch {
		case a.Value > b.Value:
			return -1
		case a.Value < b.Value:
			return 1
		}
		return strings.Compare(a.Strategy, b.Strategy)
	})
	if len(k.Strategies) == 0 {
		return
	}
	fastest := k.Strategies[0].observations
	k.Strategies[0].Tied = true
	others := k.Strategies[1:]
	for i := range others {
		c := &others[i]
		c.Relative = part(over(c.observations, fastest, scaling.DefaultConfidence))
		// The fastest was chosen among all, and each of the others could have been
		// it by chance: all intervals are to hold at once.
		together := over(c.observations, fastest, 1-(1-scaling.DefaultConfidence)/float64(len(others)))
		c.Tied = together.Basis != scaling.BetweenRuns || !(together.Hi < 1)
	}
	if k.Processes != nil {
		k.Processes.Relative = part(over(k.Processes.observations, fastest, scaling.DefaultConfidence))
	}
}

// over returns the ratio of two throughputs measured in the same rounds. A surface
// pairs its cells by round; the two stand in for those.
func over(a, b []scaling.Observation, confidence float64) scaling.Estimate {
	of, by := scaling.Cell{Goroutines: 1, Gomaxprocs: 1}, scaling.Cell{Goroutines: 2, Gomaxprocs: 1}
	return scaling.Surface{of: a, by: b}.Ratio(of, by, confidence)
}

// Find returns the contestant of that name, nil where it has no result.
func (k *Contest) Find(name string) *Contestant {
	for i := range k.Strategies {
		if k.Strategies[i].Strategy == name {
			return &k.Strategies[i]
		}
	}
	return nil
}

// say says which strategy to use. What is simplest or usual is given up only for
// what is faster for certain and by enough.
func (k *Contest) say() []string {
	if len(k.Strategies) == 0 {
		return nil
	}
	sentences := []string{k.choice()}
	if k.Rounds > 1 && k.Rounds < fewRounds {
		sentences = append(sentences, fmt.Sprintf("%d rounds tell little: a larger --budget tells more", k.Rounds))
	}
	if text := k.peers(); text != "" {
		sentences = append(sentences, text)
	}
	return sentences
}

func (k *Contest) choice() string {
	fastest, standard := k.Strategies[0], strategy.Default.Name()
	loop, pool := k.Find(resultfile.Sequential), k.Find(standard)
	switch {
	case len(k.Strategies) == 1:
		return fmt.Sprintf("only %s has a result", fastest.Strategy)
	case k.Rounds < 2:
		return "which to use cannot be said after one round: give it a larger --budget"
	case loop != nil && loop.asGood():
		return "use a plain loop: no strategy gives 5 % more"
	case pool != nil && !slices.ContainsFunc(k.Strategies, func(c Contestant) bool { return !c.Tied }):
		return fmt.Sprintf("use %s, the default, unless more is known: none could be told from another", standard)
	case fastest.Strategy == standard:
		return fmt.Sprintf("use %s, the default: it is the fastest%s", standard, k.tied())
	case pool != nil && pool.Tied:
		return fmt.Sprintf("use %s, the default: it cannot be told from the fastest, %s", standard, fastest.Strategy)
	case pool != nil && pool.asGood():
		return fmt.Sprintf("use %s, the default: %s is faster, but by less than 5 %%", standard, fastest.Strategy)
	case pool != nil && pool.Relative != nil:
		return fmt.Sprintf("use %s: it gives %.2f× what %s gives%s", fastest.Strategy, 1/pool.Relative.Value, standard, k.tied())
	}
	return fmt.Sprintf("use %s%s", fastest.Strategy, k.tied())
}

// tied names the strategies that could not be told from the fastest.
func (k *Contest) tied() string {
	var names []string
	for _, c := range k.Strategies[1:] {
		if c.Tied {
			names = append(names, c.Strategy)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "; not to be told from it: " + strings.Join(names, ", ")
}

// peers says what the peers cost beside the pool, "" where none was measured.
func (k *Contest) peers() string {
	var cheapest *Contestant
	for i, c := range k.Strategies {
		if c.Peer && c.HandOut != nil && (cheapest == nil || *c.HandOut < *cheapest.HandOut) {
			cheapest = &k.Strategies[i]
		}
	}
	pool := k.Find(strategy.Default.Name())
	if cheapest == nil || pool == nil || pool.HandOut == nil {
		return ""
	}
	return fmt.Sprintf("handing out a task costs %s %s; of the peers %s comes cheapest with %s",
		pool.Strategy, nanoseconds(*pool.HandOut), cheapest.Strategy, nanoseconds(*cheapest.HandOut))
}

// nanoseconds writes a time with two digits at least.
func nanoseconds(ns float64) string {
	if ns < 10 {
		return fmt.Sprintf("%.1f ns", ns)
	}
	return fmt.Sprintf("%.0f ns", ns)
}
