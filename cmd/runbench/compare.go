package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"runbench/internal/compare"
	"runbench/internal/report"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

func newCompare() *cobra.Command {
	var f compareFlags
	cmd := &cobra.Command{
		Use:   "compare A B…",
		Short: "Compare result files: before and after on one machine, or machine with machine",
		Long: `Compare sets two files or more side by side. What it compares depends on them:

Files of one machine (the same cpu, cores, go, goos and goarch) are compared in time,
as benchstat does: medians with their 95 % intervals, and how the others differ from
the first where a Mann-Whitney U-test at 5 % says that they do. --unit and --filter
ask for this too; --times does for any files. Where nothing in one file has its like
in another the exit status is 3.

Files of several machines, between which times mislead, are compared in what each
says of itself: the gains, the share of its own ceilings, the laws, the recommended
goroutines, and throughput in units of its own single-core control. It says in words
what differs, and only what does for certain: Holm-corrected, and by more than two
equal sweeps may (A/A). No machine is ranked by its speed. Of more than ` + fmt.Sprint(compare.MostColumns) + ` files it says
how the machines are distributed, and names those that lie apart. --machines compares
any files so.

With --gate it says whether a unit or a gain of two files became worse by more than a
tolerance: only where the whole interval lies beyond it and beyond what two equal
sweeps differ by, corrected for the number of comparisons (Holm). The exit status is 1
where the gate fails and 3 where the data cannot tell. Under GitHub Actions
(GITHUB_ACTIONS=true) each comparison that fails becomes an annotation.

Of more than two files, one that cannot be used is named on standard error and the
others are compared; the exit status is 2 then. A file that did not come to its end is
named, and what it has is used.`,
		Example: `  runbench compare before.txt after.txt
  runbench compare before.txt after.txt --unit tasks/s --filter '/workload:hash'
  runbench compare before.txt after.txt --gate 'sec/op:5%' --gate 'parallelism_gain:3%'
  runbench compare laptop.txt server.txt
  runbench compare node*.txt --machines --markdown`,
		Args: f.args,
		RunE: func(cmd *cobra.Command, paths []string) error {
			return f.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), paths)
		},
	}
	cmd.Flags().BoolVar(&f.json, "json", false, "print the comparison as JSON")
	cmd.Flags().BoolVar(&f.markdown, "markdown", false, "print it as Markdown, the verdict first, short enough for a job summary of GitHub Actions")
	cmd.Flags().BoolVar(&f.csv, "csv", false, "print it as comma-separated values")
	cmd.Flags().BoolVar(&f.machines, "machines", false, "compare machine with machine, whatever the files are of")
	cmd.Flags().BoolVar(&f.times, "times", false, "compare times, as benchstat does, whatever the files are of")
	cmd.Flags().StringSliceVar(&f.opt.Units, "unit", []string{"sec/op"}, "units to compare; all for all of them")
	cmd.Flags().StringArrayVar(&f.gates, "gate", nil, "fail when a unit or a gain became worse by more than this: UNIT:PERCENT, such as sec/op:5% or parallelism_gain:3%; several may be given")
	cmd.Flags().StringVar(&f.opt.Filter, "filter", "", "compare only these results, in benchstat's filter syntax")
	cmd.MarkFlagsMutuallyExclusive("json", "markdown", "csv")
	cmd.MarkFlagsMutuallyExclusive("machines", "times", "gate")
	cmd.MarkFlagsMutuallyExclusive("machines", "unit")
	cmd.MarkFlagsMutuallyExclusive("machines", "filter")
	cmd.MarkFlagsMutuallyExclusive("gate", "unit") // a gate names its units, and judges all there is
	cmd.MarkFlagsMutuallyExclusive("gate", "filter")
	cmd.PreRun = func(cmd *cobra.Command, _ []string) {
		f.times = f.times || cmd.Flags().Changed("unit") || cmd.Flags().Changed("filter")
	}
	withRun(cmd)
	return cmd
}

// compareFlags are what to compare, and how to print it.
type compareFlags struct {
	json, markdown, csv bool
	machines, times     bool
	gates               []string
	opt                 compare.Options
}

func (f *compareFlags) args(cmd *cobra.Command, paths []string) error {
	if len(f.gates) > 0 {
		return wantArgs(2, 2, "two result files for a gate, OLD and NEW")(cmd, paths)
	}
	if len(paths) < 2 {
		return fmt.Errorf("compare: expected two result files or more, found %d", len(paths))
	}
	return nil
}

func (f *compareFlags) run(ctx context.Context, stdout, stderr io.Writer, paths []string) error {
	if len(f.gates) > 0 {
		return f.gate(stdout, stderr, paths)
	}
	sources, err := sourcesOf(paths)
	if err != nil {
		return err
	}
	if f.times || !f.machines && len(paths) <= compare.MostColumns && compare.OneMachine(sources) {
		return f.compareTimes(ctx, stdout, stderr, sources)
	}
	r, err := compare.Machines(ctx, sources)
	switch {
	case err != nil:
		return err
	case !f.machines && !r.Comparable() && len(sources) <= compare.MostColumns:
		return f.compareTimes(ctx, stdout, stderr, sources) // it says what keeps the files apart
	case len(sources) == 2 && len(r.LeftOut) > 0:
		return errors.New(r.LeftOut[0].Reason)
	case len(r.LeftOut) > len(sources)-2:
		return fmt.Errorf("%d of %d files cannot be used, the first: %s", len(r.LeftOut), len(sources), r.LeftOut[0].Reason)
	}
	tell(stderr, leftOutTexts(r.LeftOut))
	tell(stderr, r.Warnings)
	err = f.print(stdout, r, forms{
		csv:      func(w io.Writer) error { return report.MachinesCSV(w, r) },
		markdown: func(w io.Writer) error { return report.MachinesMarkdown(w, r) },
		text:     func(w io.Writer) error { return report.Machines(w, r, styleOf(w)) },
	})
	if err == nil && !r.Comparable() {
		err = &statusError{statusInconclusive, errors.New("not comparable: no workload was measured on two of the machines")}
	}
	if err != nil {
		return err
	}
	return leftOutError(r.LeftOut, len(sources))
}

