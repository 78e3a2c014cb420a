package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"runbench/internal/analysis"
	"runbench/internal/host"
	"runbench/internal/measure"
	"runbench/internal/report"
	"runbench/internal/resultfile"
	"runbench/workloads"
	"runbench/workloads/all"
	"runbench/workloads/known"
)

func newRun() *cobra.Command {
	f := &sweepFlags{}
	cmd := &cobra.Command{
		Use:   "run [PATTERN…]",
		Short: "Measure workloads and print their verdicts",
		Long: `Run measures the workloads that the patterns name, or the default ones, over
goroutines × GOMAXPROCS, and prints what it found. Each measurement is a fresh
process; every round measures each cell once, in random order. After the first
rounds only what the gains need is measured on, until each is known to the
precision asked for or the budget is spent. --precision 0 measures every cell in
every round.

With --weak it measures weak scaling in place of that: P goroutines on P cores with
a batch P times as large, so that the work of each core stays the same, and the same
batch on one core. It prints the scaled speed-up, the efficiency, and the serial
share by Gustafson's law. What does not only compute, or works together, cannot grow.

A pattern is a name (cpu/hash), a glob ('cpu/*') or a class (cpu). Parameters
follow the name: 'io/latency?wait=5ms'.

What is measured is in the output file as soon as it is measured. A run that was
stopped, by Ctrl-C or by force, goes on where it was with --resume.`,
		Example: `  runbench run cpu/mandelbrot io/http
  runbench run 'cpu/*' -o cpu.txt --budget 1m
  runbench run sync/mutex --precision 1% --budget 5m
  runbench run --all --budget 15m
  runbench run mem --size A
  runbench run --weak cpu/sort mem/triad 'known/serial?serial=0.1'
  runbench run io/latency --goroutines 1,8,64 --procs 1,2 --rounds 20
  runbench run 'mixed/fetch-parse?records=1000' --strategy pool,errgroup
  runbench run cpu -o - | runbench analyze -
  runbench run --resume -o cpu.txt`,
		ValidArgsFunction: completeWorkloads,
		RunE: func(cmd *cobra.Command, patterns []string) error {
			return runSweep(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), f, patterns)
		},
	}
	f.register(cmd, false)
	return cmd
}

// sweepFlags are the flags of a sweep.
type sweepFlags struct {
	output     string
	budget     time.Duration
	precision  string
	slower     []string
	timeout    time.Duration
	rounds     int
	procs      []int
	goroutines []int
	strategies []string
	seed       uint64
	all        bool
	weak       bool
	size       string
	resume     bool
	dryRun     bool
	json       bool
	commit     commitFlags
	page       bool

	cmd *cobra.Command
}

// register adds the flags to a command, which writes a page unless told otherwise
// where page says so.
func (f *sweepFlags) register(cmd *cobra.Command, page bool) {
	f.cmd = cmd
	flags := cmd.Flags()
	flags.StringVarP(&f.output, "output", "o", "", "write the results to this file; - for standard output (default a new file in results/ or here)")
	flags.DurationVar(&f.budget, "budget", 0, "wall time of the whole sweep (default 11.7s a workload on two cores, more on more)")
	flags.StringVar(&f.precision, "precision", "2%", "half-width at which a gain is known well enough; 0 for every cell in every round")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "how long one run may take before it counts as hung")
	flags.IntVar(&f.rounds, "rounds", 0, "rounds at most (default as many as the budget has room for)")
	flags.IntSliceVar(&f.procs, "procs", nil, "GOMAXPROCS to measure at (default 1, 2, 4, … physical cores, logical cores)")
	flags.IntSliceVar(&f.goroutines, "goroutines", nil, "goroutines to measure with (default: per workload)")
	flags.StringSliceVar(&f.strategies, "strategy", nil, "ways to put tasks onto goroutines (default pool)")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of the order of runs (default random, recorded)")
	flags.StringSliceVar(&f.slower, "slower", nil, "make a workload slower on purpose, to see that it is found: NAME=PERCENT")
	flags.BoolVar(&f.all, "all", false, "measure the whole catalogue; give it a --budget of 15m or more")
	flags.BoolVar(&f.weak, "weak", false, "weak scaling: as many goroutines as cores, and a batch that grows with them")
	flags.StringVar(&f.size, "size", "", "size class of the workloads that have one: S for a quick look, W (the default), A for big machines")
	flags.BoolVar(&f.resume, "resume", false, "go on with the run that wrote the output file")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print what would be measured, and measure nothing")
	flags.BoolVar(&f.json, "json", false, "print the verdicts as JSON")
	f.commit.register(cmd)
	flags.BoolVar(&f.page, "report", page, "write a page with pictures beside the output file, as runbench report does")
}

