package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"runbench/internal/compare"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

func newCompare() *cobra.Command {
	var asJSON bool
	var opt compare.Options
	var gates []string
	cmd := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "Compare two result files of one machine, as benchstat does",
		Long: `Compare prints the medians of both files with their 95 % intervals, and how they
differ where a Mann-Whitney U-test at 5 % says that they do. The figures are
benchstat's. Files of different machines or Go versions are not comparable: the
exit status is 3 then.

With --gate it says whether a unit became worse by more than a tolerance: only
where the whole interval lies beyond it and beyond what two equal sweeps differ
by, corrected for the number of comparisons (Holm). The exit status is 1 where
the gate fails and 3 where the data cannot tell.`,
		Example: `  runbench compare before.txt after.txt
  runbench compare before.txt after.txt --unit tasks/s --filter '/workload:hash'
  runbench compare before.txt after.txt --gate 'sec/op:5%'`,
		Args: wantArgs(2, 2, "two result files, OLD and NEW"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if len(gates) > 0 {
				return runGate(cmd, paths, gates, asJSON)
			}
			var inputs []compare.Input
			for _, path := range paths {
				file, err := os.Open(path)
				if err != nil {
					return unreadable(path, err)
				}
				defer file.Close()
				inputs = append(inputs, compare.Input{Label: path, Name: path, Data: file})
			}
			if slices.Equal(opt.Units, []string{"all"}) {
				opt.Units = nil
			}
			r, err := compare.Compare(cmd.Context(), inputs, opt)
			if err != nil {
				return err
			}
			for _, text := range r.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), "runbench:", text)
			}
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), r)
			} else {
				style := styleOf(cmd.OutOrStdout())
				err = r.WriteText(cmd.OutOrStdout(), compare.TextOptions{Color: style.Color, Width: style.Width})
			}
			if err == nil && !r.Comparable {
				err = &statusError{statusInconclusive, errors.New("not comparable: nothing in one file has its like in the other")}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the comparison as JSON")
	cmd.Flags().StringSliceVar(&opt.Units, "unit", []string{"sec/op"}, "units to compare; all for all of them")
	cmd.Flags().StringArrayVar(&gates, "gate", nil, "fail when a unit became worse by more than this: UNIT:PERCENT, such as sec/op:5%; several may be given")
	cmd.Flags().StringVar(&opt.Filter, "filter", "", "compare only these results, in benchstat's filter syntax")
	withRun(cmd)
	return cmd
}

// runGate judges two files under rules.
func runGate(cmd *cobra.Command, paths, gates []string, asJSON bool) error {
	var rules []compare.Rule
	for _, text := range gates {
		rule, err := compare.ParseRule(text)
		if err != nil {
			return err
		}
		rules = append(rules, rule)
	}
	var sets []*resultfile.Set
	for _, path := range paths {
		set, err := readFile(path)
		if err != nil {
			return err
		}
		sets = append(sets, set)
	}
	gate := compare.Judge(sets[0], sets[1], rules, compare.DefaultAlpha)
	var err error
	if asJSON {
		err = writeJSON(cmd.OutOrStdout(), gate)
	} else {
		err = gate.WriteText(cmd.OutOrStdout())
	}
	switch {
	case err != nil:
		return err
	case gate.Outcome == string(scaling.OutcomeFail):
		return &statusError{statusFailed, errors.New("the gate failed")}
	case gate.Outcome == string(scaling.OutcomeInconclusive):
		return &statusError{statusInconclusive, errors.New("the gate is inconclusive: the data cannot tell; measure more rounds, or in turns")}
	}
	return nil
}
