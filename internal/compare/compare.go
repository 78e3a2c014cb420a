// Package compare sets Go benchmark results side by side: before and after on one
// machine, or machine against machine.
//
// [Compare] says, benchmark by benchmark, what became better, what became worse, and
// where the data show no difference to the first input. It works in four steps:
//
// 1. Read. Each input is read by a goroutine of its own. A result goes through
// the filter and into the sample of its configuration, benchmark name and
// unit; nothing of it is kept but its values.
//
// 2. Choose the units: those in every input, or those asked for.
//
// 3. Tabulate. There is one table for each set of configuration keys and each
// unit, with a row for each benchmark name in any input. Centers, intervals and
// tests come from golang.org/x/perf/benchmath under the assumption that the
// unit's metadata declares.
//
// 4. Explain what could not be compared, and why.
//
// Grouping, statistics and the limit of significance are those of benchstat
// (golang.org/x/perf/cmd/benchstat) with its default options, so centers,
// intervals, differences and p-values are the same numbers. Like benchstat it
// makes no correction for many comparisons.
//
// [Judge] is the gate for CI: it compares two runbench files, or others in the
// Go benchmark format, workload by workload, and fails only on a change for the
// worse beyond a tolerance and beyond what two equal sweeps differ by, corrected
// for the number of comparisons. Units of runs can be gated, and gains.
//
// [Machines] compares machines, between which absolute times mislead, in ratios that
// each gives of itself, and says which of these differ for certain; of more machines
// than fit side by side, how they are distributed, and which lie apart.
package compare

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"

	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchproc"
)

// An Input is one side of a comparison: the output of `go test -bench`, a
// runbench result file, or anything else in the Go benchmark format.
type Input struct {
	// Label heads the input's column. It defaults to Name, and equal labels
	// are told apart by a number: a.txt#0, a.txt#1. Filters know it as .file.
	Label string
	// Name is the file name for messages.
	Name string
	// Data is read to its end. It must not be shared between inputs, which
	// are read at the same time.
	Data io.Reader
	// Err, where it is not nil, says in place of Data why there is none.
	Err error
}

// Options say what is compared and when a difference counts. The zero value is
// ready to use.
type Options struct {
	// Units are the units to compare, in this order, tidied ("sec/op") or not
	// ("ns/op"). By default they are all that every input has, in order of
	// first appearance.
	Units []string
	// Filter selects results, in the syntax of golang.org/x/perf/benchproc/syntax.
	// It defaults to "*", everything.
	Filter string
	// Confidence is the level of the intervals, in (0, 1]; 0 means 0.95.
	Confidence float64
	// Alpha is the p-value at or below which a difference is significant, in
	// (0, 1]; 0 means 0.05.
	Alpha float64
}

