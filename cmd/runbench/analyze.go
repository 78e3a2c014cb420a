package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"runbench/internal/analysis"
	"runbench/internal/report"
	"runbench/internal/resultfile"
)

func newAnalyze() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "analyze [FILE|-…]",
		Short: "Say what result files tell: gains, verdicts, recommended goroutines",
		Long: `Analyze reads what runbench or go test -bench wrote and prints gains, verdicts and
recommended numbers of goroutines. Without a file it reads standard input.`,
		Example: `  runbench analyze results.txt
  go test -run '^$' -bench CPU -count 5 ./bench | runbench analyze
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
			a := analysis.Analyze(sets...)
			out := cmd.OutOrStdout()
			if asJSON {
				return writeJSON(out, a)
			}
			if len(a.Workloads) == 0 {
				return &statusError{statusInconclusive, fmt.Errorf("%s: no run to judge yet", paths[0])}
			}
			style := styleOf(out)
			return errors.Join(report.Table(out, a, style), blank(out), report.Plot(out, a, style))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the answer as JSON")
	return cmd
}