// compareTimes compares in time.
func (f *compareFlags) compareTimes(ctx context.Context, stdout, stderr io.Writer, sources []compare.Source) error {
	var inputs []compare.Input
	for _, src := range sources {
		in, err := src.Open()
		if err == nil {
			defer in.Close()
		}
		inputs = append(inputs, compare.Input{Label: src.Name, Name: src.Name, Data: in, Err: err})
	}
	opt := f.opt
	if slices.Equal(opt.Units, []string{"all"}) {
		opt.Units = nil
	}
	r, err := compare.Compare(ctx, inputs, opt)
	if err != nil {
		return err
	}
	tell(stderr, leftOutTexts(r.LeftOut))
	tell(stderr, r.Warnings)
	err = f.print(stdout, r, forms{
		csv:      func(w io.Writer) error { return report.ComparisonCSV(w, r) },
		markdown: func(w io.Writer) error { return report.ComparisonMarkdown(w, r) },
		text: func(w io.Writer) error {
			style := styleOf(w)
			return r.WriteText(w, compare.TextOptions{Color: style.Color, Width: style.Width})
		},
	})
	if err == nil && !r.Comparable {
		err = &statusError{statusInconclusive, errors.New("not comparable: nothing in one file has its like in the other")}
	}
	if err != nil {
		return err
	}
	return leftOutError(r.LeftOut, len(sources))
}

// gate judges two files under rules.
func (f *compareFlags) gate(stdout, stderr io.Writer, paths []string) error {
	var rules []compare.Rule
	for _, text := range f.gates {
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
	return f.printGate(stdout, stderr, compare.Judge(sets[0], sets[1], rules, compare.DefaultAlpha))
}

// printGate prints a gate; its error is what became of it.
func (f *compareFlags) printGate(stdout, stderr io.Writer, gate compare.Gate) error {
	err := f.print(stdout, gate, forms{
		csv:      func(w io.Writer) error { return report.GateCSV(w, gate) },
		markdown: func(w io.Writer) error { return report.GateMarkdown(w, gate) },
		text:     gate.WriteText,
	})
	if err == nil && os.Getenv("GITHUB_ACTIONS") == "true" {
		// Standard output may be on its way into a job summary.
		err = report.Annotations(stderr, gate)
	}
	switch {
	case err != nil:
		return err
	case gate.Outcome == string(scaling.OutcomeFail):
		return &statusError{statusFailed, errors.New("the gate failed")}
	case gate.Outcome == string(scaling.OutcomeInconclusive):
		return &statusError{statusInconclusive, errors.New("the gate is inconclusive: " + gate.Advice())}
	}
	return nil
}

// forms are the ways to print a comparison, besides JSON.
type forms struct{ csv, markdown, text func(io.Writer) error }

// print prints a comparison in the form asked for.
func (f *compareFlags) print(w io.Writer, comparison any, as forms) error {
	switch {
	case f.json:
		return writeJSON(w, comparison)
	case f.csv:
		return as.csv(w)
	case f.markdown:
		return as.markdown(w)
	}
	return as.text(w)
}

// sourcesOf returns the files at paths. What can be read but once, as a pipe, is read.
func sourcesOf(paths []string) ([]compare.Source, error) {
	var sources []compare.Source
	for _, path := range paths {
		src := compare.Source{Name: path, Open: func() (io.ReadCloser, error) {
			in, _, err := openResults(path)
			return in, err
		}}
		info, err := os.Stat(path)
		if path == "-" || err == nil && !info.Mode().IsRegular() && !info.IsDir() {
			in, name, err := openResults(path)
			if err != nil {
				return nil, err
			}
			text, err := io.ReadAll(in)
			in.Close()
			if err != nil {
				return nil, unreadable(name, err)
			}
			src = compare.Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
		}
		sources = append(sources, src)
	}
	return sources, nil
}

// mostTold is how many warnings of one kind are printed.
const mostTold = 20

// tell prints what a reader of the results must know.
func tell(stderr io.Writer, texts []string) {
	for i, text := range texts {
		if i == mostTold {
			fmt.Fprintf(stderr, "runbench: … and %d more; --json has them all\n", len(texts)-i)
			return
		}
		fmt.Fprintln(stderr, "runbench:", report.Inert(text))
	}
}

func leftOutTexts(files []compare.LeftOut) []string {
	var texts []string
	for _, l := range files {
		texts = append(texts, "left out: "+l.Reason)
	}
	return texts
}

// leftOutError says that files were left out, nil where none was.
func leftOutError(files []compare.LeftOut, of int) error {
	if len(files) == 0 {
		return nil
	}
	return &statusError{statusUsage, fmt.Errorf("%d of %d files could not be used and were left out", len(files), of)}
}
