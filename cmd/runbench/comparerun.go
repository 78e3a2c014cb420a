package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"runbench/internal/compare"
	"runbench/internal/execsweep"
	"runbench/internal/host"
	"runbench/internal/paired"
	"runbench/internal/report"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// withRun gives compare the flag --run: its arguments are programs then, which are
// measured in turns, and the files that come of it are compared.
func withRun(cmd *cobra.Command) {
	f := &pairedFlags{cmd: cmd}
	f.register()
	cmd.Long += `

With --run the arguments are programs, and are measured first, in turns on this
machine: a fresh process of each in every round, the order drawn by lot, so that
what the machine does meanwhile is in neither's favour. They are two test binaries
that go test -c wrote, of any Go project; two directories that hold such binaries
(*.test) under the same paths, each run where it lies; or two builds of runbench,
which take workloads behind them. Rounds go on until each benchmark's change is
known to 2 %, or to half of what the strictest gate on time allows, or until the
budget is spent. Both result files are kept.`
	cmd.Example += `
  runbench compare --run old.test new.test --gate 'sec/op:5%'
  runbench compare --run old.test new.test --bench 'Encode|Decode' --dir ./codec --budget 5m
  runbench compare --run base/ head/ --cpu 1,4 -o before.txt -o after.txt
  runbench compare --run ./runbench-old ./runbench-new cpu/hash io/http`
	files, judge := cmd.Args, cmd.RunE
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if !f.run {
			return files(cmd, args)
		}
		if len(args) < 2 {
			return fmt.Errorf("compare --run: expected two programs, or two directories of test binaries, found %d arguments", len(args))
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := f.check(); err != nil {
			return err
		}
		if !f.run {
			return judge(cmd, args)
		}
		failed, err := f.measure(cmd.Context(), cmd.ErrOrStderr(), args)
		if err != nil {
			return err
		}
		err = judge(cmd, f.output)
		var said *statusError
		if failed != nil && (err == nil || errors.As(err, &said) && said.status == statusInconclusive) {
			return failed // it is why the data cannot tell
		}
		return err
	}
}

// pairedFlags are the flags of compare --run.
type pairedFlags struct {
	run       bool
	bench     string
	cpu       []int
	benchtime string
	rounds    int
	budget    time.Duration
	timeout   time.Duration
	precision string
	seed      uint64
	dirs      []string
	output    []string
	resume    bool

	cmd *cobra.Command
}

// onlyWithRun are the flags that say how to measure.
var onlyWithRun = []string{"bench", "cpu", "benchtime", "rounds", "budget", "precision", "timeout", "seed", "dir", "output", "resume"}

func (f *pairedFlags) register() {
	flags := f.cmd.Flags()
	flags.BoolVar(&f.run, "run", false, "measure two programs in turns, and compare what comes of it")
	flags.StringVar(&f.bench, "bench", ".", "with --run: regular expression of the benchmarks to measure, as for go test -bench")
	flags.IntSliceVar(&f.cpu, "cpu", nil, "with --run: GOMAXPROCS to measure at, as for go test -cpu (default what the programs do)")
	flags.StringVar(&f.benchtime, "benchtime", "200ms", "with --run: how long each benchmark is measured in a round, as for go test -benchtime")
	flags.IntVar(&f.rounds, "rounds", 0, "with --run: rounds, as far as the budget has room (default until changes are known to --precision)")
	flags.DurationVar(&f.budget, "budget", 2*time.Minute, "with --run: wall time of all rounds; the first two are always finished")
	flags.StringVar(&f.precision, "precision", "", "with --run: half-width at which a change is known well enough; 0 for all the rounds there are (default 2%, or half of the smallest --gate on time where that is less)")
	flags.DurationVar(&f.timeout, "timeout", 10*time.Minute, "with --run: how long one process may take before it counts as hung and is killed")
	flags.Uint64Var(&f.seed, "seed", 0, "with --run: seed of the order (default random, recorded)")
	flags.StringArrayVar(&f.dirs, "dir", nil, "with --run: directory to run the programs in; given twice, that of the old and of the new one (default here)")
	flags.StringArrayVarP(&f.output, "output", "o", nil, "with --run: directory for old.txt and new.txt; given twice, the two result files (default new ones in results/ or here)")
	flags.BoolVar(&f.resume, "resume", false, "with --run: go on with what wrote the output files")
}

