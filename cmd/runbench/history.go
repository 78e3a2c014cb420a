package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/perf/benchproc"

	"runbench/internal/history"
	"runbench/internal/report"
)

func newHistory() *cobra.Command {
	var f historyFlags
	cmd := &cobra.Command{
		Use:   "history FILE…",
		Short: "Find the commits at which something became faster or slower, over many result files",
		Long: `History follows each workload through result files of many commits and says where its
level changed: at which commit, by how much, and how certain that is. Scatter from run
to run and from file to file is taken into account, single files that stand apart do not
count in full, and all that is followed is judged together: where nothing changed, one
history in a hundred shows anything (--alpha). A change needs three files on either side.

Of runbench's own files it follows throughput of one goroutine on one core and of the
goroutines that sweeps choose on all cores, and the gains; with --all every cell. Of
other Go benchmarks it follows sec/op of each name. Files of different machines, Go
versions or packages are followed apart (--ignore go to follow one through a change of
the Go version). Where the control arm changed at the same place it was the machine.

Files are ordered by the date of their commit. Runbench knows it from the program that
it measures, if go build made that in a repository, or from --commit and --commit-time;
in the output of go test write it on top, as lines "commit: 1a2b3c" and "commit-time:
2026-11-29T15:04:05Z". Where a file does not say, the order of the arguments counts.

In CI, --fail-on-worse 5 makes the exit status 1 where something became worse within
the last five files.`,
		Example: `  runbench history results/*.txt
  runbench history --filter '.name:Encode' bench-*.txt
  runbench history --unit sec/op,allocs/op bench-*.txt
  runbench history --ignore go --min-change 3% results/*.txt
  runbench history --fail-on-worse 5 --markdown results/*.txt
  runbench history --csv results/*.txt`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("history: expected result files, %d or more of one machine", history.MinFiles)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, paths []string) error { return f.run(cmd, paths) },
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.units, "unit", nil, "units to follow, such as sec/op, tasks/s, p99-sec, B/op, concurrency_gain, parallelism_gain, total_gain (default throughput and gains)")
	flags.StringVar(&f.filter, "filter", "", "follow only these results, in benchstat's filter syntax")
	flags.BoolVar(&f.all, "all", false, "follow every cell: each number of goroutines and cores")
	flags.StringSliceVar(&f.ignore, "ignore", nil, "keys of the configuration that may change along a series, such as go")
	flags.StringVar(&f.order, "order", "", "what to order files by: commit, started (when they were measured) or argument (default commit where all files know it, else argument)")
	flags.StringVar(&f.minChange, "min-change", "1%", "smallest change to show; smaller ones are counted")
	flags.Float64Var(&f.alpha, "alpha", history.DefaultAlpha, "chance that anything is shown where nothing changed, over all series")
	flags.IntVar(&f.worse, "fail-on-worse", 0, "exit with status 1 where something became worse within this many of the last files, 3 or more")
	flags.BoolVar(&f.json, "json", false, "print the history as JSON")
	flags.BoolVar(&f.markdown, "markdown", false, "print the changes as a Markdown table")
	flags.BoolVar(&f.csv, "csv", false, "print a line of comma-separated values for each file of each series")
	cmd.MarkFlagsMutuallyExclusive("json", "markdown", "csv")
	return cmd
}

// historyFlags are what to follow, and how to print it.
type historyFlags struct {
	units, ignore            []string
	filter, order, minChange string
	alpha                    float64
	worse                    int
	all, json, markdown, csv bool
}

// options returns what the flags say, or what is wrong with them.
func (f historyFlags) options() (opt history.Options, err error) {
	orders := []string{history.ByCommit, history.ByStarted, history.ByArgument}
	switch {
	case f.order != "" && !slices.Contains(orders, f.order):
		return opt, fmt.Errorf("--order %s: expected one of %s", f.order, strings.Join(orders, ", "))
	case !(f.alpha > 0 && f.alpha < 1):
		return opt, fmt.Errorf("--alpha %v: expected a chance between 0 and 1, such as 0.01", f.alpha)
	case f.worse != 0 && f.worse < history.MinStretch:
		// Within fewer files nothing ever shows: a gate that cannot fail.
		return opt, fmt.Errorf("--fail-on-worse %d: expected %d files or more, since a change needs so many after it to show", f.worse, history.MinStretch)
	}
	opt = history.Options{Units: f.units, Every: f.all, Ignore: f.ignore, Alpha: f.alpha, Order: f.order}
	if opt.MinChange, err = percentage(f.minChange); err != nil {
		return opt, fmt.Errorf("--min-change %s: %w", f.minChange, err)
	}
	if f.filter != "" {
		if opt.Filter, err = benchproc.NewFilter(f.filter); err != nil {
			// The lines after the first draw an arrow to the place.
			problem, _, _ := strings.Cut(err.Error(), "\n")
			return opt, fmt.Errorf("filter %q: %s", f.filter, problem)
		}
	}
	return opt, nil
}

func (f historyFlags) run(cmd *cobra.Command, paths []string) error {
	opt, err := f.options()
	if err != nil {
		return err
	}
	var inputs []history.Input
	for _, path := range paths {
		inputs = append(inputs, history.Input{Path: path, Open: func() (io.ReadCloser, error) {
			in, _, err := openResults(path)
			return in, err
		}})
	}
	told, done := counting(cmd.ErrOrStderr(), len(paths))
	r, err := history.Read(cmd.Context(), inputs, opt, told)
	done()
	switch {
	case cmd.Context().Err() != nil:
		return &statusError{statusInterrupted, errors.New("interrupted")}
	case err != nil:
		return err
	}
	if !f.markdown {
		for _, s := range r.Skipped {
			fmt.Fprintf(cmd.ErrOrStderr(), "runbench: left out %s: %s\n", report.Inert(s.Path), report.Inert(s.Reason))
		}
		for _, text := range r.Warnings {
			fmt.Fprintln(cmd.ErrOrStderr(), "runbench:", report.Inert(text))
		}
	}
	if err := f.print(cmd.OutOrStdout(), r); err != nil {
		return err
	}
	switch {
	case r.TooShort == len(r.Series):
		return &statusError{statusInconclusive, fmt.Errorf("nothing is judged: expected %d files or more of one configuration", history.MinFiles)}
	case f.worse > 0 && r.WorseWithin(f.worse):
		return &statusError{statusFailed, fmt.Errorf("something became worse within the last %s", report.Plural(f.worse, "file"))}
	}
	return nil
}

func (f historyFlags) print(out io.Writer, r *history.Result) error {
	switch {
	case f.json:
		return writeJSON(out, r)
	case f.markdown:
		return report.HistoryMarkdown(out, r)
	case f.csv:
		return report.HistoryCSV(out, r)
	}
	return report.History(out, r, styleOf(out))
}

// counting tells on w how many of so many files have been read, where that takes a while.
func counting(w io.Writer, of int) (told func(n int), done func()) {
	doing, done := statusLine(w)
	every := 5 * time.Second
	if _, live := terminal(w); live {
		every = time.Second / 4
	}
	last := time.Now()
	return func(n int) {
		if now := time.Now(); now.Sub(last) > every && n < of {
			last = now
			doing(fmt.Sprintf("read %d of %s", n, report.Plural(of, "file")))
		}
	}, done
}