// check refuses values and combinations that make no sense.
func (f *sweepFlags) check() error {
	set := f.cmd.Flags().Changed
	switch {
	case set("budget") && f.budget <= 0:
		return fmt.Errorf("--budget %v: expected a duration above 0, such as 2m", f.budget)
	case f.timeout <= 0:
		return fmt.Errorf("--timeout %v: expected a duration above 0, such as 30s", f.timeout)
	case set("rounds") && f.rounds < 1:
		return fmt.Errorf("--rounds %d: expected a number above 0", f.rounds)
	case set("procs") && slices.ContainsFunc(f.procs, func(n int) bool { return n < 1 }):
		return fmt.Errorf("--procs: expected numbers above 0, found %v", f.procs)
	case set("goroutines") && slices.ContainsFunc(f.goroutines, func(n int) bool { return n < 1 }):
		return fmt.Errorf("--goroutines: expected numbers above 0, found %v", f.goroutines)
	case f.resume && f.output == "":
		return errors.New("--resume: expected -o FILE, the file of the run to go on with")
	case f.resume && f.output == "-":
		return errors.New("--resume and -o -: standard output cannot be gone on with; give a file")
	case f.json && f.output == "-":
		return errors.New("--json and -o -: both would go to standard output; give a file")
	case f.resume && f.dryRun:
		return errors.New("--resume and --dry-run contradict each other")
	}
	return f.commit.check()
}

// plan returns the plan for the patterns on this machine.
func (f *sweepFlags) plan(patterns []string, machine host.Host, stderr io.Writer) (resultfile.Plan, error) {
	selected, err := f.selected(patterns, stderr)
	if err != nil {
		return resultfile.Plan{}, err
	}
	opt := measure.Options{
		Procs: f.procs, Goroutines: f.goroutines, Strategies: f.strategies,
		Rounds: f.rounds, Budget: f.budget, Seed: f.seed, Control: known.Control, Weak: f.weak,
	}
	if opt.Precision, err = percentage(f.precision); err != nil {
		return resultfile.Plan{}, fmt.Errorf("--precision %s: %w", f.precision, err)
	}
	if opt.Slower, err = slowdowns(f.slower); err != nil {
		return resultfile.Plan{}, err
	}
	physical, logical := machine.Cores()
	opt.Ceilings = []int{physical, logical}
	if len(opt.Procs) == 0 {
		opt.Procs = measure.ProcCounts(physical, logical)
	}
	if !f.cmd.Flags().Changed("seed") {
		opt.Seed = rand.Uint64()
	}
	return measure.NewPlan(selected, opt)
}

// selected returns the workloads that the patterns and flags name. One that lacks
// something here is an error where it is named, and else left out with a word.
func (f *sweepFlags) selected(patterns []string, stderr io.Writer) ([]workloads.Selected, error) {
	if f.all && len(patterns) > 0 {
		return nil, fmt.Errorf("--all: expected no workload besides, found %s", strings.Join(patterns, " "))
	}
	selected := all.SelectAll()
	var err error
	if !f.all {
		if selected, err = all.Select(patterns); err != nil {
			return nil, err
		}
	}
	var here []workloads.Selected
	for _, s := range selected {
		missing := s.Missing()
		if missing == "" && f.weak {
			missing = s.CannotGrow()
		}
		switch {
		case missing == "":
			here = append(here, s)
		case slices.ContainsFunc(patterns, func(p string) bool { name, _, _ := strings.Cut(p, "?"); return name == s.Name }):
			return nil, fmt.Errorf("%s: %s", s.Name, missing)
		default:
			fmt.Fprintf(stderr, "%s is left out: %s\n", s.Name, missing)
		}
	}
	if f.size != "" {
		for i := range here {
			if here[i], err = here[i].WithSize(f.size); err != nil {
				return nil, fmt.Errorf("--size: %w", err)
			}
		}
	}
	if len(here) == 0 {
		return nil, errors.New("nothing is left to measure")
	}
	return here, nil
}