// check refuses values and combinations that make no sense.
func (f *pairedFlags) check() error {
	set := f.cmd.Flags().Changed
	if i := slices.IndexFunc(onlyWithRun, set); i >= 0 && !f.run {
		return fmt.Errorf("--%s: expected --run besides, which measures", onlyWithRun[i])
	}
	times := regexp.MustCompile(`^[0-9]+x$`)
	d, err := time.ParseDuration(f.benchtime)
	switch {
	case f.budget <= 0:
		return fmt.Errorf("--budget %v: expected a duration above 0, such as 2m", f.budget)
	case f.timeout <= 0:
		return fmt.Errorf("--timeout %v: expected a duration above 0, such as 30s", f.timeout)
	case !times.MatchString(f.benchtime) && (err != nil || d <= 0):
		return fmt.Errorf("--benchtime %s: expected a duration or a number of times, such as 200ms or 100x", f.benchtime)
	case set("rounds") && f.rounds < 1:
		return fmt.Errorf("--rounds %d: expected a number above 0", f.rounds)
	case set("cpu") && (len(f.cpu) == 0 || slices.ContainsFunc(f.cpu, func(n int) bool { return n < 1 })):
		return fmt.Errorf("--cpu: expected numbers above 0, found %v", f.cpu)
	case len(f.dirs) > 2:
		return fmt.Errorf("--dir: expected one or two, found %d", len(f.dirs))
	case len(f.output) > 2 || len(f.output) == 2 && f.output[0] == f.output[1] || slices.Contains(f.output, "-"):
		return fmt.Errorf("--output: expected a directory or two files, found %s", strings.Join(f.output, ", "))
	case f.resume && len(f.output) == 0:
		return errors.New("--resume: expected -o, the output of the run to go on with")
	}
	for element := range strings.SplitSeq(f.bench, "/") {
		if _, err := regexp.Compile(element); err != nil {
			return fmt.Errorf("--bench %s: expected a regular expression: %w", f.bench, err)
		}
	}
	if _, err := f.wanted(); err != nil { // not after minutes of measuring
		return err
	}
	for _, dir := range f.dirs {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return fmt.Errorf("--dir %s: expected an existing directory", dir)
		}
	}
	return nil
}

// defaultPrecision is the half-width, as a share, at which a change is known well
// enough where nobody asks for another.
const defaultPrecision = 0.02

// wanted returns the precision to measure to. By default it is such that a gate
// passes 39 times of 40 where nothing has changed: it does so where the interval
// ends before the tolerance, and half of that is two standard errors then.
func (f *pairedFlags) wanted() (float64, error) {
	gates, err := f.cmd.Flags().GetStringArray("gate")
	if err != nil {
		return 0, err
	}
	precision := defaultPrecision
	for _, gate := range gates {
		rule, err := compare.ParseRule(gate)
		if err != nil {
			return 0, err
		}
		switch rule.Unit {
		case resultfile.NsPerOp, resultfile.TasksPerSec, resultfile.CPUNsPerOp:
			precision = min(precision, rule.Tolerance/2)
		}
	}
	set := f.cmd.Flags().Changed
	if set("precision") {
		if precision, err = percentage(f.precision); err != nil {
			return 0, fmt.Errorf("--precision %s: %w", f.precision, err)
		}
	} else if set("rounds") {
		precision = 0 // so many rounds were asked for
	}
	return precision, nil
}

// outputs settles the names of the output files.
func (f *pairedFlags) outputs(now time.Time) error {
	switch len(f.output) {
	case 0:
		name := strings.TrimSuffix(newOutput("paired", now), ".txt")
		f.output = []string{name + "-old.txt", name + "-new.txt"}
	case 1:
		dir := f.output[0]
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return fmt.Errorf("--output: %w", err)
		}
		f.output = []string{filepath.Join(dir, "old.txt"), filepath.Join(dir, "new.txt")}
	}
	return nil
}

