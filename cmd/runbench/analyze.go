package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"runbench/internal/analysis"
	"runbench/internal/execsweep"
	"runbench/internal/host"
	"runbench/internal/report"
	"runbench/internal/resultfile"
)

func newAnalyze() *cobra.Command {
	var f analyzeFlags
	cmd := &cobra.Command{
		Use:   "analyze [FILE|-…]",
		Short: "Say what result files tell: gains, laws, verdicts, recommended goroutines",
		Long: `Analyze reads what runbench or go test -bench of any project wrote and says how the
work scales: gains, laws, verdicts, and how many goroutines and cores to give it.
Without a file it reads standard input. Several files of one machine count as
further rounds of one measurement.

Of runbench's own files it prints the gains, how far they go (Amdahl's law and the
Universal Scalability Law over GOMAXPROCS and over goroutines, each refused where the
data cannot carry it), what it takes to beat one goroutine on one core (COST), how
many cores the work could keep busy (work/span), and the recommended goroutines beside
the textbook's. From a file of runbench run --weak it prints how the work scales when
it grows with the cores (Gustafson's law); from one of runbench strategies, how they
rank; from those of runbench exec, what that printed.

Of other projects' benchmarks it takes the -N that go test -cpu 1,2,4 appends, or a
count in the name such as /goroutines=8, /workers=8 or /procs=8, for the axis, and
ns/op, MB/s or a rate such as ops/s for throughput. Each benchmark gets its
speed-up, efficiency, law, peak and verdict, by configuration (pkg, cpu, goos);
what could not be used is counted, with the reason. Where a file does not say which
machine it is of, --cores and --physical tell: more GOMAXPROCS than cores are then
marked and in no law, and the further threads of cores (SMT) have a law of their own.

With --scheduler it prints in place of that what the Go scheduler, the garbage
collector and the kernel did under each workload: threads, goroutines in each state,
how long goroutines were runnable before they ran, context switches, waits for
mutexes, and the share of CPU time that went into collecting garbage.`,
		Example: `  runbench analyze results.txt
  go test -run '^$' -bench CPU -count 5 ./bench | runbench analyze
  go test -run '^$' -bench . -cpu 1,2,4,8 -count 10 | runbench analyze -
  runbench analyze laptop.txt server.txt
  runbench analyze --cores 16 --physical 8 theirs.txt
  runbench analyze --markdown results.txt
  runbench analyze --csv results.txt
  runbench analyze --scheduler results.txt
  runbench analyze --json results.txt`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				paths = []string{"-"}
			}
			for _, name := range []string{"cores", "physical"} {
				if flag := cmd.Flags().Lookup(name); flag.Changed && flag.Value.String() == "0" {
					return fmt.Errorf("--%s 0: expected a number above 0", name)
				}
			}
			return f.run(cmd.Context(), cmd.OutOrStdout(), paths)
		},
	}
	cmd.Flags().BoolVar(&f.json, "json", false, "print the answer as JSON")
	cmd.Flags().BoolVar(&f.markdown, "markdown", false, "print the answer as Markdown tables")
	cmd.Flags().BoolVar(&f.csv, "csv", false, "print a line of comma-separated values for each point of each law")
	cmd.Flags().IntVar(&f.machine.Cores, "cores", 0, "logical cores of the machine, for files that do not say")
	cmd.Flags().IntVar(&f.machine.Physical, "physical", 0, "physical cores of it, where they have several threads each")
	cmd.Flags().BoolVar(&f.scheduler, "scheduler", false, "say what the scheduler, the collector and the kernel did")
	cmd.MarkFlagsMutuallyExclusive("json", "markdown", "csv")
	cmd.MarkFlagsMutuallyExclusive("scheduler", "markdown")
	cmd.MarkFlagsMutuallyExclusive("scheduler", "csv")
	return cmd
}

// analyzeFlags are what to print, and how.
type analyzeFlags struct {
	json, markdown, csv, scheduler bool

	machine analysis.Machine // what a user says of it
}

func (f analyzeFlags) run(ctx context.Context, out io.Writer, paths []string) error {
	if os.Getenv("GOGC") == "" {
		// Of millions of results most is figures without pointers, which the collector
		// is soon done with: it may come oftener, for less memory.
		defer debug.SetGCPercent(debug.SetGCPercent(50))
	}
	if err := f.machine.Check(); err != nil { // before there is anything to read
		return fmt.Errorf("--%w", err)
	}
	var sets []*resultfile.Set
	runs := 0
	for _, path := range paths {
		set, err := f.read(ctx, path)
		if err != nil {
			return err
		}
		sets = append(sets, set)
		runs += set.Len()
	}
	contests := slices.ContainsFunc(sets, analysis.IsContest)
	if f.scheduler && contests {
		return errors.New("--scheduler: expected a file of runbench run, found one of runbench strategies, which has one number of cores only")
	}
	if len(sets) == 1 && contests {
		return f.rank(out, sets[0], paths[0])
	}
	if err := f.machine.Check(sets...); err != nil {
		return fmt.Errorf("%s: --%w", strings.Join(paths, ", "), err)
	}
	programs := !slices.ContainsFunc(sets, func(set *resultfile.Set) bool { return !execsweep.IsOf(set) || set.Len() == 0 })
	if programs && !f.scheduler && !f.markdown && !f.csv {
		return f.programs(out, sets, paths)
	}
	sets = distinct(sets, paths)
	a := analysis.AnalyzeOn(f.machine, sets...)
	if f.scheduler && len(a.Workloads) == 0 && len(a.Weak) > 0 {
		return errors.New("--scheduler: expected goroutines × GOMAXPROCS, found only weak scaling (runbench run --weak)")
	}
	err := f.print(out, a, sets)
	if err == nil && runs == 0 {
		err = &statusError{statusInconclusive, fmt.Errorf("%s: no run to judge", strings.Join(paths, ", "))}
	}
	return err
}