// Compare reads the inputs, two or more, and compares the others with the first.
//
// Input that cannot be read, or that holds no benchmark result, is an
// *InputError; of more than two inputs it is left out instead and named in the
// Report, as long as two are left. A single line that cannot be understood is only a warning in
// the Report. Any other error is a mistake in the options, or ctx.Err().
func Compare(ctx context.Context, inputs []Input, opt Options) (*Report, error) {
	if len(inputs) < 2 {
		return nil, fmt.Errorf("compare takes 2 inputs or more, found %d", len(inputs))
	}
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	filter, err := benchproc.NewFilter(opt.Filter)
	if err != nil {
		// The lines after the first draw an arrow to the place.
		problem, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("filter %q: %s", opt.Filter, problem)
	}

	labels := distinctLabels(inputs)
	all := make([]*samples, len(inputs))
	errs := make([]error, len(inputs))
	var wg sync.WaitGroup
	for i, in := range inputs {
		wg.Go(func() {
			if in.Err != nil {
				errs[i] = in.Err
				return
			}
			// A Filter keeps no state, so one serves all.
			all[i], errs[i] = readSamples(ctx, in, labels[i], filter)
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	all, labels, leftOut, err := usable(inputs, all, labels, errs)
	if err != nil {
		return nil, err
	}
	kept := 0
	for _, s := range all {
		kept += len(s.names)
	}
	if kept == 0 {
		return nil, fmt.Errorf("filter %q: no result matches it", opt.Filter)
	}

	metadata, conflicts := mergeMetadata(all)
	units, passedOver, err := chooseUnits(all, labels, opt.Units)
	if err != nil {
		return nil, err
	}
	r := &Report{
		SchemaVersion: SchemaVersion,
		Labels:        labels,
		Confidence:    opt.Confidence,
		Alpha:         opt.Alpha,
		Tables:        []Table{},
		Counts:        []Count{},
		LeftOut:       leftOut,
		Warnings:      []string{},
	}
	for _, s := range all {
		r.Warnings = append(r.Warnings, s.warnings...)
	}
	for i, s := range all {
		if len(s.names) == 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("filter %q leaves nothing of %s", opt.Filter, labels[i]))
		}
	}
	r.Warnings = append(r.Warnings, conflicts...)
	r.Warnings = append(r.Warnings, passedOver...)

	configs := mergeConfigs(all)
	t := tabulator{
		labels:     labels,
		metadata:   metadata,
		thresholds: &benchmath.Thresholds{CompareAlpha: opt.Alpha},
		confidence: opt.Confidence,
	}
	if r.Tables, err = t.tables(ctx, configs, nameOrder(all), units); err != nil {
		return nil, err
	}
	r.count()
	r.Warnings = append(r.Warnings, explainConfigs(configs, labels)...)
	if !r.Comparable {
		r.Warnings = append(r.Warnings, nothingInCommon(labels))
	}
	return r, nil
}

// usable returns the inputs that could be read, with their labels, and what is to be
// said of the others. Without one of two there is nothing to compare.
func usable(inputs []Input, all []*samples, labels []string, errs []error) ([]*samples, []string, []LeftOut, error) {
	var kept []*samples
	var keptLabels []string
	leftOut := []LeftOut{}
	for i, err := range errs {
		switch {
		case err == nil:
			kept, keptLabels = append(kept, all[i]), append(keptLabels, labels[i])
		case len(inputs) == 2:
			return nil, nil, nil, err
		default:
			leftOut = append(leftOut, LeftOut{inputs[i].Name, err.Error()})
		}
	}
	if len(kept) < 2 {
		return nil, nil, nil, fmt.Errorf("%d of %d files cannot be used, the first: %s", len(leftOut), len(inputs), leftOut[0].Reason)
	}
	return kept, keptLabels, leftOut, nil
}

func nothingInCommon(labels []string) string {
	if len(labels) == 2 {
		return fmt.Sprintf("nothing could be compared: no benchmark and unit is in both %s and %s under the same configuration", labels[0], labels[1])
	}
	return fmt.Sprintf("nothing could be compared: no benchmark and unit is in two of the %d files under the same configuration", len(labels))
}

// withDefaults returns opt with its zero values replaced, or an error that
// names the option out of range.
func (opt Options) withDefaults() (Options, error) {
	if strings.TrimSpace(opt.Filter) == "" {
		opt.Filter = "*"
	}
	if opt.Confidence == 0 {
		opt.Confidence = 0.95
	}
	if opt.Alpha == 0 {
		opt.Alpha = benchmath.DefaultThresholds.CompareAlpha
	}
	if math.IsNaN(opt.Confidence) || opt.Confidence < 0 || opt.Confidence > 1 {
		return opt, fmt.Errorf("confidence must be between 0 and 1, found %v", opt.Confidence)
	}
	if math.IsNaN(opt.Alpha) || opt.Alpha < 0 || opt.Alpha > 1 {
		return opt, fmt.Errorf("alpha must be between 0 and 1, found %v", opt.Alpha)
	}
	return opt, nil
}

// distinctLabels returns one label for each input, no two the same.
func distinctLabels(inputs []Input) []string {
	labels := make([]string, len(inputs))
	uses := make(map[string]int)
	for i, in := range inputs {
		labels[i] = in.Label
		if labels[i] == "" {
			labels[i] = in.Name
		}
		uses[labels[i]]++
	}
	next := make(map[string]int)
	for i, label := range labels {
		if uses[label] > 1 {
			labels[i] = fmt.Sprintf("%s#%d", label, next[label])
			next[label]++
		}
	}
	return labels
}
