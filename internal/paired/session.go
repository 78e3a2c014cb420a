package paired

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"runbench/internal/measure"
	"runbench/internal/noise"
	"runbench/internal/resultfile"
)

// Options say what is measured, and for how long.
type Options struct {
	Bench     string   // regular expression of benchmarks, for test binaries
	Workloads []string // for runbench; none for its default ones
	CPU       []int    // GOMAXPROCS; none for what the programs do by themselves
	Benchtime string   // as for go test -benchtime; a duration for runbench

	Rounds    int           // at most; 0: as many as the budget has room for
	Budget    time.Duration // wall time of all rounds; the first two are always finished
	Timeout   time.Duration // of one process
	Precision float64       // half-width of new over old that is known well enough, as a share; 0: none is
	Seed      uint64        // decides what comes first
}

// A Session measures pairs in turns. Its methods are for one goroutine.
type Session struct {
	Pairs []Pair
	Options
	Files [2]*resultfile.Writer
	Had   [2]*resultfile.Set // what an earlier, stopped session left; nil for none
	Watch Watcher

	// Output runs a program; nil stands for [execsweep.Output].
	Output func(ctx context.Context, path string, args []string, dir string, timeout time.Duration) ([]byte, error)

	plans  []plan
	known  []times
	barren [][2]int        // processes in a row without a result, by plan and side
	walls  []time.Duration // of both processes of the last round, by plan
	spent  time.Duration   // on rounds, earlier sessions included
	noted  map[string]bool // notes that are in the files
	ends   [2]resultfile.End
	before int // rounds that earlier sessions finished
}

// A Watcher is told how a session goes on, between processes.
type Watcher interface {
	Started(round int, pair Pair, side Side)
	Failed(side Side, f resultfile.Failure)
	RoundDone(p Progress)
}

// Progress is how far a session is.
type Progress struct {
	Round     int
	Runs      int // results on both sides
	Known, Of int // benchmarks known to the precision, and all that are compared
	Left      time.Duration
}

// maxBarren is after how many processes without a result a pair is given up.
const maxBarren = 2

// orderStream keeps the numbers that decide the order of two programs apart from
// those that decide the order of pairs.
const orderStream = 0x70616972

// oldFirst reports whether the old program of a pair comes first in a round. Two
// rounds have both orders, so that what the second one gains or loses by its place
// is in neither's favour.
func oldFirst(seed uint64, pair, round int) bool {
	rng := rand.New(rand.NewPCG(seed^orderStream, uint64(pair)<<32|uint64(round-1)/2))
	return (rng.Uint64()&1 == 0) == (round%2 == 1)
}

// Do measures until the rounds are done, the budget is spent, all is known that was
// asked for, no pair is left that works, or ctx ends. What a process has measured
// is in its side's file as soon as it has ended. The ends say how it went; they are
// in the files too. The error is about writing, or about ctx.
func (s *Session) Do(ctx context.Context) ([2]resultfile.End, error) {
	start := time.Now()
	s.known = make([]times, len(s.plans))
	s.barren = make([][2]int, len(s.plans))
	s.walls = make([]time.Duration, len(s.plans))
	s.noted = make(map[string]bool)
	err := s.takeOver()
	if err == nil {
		err = s.rounds(ctx)
	}
	for side := range s.ends {
		end := &s.ends[side]
		end.End, end.Wall = time.Now(), time.Since(start)
		end.OutsideShare = 1 - float64(end.Measured)/float64(max(end.Wall, 1))
		end.Interrupted = ctx.Err() != nil
		if err != nil && ctx.Err() == nil {
			continue
		}
		if writeErr := s.Files[side].Event(resultfile.Event{End: end}); writeErr != nil {
			return s.ends, writeErr
		}
	}
	return s.ends, err
}

