package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"runbench/internal/execsweep"
	"runbench/internal/host"
	"runbench/internal/measure"
	"runbench/internal/report"
	"runbench/internal/resultfile"
)

func newExec() *cobra.Command {
	f := &execFlags{}
	cmd := &cobra.Command{
		Use:   "exec [flags] -- COMMAND [ARGUMENT…]",
		Short: "Run any program at 1, 2, 4, … cores and say what cores give it",
		Long: `Exec runs a program again and again at each number of cores, in randomised rounds,
and says what it gains: wall time and CPU time, how many cores it really uses, peak
memory, and what limits it. The program is told the cores by GOMAXPROCS, which any
Go program obeys, and by {procs} in its arguments. With --pin it is limited to as
many CPUs instead, whatever it is written in (Linux). {goroutines} in the arguments
makes a second axis, with --goroutines.

There is no shell: arguments are passed on as they are. Standard output goes to the
null device, which some programs notice; with --metric, to a pipe that runbench
reads. Each run is a process group of its own, and what is left of it when the
program ends is killed. CPU time and peak memory are those the system charges the
program, with the children it waited for.

Rounds go on until each speed-up is known to 2 %, or until the budget is spent.
What was measured is in the output file, which analyze and compare read: analyze
prints the same answer again.`,
		Example: `  runbench exec -- ./prog -n 1000
  runbench exec --budget 2m -- go build -a ./...
  runbench exec --pin -- xz -k -c -T{procs} data.tar
  runbench exec -- env OMP_NUM_THREADS={procs} ./solver
  runbench exec --goroutines 1,8,64 -- ./crawl -workers={goroutines} urls.txt
  runbench exec --metric 'Requests/sec: ([0-9.]+)' -- ./loadtest -d 2s
  runbench exec --stdin big.json --procs 1,2 --rounds 10 -o sort.txt -- ./sort`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("exec: expected a command, as in runbench exec -- ./prog -n 1000")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args)
		},
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false) // the command's own flags are not ours
	flags.StringVarP(&f.output, "output", "o", "", "write the results to this file; - for standard output (default a new file in results/ or here)")
	flags.IntSliceVar(&f.procs, "procs", nil, "numbers of cores (default 1, 2, 4, … physical cores, logical cores)")
	flags.IntSliceVar(&f.goroutines, "goroutines", nil, "what to put in place of {goroutines}")
	flags.IntVar(&f.rounds, "rounds", 0, "rounds, as far as the budget has room (default until speed-ups are known to 2 %)")
	flags.DurationVar(&f.budget, "budget", time.Minute, "wall time of all rounds; the first one is always finished")
	flags.IntVar(&f.warmup, "warmup", 1, "runs before the first round that do not count, at the most cores")
	flags.DurationVar(&f.timeout, "timeout", 10*time.Minute, "how long one run may take before it counts as hung and is killed")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of the order of runs (default random, recorded)")
	flags.StringVar(&f.metric, "metric", "", "regular expression whose one group is a figure in the program's output: that is the throughput then")
	flags.StringVar(&f.better, "metric-better", "higher", "which figures of --metric are better: higher or lower")
	flags.BoolVar(&f.pin, "pin", false, "limit the program to as many CPUs in place of setting GOMAXPROCS (Linux)")
	flags.StringVar(&f.stdin, "stdin", "", "file that is the program's standard input in every run (default none)")
	flags.StringVar(&f.dir, "dir", "", "directory to run the program in (default here; its own path is one from here)")
	flags.StringVar(&f.name, "name", "", "name in the results (default that of the program)")
	flags.BoolVar(&f.json, "json", false, "print the answer as JSON")
	f.commit.register(cmd)
	f.cmd = cmd
	return cmd
}

// execFlags are the flags of exec.
type execFlags struct {
	output     string
	procs      []int
	goroutines []int
	rounds     int
	budget     time.Duration
	warmup     int
	timeout    time.Duration
	seed       uint64
	metric     string
	better     string
	pin        bool
	stdin      string
	dir        string
	name       string
	json       bool
	commit     commitFlags

	cmd *cobra.Command
}

