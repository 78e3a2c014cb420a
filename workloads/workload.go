// Package workloads holds the types every workload is written in: what a task
// is, what a batch is, how a workload is set up, checked and closed.
//
// The workloads themselves live in the packages below this one, one short file
// each; package all is the catalogue.
package workloads

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A Task does task i of a batch, 0 ≤ i < K. It is called concurrently for
// different i of the same batch, never twice for the same i, and returns early
// with ctx's error when ctx ends.
type Task func(ctx context.Context, i int) error

// A Workload describes one kind of work: what it isolates, where its definition
// comes from and how to get it ready. Workloads are values without state; all
// state belongs to the Instance that Setup returns.
type Workload struct {
	// Name is "class/name", lower case, without digits after a dash (the
	// benchmark format would read them as GOMAXPROCS).
	Name string

	// Isolates says in one line which mechanism decides this workload's gains.
	Isolates string

	// Expect says what a reader should expect to see, and why.
	Expect string

	// Definition names whose definition the workload follows and where this
	// one departs from it.
	Definition string

	// Advice says what to change in one's own code that behaves like this.
	Advice string

	// Related names workloads to look at beside this one, such as the remedy
	// for what it shows.
	Related []string

	// Batch is K, the number of tasks of a batch. One benchmark op is one
	// batch. It never depends on goroutines, GOMAXPROCS or parameters.
	Batch int

	// Cooperates is set where the goroutines of a batch work together, over
	// barriers or channels of the workload's own, so that no strategy can deal
	// its tasks out: the Instance has Run in place of Task.
	Cooperates bool

	// Goroutines, if not nil, returns the counts of goroutines that make sense
	// with the given parameters, ascending and beginning with 1. It is for
	// workloads that cooperate in a fixed design: a pair, a chain, four gophers.
	Goroutines func(p Params) []int

	// Waits is set where waiting is the point: such a workload is swept over
	// many more goroutines than there are cores, and the latency of each task
	// is recorded.
	Waits bool

	// Settles is how long batches run until they take a steady time, where that is
	// more than 20 ms, as for work that fills caches or grows the heap: runs begin
	// with batches of that time, which count for nothing.
	Settles time.Duration

	// Idempotent is set where doing a task twice leaves what doing it once
	// does. The slowdown dial of a sweep needs it: it does some tasks twice.
	Idempotent bool

	// Grows is set where the tasks share nothing but what they only read, so
	// that the tasks of n instances are those of the same work n times as
	// large. A weak-scaling sweep needs it: there a batch grows with the cores.
	// Such a workload computes, and its Instance has neither Counters nor
	// Figures.
	Grows bool

	// Needs, if not nil, returns "" where the workload can run here, and else
	// what it lacks and how to get that, in one line.
	Needs func() string

	// Parameters are what a user may set, with their defaults.
	Parameters []Parameter

	// Setup gets an instance ready. It may start a child process, open files
	// below env.Dir, and prepare inputs below env.Shared. Nothing it does is
	// timed. ctx ends when the run is abandoned.
	Setup func(ctx context.Context, env Env) (*Instance, error)
}

// An Env is what a run gives to Setup.
type Env struct {
	// Goroutines is C, how many tasks will be in flight at most. It is for
	// sizing connection pools; the work itself must not depend on it.
	Goroutines int

	// Params holds a valid value for each of the workload's parameters.
	Params Params

	// Dir is an empty directory of this run's own, removed after it.
	Dir string

	// Shared is a directory common to all runs of a sweep, for inputs that are
	// costly to make. A file there appears whole (written under another name,
	// then renamed) and is never changed afterwards. See [SharedFile].
	Shared string
}