// read reads a file. What others wrote may have millions of lines, and is held in
// the form that takes little room; of our own files contests and schedulers look at
// each run.
func (f analyzeFlags) read(ctx context.Context, path string) (*resultfile.Set, error) {
	file, name, err := openResults(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := io.Reader(file)
	if path == "-" {
		var stop func()
		in, stop = interruptible(ctx, file)
		defer stop()
	}
	set, err := resultfile.ReadCompact(in, name)
	if ctx.Err() != nil {
		return nil, &statusError{statusInterrupted, errors.New("interrupted; nothing was judged")}
	}
	if err != nil || set.Manifest == nil && !f.scheduler {
		return set, err
	}
	for run := range set.All() {
		run.Values = slices.Clone(run.Values)
		set.Runs = append(set.Runs, run)
	}
	return set, nil
}

// rank prints the file of a contest.
func (f analyzeFlags) rank(out io.Writer, set *resultfile.Set, path string) error {
	if f.markdown || f.csv {
		return fmt.Errorf("%s: expected a file of runbench run or go test -bench, found one of runbench strategies: it is printed as text or as --json", path)
	}
	k, err := analysis.Strategies(set)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", path, err)
	case f.json:
		return writeJSON(out, k)
	}
	return contest(out, k)
}

// programs prints the answers that files of runbench exec hold, each as exec did.
func (f analyzeFlags) programs(out io.Writer, sets []*resultfile.Set, paths []string) error {
	var answers []execsweep.Answer
	for i, set := range sets {
		var machine host.Host
		_ = json.Unmarshal(set.Manifest.Host, &machine) // of another version: what is not known is not said
		physical, logical := machine.Cores()
		a, err := execsweep.Judge(set, execsweep.Machine{Physical: physical, Logical: logical})
		if err != nil {
			return fmt.Errorf("%s: %w", paths[i], err)
		}
		answers = append(answers, a)
		if f.json {
			continue
		}
		if i > 0 {
			fmt.Fprintln(out)
		}
		when := whenMeasured(set, func(end resultfile.End) string { return howItWent(end, a) })
		fmt.Fprintf(out, "%s\n%s\n", machine.Summary(), when)
		if err := report.Exec(out, a, styleOf(out)); err != nil {
			return err
		}
	}
	if !f.json {
		return nil
	}
	return writeJSON(out, struct {
		analysis.Analysis
		Exec []execsweep.Answer `json:"exec"`
	}{analysis.Analyze(sets...), answers})
}

// print prints an analysis in the form asked for.
func (f analyzeFlags) print(out io.Writer, a analysis.Analysis, sets []*resultfile.Set) error {
	style := styleOf(out)
	switch {
	case f.json && f.scheduler:
		return writeJSON(out, struct {
			analysis.Analysis
			Scheduler []analysis.Scheduler `json:"scheduler"`
		}{a, analysis.Schedulers(a, sets...)})
	case f.json:
		return writeJSON(out, a)
	case f.csv:
		return report.CSV(out, a)
	case f.markdown:
		return report.Markdown(out, a)
	case len(a.Workloads)+len(a.Weak) == 0 && a.Foreign == nil:
		return report.Table(out, a, style) // what failed
	case f.scheduler:
		return errors.Join(about(out, a, sets), report.Scheduler(out, a, analysis.Schedulers(a, sets...), style))
	}
	return errors.Join(about(out, a, sets), report.Answer(out, a, style))
}

// whenMeasured says when a file of ours was measured, and how that went.
func whenMeasured(set *resultfile.Set, went func(resultfile.End) string) string {
	how := "not finished"
	if set.End != nil {
		how = went(*set.End)
	}
	return set.Manifest.Started.Format("2006-01-02 15:04") + ": " + how
}

// distinct leaves out files that hold the same run as one before them: the runs of a
// copy are no further rounds, and would make intervals narrower than they are.
func distinct(sets []*resultfile.Set, paths []string) []*resultfile.Set {
	var kept []*resultfile.Set
	for i, set := range sets {
		first := slices.IndexFunc(sets[:i], func(other *resultfile.Set) bool {
			return set.Manifest != nil && other.Manifest != nil &&
				set.Manifest.Started.Equal(other.Manifest.Started) && set.Manifest.Plan.Seed == other.Manifest.Plan.Seed
		})
		if first < 0 {
			kept = append(kept, set)
			continue
		}
		sets[first].Warnings = append(sets[first].Warnings, fmt.Sprintf("%s: left out: it holds the same run as %s", paths[i], paths[first]))
	}
	return kept
}

// about says which machine files are of, and when they were measured.
func about(out io.Writer, a analysis.Analysis, sets []*resultfile.Set) error {
	const most = 8 // files told of
	var lines []string
	last, told := "", 0
	for _, set := range sets {
		var machine host.Host
		if set.Manifest == nil || json.Unmarshal(set.Manifest.Host, &machine) != nil {
			continue // of another version; the results stand all the same
		}
		if told++; told > most {
			continue
		}
		if name := report.Inert(machine.Summary()); name != last {
			last, lines = name, append(lines, name)
		}
		lines = append(lines, whenMeasured(set, func(end resultfile.End) string { return summary(end, set.Manifest.Plan, a) }))
	}
	switch {
	case told == 0:
		return nil
	case told > most:
		lines = append(lines, fmt.Sprintf("… and %s more", report.Plural(told-most, "file")))
	}
	_, err := fmt.Fprintf(out, "%s\n\n", strings.Join(lines, "\n"))
	return err
}