// measure measures the programs that args begin with into the output files. failed
// says that some of it went wrong, with the files good for a comparison.
func (f *pairedFlags) measure(ctx context.Context, stderr io.Writer, args []string) (failed, err error) {
	session, err := f.session(ctx, args, stderr)
	if err != nil {
		return nil, interruptedOr(ctx, err)
	}
	now := time.Now()
	if err := f.outputs(now); err != nil {
		return nil, err
	}
	// Before the programs are tried, so that a file that cannot be written costs no run.
	drop, err := f.open(session, host.Collect(ctx), now)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, file := range session.Files {
			file.Close()
		}
	}()
	warnings, err := session.Prepare(ctx)
	for _, text := range warnings {
		fmt.Fprintln(stderr, "runbench:", report.Inert(text))
	}
	if err != nil {
		drop()
		return nil, interruptedOr(ctx, err)
	}
	watch := newTurns(stderr, f.rounds)
	session.Watch = watch
	ends, err := session.Do(ctx)
	watch.done()
	runs, lost := ends[paired.Old].Runs+ends[paired.New].Runs, ends[paired.Old].Failed+ends[paired.New].Failed
	files := strings.Join(f.output, " and ")
	switch {
	case err != nil && ctx.Err() == nil:
		return nil, fmt.Errorf("%s: %w", files, err)
	case err != nil && runs+lost == 0:
		drop()
		return nil, &statusError{statusInterrupted, errors.New("interrupted in the first round; nothing was measured")}
	case err != nil:
		return nil, &statusError{statusInterrupted, fmt.Errorf("interrupted; %s hold what was measured, and --resume goes on", files)}
	case ends[paired.Old].Runs == 0 || ends[paired.New].Runs == 0:
		return nil, &statusError{statusFailed, fmt.Errorf("nothing to compare: one side has no result; the reasons are above and in %s", files)}
	}
	watch.conclude(ends[paired.Old], session.Precision)
	fmt.Fprintf(stderr, "%s (benchstat and runbench analyze read them too)\n", files)
	if lost > 0 {
		failed = &statusError{statusFailed, fmt.Errorf("%d runs failed; the reasons are above and in %s", lost, files)}
	}
	return failed, nil
}

// interruptedOr returns err with the status that it ends the command with.
func interruptedOr(ctx context.Context, err error) error {
	var failed *execsweep.FailedError
	switch {
	case ctx.Err() != nil:
		return &statusError{statusInterrupted, errors.New("interrupted; nothing was measured")}
	case errors.As(err, &failed):
		return &statusError{statusFailed, inert(err)}
	}
	return inert(err)
}

// session returns what flags and arguments ask for.
func (f *pairedFlags) session(ctx context.Context, args []string, stderr io.Writer) (*paired.Session, error) {
	precision, err := f.wanted()
	if err != nil {
		return nil, err
	}
	var dirs [2]string
	if n := len(f.dirs); n > 0 {
		dirs = [2]string{f.dirs[0], f.dirs[n-1]}
	}
	pairs, alone, err := paired.Find(ctx, args[paired.Old], args[paired.New], dirs)
	if err != nil {
		return nil, err
	}
	for _, path := range alone {
		fmt.Fprintf(stderr, "runbench: %s is on one side only, so not compared\n", report.Inert(path))
	}
	if !f.cmd.Flags().Changed("seed") {
		f.seed = rand.Uint64()
	}
	return &paired.Session{Pairs: pairs, Options: paired.Options{
		Bench: f.bench, Workloads: args[2:], CPU: f.cpu, Benchtime: f.benchtime,
		Rounds: f.rounds, Budget: f.budget, Timeout: f.timeout, Precision: precision, Seed: f.seed,
	}}, nil
}

// open opens the output files of a session. drop closes them, without which Windows
// removes none, and removes those that are new.
func (f *pairedFlags) open(s *paired.Session, machine host.Host, now time.Time) (drop func(), err error) {
	var created []string
	drop = func() {
		for _, file := range s.Files {
			if file != nil {
				file.Close()
			}
		}
		for _, path := range created {
			os.Remove(path)
		}
	}
	about, err := json.Marshal(machine)
	if err != nil {
		return nil, err
	}
	for side := range s.Files {
		is := resultfile.Paired{
			Side: paired.Side(side).String(), Bench: s.Bench, Workloads: s.Workloads, CPU: s.CPU, Benchtime: s.Benchtime, Precision: s.Precision,
		}
		for _, pair := range s.Pairs {
			is.Programs = append(is.Programs, pair.Programs[side].Is)
		}
		m := resultfile.Manifest{
			// Two files of one run differ in when they were begun.
			SchemaVersion: resultfile.SchemaVersion, Started: now.Add(time.Duration(side)), Command: os.Args[1:],
			GOGC: os.Getenv("GOGC"), GODEBUG: os.Getenv("GODEBUG"), Host: about, Paired: &is,
			Plan:   resultfile.Plan{Seed: s.Seed, Rounds: s.Rounds, Budget: s.Budget, Procs: s.CPU},
			Commit: (&commitFlags{program: s.Pairs[0].Programs[side].Path}).built(), // that of all
		}
		if s.Files[side], s.Had[side], err = f.openOne(f.output[side], m, &created); err != nil {
			break
		}
	}
	old, new := s.Had[paired.Old], s.Had[paired.New]
	switch {
	case err != nil:
	case (old == nil) != (new == nil):
		err = fmt.Errorf("%s and %s cannot be gone on with: one of them is new", f.output[0], f.output[1])
	case old != nil && old.Manifest.Plan.Seed != new.Manifest.Plan.Seed:
		err = fmt.Errorf("%s and %s cannot be gone on with: they are of two runs", f.output[0], f.output[1])
	case old != nil:
		s.Seed = old.Manifest.Plan.Seed
	}
	if err != nil {
		drop()
	}
	return drop, err
}

