package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"runbench/internal/resultfile"
	"runbench/workloads"
	"runbench/workloads/all"
)

// listed is a workload in `list --json`.
type listed struct {
	Name       string            `json:"name"`
	Class      string            `json:"class"`
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
	l := listed{w.Name, w.Class(), w.Isolates, w.Definition, w.Batch, []listedParameter{}}
	for _, p := range w.Parameters {
		l.Parameters = append(l.Parameters, listedParameter{p.Name, p.Default, p.Meaning})
	}
	return l
}

func newList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the workloads",
		Example: `  runbench list
  runbench list --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := struct {
				SchemaVersion int      `json:"schema_version"`
				Workloads     []listed `json:"workloads"`
			}{SchemaVersion: resultfile.SchemaVersion}
			for _, w := range all.Workloads() {
				out.Workloads = append(out.Workloads, listing(w))
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), out)
			}
			tw := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, l := range out.Workloads {
				fmt.Fprintf(tw, "%s\t%s\n", l.Name, l.Isolates)
			}
			return tw.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON, with definitions and parameters")
	return cmd
}