// ownWay says where the strategies asked for do not apply.
func (f *sweepFlags) ownWay(stderr io.Writer, plan resultfile.Plan) {
	var names []string
	for _, s := range plan.Subjects {
		if slices.Contains(s.Strategies, resultfile.Own) {
			names = append(names, s.Cells(plan.Procs)[0].Spec())
		}
	}
	if len(f.strategies) > 0 && len(names) > 0 {
		fmt.Fprintf(stderr, "--strategy does not apply to %s: their goroutines work together\n", strings.Join(names, ", "))
	}
}

// percentage reads a share: "2%", "2 %" or "0.02".
func percentage(text string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v < 1) {
		return 0, errors.New("expected a percentage from 0% to below 100%, such as 2%, or a share such as 0.02")
	}
	return v, nil
}

// slowdowns reads NAME=PERCENT pairs.
func slowdowns(pairs []string) (map[string]float64, error) {
	slower := make(map[string]float64)
	for _, pair := range pairs {
		name, percent, ok := strings.Cut(pair, "=")
		v, err := strconv.ParseFloat(strings.TrimSuffix(percent, "%"), 64)
		if !ok || err != nil {
			return nil, fmt.Errorf("--slower %s: expected NAME=PERCENT, such as cpu/hash=5", pair)
		}
		slower[name] = v
	}
	return slower, nil
}

func runSweep(ctx context.Context, stdout, stderr io.Writer, f *sweepFlags, patterns []string) error {
	if err := f.check(); err != nil {
		return err
	}
	machine := host.Collect(ctx)
	plan, err := f.plan(patterns, machine, stderr)
	if err != nil {
		return err
	}
	f.ownWay(stderr, plan)
	if f.dryRun {
		return describe(stdout, plan, machine)
	}
	_, cores := machine.Cores()
	config := resultfile.Config{CPU: string(machine.CPUModel), Cores: cores}
	writer, had, err := f.open(plan, config, machine, patterns)
	if err != nil {
		return err
	}
	defer writer.Close()
	if had != nil {
		plan = had.Manifest.Plan
		if had.Torn {
			fmt.Fprintf(stderr, "runbench: %s: the last line had no end and was dropped\n", f.output)
		}
	}
	// Where the results themselves go to standard output, nothing else does.
	table := stdout
	if f.output == "-" {
		table = stderr
	}
	if !f.json {
		fmt.Fprintf(table, "%s\n", machine.Summary())
	}
	oversubscribed(stderr, plan, cores)

	_, live := terminal(stderr)
	progress := report.NewProgress(stderr, live, styleOf(stderr), plan, config.Text(), had)
	physical, _ := machine.Cores()
	sweep := &measure.Sweep{
		Plan: plan, Writer: writer, Had: had, Run: measure.Process, Timeout: f.timeout, Watch: progress,
		Steer: analysis.Steer(cores, physical),
	}
	end, err := sweep.Do(ctx)
	progress.Close()
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%s: %w", f.output, err)
	}
	if f.output == "-" {
		return f.status(end)
	}
	set, err := readFile(f.output)
	if err != nil {
		return err
	}
	a := analysis.Analyze(set)
	if f.json {
		if err := writeJSON(stdout, a); err != nil {
			return err
		}
		f.writePage(stderr)
		return f.status(end)
	}
	style := styleOf(stdout)
	fmt.Fprintf(stdout, "%s\n\n", summary(end, plan, a))
	if err := errors.Join(report.Brief(stdout, a, f.output, style), blank(stdout)); err != nil {
		return err
	}
	written := f.output + " (benchstat reads it)"
	if page := f.writePage(stderr); page != "" {
		written += " · " + page
	}
	fmt.Fprintln(stdout, written)
	next(stdout, a, f.output)
	return f.status(end)
}

func blank(w io.Writer) error {
	_, err := fmt.Fprintln(w)
	return err
}

