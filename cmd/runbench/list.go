package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"runbench/internal/report"
	"runbench/internal/resultfile"
	"runbench/workloads"
	"runbench/workloads/all"
)

// listed is a workload in `list --json`.
type listed struct {
	Name       string            `json:"name"`
	Class      string            `json:"class"`
	Tier       string            `json:"tier"` // "default", "more" or "known"; see package all
	Isolates   string            `json:"isolates"`
	Definition string            `json:"definition"`
	Batch      int               `json:"batch"`
	Parameters []listedParameter `json:"parameters"`
}

type listedParameter struct {
	Name    string `json:"name"`
	Default string `json:"default"`
	Meaning string `json:"meaning"`
}

func listing(w workloads.Workload) listed {
	l := listed{w.Name, w.Class(), all.Tier(w.Name), w.Isolates, w.Definition, w.Batch, []listedParameter{}}
	for _, p := range w.Parameters {
		l.Parameters = append(l.Parameters, listedParameter{p.Name, p.Default, p.Meaning})
	}
	return l
}

func newList() *cobra.Command {
	var asJSON, everything bool
	cmd := &cobra.Command{
		Use:   "list [PATTERN…]",
		Short: "List the workloads, or those that patterns match",
		Example: `  runbench list
  runbench list sync 'io/http*'
  runbench list --all
  runbench list --json`,
		ValidArgsFunction: completeWorkloads,
		RunE: func(cmd *cobra.Command, patterns []string) error {
			shown := all.Listed()
			if everything {
				shown = all.Everything()
			}
			if len(patterns) > 0 {
				selected, err := all.Select(patterns)
				if err != nil {
					return err
				}
				shown = nil
				for _, s := range selected {
					shown = append(shown, s.Workload)
				}
			}
			if asJSON {
				out := struct {
					SchemaVersion int      `json:"schema_version"`
					Workloads     []listed `json:"workloads"`
				}{SchemaVersion: resultfile.SchemaVersion}
				for _, w := range shown {
					out.Workloads = append(out.Workloads, listing(w))
				}
				return writeJSON(cmd.OutOrStdout(), out)
			}
			return list(cmd.OutOrStdout(), shown, everything)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON, with definitions and parameters")
	cmd.Flags().BoolVar(&everything, "all", false, "also list the workloads with a known answer, which check runbench itself")
	return cmd
}

// list prints the workloads, and below them what the marks mean.
func list(out io.Writer, shown []workloads.Workload, everything bool) error {
	standard := func(name string) bool { return all.Tier(name) == "default" }
	if err := report.Catalogue(out, shown, standard, styleOf(out)); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%d workloads. * in the default sweep; run --all measures all of them, explain NAME says more\nSizes are those of class W, the default; --size S is for tests, A for big machines\n", len(shown))
	if !everything {
		fmt.Fprintf(out, "%d more that check runbench itself: list --all\n", len(all.Known()))
	}
	return nil
}