// takeOver counts what an earlier session did. A round that it did not finish on
// both sides is measured again: values of one round are averaged.
func (s *Session) takeOver() error {
	if s.Had[Old] == nil || s.Had[New] == nil {
		return nil
	}
	last := [2]int{}
	for side, had := range s.Had {
		for _, r := range had.Rounds {
			last[side] = max(last[side], r.Round)
		}
	}
	s.before = max(last[Old], last[New])
	for side, had := range s.Had {
		if last[side] < s.before {
			// Stopped after the one mark and before the other: all runs are there.
			other := s.Had[1-side].Rounds
			mark := other[len(other)-1]
			if err := s.Files[side].Event(resultfile.Event{RoundEnd: &mark}); err != nil {
				return err
			}
		}
		for _, r := range had.Runs {
			if i := s.planOf(r); i >= 0 && r.Round <= s.before {
				s.known[i].add(Side(side), r)
			}
		}
		for _, n := range had.Notes {
			s.noted[Side(side).String()+n.Workload+n.Text] = true
		}
		s.ends[side].Runs, s.ends[side].Failed, s.ends[side].Rounds = len(had.Runs), len(had.Failures), s.before
	}
	for _, r := range s.Had[Old].Rounds {
		s.spent += r.Wall
	}
	return nil
}

// planOf returns which plan a run from a file belongs to, -1 for none.
func (s *Session) planOf(r resultfile.Run) int {
	if len(s.plans) == 1 {
		return 0
	}
	for i, p := range s.plans {
		if strings.Contains(r.Config+"; ", "pkg: "+p.Programs[Old].Is.Package+"; ") {
			return i
		}
	}
	return -1
}

// rounds carries rounds out until one of the reasons to stop.
func (s *Session) rounds(ctx context.Context) error {
	for round := s.before + 1; s.Rounds == 0 || round <= s.Rounds; round++ {
		var open []int
		unknown := false
		var expected time.Duration
		for i := range s.plans {
			known := s.known[i].known(s.Precision)
			unknown = unknown || !known
			if !known && max(s.barren[i][Old], s.barren[i][New]) < maxBarren {
				open = append(open, i)
				expected += s.walls[i]
			}
		}
		if len(open) == 0 {
			for side := range s.ends {
				s.ends[side].Converged = !unknown
			}
			return nil
		}
		if round > 2 && s.spent+expected > s.Budget {
			return nil
		}
		if err := s.round(ctx, round, open); err != nil {
			return err
		}
	}
	return nil
}

// round measures the open plans once on each side.
func (s *Session) round(ctx context.Context, round int, open []int) error {
	start, before := time.Now(), noise.Take()
	measured := [2]time.Duration{}
	for side, file := range s.Files {
		measured[side] = s.ends[side].Measured
		if err := file.Event(resultfile.Event{Round: &resultfile.Round{Round: round, Start: start}}); err != nil {
			return err
		}
	}
	rng := rand.New(rand.NewPCG(s.Seed, uint64(round)))
	rng.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
	for _, i := range open {
		began, order := time.Now(), [2]Side{Old, New}
		if !oldFirst(s.Seed, i, round) {
			order = [2]Side{New, Old}
		}
		for _, side := range order {
			if err := s.process(ctx, round, i, side); err != nil {
				return err
			}
		}
		s.walls[i] = time.Since(began)
	}
	seen := noise.Between(before, noise.Take())
	wall := time.Since(start)
	s.spent += wall
	mark := resultfile.RoundEnd{Round: round, End: time.Now(), Wall: wall, Noise: &seen}
	for side, file := range s.Files {
		s.ends[side].Rounds = round
		own := mark
		own.Measured = s.ends[side].Measured - measured[side]
		if err := file.Event(resultfile.Event{RoundEnd: &own}); err != nil {
			return err
		}
	}
	p := Progress{Round: round, Runs: s.ends[Old].Runs + s.ends[New].Runs, Left: max(0, s.Budget-s.spent)}
	for i := range s.known {
		known, of := s.known[i].count(s.Precision)
		p.Known, p.Of = p.Known+known, p.Of+of
	}
	s.Watch.RoundDone(p)
	return nil
}

