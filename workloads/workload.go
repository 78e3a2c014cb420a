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

	// Batch is K, the number of tasks of a batch. One benchmark op is one
	// batch. It never depends on goroutines or GOMAXPROCS.
	Batch int

	// Waits is set where waiting is the point: such a workload is swept over
	// many more goroutines than there are cores, and the latency of each task
	// is recorded.
	Waits bool

	// Idempotent is set where doing a task twice leaves what doing it once
	// does. The slowdown dial of a sweep needs it: it does some tasks twice.
	Idempotent bool

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
	"mixed": "Mixed", "sched": "Sched", "known": "Known",
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
	return in, nil
}