// An Instance is a workload that is ready to run batches.
type Instance struct {
	// Task does one task of the batch; see [Task].
	Task Task

	// Run, in place of Task where the workload cooperates, does the K tasks of
	// a batch on the given number of goroutines and returns when all of these
	// have ended. With 1 it is a plain loop in the caller that starts none: what
	// a program without concurrency would do. It returns early with ctx's error
	// when ctx ends.
	Run func(ctx context.Context, goroutines int) error

	// Serial, if not nil, is work that a batch begins with: it runs in the
	// caller before any task is handed out, inside the timed region, while
	// nothing else of the batch runs. It is a phase that no number of
	// goroutines or cores makes shorter.
	Serial func(ctx context.Context) error

	// Check is called after every batch, while no task runs and outside the
	// timed region. It reports whether the result of the batch just finished
	// is right, whatever the strategy, C and P were, and makes ready for the
	// next one, so that a result left over cannot pass for a new one.
	Check func(ctx context.Context) error

	// Counters, if not nil, returns sums that have grown since Setup, by unit
	// (such as "wait-ns/op"). The harness takes the difference over the timed
	// region and divides by the number of batches. Not called while tasks run.
	Counters func() (map[string]float64, error)

	// Figures, if not nil, returns what is no sum, such as a quantile, of the
	// batches since it was last called, by unit. The harness calls it when it
	// begins to measure and drops the result, and once at the end of a run. Not
	// called while tasks run.
	Figures func() (map[string]float64, error)

	// Notes are facts of this set-up that a reader of the results must know,
	// such as a size that was capped or the file system a database lies on.
	Notes []string

	// Close, if not nil, ends everything Setup started. It is called once.
	Close func() error
}

// classes maps the first part of a workload's name to the class its results
// are filed under, which is the base name of its benchmark.
var classes = map[string]string{
	"cpu": "CPU", "mem": "Mem", "sync": "Sync", "io": "IO", "db": "DB",
	"mixed": "Mixed", "sched": "Sched", "pike": "Pike", "known": "Known",
}

// Class returns the class the workload's results are filed under, such as "CPU"
// for "cpu/hash".
func (w Workload) Class() string {
	dir, _, _ := strings.Cut(w.Name, "/")
	return classes[dir]
}

// Computes reports whether the workload's class is one whose tasks keep a core
// busy, so that cores, caches, memory and the runtime set its ceilings.
func (w Workload) Computes() bool {
	switch w.Class() {
	case "CPU", "Mem", "Sync", "Sched", "Known":
		return !w.Waits
	}
	return false
}

// ClassDir returns the first part of the names of class's workloads: "cpu" for
// "CPU". It returns the class in lower case where the class is not one of ours.
func ClassDir(class string) string {
	for dir, c := range classes {
		if c == class {
			return dir
		}
	}
	return strings.ToLower(class)
}

// Short returns the name without its class: "hash" for "cpu/hash".
func (w Workload) Short() string {
	_, short, _ := strings.Cut(w.Name, "/")
	return short
}

// CannotGrow says why a batch cannot be several times as large, "" where it can.
func (w Workload) CannotGrow() string {
	switch {
	case w.Grows:
		return ""
	case w.Cooperates:
		return "its batch cannot grow with the cores: its goroutines work together"
	case w.Waits || !w.Computes():
		return "its batch cannot grow with the cores: it does not only compute, so that cores are not what a larger one takes"
	}
	return "its batch cannot grow with the cores: its tasks share what would not be shared by a batch beside it"
}

// Missing returns what the workload lacks here, "" where it can run.
func (w Workload) Missing() string {
	if w.Needs == nil {
		return ""
	}
	return w.Needs()
}

// Start sets the workload up with the given parameters, defaults for the rest.
func (w Workload) Start(ctx context.Context, env Env) (*Instance, error) {
	params, err := w.Resolve(env.Params)
	if err != nil {
		return nil, err
	}
	env.Params = params
	in, err := w.Setup(ctx, env)
	if err != nil {
		return nil, fmt.Errorf("%s: setup: %w", w.Name, err)
	}
	if (in.Run != nil) != w.Cooperates || (in.Task != nil) == w.Cooperates {
		panic(w.Name + ": a workload that cooperates has Run, any other has Task")
	}
	return in, nil
}
