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

	"runbench/internal/noise"
	"runbench/internal/resultfile"
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
	RoundDone(end resultfile.RoundEnd)
}

// A Sweep carries out a plan.
type Sweep struct {
	Plan    resultfile.Plan
	Writer  *resultfile.Writer
	Had     *resultfile.Set // what an earlier, killed session left; nil for none
	Run     Runner
	Timeout time.Duration // of one run
	Watch   Observer
	Steer   Steer // nil: every cell in every round

	cells    []resultfile.Cell
	runs     []resultfile.Run // the file's, and those since
	done     map[runKey]bool
	failures map[string]int  // by cell
	noted    map[string]bool // notes that are in the file
	dir      string          // scratch
	shared   string
	round    int           // the last one, 0 before the first
	spent    time.Duration // on rounds, earlier sessions included
	asked    time.Duration // of all runs: how long they were to measure
	started  time.Time
	end      resultfile.End
}

// A Steer says which cells a round is to measure, from the plan and all runs of
// the rounds before it, and nothing else, so that a resumed sweep goes on as it
// would have. No cells end the sweep: all is known that was asked for.
type Steer func(plan resultfile.Plan, before []resultfile.Run) []resultfile.Cell

type runKey struct {
	cell  string
	round int
}

// maxFailures is how many failed runs a cell may have before it is given up. A
// run that hung counts as many, because each costs the whole timeout.
const maxFailures = 2

// Do measures until the plan's rounds are done, its budget is spent, all is
// known that was asked for, or ctx ends, and writes every run to the file as it
// finishes. The End says how it went; it is in the file too. The error is about
// writing, or about ctx.
func (s *Sweep) Do(ctx context.Context) (resultfile.End, error) {
	ends, err := Interleave(ctx, s)
	return ends[0], err
}

// Interleave carries out several sweeps in turns, a round of each, each into its
// own file and within its own budget: what the machine does over minutes is the
// same to all of them. Which goes first changes from round to round. The
// arguments' seeds decide it.
func Interleave(ctx context.Context, sweeps ...*Sweep) ([]resultfile.End, error) {
	ends := make([]resultfile.End, len(sweeps))
	var err error
	for i, s := range sweeps {
		if err = s.begin(); err != nil {
			for _, begun := range sweeps[:i] {
				os.RemoveAll(begun.dir)
			}
			return ends, err
		}
	}
	open := slices.Clone(sweeps)
	for turn := uint64(0); len(open) > 0 && err == nil; turn++ {
		rng := rand.New(rand.NewPCG(sweeps[0].Plan.Seed, turn))
		rng.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
		open = slices.DeleteFunc(open, func(s *Sweep) bool {
			if err != nil {
				return false
			}
			var more bool
			more, err = s.next(ctx)
			return !more
		})
	}
	stopped := err
	for i, s := range sweeps {
		end, finishErr := s.finish(ctx, stopped)
		ends[i] = end
		if err == nil {
			err = finishErr
		}
	}
	return ends, err
}

// begin makes ready for the first round.
func (s *Sweep) begin() error {
	s.cells = s.Plan.Cells()
	s.done, s.failures, s.noted = make(map[runKey]bool), make(map[string]int), make(map[string]bool)
	s.takeOver()
	dir, err := os.MkdirTemp("", "runbench-")
	if err != nil {
		return err
	}
	s.dir, s.shared = dir, filepath.Join(dir, "shared")
	if err := os.Mkdir(s.shared, 0o700); err != nil {
		os.RemoveAll(dir)
		return err
	}
	s.started = time.Now()
	return nil
}