// check refuses values that make no sense.
func (f *execFlags) check() error {
	set := f.cmd.Flags().Changed
	below := func(n int) bool { return n < 1 }
	switch {
	case f.budget <= 0:
		return fmt.Errorf("--budget %v: expected a duration above 0, such as 2m", f.budget)
	case f.timeout <= 0:
		return fmt.Errorf("--timeout %v: expected a duration above 0, such as 30s", f.timeout)
	case set("rounds") && f.rounds < 1:
		return fmt.Errorf("--rounds %d: expected a number above 0", f.rounds)
	case f.warmup < 0:
		return fmt.Errorf("--warmup %d: expected 0 or more", f.warmup)
	case set("procs") && (len(f.procs) == 0 || slices.ContainsFunc(f.procs, below)):
		return fmt.Errorf("--procs: expected numbers above 0, found %v", f.procs)
	case set("goroutines") && (len(f.goroutines) == 0 || slices.ContainsFunc(f.goroutines, below)):
		return fmt.Errorf("--goroutines: expected numbers above 0, found %v", f.goroutines)
	case set("metric-better") && f.metric == "":
		return errors.New("--metric-better: expected --metric besides")
	case f.json && f.output == "-":
		return errors.New("--json and -o -: both would go to standard output; give a file")
	}
	return f.commit.check()
}

// command returns the command that args and flags ask for, and its plan.
func (f *execFlags) command(args []string, machine host.Host) (*execsweep.Command, resultfile.Plan, error) {
	var none resultfile.Plan
	if len(f.procs) == 0 {
		f.procs = measure.ProcCounts(machine.Cores())
	}
	opt := execsweep.Options{Dir: f.dir, Stdin: f.stdin, Pin: f.pin, Procs: f.procs, Goroutines: f.goroutines}
	if f.metric != "" {
		figure, err := execsweep.NewFigure(f.metric, f.better)
		if err != nil {
			return nil, none, err
		}
		opt.Figure = figure
	}
	c, err := execsweep.New(args, opt)
	if err != nil {
		return nil, none, err
	}
	name := execsweep.Name(args)
	if f.name != "" {
		name = execsweep.Clean(f.name)
	}
	if !f.cmd.Flags().Changed("seed") {
		f.seed = rand.Uint64()
	}
	return c, execsweep.NewPlan(name, execsweep.Axes{
		Procs: f.procs, Goroutines: f.goroutines, Rounds: f.rounds, Budget: f.budget, Seed: f.seed,
	}), nil
}

func (f *execFlags) run(ctx context.Context, stdout, stderr io.Writer, args []string) error {
	if err := f.check(); err != nil {
		return err
	}
	machine := host.Collect(ctx)
	command, plan, err := f.command(args, machine)
	if err != nil {
		return err
	}
	defer command.Close()
	physical, logical := machine.Cores()
	for _, p := range plan.Procs {
		if p > logical {
			fmt.Fprintf(stderr, "runbench: %d cores are above the %d that this process may use: marked (over), and not used for the verdict\n", p, logical)
		}
	}
	if f.output == "" {
		f.output = newOutput("exec", time.Now())
	}
	f.commit.program = command.Path()
	config := resultfile.Config{CPU: string(machine.CPUModel), Cores: logical}
	// Begun before the warm-up, so that a file that cannot be written costs no run.
	_, missing := os.Lstat(f.output)
	writer, _, err := (&sweepFlags{output: f.output, commit: f.commit}).open(plan, config, machine, nil)
	if err != nil {
		return err
	}
	defer writer.Close()
	drop := func() { // a file that says nothing
		if f.output != "-" && errors.Is(missing, os.ErrNotExist) {
			writer.Close() // Windows removes no open file
			os.Remove(f.output)
		}
	}
	if err := f.warm(ctx, command, plan); err != nil {
		drop()
		return err
	}
	cell := plan.Cells()[0]
	note := resultfile.Note{Workload: cell.Catalogued(), Text: command.Provenance()}
	if err := writer.Event(resultfile.Event{Note: &note}); err != nil {
		return fmt.Errorf("%s: %w", f.output, err)
	}
	end, err := f.measure(ctx, command, plan, writer, config, stderr)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%s: %w", f.output, err)
	}
	if f.output != "-" && end.Runs > 0 {
		if err := f.print(stdout, machine.Summary(), execsweep.Machine{Physical: physical, Logical: logical}, end); err != nil {
			return err
		}
	}
	switch {
	case end.Interrupted && end.Runs+end.Failed == 0:
		drop()
		return &statusError{statusInterrupted, errors.New("interrupted in the first run; nothing was measured")}
	case end.Interrupted:
		return &statusError{statusInterrupted, fmt.Errorf("interrupted; %s holds what was measured", f.output)}
	case end.Failed > 0 && end.Runs == 0 && f.warmup > 0:
		return &statusError{statusFailed, fmt.Errorf("all %d runs failed, and the warm-up did not: what a run leaves behind may be in the way of the next; the reasons are above and in %s", end.Failed, f.output)}
	case end.Failed > 0:
		return &statusError{statusFailed, fmt.Errorf("%d of %d runs failed; the reasons are above and in %s", end.Failed, end.Failed+end.Runs, f.output)}
	}
	return nil
}

