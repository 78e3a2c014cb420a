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
		Use:   "list",
		Short: "List the workloads",
		Example: `  runbench list
  runbench list --all
  runbench list --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			shown := all.Listed()
			if everything {
				shown = all.Everything()
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
	fmt.Fprintf(out, "\n%d workloads. * in the default sweep; run --all measures all of them, explain NAME says more\n", len(shown))
	if !everything {
		fmt.Fprintf(out, "%d more that check runbench itself: list --all\n", len(all.Known()))
	}
	return nil
}