// openOne opens an output file, a new one or one to go on with.
func (f *pairedFlags) openOne(path string, m resultfile.Manifest, created *[]string) (*resultfile.Writer, *resultfile.Set, error) {
	if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
		*created = append(*created, path)
	}
	if !f.resume {
		w, err := resultfile.Create(path, resultfile.Config{}, m)
		return w, nil, err
	}
	w, had, err := resultfile.Resume(path, resultfile.Config{}, m)
	if err != nil || had == nil {
		return w, nil, err
	}
	if !sameJSON(had.Manifest.Paired, m.Paired) {
		w.Close()
		return nil, nil, fmt.Errorf("%s cannot be gone on with: it was begun with other programs, other --bench, --cpu or --benchtime, or another --precision, which --gate and --rounds set too", path)
	}
	return w, had, nil
}

// sameJSON reports whether a and b have the same form in a file.
func sameJSON(a, b *resultfile.Paired) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// turns tells on stderr how programs measured in turns go on.
type turns struct {
	out    io.Writer
	rounds int // asked for, 0 where the budget decides
	doing  func(string)
	done   func()
	live   bool
	last   paired.Progress
}

func newTurns(out io.Writer, rounds int) *turns {
	t := &turns{out: out, rounds: rounds}
	_, t.live = terminal(out)
	t.doing, t.done = statusLine(out)
	return t
}

// Started tells which program is running, where that can be taken away again.
func (t *turns) Started(round int, pair paired.Pair, side paired.Side) {
	if t.live {
		t.doing(fmt.Sprintf("round %d%s · %s", round, t.left(), report.Inert(pair.Programs[side].Path)))
	}
}

// Failed tells of what was not measured.
func (t *turns) Failed(side paired.Side, f resultfile.Failure) {
	t.done()
	fmt.Fprintf(t.out, "failed: %s (%s), round %d: %s\n", report.Inert(f.Cell), side, f.Round, report.Inert(f.Reason))
}

// RoundDone tells how far things are.
func (t *turns) RoundDone(p paired.Progress) {
	t.last = p
	if !t.live {
		fmt.Fprintf(t.out, "round %d: %s%s\n", p.Round, report.Plural(p.Runs, "run"), t.left())
	}
}

// left says what is known, and how much there is to go.
func (t *turns) left() string {
	switch {
	case t.last.Round == 0:
		return ""
	case t.rounds > 0:
		return fmt.Sprintf(", %s to go", report.Plural(t.rounds-t.last.Round, "round"))
	}
	return fmt.Sprintf(", %d of %s known well enough, at most %s left", t.last.Known, report.Plural(t.last.Of, "benchmark"), t.last.Left.Round(time.Second))
}

// conclude says what more it takes, where the budget was too short.
func (t *turns) conclude(end resultfile.End, precision float64) {
	switch {
	case end.Rounds < scaling.MinRounds && (t.rounds == 0 || end.Rounds < t.rounds):
		fmt.Fprintf(t.out, "runbench: only %s fitted into the budget: give more --budget, a narrower --bench, or less --benchtime\n", report.Plural(end.Rounds, "round"))
	case t.rounds == 0 && !end.Converged && precision > 0:
		fmt.Fprintf(t.out, "runbench: %d of %s known to ±%.3g %% when the budget was spent\n", t.last.Known, report.Plural(t.last.Of, "benchmark"), 100*precision)
	}
}