// warm carries out the runs that do not count.
func (f *execFlags) warm(ctx context.Context, command *execsweep.Command, plan resultfile.Plan) error {
	cells := plan.Cells()
	last := cells[len(cells)-1]
	for range f.warmup {
		err := command.Try(ctx, last.Goroutines, last.Gomaxprocs, f.timeout)
		switch {
		case ctx.Err() != nil:
			return &statusError{statusInterrupted, errors.New("interrupted in the warm-up; nothing was measured")}
		case err != nil:
			return &statusError{statusFailed, fmt.Errorf("%s failed in the warm-up: %w", report.Inert(command.String()), inert(err))}
		}
	}
	return nil
}

// inert returns err with what a program wrote made harmless to a terminal.
func inert(err error) error { return errors.New(report.Inert(err.Error())) }

// measure carries the plan out.
func (f *execFlags) measure(ctx context.Context, command *execsweep.Command, plan resultfile.Plan, writer *resultfile.Writer, config resultfile.Config, stderr io.Writer) (resultfile.End, error) {
	_, live := terminal(stderr)
	progress := report.NewProgress(stderr, live, styleOf(stderr), plan, config.Text(), nil)
	defer progress.Close()
	sweep := &measure.Sweep{
		Plan: plan, Writer: writer, Timeout: f.timeout, Watch: progress, Run: command.Runner(), Steer: execsweep.Steer,
	}
	return sweep.Do(ctx)
}

// print says what the output file tells.
func (f *execFlags) print(stdout io.Writer, summary string, machine execsweep.Machine, end resultfile.End) error {
	set, err := readFile(f.output)
	if err != nil {
		return err
	}
	a, err := execsweep.Judge(set, machine)
	if err != nil {
		return fmt.Errorf("%s: %w", f.output, err)
	}
	if f.json {
		return writeJSON(stdout, a)
	}
	fmt.Fprintf(stdout, "%s\n%s\n", summary, howItWent(end, a))
	if err := report.Exec(stdout, a, styleOf(stdout)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s (benchstat, runbench analyze and runbench compare read it)\n", f.output)
	return err
}

// howItWent says how much was measured. Rounds end by how the runs scatter; where
// others took of the machine, intervals are wider than that.
func howItWent(end resultfile.End, a execsweep.Answer) string {
	rounds := "rounds"
	if end.Rounds == 1 {
		rounds = "round"
	}
	text := fmt.Sprintf("%d runs in %d %s and %.0f s", end.Runs, end.Rounds, rounds, end.Wall.Seconds())
	switch {
	case end.Interrupted:
		return "interrupted: " + text
	case end.Converged && a.Seen != nil && a.Seen.Lost() > 0:
		text += fmt.Sprintf("; every speed-up would be known to ±%.0f %% but for what others took of the machine", 100*execsweep.Precision)
	case end.Converged:
		text += fmt.Sprintf("; every speed-up is known to ±%.0f %%", 100*execsweep.Precision)
	}
	return text
}