// finish writes the end of a sweep that err, if not nil, has stopped.
func (s *Sweep) finish(ctx context.Context, err error) (resultfile.End, error) {
	os.RemoveAll(s.dir)
	s.end.End = time.Now()
	s.end.Wall = time.Since(s.started)
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

// takeOver counts what an earlier session did.
func (s *Sweep) takeOver() {
	if s.Had == nil {
		return
	}
	s.runs = append(s.runs, s.Had.Runs...)
	for _, r := range s.Had.Runs {
		s.done[runKey{r.Cell.Name(), r.Round}] = true
		s.asked += s.Plan.RunTimeIn(r.Round)
	}
	for _, f := range s.Had.Failures {
		s.done[runKey{f.Cell, f.Round}] = true
		s.asked += s.Plan.RunTimeIn(f.Round)
		s.failed(f)
	}
	for _, n := range s.Had.Notes {
		s.noted[n.Workload+n.Text] = true
	}
	for _, r := range s.Had.Rounds {
		s.spent += r.Wall
	}
	s.end.Runs, s.end.Failed = len(s.Had.Runs), len(s.Had.Failures)
	s.end.Resumed = s.end.Runs
}

// next carries out the next round that has runs left, and reports whether there
// may be more. It never begins one that is not expected to fit, but the first.
func (s *Sweep) next(ctx context.Context) (more bool, err error) {
	for {
		if s.Plan.Rounds > 0 && s.round >= s.Plan.Rounds {
			return false, nil
		}
		s.round++
		cells := s.wanted()
		if len(cells) == 0 {
			s.end.Converged = true
			return false, nil
		}
		if s.givenUp(cells) {
			return false, nil
		}
		order := s.open(cells)
		if len(order) > 0 {
			if s.round > 1 && s.spent+s.expected(s.round, len(order)) > s.Plan.Budget {
				return false, nil
			}
			return true, s.measure(ctx, order)
		}
		s.end.Rounds = s.round
	}
}

// wanted returns the cells of the round.
func (s *Sweep) wanted() []resultfile.Cell {
	if s.Steer == nil {
		return s.cells
	}
	var before []resultfile.Run
	for _, r := range s.runs {
		if r.Round < s.round {
			before = append(before, r)
		}
	}
	return s.Steer(s.Plan, before)
}

// measure carries out the runs of a round.
func (s *Sweep) measure(ctx context.Context, order []resultfile.Cell) error {
	start, measuredBefore := time.Now(), s.end.Measured
	if err := s.Writer.Event(resultfile.Event{Round: &resultfile.Round{Round: s.round, Start: start}}); err != nil {
		return err
	}
	s.Watch.RoundStarted(s.round, len(order))
	before := noise.Take()
	for _, cell := range order {
		if err := s.run(ctx, cell); err != nil {
			return err
		}
	}
	// Taken between rounds, when no child lives whose time has not been counted.
	seen := noise.Between(before, noise.Take())
	wall := time.Since(start)
	s.spent += wall
	s.end.Rounds = s.round
	mark := resultfile.RoundEnd{Round: s.round, End: time.Now(), Wall: wall, Measured: s.end.Measured - measuredBefore, Noise: &seen}
	if err := s.Writer.Event(resultfile.Event{RoundEnd: &mark}); err != nil {
		return err
	}
	s.Watch.RoundDone(mark)
	return nil
}

// expected returns how long runs of a round will take: the time they are to
// measure, and what those so far took beyond theirs.
func (s *Sweep) expected(round, runs int) time.Duration {
	beyond := float64(max(0, s.spent-s.asked)) / float64(max(1, s.end.Runs+s.end.Failed))
	return time.Duration((float64(s.Plan.RunTimeIn(round)) + beyond) * float64(runs))
}

// open returns those of the cells that are still to be run in the round, in the
// round's own order.
func (s *Sweep) open(cells []resultfile.Cell) []resultfile.Cell {
	in := make(map[string]bool)
	for _, c := range cells {
		in[c.Name()] = true
	}
	return slices.DeleteFunc(Order(s.Plan, s.round), func(c resultfile.Cell) bool {
		name := c.Name()
		return !in[name] || s.done[runKey{name, s.round}] || s.failures[name] >= maxFailures
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

// givenUp reports whether none of the cells is left that could be run, but for the
// control arm beside others, which has nothing left to be held against.
func (s *Sweep) givenUp(cells []resultfile.Cell) bool {
	subject := func(c resultfile.Cell) bool { return c.Spec() != resultfile.ControlArm }
	beside := slices.ContainsFunc(cells, subject)
	return !slices.ContainsFunc(cells, func(c resultfile.Cell) bool {
		return s.failures[c.Name()] < maxFailures && (subject(c) || !beside)
	})
}

// run measures one cell. A run that fails is recorded and is no error.
func (s *Sweep) run(ctx context.Context, cell resultfile.Cell) error {
	s.Watch.RunStarted(cell)
	s.asked += s.Plan.RunTimeIn(s.round)
	scratch := filepath.Join(s.dir, "run")
	if err := os.Mkdir(scratch, 0o700); err != nil {
		return err
	}
	outcome, err := s.Run(ctx, Spec{
		Workload: cell.Catalogued(), Params: cell.Ungrown().Params, Strategy: cell.Strategy, Batches: cell.Batches(),
		Goroutines: cell.Goroutines, Gomaxprocs: cell.Gomaxprocs, Slower: s.Plan.Slower[cell.Catalogued()],
		RunTime: s.Plan.RunTimeIn(s.round), Scratch: scratch, Shared: s.shared,
	}, s.Timeout)
	if removeErr := os.RemoveAll(scratch); removeErr != nil {
		return removeErr
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return s.fail(cell, err)
	}
	for _, text := range outcome.Notes {
		n := resultfile.Note{Workload: cell.Catalogued(), Text: text}
		if s.noted[n.Workload+n.Text] {
			continue
		}
		s.noted[n.Workload+n.Text] = true
		if err := s.Writer.Event(resultfile.Event{Note: &n}); err != nil {
			return err
		}
	}
	for _, reason := range outcome.Marks {
		m := resultfile.Mark{Cell: cell.Name(), Round: s.round, Reason: reason}
		if err := s.Writer.Event(resultfile.Event{Mark: &m}); err != nil {
			return err
		}
	}
	if err := s.Writer.Run(cell, outcome.Batches, outcome.Values); err != nil {
		return err
	}
	s.runs = append(s.runs, resultfile.Run{Cell: cell, Round: s.round, Batches: outcome.Batches, Values: outcome.Values})
	s.end.Runs++
	s.end.Measured += outcome.Measured
	s.Watch.RunDone(cell, s.round, outcome.Values)
	return nil
}

// failed counts a failure against its cell.
func (s *Sweep) failed(f resultfile.Failure) {
	s.failures[f.Cell]++
	if f.Hung {
		s.failures[f.Cell] = maxFailures
	}
}

func (s *Sweep) fail(cell resultfile.Cell, cause error) error {
	name := cell.Name()
	s.end.Failed++
	f := resultfile.Failure{Cell: name, Round: s.round, Reason: cause.Error(), Hung: errors.Is(cause, ErrHung)}
	s.failed(f)
	if err := s.Writer.Event(resultfile.Event{Failed: &f}); err != nil {
		return fmt.Errorf("%w (while recording that %s failed: %w)", err, name, cause)
	}
	s.Watch.RunFailed(cell, s.round, cause.Error())
	return nil
}
