package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"runbench/bench/strategy"
	"runbench/internal/host"
	"runbench/internal/measure"
	"runbench/internal/report"
	"runbench/internal/resultfile"
	"runbench/internal/schedtrace"
	"runbench/workloads"
)

func newTrace() *cobra.Command {
	f := &traceFlags{}
	cmd := &cobra.Command{
		Use:   "trace WORKLOAD | trace --from FILE",
		Short: "Draw which goroutine ran on which P and when, and say what the scheduler did",
		Long: `Trace runs a workload under Go's execution tracer, at GOMAXPROCS=1 and at all cores,
and draws both on one time axis: who ran on each P, and what each goroutine did.
Below stand the facts: how many ran at once, who moved between Ps, what they waited
for. The picture also goes into an SVG file.

With --from it reads a trace of any Go program since Go 1.11, as runtime/trace,
go test -trace and net/http/pprof write them ("-" reads standard input).

By default each goroutine gets an equal share of the tasks before the start
(strategy static), so that one sees the way of each. Tracing slows what schedules
much about twofold: no times from here are results.`,
		Example: `  runbench trace cpu/mandelbrot
  runbench trace io/http --goroutines 8 --procs 1,2
  runbench trace --from trace.out --start 1.2s --for 20ms
  runbench trace cpu/sort --keep .                  go tool trace reads what is kept`,
		Args:              wantArgs(0, 1, "the name of a workload, or --from FILE"),
		ValidArgsFunction: completeWorkloads,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "", "read the trace in this file; - is standard input")
	flags.StringVarP(&f.output, "output", "o", "", "file for the picture; - prints the SVG in place of all else; without it trace-CLASS-NAME.svg in results/ or here, and with --from no file")
	flags.StringVar(&f.strategy, "strategy", "static", "how the tasks get onto goroutines (runbench strategies --help lists the ways)")
	flags.IntVar(&f.goroutines, "goroutines", 0, "goroutines (default four a core where the workload computes, up to 8 where it waits)")
	flags.IntSliceVar(&f.procs, "procs", nil, "GOMAXPROCS to trace at, one picture each (default 1 and all cores)")
	flags.IntVar(&f.batches, "batches", 0, "batches to trace (default as many as take 20 ms, one where the workload waits)")
	flags.DurationVar(&f.start, "start", 0, "where the picture starts, from the beginning of the trace")
	flags.DurationVar(&f.length, "for", 0, "how long a time the picture shows (default to the end)")
	flags.StringVar(&f.keep, "keep", "", "existing directory to leave the traces in")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "longest time for one trace")
	flags.BoolVar(&f.json, "json", false, "print the facts as JSON")
	f.cmd = cmd
	return cmd
}

// traceFlags are the flags of trace.
type traceFlags struct {
	from       string
	output     string
	strategy   string
	goroutines int
	procs      []int
	batches    int
	start      time.Duration
	length     time.Duration
	keep       string
	timeout    time.Duration
	json       bool

	cmd *cobra.Command
}

// A traced is one trace with what is known of how it came about.
type traced struct {
	Gomaxprocs int              `json:"gomaxprocs,omitempty"` // 0 with --from
	Batches    int              `json:"batches,omitempty"`
	Created    *int             `json:"goroutines_created,omitempty"` // as runtime/metrics counted them
	File       string           `json:"file,omitempty"`
	Facts      schedtrace.Facts `json:"facts"`
	Marks      []time.Duration  `json:"marks,omitempty"` // ns; the ends of batches
	Cut        string           `json:"cut,omitempty"`   // why the rest could not be read

	title string
	trace *schedtrace.Trace
}

func newTraced(t *schedtrace.Trace, title string) traced {
	return traced{Facts: t.Facts, Marks: t.Marks, Cut: t.Cut, title: title, trace: t}
}

