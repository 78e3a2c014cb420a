package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"runbench/bench/strategy"
	"runbench/internal/analysis"
	"runbench/internal/host"
	"runbench/internal/measure"
	"runbench/internal/report"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

func newStrategies() *cobra.Command {
	f := &contestFlags{}
	cmd := &cobra.Command{
		Use:   "strategies WORKLOAD",
		Short: "Say which way to put a workload's tasks onto goroutines is best",
		Long: `Strategies measures all ways to put the tasks of one workload onto goroutines side
by side, at the same number of goroutines and cores, in every round and in random
order. It ranks them by throughput, says which cannot be told from the fastest,
and what each costs. A plain loop runs beside them, and for work that computes as
many separate processes as cores.

Run inside the source tree it also measures the pools people use, ants, pond, conc
and workerpool: it builds bench/peers, which needs the go command.

The strategies are:
` + described(),
		Example: `  runbench strategies cpu/mandelbrot
  runbench strategies io/latency --goroutines 8 --procs 1
  runbench strategies 'cpu/sort?size=A' --strategy pool,static,forkjoin --budget 5m
  runbench strategies sync/mutex --peers none -o mutex.txt`,
		Args:              wantArgs(1, 1, "the name of one workload"),
		ValidArgsFunction: completeWorkloads,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.output, "output", "o", "", "write the results to this file; - for standard output (default a new file in results/ or here)")
	flags.DurationVar(&f.budget, "budget", time.Minute, "wall time of the whole contest")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "how long one run may take before it counts as hung")
	flags.IntVar(&f.goroutines, "goroutines", 0, "goroutines for all strategies (default four a core, for waiting work all tasks of a batch)")
	flags.IntVar(&f.procs, "procs", 0, "GOMAXPROCS for all strategies (default all cores)")
	flags.StringSliceVar(&f.strategies, "strategy", nil, "strategies to measure (default all)")
	flags.StringVar(&f.peers, "peers", peersAuto, "the pools people use: auto where their source is at hand, none, or the path of a built bench/peers")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of the order of runs (default random, recorded)")
	flags.BoolVar(&f.json, "json", false, "print the ranking as JSON")
	f.cmd = cmd
	return cmd
}

// described lists the strategies for the help text.
func described() string {
	var b strings.Builder
	for _, s := range strategy.All() {
		fmt.Fprintf(&b, "  %-12s%s\n", s.Name(), s.Describe())
	}
	return strings.TrimRight(b.String(), "\n")
}

// contestFlags are the flags of a contest.
type contestFlags struct {
	output     string
	budget     time.Duration
	timeout    time.Duration
	goroutines int
	procs      int
	strategies []string
	peers      string
	seed       uint64
	json       bool

	cmd *cobra.Command
}

// check refuses values that make no sense whatever the workload is.
func (f *contestFlags) check() error {
	set := f.cmd.Flags().Changed
	switch {
	case f.budget <= 0:
		return fmt.Errorf("--budget %v: expected a duration above 0, such as 2m", f.budget)
	case f.timeout <= 0:
		return fmt.Errorf("--timeout %v: expected a duration above 0, such as 30s", f.timeout)
	case set("procs") && f.procs < 1:
		return fmt.Errorf("--procs %d: expected a number above 0", f.procs)
	case set("goroutines") && f.goroutines < 2:
		return fmt.Errorf("--goroutines %d: expected 2 or more: with one there is nothing to choose, it is a plain loop", f.goroutines)
	case f.json && f.output == "-":
		return errors.New("--json and -o -: both would go to standard output; give a file")
	}
	for _, name := range f.strategies {
		if strings.HasPrefix(name, strategy.PeerPrefix) {
			continue // told by the peers themselves
		}
		if _, err := strategy.ByName(name); err != nil {
			return err
		}
	}
	if len(f.strategies) > 0 && !slices.ContainsFunc(f.strategies, func(s string) bool { return s != resultfile.Sequential }) {
		return errors.New("--strategy: expected one besides sequential, which is measured anyway")
	}
	return nil
}

// workload returns the one workload of that name.
func (f *contestFlags) workload(spec string) (workloads.Selected, error) {
	w, err := oneWorkload(spec)
	if err != nil {
		return w, err
	}
	if w.Cooperates {
		return w, fmt.Errorf("%s brings goroutines of its own that work together: no strategy can deal its tasks out (runbench run measures it)", w.Name)
	}
	if f.goroutines > w.Batch {
		return w, fmt.Errorf("--goroutines %d: expected 2 to %d for %s, which has %d tasks a batch", f.goroutines, w.Batch, w.Name, w.Batch)
	}
	return w, nil
}

