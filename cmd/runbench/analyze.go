package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"runbench/internal/analysis"
	"runbench/internal/host"
	"runbench/internal/report"
	"runbench/internal/resultfile"
)

func newAnalyze() *cobra.Command {
	var asJSON, scheduler bool
	cmd := &cobra.Command{
		Use:   "analyze [FILE|-…]",
		Short: "Say what result files tell: gains, verdicts, recommended goroutines",
		Long: `Analyze reads what runbench or go test -bench wrote and prints gains, verdicts and
recommended numbers of goroutines. From a file that runbench strategies wrote it
prints how they rank. Without a file it reads standard input. Several
files of one machine count as further rounds of one measurement.

With --scheduler it prints in place of that what the Go scheduler, the garbage
collector and the kernel did under each workload: threads, goroutines in each state,
how long goroutines were runnable before they ran, context switches, waits for
mutexes, and the share of CPU time that went into collecting garbage.`,
		Example: `  runbench analyze results.txt
  go test -run '^$' -bench CPU -count 5 ./bench | runbench analyze
  runbench analyze --scheduler results.txt
  runbench analyze --json results.txt`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				paths = []string{"-"}
			}
			var sets []*resultfile.Set
			for _, path := range paths {
				set, err := readFile(path)
				if err != nil {
					return err
				}
				sets = append(sets, set)
			}
			if scheduler && slices.ContainsFunc(sets, analysis.IsContest) {
				return errors.New("--scheduler: expected a file of runbench run, found one of runbench strategies, which has one number of cores only")
			}
			if len(sets) == 1 && analysis.IsContest(sets[0]) {
				k, err := analysis.Strategies(sets[0])
				if err != nil {
					return fmt.Errorf("%s: %w", paths[0], err)
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), k)
				}
				return contest(cmd.OutOrStdout(), k)
			}
			a := analysis.Analyze(sets...)
			out := cmd.OutOrStdout()
			style := styleOf(out)
			var err error
			switch {
			case asJSON && scheduler:
				err = writeJSON(out, struct {
					analysis.Analysis
					Scheduler []analysis.Scheduler `json:"scheduler"`
				}{a, analysis.Schedulers(a, sets...)})
			case asJSON:
				err = writeJSON(out, a)
			case len(a.Workloads) == 0:
				err = report.Table(out, a, style) // what failed
			case scheduler:
				err = errors.Join(about(out, a), report.Scheduler(out, a, analysis.Schedulers(a, sets...), style))
			default:
				err = errors.Join(about(out, a), report.Table(out, a, style), blank(out), report.Plot(out, a, style))
			}
			if err == nil && len(a.Workloads) == 0 {
				err = &statusError{statusInconclusive, fmt.Errorf("%s: no run to judge", strings.Join(paths, ", "))}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the answer as JSON")
	cmd.Flags().BoolVar(&scheduler, "scheduler", false, "say what the scheduler, the collector and the kernel did")
	return cmd
}

// about says which machine a file is of, and when it was measured.
func about(out io.Writer, a analysis.Analysis) error {
	if a.Manifest == nil {
		return nil
	}
	var machine host.Host
	if json.Unmarshal(a.Manifest.Host, &machine) != nil {
		return nil // of another version; the results stand all the same
	}
	how := "not finished"
	if end := a.Manifest.End; end != nil {
		how = summary(*end, a.Manifest.Plan, a)
	}
	_, err := fmt.Fprintf(out, "%s\n%s: %s\n\n", machine.Summary(), a.Manifest.Started.Format("2006-01-02 15:04"), how)
	return err
}