func (f *traceFlags) check(args []string) error {
	set := f.cmd.Flags().Changed
	switch {
	case f.from == "" && len(args) == 0:
		return errors.New("trace: expected the name of a workload, or --from FILE")
	case f.from != "" && len(args) > 0:
		return fmt.Errorf("trace: expected either a workload or --from, found %s and --from %s", args[0], f.from)
	case f.start < 0 || f.length < 0 || set("for") && f.length == 0:
		return errors.New("--start and --for: expected durations above 0, such as 20ms")
	case f.timeout <= 0:
		return fmt.Errorf("--timeout %v: expected a duration above 0, such as 30s", f.timeout)
	case set("goroutines") && f.goroutines < 1:
		return fmt.Errorf("--goroutines %d: expected a number above 0", f.goroutines)
	case set("batches") && f.batches < 1:
		return fmt.Errorf("--batches %d: expected a number above 0", f.batches)
	case slices.ContainsFunc(f.procs, func(p int) bool { return p < 1 || p > mostProcs }):
		return fmt.Errorf("--procs %v: expected numbers from 1 to %d", f.procs, mostProcs)
	case f.json && f.output == "-":
		return errors.New("--json and -o -: both would go to standard output; give a file")
	}
	if f.from != "" {
		for _, name := range []string{"strategy", "goroutines", "procs", "batches", "keep", "timeout"} {
			if set(name) {
				return fmt.Errorf("--%s: it is about a workload, and --from reads a trace that is there", name)
			}
		}
	}
	for flag, dir := range map[string]string{"keep": f.keep, "output": filepath.Dir(f.output)} {
		if info, err := os.Stat(dir); dir != "" && (err != nil || !info.IsDir()) {
			return fmt.Errorf("--%s: expected an existing directory, found %s", flag, dir)
		}
	}
	_, err := strategy.ByName(f.strategy)
	return err
}

func (f *traceFlags) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, args []string) error {
	if err := f.check(args); err != nil {
		return err
	}
	var pic picture
	var err error
	if f.from != "" {
		pic, err = f.read(ctx, stdin, stderr)
	} else {
		pic, err = f.trace(ctx, stderr, args[0])
	}
	switch {
	case ctx.Err() != nil:
		return &statusError{statusInterrupted, errors.New("interrupted; nothing was drawn")}
	case err != nil:
		return err
	}
	for _, t := range pic.traces {
		if f.start >= t.Facts.Span {
			return fmt.Errorf("--start %v: expected less than %v, where the trace at %s ends", f.start, t.Facts.Span.Round(time.Microsecond), t.title)
		}
	}
	return f.print(stdout, pic)
}

// workload returns the one workload of that name.
func (f *traceFlags) workload(spec string) (workloads.Selected, error) {
	w, err := oneWorkload(spec)
	if err != nil {
		return w, err
	}
	if f.goroutines > w.Batch {
		return w, fmt.Errorf("--goroutines %d: expected 1 to %d for %s, which has %d tasks a batch", f.goroutines, w.Batch, w.Name, w.Batch)
	}
	return w, nil
}

// spec says what to trace of w, but for GOMAXPROCS.
func (f *traceFlags) spec(w workloads.Selected, cores int) (measure.TraceSpec, error) {
	if w.Class() == "CPU" {
		// Long tasks, so that one sees the goroutines take turns.
		var err error
		if w, err = w.WithSize("A"); err != nil {
			return measure.TraceSpec{}, err
		}
	}
	spec := measure.TraceSpec{Batches: f.batches}
	spec.Workload, spec.Params, spec.Strategy = w.Name, w.Given, f.strategy
	if spec.RunTime = defaultTraced; w.Waits {
		spec.RunTime = 0 // a batch is long enough
	}
	spec.Goroutines = f.goroutines
	if spec.Goroutines == 0 {
		counts := measure.GoroutineCounts(w, []int{1, cores})
		spec.Goroutines = counts[len(counts)-1]
		if w.Waits {
			spec.Goroutines = min(spec.Goroutines, mostWaiting)
		}
	}
	switch {
	case spec.Goroutines == 1:
		spec.Strategy = resultfile.Sequential
	case w.Cooperates:
		spec.Strategy = resultfile.Own
	}
	return spec, nil
}

