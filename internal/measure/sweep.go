package measure

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"runbench/internal/resultfile"
	"runbench/workloads"
)

// A Runner measures one cell; [Process] is the one that sweeps use.
type Runner func(ctx context.Context, spec Spec, timeout time.Duration) (Outcome, error)

// An Observer is told how a sweep goes on. Its methods are called one at a time,
// between runs, and should be quick: they are outside the measured time.
type Observer interface {
	RoundStarted(round, runs int)
	RunStarted(cell resultfile.Cell)
	RunDone(cell resultfile.Cell, round int, values []resultfile.Value)
	RunFailed(cell resultfile.Cell, round int, reason string)
	RoundDone(round int)
}

// A Sweep carries out a plan.
type Sweep struct {
	Plan    resultfile.Plan
	Writer  *resultfile.Writer
	Had     *resultfile.Set // what an earlier, killed session left; nil for none
	Run     Runner
	Timeout time.Duration // of one run
	Watch   Observer

	cells    []resultfile.Cell
	done     map[runKey]bool
	failures map[string]int  // by cell
	noted    map[string]bool // notes that are in the file
	shared   string
	end      resultfile.End
}

type runKey struct {
	cell  string
	round int
}

// maxFailures is how many failed runs a cell may have before it is given up. A
// run that hung counts as many, because each costs the whole timeout.
const maxFailures = 2

// Do measures until the plan's rounds are done, its budget is spent, or ctx
// ends, and writes every run to the file as it finishes. The End says how it
// went; it is in the file too. The error is about writing, or about ctx.
func (s *Sweep) Do(ctx context.Context) (resultfile.End, error) {
	s.cells = s.Plan.Cells()
	s.done, s.failures, s.noted = make(map[runKey]bool), make(map[string]int), make(map[string]bool)
	spent := s.takeOver()
	dir, err := os.MkdirTemp("", "runbench-")
	if err != nil {
		return resultfile.End{}, err
	}
	defer os.RemoveAll(dir)
	s.shared = filepath.Join(dir, "shared")
	if err := os.Mkdir(s.shared, 0o700); err != nil {
		return resultfile.End{}, err
	}

	start := time.Now()
	err = s.rounds(ctx, dir, spent)
	s.end.End = time.Now()
	s.end.Wall = time.Since(start)
	s.end.OutsideShare = 1 - float64(s.end.Measured)/float64(s.end.Wall)
	s.end.Interrupted = ctx.Err() != nil
	if err != nil && ctx.Err() == nil {
		return s.end, err
	}
	if writeErr := s.Writer.Event(resultfile.Event{End: &s.end}); writeErr != nil {
		return s.end, writeErr
	}
	return s.end, err
}

// takeOver counts what an earlier session did, and returns the time it spent.
func (s *Sweep) takeOver() (spent time.Duration) {
	if s.Had == nil {
		return 0
	}
	for _, r := range s.Had.Runs {
		s.done[runKey{r.Cell.Name(), r.Round}] = true
	}
	for _, f := range s.Had.Failures {
		s.done[runKey{f.Cell, f.Round}] = true
		s.failures[f.Cell]++
	}
	for _, n := range s.Had.Notes {
		s.noted[n.Workload+n.Text] = true
	}
	for _, r := range s.Had.Rounds {
		spent += r.Wall
	}
	s.end.Runs, s.end.Failed = len(s.Had.Runs), len(s.Had.Failures)
	return spent
}

// rounds goes through the rounds for as long as the plan allows. It never
// begins one that is not expected to fit, but the first.
func (s *Sweep) rounds(ctx context.Context, dir string, spent time.Duration) error {
	for round := 1; s.Plan.Rounds == 0 || round <= s.Plan.Rounds; round++ {
		order := s.open(round)
		if len(order) == 0 {
			if s.givenUp() {
				return nil
			}
			s.end.Rounds = round
			continue
		}
		if round > 1 && spent+s.expected(spent, round-1, len(order)) > s.Plan.Budget {
			return nil
		}
		start, measuredBefore := time.Now(), s.end.Measured
		if err := s.Writer.Event(resultfile.Event{Round: &resultfile.Round{Round: round, Start: start}}); err != nil {
			return err
		}
		s.Watch.RoundStarted(round, len(order))
		for _, cell := range order {
			if err := s.run(ctx, dir, cell, round); err != nil {
				return err
			}
		}
		wall := time.Since(start)
		spent += wall
		s.end.Rounds = round
		mark := resultfile.RoundEnd{Round: round, End: time.Now(), Wall: wall, Measured: s.end.Measured - measuredBefore}
		if err := s.Writer.Event(resultfile.Event{RoundEnd: &mark}); err != nil {
			return err
		}
		s.Watch.RoundDone(round)
	}
	return nil
}

