package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"runbench/workloads"
	"runbench/workloads/all"
)

func newExplain() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "explain NAME",
		Short:             "Say what one workload isolates, what to expect, and how to read it",
		Example:           `  runbench explain sync/counter`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeWorkloads,
		RunE: func(cmd *cobra.Command, args []string) error {
			w, ok := all.Find(args[0])
			if !ok {
				return fmt.Errorf("no workload is called %q; nearest: %s (runbench list shows all)", args[0], strings.Join(all.Nearest(args[0], 3), ", "))
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), struct {
					listed
					Expect string `json:"expect"`
					Advice string `json:"advice"`
				}{listing(w), w.Expect, w.Advice})
			}
			return explain(cmd.OutOrStdout(), w)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

func explain(out io.Writer, w workloads.Workload) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", w.Name)
	for _, s := range [][2]string{
		{"isolates", w.Isolates},
		{"expect", w.Expect},
		{"definition", w.Definition},
		{"batch", fmt.Sprintf("%d tasks; one benchmark op is one batch", w.Batch)},
		{"in your code", w.Advice},
	} {
		fmt.Fprintf(&b, "%-14s%s\n", s[0], s[1])
	}
	for _, p := range w.Parameters {
		fmt.Fprintf(&b, "%-14s%s=%s: %s\n", "parameter", p.Name, p.Default, p.Meaning)
	}
	fmt.Fprintf(&b, "%-14srunbench run %s\n", "measure it", w.Name)
	_, err := io.WriteString(out, b.String())
	return err
}