// The defaults of what is traced: long enough to see how it goes on, and no more
// goroutines than one can tell apart.
const (
	defaultTraced = 20 * time.Millisecond
	mostWaiting   = 8

	// mostProcs is what a picture has room for.
	mostProcs = 1024
)

// trace traces the workload at each GOMAXPROCS, the same number of batches each.
func (f *traceFlags) trace(ctx context.Context, stderr io.Writer, name string) (picture, error) {
	w, err := f.workload(name)
	if err != nil {
		return picture{}, err
	}
	_, cores := host.Collect(ctx).Cores()
	procs := f.procs
	if len(procs) == 0 {
		procs = slices.Compact([]int{1, cores})
	}
	spec, err := f.spec(w, cores)
	if err != nil {
		return picture{}, err
	}
	dir, err := os.MkdirTemp("", "runbench-")
	if err != nil {
		return picture{}, err
	}
	defer os.RemoveAll(dir)
	cell := resultfile.Cell{Class: w.Class(), Workload: w.Short(), Params: spec.Params}
	pic := picture{
		title: fmt.Sprintf("%s, %s, strategy %s", cell.Spec(), report.Plural(spec.Goroutines, "goroutine"), spec.Strategy),
		name:  "trace-" + strings.ReplaceAll(w.Name, "/", "-"),
		cores: cores,
	}
	for _, p := range procs {
		fmt.Fprintf(stderr, "tracing %s at GOMAXPROCS=%d\n", w.Name, p)
		t, err := f.traceAt(ctx, spec, p, dir, pic.name)
		if err != nil {
			return picture{}, &statusError{statusFailed, err}
		}
		spec.Batches = t.Batches
		pic.traces = append(pic.traces, t)
	}
	return pic, nil
}

func (f *traceFlags) traceAt(ctx context.Context, spec measure.TraceSpec, p int, dir, name string) (traced, error) {
	scratch, err := os.MkdirTemp(dir, "run-")
	if err != nil {
		return traced{}, err
	}
	spec.Gomaxprocs, spec.Scratch, spec.Shared = p, scratch, filepath.Join(dir, "shared")
	if err := os.MkdirAll(spec.Shared, 0o700); err != nil {
		return traced{}, err
	}
	spec.Path = filepath.Join(dir, fmt.Sprintf("%s-p%d.out", name, p))
	kept := ""
	if f.keep != "" {
		// Under another name until it is whole.
		kept = filepath.Join(f.keep, filepath.Base(spec.Path))
		spec.Path = kept + ".part"
		defer os.Remove(spec.Path) // does nothing once it has its name
	}
	how, err := measure.Trace(ctx, spec, f.timeout)
	if err != nil {
		return traced{}, err
	}
	file, err := os.Open(spec.Path)
	if err != nil {
		return traced{}, err
	}
	defer file.Close()
	read, err := schedtrace.Read(ctx, file, f.options())
	if err != nil {
		return traced{}, fmt.Errorf("%s: %w", spec.Path, err)
	}
	t := newTraced(read, fmt.Sprintf("GOMAXPROCS=%d: %s", p, report.Plural(how.Batches, "batch")))
	t.Gomaxprocs, t.Batches = p, how.Batches
	if how.Created >= 0 {
		t.Created = &how.Created
	}
	if f.keep != "" {
		file.Close() // else Windows does not rename it
		if err := os.Rename(spec.Path, kept); err != nil {
			return traced{}, err
		}
		t.File = kept
	}
	return t, nil
}

func (f *traceFlags) options() schedtrace.Options {
	return schedtrace.Options{From: f.start, For: f.length}
}

// readMemory is what reading a trace may use before garbage is collected more
// often.
const readMemory = 384 << 20