// process runs the program of one side and writes what it measured. One that fails
// is recorded and is no error.
func (s *Session) process(ctx context.Context, round, i int, side Side) error {
	p := &s.plans[i]
	program := p.Programs[side]
	s.Watch.Started(round, p.Pair, side)
	args := testArguments(p.bench, s.Benchtime, s.CPU)
	if program.Kind == Runbench {
		runTime, err := time.ParseDuration(s.Benchtime)
		if err != nil {
			return err // Prepare has refused it
		}
		args = runbenchArguments(s.Workloads, runTime, p.cells, s.CPU, rand.New(rand.NewPCG(s.Seed, uint64(round))).Uint64())
	}
	out, failed := s.Output(ctx, program.absolute, args, program.Dir, s.Timeout)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	set, err := resultfile.Read(bytes.NewReader(out), program.Path)
	var input *resultfile.InputError
	switch {
	case errors.As(err, &input):
		set = &resultfile.Set{}
		if failed == nil {
			failed = errors.New("it printed no result of a benchmark")
		}
	case err != nil:
		return err
	}
	// What a benchmark shows that panics has no iterations, and allocates nothing.
	set.Runs = slices.DeleteFunc(set.Runs, func(r resultfile.Run) bool { return r.Batches < 1 })
	if program.Kind == Runbench && set.Manifest != nil && set.Manifest.SchemaVersion != resultfile.SchemaVersion {
		return fmt.Errorf("%s writes results of schema version %d, expected %d: compare with a runbench as new as both", program.Path, set.Manifest.SchemaVersion, resultfile.SchemaVersion)
	}
	return s.write(round, i, side, set, failuresOf(program, set, out, failed))
}

// failuresOf returns what a process has not measured. failed is how it ended.
func failuresOf(program Program, set *resultfile.Set, out []byte, failed error) []resultfile.Failure {
	switch {
	case failed == nil:
		return set.Failures
	case errors.Is(failed, measure.ErrHung):
		return []resultfile.Failure{{Cell: program.Is.Package, Reason: failed.Error(), Hung: true}}
	case len(set.Failures) > 0:
		return set.Failures
	}
	whole := resultfile.Failure{Cell: program.Is.Package, Reason: failed.Error()}
	failures := failuresIn(out)
	// Benchmarks that fail have the others run, and the status is 1 in the end.
	if status, _, _ := strings.Cut(whole.Reason, ":"); len(failures) == 0 || status != "exit status 1" {
		failures = append(failures, whole)
	}
	return failures
}

// write appends what came of a process to its side's file.
func (s *Session) write(round, i int, side Side, set *resultfile.Set, failures []resultfile.Failure) error {
	file, end := s.Files[side], &s.ends[side]
	s.barren[i][side]++
	if len(set.Runs) > 0 {
		s.barren[i][side] = 0
	}
	for _, f := range failures {
		f.Round = round
		if f.Hung {
			s.barren[i][side] = maxBarren // each costs the whole timeout
		}
		end.Failed++
		if err := file.Event(resultfile.Event{Failed: &f}); err != nil {
			return err
		}
		s.Watch.Failed(side, f)
	}
	for _, n := range set.Notes {
		key := side.String() + n.Workload + n.Text
		if s.noted[key] {
			continue
		}
		s.noted[key] = true
		if err := file.Event(resultfile.Event{Note: &n}); err != nil {
			return err
		}
	}
	for _, m := range set.Marks {
		m.Round = round
		if err := file.Event(resultfile.Event{Mark: &m}); err != nil {
			return err
		}
	}
	// Another Go on one side is part of what is compared, and no other machine.
	sameGo := s.plans[i].Programs[Old].Is.Go == s.plans[i].Programs[New].Is.Go
	for j := range set.Runs {
		r := &set.Runs[j]
		r.Round = round
		if !sameGo {
			r.Config = resultfile.WithoutKey(r.Config, "go")
		}
		s.known[i].add(side, *r)
		end.Runs++
		ns, _ := r.Value(resultfile.NsPerOp)
		end.Measured += time.Duration(ns * float64(r.Batches))
	}
	return file.Copy(set.Runs)
}
