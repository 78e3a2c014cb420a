package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"runbench/internal/analysis"
	"runbench/internal/claims"
	"runbench/internal/report"
	"runbench/workloads"
	"runbench/workloads/all"
)

func newExplain() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain NAME [FILE]",
		Short: "Say what one workload isolates, what to expect, and what was measured here",
		Long: `Explain says which mechanism decides a workload's gains, whose definition it
follows and what to do about it in one's own code. It shows what the result file
holds of it: gains, verdict, and where the speed-up went. Without a file it takes
the newest one with the workload that a run left in results/ or here.`,
		Example: `  runbench explain sync/counter
  runbench explain mem/triad before.txt`,
		Args:              wantArgs(1, 2, "the name of a workload and perhaps a result file"),
		ValidArgsFunction: completeWorkloads,
		RunE: func(cmd *cobra.Command, args []string) error {
			w, ok := all.Find(args[0])
			if !ok {
				return fmt.Errorf("no workload is called %q; nearest: %s (runbench list shows all)", args[0], strings.Join(all.Nearest(args[0], 3), ", "))
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), struct {
					listed
					Expect  string   `json:"expect"`
					Advice  string   `json:"advice"`
					Related []string `json:"related"`
					Claims  []int    `json:"claims"` // in which the same is at work
				}{listing(w), w.Expect, w.Advice, w.Related, numbers(claims.About(w.Name))})
			}
			a, path, err := last(w, args[1:])
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			style := styleOf(out)
			if err := report.Explain(out, w, claims.About(w.Name), style); err != nil || path == "" {
				return err
			}
			fmt.Fprintf(out, "\nmeasured, in %s\n", path)
			return errors.Join(report.Table(out, a, style), blank(out), report.Plot(out, a, style))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

// numbers returns the numbers of claims.
func numbers(list []claims.Claim) []int {
	ids := []int{}
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}

// mostFiles is how many files of earlier runs are looked into.
const mostFiles = 20

// last returns what was measured last of the workload, and the file that holds it:
// the one asked for, which must, or else the newest of those that runs have named
// themselves, and no file where none does.
func last(w workloads.Workload, asked []string) (analysis.Analysis, string, error) {
	if len(asked) > 0 {
		a, err := measured(w, asked[0])
		return a, asked[0], err
	}
	var paths []string
	for _, dir := range []string{"results", "."} {
		// The names hold the time, so the last one is the newest.
		if names, err := filepath.Glob(filepath.Join(dir, "run-*.txt")); err == nil {
			paths = append(paths, names...)
		}
	}
	slices.SortFunc(paths, func(a, b string) int { return strings.Compare(filepath.Base(b), filepath.Base(a)) })
	for _, path := range paths[:min(mostFiles, len(paths))] {
		// Nobody asked for a file that cannot be read.
		if a, err := measured(w, path); err == nil {
			return a, path, nil
		}
	}
	return analysis.Analysis{}, "", nil
}

// measured returns what the file holds of the workload; it is an error that it
// holds nothing of it.
func measured(w workloads.Workload, path string) (analysis.Analysis, error) {
	set, err := readFile(path)
	if err != nil {
		return analysis.Analysis{}, err
	}
	a := analysis.Analyze(set)
	own := func(name string) bool { return name == w.Name || strings.HasPrefix(name, w.Name+"?") }
	a.Workloads = slices.DeleteFunc(a.Workloads, func(m analysis.Workload) bool { return !own(m.Name) })
	a.Notes = slices.DeleteFunc(a.Notes, func(n analysis.Note) bool { return !own(n.Workload) })
	a.Marks, a.Failures, a.Warnings = nil, nil, nil
	if len(a.Workloads) == 0 {
		return a, fmt.Errorf("%s: expected runs of %s, found none", path, w.Name)
	}
	return a, nil
}
