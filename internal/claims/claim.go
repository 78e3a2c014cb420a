// Package claims holds statements about concurrency, parallelism and the scheduler
// of Go, each with a real experiment that shows whether it is true of this machine
// and of the Go version this program was built with.
//
// An experiment has arms: ways to carry it out, each in fresh processes, which are
// the trials. A judge turns what the trials found into a result. It says "holds"
// or "does not hold" only where the trials can tell, and a claim says itself what
// other load does to it, so that a busy machine makes it undecided and never wrong.
package claims

import "context"

// A Claim is a statement with its experiment. Claims are values without state.
type Claim struct {
	ID        int    // its number in the table, from 1
	Statement string // one sentence
	Expected  string // what is measured if it is true, with the bound that decides
	Lesson    string // one line: what to do, or to stop believing

	// Experiment says what the trials do, what is counted, and how that decides.
	Experiment string

	// Sources name where the statement comes from: article, design document,
	// functions of the runtime as of Go 1.26.
	Sources []string

	// Workloads are those of the catalogue in which the same is at work.
	Workloads []string

	// Disturbance is what other load on the machine does to the result.
	Disturbance Disturbance

	// Cores is how many cores the experiment needs; 0 for one.
	Cores int

	// Arms returns the arms on a machine of which cores may be used.
	Arms func(cores int) []Arm

	// Judge says what the trials show. Every arm has all of its trials.
	Judge func(cores int, t Trials) Finding
}

// An Arm is one way to carry an experiment out.
type Arm struct {
	Name   string   // for Judge; "" where there is only one
	Procs  int      // GOMAXPROCS of its processes; 0: whatever the environment makes it
	Debug  string   // settings added to GODEBUG, such as "asyncpreemptoff=1"
	Env    []string // "KEY=value", beyond the environment of this process
	OneCPU bool     // may run on one CPU only, where the system allows that
	Trials int      // fresh processes; 0: defaultTrials

	// Run is one trial. It runs in a process of its own, in which nothing else
	// has run; ctx ends when its time is up.
	Run func(ctx context.Context) (Sample, error)
}

const defaultTrials = 3

// A Sample is what one trial found, by name, in the unit that the name ends with.
type Sample map[string]float64

// Trials are the samples of each arm, in the order in which they were taken.
type Trials map[string][]Sample

// Disturbance is what other load on the machine does to the result of an
// experiment.
type Disturbance int

const (
	// Immune experiments count what no other load changes: orders, states,
	// results.
	Immune Disturbance = iota
	// Hurt experiments can come out false under load though the claim is true,
	// and never true where it is false.
	Hurt
	// Swayed experiments can come out either way.
	Swayed
)

// A Result is how an experiment came out.
type Result string

// The results.
const (
	Holds  Result = "holds"
	Fails  Result = "does not hold"
	Untold Result = "cannot be told here"
)

// A Finding is what a judge makes of the trials.
type Finding struct {
	Result   Result
	Measured string // the figures with their spread
	Why      string // where Result is Untold: what would be needed to tell
}

// holdsIf returns the finding that the claim holds where ok is true, and else that
// it does not.
func holdsIf(ok bool, measured string) Finding {
	if ok {
		return Finding{Result: Holds, Measured: measured}
	}
	return Finding{Result: Fails, Measured: measured}
}

// untold returns the finding that the trials cannot tell.
func untold(measured, why string) Finding {
	return Finding{Result: Untold, Measured: measured, Why: why}
}

// String says in words what other load does.
func (d Disturbance) String() string {
	switch d {
	case Immune:
		return "changes nothing: what is counted does not depend on time"
	case Hurt:
		return "can make it look false, never true; a busy machine makes \"does not hold\" undecided"
	}
	return "can turn it either way; a busy machine makes it undecided"
}
