package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"runbench/bench/strategy"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// A Task does task i of a batch, 0 ≤ i < batch. Different i of a batch are done
// concurrently, each once a batch, so a task may write what belongs to its i
// alone, such as element i of a slice, and must guard everything else that it
// writes. Batches come one after the other: task i of one batch and of the next
// never run at the same time.
//
// ctx ends when another task of the batch has failed. A task that waits should
// return then.
type Task = func(ctx context.Context, i int) error

// DefaultBatch is the number of tasks in a batch where [Batch] says nothing.
const DefaultBatch = 64

// An Option changes what a sweep covers. Of two that set the same, the later
// counts.
type Option func(*settings)

type settings struct {
	batch      int
	goroutines []int
	procs      []int
	strategies []string
	setup      func(b *testing.B, goroutines int)
	check      func() error
	waits      bool
}

// Batch sets how many tasks a batch has; the default is [DefaultBatch]. No count
// of goroutines can be larger. Choose it so that there are four tasks for each
// core at least, and that a batch takes a millisecond or more: what handing the
// tasks out costs (harness-ns/op) is then small beside them.
func Batch(tasks int) Option { return func(s *settings) { s.batch = tasks } }

// Goroutines sets how many tasks may be in flight at once, C. One should be
// among them: a plain loop, which starts no goroutine, is what gains are
// relative to. Counts above the batch are left out. The default is 1, each of
// the P, and four times the largest P; under [Waits] powers of four up to the
// batch. More counts let `runbench analyze` say more of how far it goes: three
// carry Amdahl's law, five the universal scalability law.
func Goroutines(counts ...int) Option { return func(s *settings) { s.goroutines = counts } }

// Procs sets the GOMAXPROCS to sweep over, P, in place of what -cpu says. The
// default without -cpu is powers of two up to the physical cores, the physical
// cores, and the logical ones, of those that this process may use.
func Procs(counts ...int) Option { return func(s *settings) { s.procs = counts } }

// Strategies sets the ways to put a batch onto goroutines, by their names in
// package [runbench/bench/strategy]. The default is the pool: C goroutines that
// take the next task as they become free.
func Strategies(names ...string) Option { return func(s *settings) { s.strategies = names } }

// Setup sets a function that gets the tasks ready for the given number of
// goroutines, such as by opening a pool of as many connections. It is called
// once for each result line, before the first batch, in the benchmark's own
// goroutine and outside the timed region. It reports errors by b.Fatal, and what
// ends what it started goes into b.Cleanup. The tasks see what it wrote.
func Setup(setup func(b *testing.B, goroutines int)) Option {
	return func(s *settings) { s.setup = setup }
}

// Check sets a function that is called after every batch, while no task runs and
// outside the timed region. It sees what the tasks wrote and reports whether
// the result of the batch is right, whatever strategy, C and P were. It should
// also clear that result, so that none left over passes for a new one.
func Check(check func() error) Option { return func(s *settings) { s.check = check } }

// Waits says that the tasks mostly wait, for a network or a disk: the sweep then
// goes over many more goroutines than there are cores, and the latency of tasks
// is reported as mean-ns, p50-ns and p99-ns, in nanoseconds a task, with
// in-flight, the tasks under way on average. That costs two readings of the
// clock a task.
func Waits() Option { return func(s *settings) { s.waits = true } }

// cells returns what is to be measured of w. procs are the P where the settings
// have none.
func (s settings) cells(w workloads.Workload, procs []int) ([]resultfile.Cell, error) {
	if w.Batch < 1 {
		return nil, fmt.Errorf("batch: expected at least 1 task, found %d", w.Batch)
	}
	if len(s.procs) > 0 {
		procs = s.procs
	}
	procs, err := ascending("procs", procs)
	if err != nil {
		return nil, err
	}
	counts, err := ascending("goroutines", s.goroutines)
	if err != nil {
		return nil, err
	}
	if len(counts) == 0 {
		counts = measure.GoroutineCounts(workloads.Selected{Workload: w}, procs)
	}
	counts = slices.DeleteFunc(counts, func(c int) bool { return c > w.Batch })
	if len(counts) == 0 {
		return nil, fmt.Errorf("goroutines: expected a number from 1 to the %d tasks of a batch, found %v", w.Batch, s.goroutines)
	}
	names, err := s.dealt(w, counts)
	if err != nil {
		return nil, err
	}
	subject := resultfile.Subject{Strategies: names, Goroutines: counts}
	return subject.Cells(procs), nil
}

// dealt returns the strategies for the counts above one.
func (s settings) dealt(w workloads.Workload, counts []int) ([]string, error) {
	if w.Cooperates {
		return []string{resultfile.Own}, nil
	}
	if len(s.strategies) == 0 {
		return []string{strategy.Default.Name()}, nil
	}
	var names []string
	for _, name := range s.strategies {
		if _, err := strategy.ByName(name); err != nil {
			return nil, err
		}
		// Every cell of one goroutine is sequential already.
		if name != resultfile.Sequential && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 && !slices.Contains(counts, 1) {
		return nil, errors.New("strategies: sequential runs one goroutine only: expected 1 among the goroutines")
	}
	return names, nil
}

// ascending returns the counts in ascending order, each once, so that no two
// cells have the same name.
func ascending(what string, counts []int) ([]int, error) {
	counts = slices.Compact(slices.Sorted(slices.Values(counts)))
	if len(counts) > 0 && counts[0] < 1 {
		return nil, fmt.Errorf("%s: expected numbers above 0, found %d", what, counts[0])
	}
	return counts, nil
}
