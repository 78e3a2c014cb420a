package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"runbench/internal/compare"
)

func newCompare() *cobra.Command {
	var asJSON bool
	var opt compare.Options
	cmd := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "Compare two result files of one machine, as benchstat does",
		Long: `Compare prints the medians of both files with their 95 % intervals, and how they
differ where a Mann-Whitney U-test at 5 % says that they do. The figures are
benchstat's. Files of different machines or Go versions are not comparable: the
exit status is 3 then.`,
		Example: `  runbench compare before.txt after.txt
  runbench compare before.txt after.txt --unit tasks/s --filter '/workload:hash'`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, paths []string) error {
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
	cmd.Flags().StringVar(&opt.Filter, "filter", "", "compare only these results, in benchstat's filter syntax")
	return cmd
}