// status turns how a sweep ended into the command's status.
func (f *sweepFlags) status(end resultfile.End) error {
	switch {
	case end.Interrupted:
		return &statusError{statusInterrupted, fmt.Errorf("interrupted; %s holds what was measured, and --resume goes on", f.output)}
	case end.Failed > 0:
		return &statusError{statusFailed, fmt.Errorf("%d of %d runs failed; the reasons are above and in %s", end.Failed, end.Failed+end.Runs, f.output)}
	}
	return nil
}

// open opens the output file, a new one or, with --resume, the one to go on
// with, which must have been begun with the same plan on the same machine.
func (f *sweepFlags) open(plan resultfile.Plan, config resultfile.Config, machine host.Host, patterns []string) (*resultfile.Writer, *resultfile.Set, error) {
	about, err := json.Marshal(machine)
	if err != nil {
		return nil, nil, err
	}
	m := resultfile.Manifest{
		SchemaVersion: resultfile.SchemaVersion, Started: time.Now(), Command: os.Args[1:],
		GOGC: os.Getenv("GOGC"), GODEBUG: os.Getenv("GODEBUG"), Host: about, Plan: plan,
	}
	f.commit.put(&m)
	if !f.resume {
		if f.output == "" {
			f.output = newOutput("run", m.Started)
		}
		w, err := resultfile.Create(f.output, config, m)
		return w, nil, err
	}
	if _, err := os.Stat(f.output); errors.Is(err, fs.ErrNotExist) && len(patterns) == 0 && !f.all {
		return nil, nil, fmt.Errorf("--resume: there is no %s to go on with; name workloads to begin one", f.output)
	}
	w, had, err := resultfile.Resume(f.output, config, m)
	if err != nil || had == nil {
		return w, nil, err
	}
	if err := f.sameAs(had, plan, config, patterns); err != nil {
		w.Close()
		return nil, nil, fmt.Errorf("%s cannot be gone on with: %w", f.output, err)
	}
	return w, had, nil
}

// sameAs reports how what is asked for differs from what the file was begun
// with. Flags that are not given are taken from the file.
func (f *sweepFlags) sameAs(had *resultfile.Set, plan resultfile.Plan, config resultfile.Config, patterns []string) error {
	old := had.Manifest.Plan
	if len(had.Runs) > 0 && had.Runs[0].Config != config.Text() {
		return fmt.Errorf("it was measured on (%s), this is (%s)", had.Runs[0].Config, config.Text())
	}
	set := f.cmd.Flags().Changed
	asked := len(patterns) > 0 || f.all || set("weak") || set("size") || set("goroutines") || set("strategy")
	switch {
	case old.WarmUp != plan.WarmUp:
		return fmt.Errorf("its runs were warmed up for %v, this runbench does it for %v: the two cannot be mixed", old.WarmUp, plan.WarmUp)
	case set("procs") && !slices.Equal(old.Procs, plan.Procs):
		return fmt.Errorf("it was begun with --procs %v, not %v", old.Procs, plan.Procs)
	case asked && !reflect.DeepEqual(normal(old.Subjects), normal(plan.Subjects)):
		return errors.New("it was begun with other workloads, goroutines or strategies; leave them out to go on with those")
	case set("precision") && old.Precision != plan.Precision:
		return fmt.Errorf("it was begun with --precision %v%%, not %v%%", 100*old.Precision, 100*plan.Precision)
	case set("slower") && !maps.Equal(old.Slower, plan.Slower):
		return fmt.Errorf("it was begun with --slower %v, not %v", old.Slower, plan.Slower)
	case set("seed") && old.Seed != plan.Seed:
		return fmt.Errorf("it was begun with --seed %d, not %d", old.Seed, plan.Seed)
	}
	if set("rounds") {
		had.Manifest.Plan.Rounds = plan.Rounds
	}
	if set("budget") {
		had.Manifest.Plan.Budget = plan.Budget
	}
	return nil
}

// normal returns subjects in the form they have after a way through JSON.
func normal(subjects []resultfile.Subject) []resultfile.Subject {
	subjects = slices.Clone(subjects)
	for i := range subjects {
		if len(subjects[i].Params) == 0 {
			subjects[i].Params = nil
		}
		if len(subjects[i].Strategies) == 0 {
			subjects[i].Strategies = nil
		}
		if len(subjects[i].Ceilings) == 0 {
			subjects[i].Ceilings = nil
		}
	}
	return subjects
}