// expected returns how long runs more runs will take, from the time that the
// rounds so far have.
func (s *Sweep) expected(spent time.Duration, rounds, runs int) time.Duration {
	return time.Duration(float64(spent) / float64(rounds) * float64(runs) / float64(len(s.cells)))
}

// open returns the cells of a round that are still to be run, in the round's
// own order.
func (s *Sweep) open(round int) []resultfile.Cell {
	return slices.DeleteFunc(Order(s.Plan, round), func(c resultfile.Cell) bool {
		name := c.Name()
		return s.done[runKey{name, round}] || s.failures[name] >= maxFailures
	})
}

// Order returns the cells of a plan in the order of a round: the workloads in
// random order, and the cells of each together, in random order too. Gains are
// ratios of cells of one workload, and the machine changes less within the
// seconds those take than over the whole round. The order depends on the seed
// and the round alone, so that a resumed round goes on as it was begun.
func Order(plan resultfile.Plan, round int) []resultfile.Cell {
	rng := rand.New(rand.NewPCG(plan.Seed, uint64(round)))
	var order []resultfile.Cell
	for _, i := range rng.Perm(len(plan.Subjects)) {
		cells := plan.Subjects[i].Cells(plan.Procs)
		rng.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
		order = append(order, cells...)
	}
	return order
}

// givenUp reports whether no cell is left that could be run.
func (s *Sweep) givenUp() bool {
	for _, c := range s.cells {
		if s.failures[c.Name()] < maxFailures {
			return false
		}
	}
	return true
}

// run measures one cell. A run that fails is recorded and is no error.
func (s *Sweep) run(ctx context.Context, dir string, cell resultfile.Cell, round int) error {
	s.Watch.RunStarted(cell)
	scratch := filepath.Join(dir, "run")
	if err := os.Mkdir(scratch, 0o700); err != nil {
		return err
	}
	outcome, err := s.Run(ctx, Spec{
		Workload: workloadName(cell), Params: cell.Params, Strategy: cell.Strategy,
		Goroutines: cell.Goroutines, Gomaxprocs: cell.Gomaxprocs,
		RunTime: s.Plan.RunTime, Scratch: scratch, Shared: s.shared,
	}, s.Timeout)
	if removeErr := os.RemoveAll(scratch); removeErr != nil {
		return removeErr
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return s.fail(cell, round, err)
	}
	for _, text := range outcome.Notes {
		n := resultfile.Note{Workload: workloadName(cell), Text: text}
		if s.noted[n.Workload+n.Text] {
			continue
		}
		s.noted[n.Workload+n.Text] = true
		if err := s.Writer.Event(resultfile.Event{Note: &n}); err != nil {
			return err
		}
	}
	if err := s.Writer.Run(cell, outcome.Batches, outcome.Values); err != nil {
		return err
	}
	s.end.Runs++
	s.end.Measured += outcome.Measured
	s.Watch.RunDone(cell, round, outcome.Values)
	return nil
}

func (s *Sweep) fail(cell resultfile.Cell, round int, cause error) error {
	name := cell.Name()
	s.failures[name]++
	if errors.Is(cause, ErrHung) {
		s.failures[name] = maxFailures
	}
	s.end.Failed++
	f := resultfile.Failure{Cell: name, Round: round, Reason: cause.Error()}
	if err := s.Writer.Event(resultfile.Event{Failed: &f}); err != nil {
		return fmt.Errorf("%w (while recording that %s failed: %w)", err, name, cause)
	}
	s.Watch.RunFailed(cell, round, cause.Error())
	return nil
}

// workloadName returns the name of a cell's workload as the catalogue has it.
func workloadName(c resultfile.Cell) string { return workloads.ClassDir(c.Class) + "/" + c.Workload }