// read reads the trace that --from names.
func (f *traceFlags) read(ctx context.Context, stdin io.Reader, stderr io.Writer) (picture, error) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(readMemory))
	in, size := stdin, int64(0)
	if f.from == "-" {
		var stop func()
		in, stop = interruptible(ctx, stdin)
		defer stop()
	} else {
		file, err := os.Open(f.from)
		if err != nil {
			return picture{}, err
		}
		defer file.Close()
		if info, err := file.Stat(); err == nil {
			size = info.Size()
		}
		in = file
	}
	opt := f.options()
	var done func()
	opt.Progress, done = readProgress(stderr, f.from, size)
	read, err := schedtrace.Read(ctx, in, opt)
	done()
	if err != nil {
		return picture{}, fmt.Errorf("%s: %w", f.from, err)
	}
	t := newTraced(read, fmt.Sprintf("GOMAXPROCS=%d", read.Facts.Procs))
	t.File = f.from
	return picture{title: f.from, traces: []traced{t}}, nil
}

// A picture is the traces that are shown together.
type picture struct {
	title  string
	name   string // of its file; "" with --from
	cores  int    // that may be used; 0 with --from
	traces []traced
}

// panels returns the traces as they are drawn.
func (p picture) panels() []report.Panel {
	var panels []report.Panel
	for _, t := range p.traces {
		panels = append(panels, report.Panel{Title: t.title, Trace: t.trace, Created: t.Created})
	}
	return panels
}

// print shows the traces, and says in which file the picture is.
func (f *traceFlags) print(stdout io.Writer, pic picture) error {
	panels := pic.panels()
	if f.output == "-" {
		return report.TimelinesSVG(stdout, pic.title, panels)
	}
	path := f.output
	if path == "" && pic.name != "" {
		path = inResults(pic.name + ".svg")
	}
	if path != "" {
		if err := writeFile(path, func(w io.Writer) error { return report.TimelinesSVG(w, pic.title, panels) }); err != nil {
			return err
		}
	}
	if f.json {
		return writeJSON(stdout, struct {
			SchemaVersion int      `json:"schema_version"`
			Title         string   `json:"title"`
			Picture       string   `json:"picture,omitempty"`
			Traces        []traced `json:"traces"`
		}{resultfile.SchemaVersion, pic.title, path, pic.traces})
	}
	style := styleOf(stdout)
	fmt.Fprintf(stdout, "%s\n\n", report.Inert(pic.title))
	for _, t := range pic.traces {
		if t.Cut != "" {
			fmt.Fprintf(stdout, "%s: cut short; all of this is of what comes before: %s\n\n", t.title, report.Inert(t.Cut))
		}
	}
	err := errors.Join(
		report.Timelines(stdout, panels, style), blank(stdout),
		report.Overlap(stdout, panels, pic.cores, style))
	if f.start > 0 || f.length > 0 {
		fmt.Fprintln(stdout, "the picture is a part of the trace, and the facts are of all of it")
	}
	err = errors.Join(err, report.SchedulerFacts(stdout, panels, style))
	for _, t := range pic.traces {
		if t.File != "" && pic.name != "" {
			fmt.Fprintf(stdout, "\n%s (go tool trace reads it)", t.File)
		}
	}
	if path != "" {
		fmt.Fprintf(stdout, "\npicture: %s\n", path)
	}
	return err
}

// writeFile writes a file that is there whole or not at all.
func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".runbench-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // does nothing once it has its name
	err = write(file)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(file.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// readProgress returns what tells on w how far a file of so many bytes (0 for
// unknown) has been read, and what ends that.
func readProgress(w io.Writer, name string, size int64) (at func(bytes int64), done func()) {
	doing, done := statusLine(w)
	last := time.Now()
	return func(bytes int64) {
		if time.Since(last) < time.Second {
			return
		}
		last = time.Now()
		text := fmt.Sprintf("%s: read %d MB", name, bytes>>20)
		if size > 0 {
			text += fmt.Sprintf(" of %d", size>>20)
		}
		doing(text)
	}, done
}