// newOutput returns a new file's name, in results/ where there is one. kind is what
// wrote it: explain looks for those of "run".
func newOutput(kind string, now time.Time) string {
	return inResults(kind + "-" + now.Format("20060102-150405") + ".txt")
}

// inResults returns a path for a file: in results/ where that is a directory, or
// else here.
func inResults(name string) string {
	if info, err := os.Stat("results"); err == nil && info.IsDir() {
		return filepath.Join("results", name)
	}
	return name
}

// describe prints a plan.
func describe(w io.Writer, plan resultfile.Plan, machine host.Host) error {
	rounds := "as many rounds as fit"
	if plan.Rounds > 0 {
		rounds = fmt.Sprintf("%d rounds", plan.Rounds)
	}
	cells := plan.Cells()
	fmt.Fprintf(w, "%s\n%d cells, %s into %v, %v and more a run, seed %d\n",
		machine.Summary(), len(cells), rounds, plan.Budget, plan.RunTime.Round(time.Millisecond), plan.Seed)
	for _, c := range cells {
		if _, err := fmt.Fprintln(w, c.Name()); err != nil {
			return err
		}
	}
	return nil
}

// oversubscribed warns of P above the cores.
func oversubscribed(w io.Writer, plan resultfile.Plan, cores int) {
	for _, p := range plan.Procs {
		if p > cores {
			fmt.Fprintf(w, "runbench: GOMAXPROCS %d is above the %d cores this process may use: marked oversubscribed, and left out of the gains\n", p, cores)
		}
	}
}

func summary(end resultfile.End, plan resultfile.Plan, a analysis.Analysis) string {
	rounds := "rounds"
	if end.Rounds == 1 {
		rounds = "round"
	}
	of := ""
	if n := len(plan.Cells()); n > 0 { // what programs measured in turns have, nobody plans
		of = fmt.Sprintf(" of %d cells", n)
	}
	took := " and"
	if end.Resumed > 0 {
		took = fmt.Sprintf(", %d of them before the sweep was resumed; the others took", end.Resumed)
	}
	s := fmt.Sprintf("%d runs%s in %d %s%s %.0f s, %.0f %% of it outside the measured work",
		end.Runs, of, end.Rounds, rounds, took, end.Wall.Seconds(), 100*end.OutsideShare)
	switch {
	case end.Measured == 0 && !end.Interrupted && end.Runs > 0:
		s = fmt.Sprintf("nothing was left to measure: the file has %d runs in %d %s", end.Runs, end.Rounds, rounds)
	case end.Interrupted:
		s = "interrupted: " + s
	case allKnown(a):
		s += "; every gain is known to ±" + strconv.FormatFloat(100*plan.Precision, 'g', 3, 64) + " %"
	}
	return s
}

// allKnown reports whether every gain is known to the precision asked for.
func allKnown(a analysis.Analysis) bool {
	known := func(converged *bool) bool { return converged != nil && *converged }
	return len(a.Workloads)+len(a.Weak) > 0 &&
		!slices.ContainsFunc(a.Workloads, func(w analysis.Workload) bool { return !known(w.Converged) }) &&
		!slices.ContainsFunc(a.Weak, func(w analysis.WeakScaling) bool { return !known(w.Converged) })
}

// next says what to do with the answer.
func next(w io.Writer, a analysis.Analysis, output string) {
	var name string
	switch {
	case len(a.Workloads) > 0:
		name = a.Workloads[0].Name
	case len(a.Weak) > 0:
		name = a.Weak[0].Name
	default:
		return
	}
	// The most surprising result is the one that hurts; else the first.
	for _, wl := range a.Workloads {
		if g := wl.ParallelismGain; g != nil && g.Effect == "hurts" {
			name = wl.Name
			break
		}
	}
	name, _, _ = strings.Cut(name, "?")
	fmt.Fprintf(w, "next: runbench explain %s · runbench analyze --json %s · runbench compare %s OTHER\n", name, output, output)
}