// plan returns the plan for w, with the peers that are asked for.
func (f *contestFlags) plan(w workloads.Selected, cores int, peers []measure.Described) (resultfile.Plan, error) {
	var known []string
	for _, s := range strategy.All() {
		if s != strategy.Sequential {
			known = append(known, s.Name())
		}
	}
	for _, s := range peers {
		known = append(known, s.Name)
	}
	names := known
	if len(f.strategies) > 0 {
		names = nil
		for _, name := range f.strategies {
			switch {
			case name == resultfile.Sequential || slices.Contains(names, name):
			case !slices.Contains(known, name):
				return resultfile.Plan{}, fmt.Errorf("unknown strategy %q (known: %s)", name, strings.Join(known, ", "))
			default:
				names = append(names, name)
			}
		}
	}
	p, c := f.procs, f.goroutines
	if p == 0 {
		p = cores
	}
	switch {
	case c == 0 && w.Waits:
		c = w.Batch
	case c == 0:
		c = min(4*p, w.Batch)
	}
	seed := f.seed
	if !f.cmd.Flags().Changed("seed") {
		seed = rand.Uint64()
	}
	return measure.ContestPlan(w, names, c, p, f.budget, seed), nil
}

func (f *contestFlags) run(ctx context.Context, stdout, stderr io.Writer, spec string) error {
	if err := f.check(); err != nil {
		return err
	}
	w, err := f.workload(spec)
	if err != nil {
		return err
	}
	peers, release, err := openPeers(ctx, f.peers, f.strategies, stderr)
	if err != nil {
		return err
	}
	defer release()
	machine := host.Collect(ctx)
	_, cores := machine.Cores()
	plan, err := f.plan(w, cores, peers.Strategies)
	if err != nil {
		return err
	}
	if p := plan.Procs[0]; p > cores {
		fmt.Fprintf(stderr, "runbench: GOMAXPROCS %d is above the %d cores this process may use\n", p, cores)
	}
	end, err := f.measure(ctx, plan, peers, machine, stderr)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%s: %w", f.output, err)
	}
	if f.output != "-" {
		if err := f.print(stdout, machine); err != nil {
			return err
		}
	}
	switch {
	case end.Interrupted:
		return &statusError{statusInterrupted, fmt.Errorf("interrupted; %s holds what was measured", f.output)}
	case end.Failed > 0:
		return &statusError{statusFailed, fmt.Errorf("%d of %d runs failed; the reasons are above and in %s", end.Failed, end.Failed+end.Runs, f.output)}
	}
	return nil
}

// measure carries the plan out. Peers run in their own program, all else in this
// one.
func (f *contestFlags) measure(ctx context.Context, plan resultfile.Plan, peers measure.Program, machine host.Host, stderr io.Writer) (resultfile.End, error) {
	_, cores := machine.Cores()
	config := resultfile.Config{CPU: string(machine.CPUModel), Cores: cores}
	if f.output == "" {
		f.output = newOutput("strategies", time.Now())
	}
	writer, _, err := (&sweepFlags{output: f.output}).open(plan, config, machine, nil)
	if err != nil {
		return resultfile.End{}, err
	}
	defer writer.Close()
	// A line a round, on a terminal too: the gains that form there are not what
	// this is about.
	progress := report.NewProgress(stderr, false, styleOf(stderr), plan, config.Text(), nil)
	defer progress.Close()
	run := measure.Process
	if len(peers.Strategies) > 0 {
		// All of them in the peers' program: the same loop at other addresses may
		// run at another speed, and that is not to be put down to a strategy.
		run = peers.Process
	}
	sweep := &measure.Sweep{Plan: plan, Writer: writer, Timeout: f.timeout, Watch: progress, Run: run}
	return sweep.Do(ctx)
}

// print says what the output file tells.
func (f *contestFlags) print(stdout io.Writer, machine host.Host) error {
	set, err := readFile(f.output)
	if err != nil {
		return err
	}
	k, err := analysis.Strategies(set)
	if err != nil {
		return fmt.Errorf("%s: %w", f.output, err)
	}
	if f.json {
		return writeJSON(stdout, k)
	}
	fmt.Fprintf(stdout, "%s\n", machine.Summary())
	if err := contest(stdout, k); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "\n%s (benchstat reads it)\n", f.output)
	return err
}

// contest prints how a contest ended.
func contest(out io.Writer, k analysis.Contest) error {
	fmt.Fprintf(out, "%s: batches of %d tasks on %d goroutines and %d GOMAXPROCS; rounds: %d\n\n",
		k.Workload, k.Batch, k.Goroutines, k.Gomaxprocs, k.Rounds)
	return report.Strategies(out, k, styleOf(out))
}
