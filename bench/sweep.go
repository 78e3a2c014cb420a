package bench

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"runbench/bench/strategy"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// A Task does task i of a batch, 0 ≤ i < batch. It is called concurrently.
type Task = func(ctx context.Context, i int) error

// An Option changes what a sweep covers.
type Option func(*settings)

type settings struct {
	goroutines []int
	procs      []int
	strategies []string
	check      func() error
	waits      bool
}

// Goroutines sets how many tasks may be in flight. The default depends on
// [Waits]. Counts above the batch are left out.
func Goroutines(counts ...int) Option { return func(s *settings) { s.goroutines = counts } }

// Procs sets the GOMAXPROCS to sweep over, in place of what -cpu says.
func Procs(counts ...int) Option { return func(s *settings) { s.procs = counts } }

// Strategies sets the ways to put a batch onto goroutines, by the names in
// package strategy. The default is the pool.
func Strategies(names ...string) Option { return func(s *settings) { s.strategies = names } }

// Check sets a function that is called after every batch, outside the timed
// region, and reports whether the batch's result is right.
func Check(check func() error) Option { return func(s *settings) { s.check = check } }

// Waits says that the tasks mostly wait: the sweep then goes over many more
// goroutines than there are cores, and the latency of tasks is recorded.
func Waits() Option { return func(s *settings) { s.waits = true } }

// Sweep benchmarks batches of the given number of tasks over goroutines ×
// GOMAXPROCS, as sub-benchmarks named strategy=…/goroutines=…/gomaxprocs=….
// The first error of a task or check fails the benchmark.
func Sweep(b *testing.B, batch int, task Task, options ...Option) {
	b.Helper()
	s := settings{check: func() error { return nil }}
	for _, option := range options {
		option(&s)
	}
	check := s.check
	w := workloads.Workload{
		Batch: batch, Waits: s.waits,
		Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
			return &workloads.Instance{
				Task:  task,
				Check: func(context.Context) error { return check() },
			}, nil
		},
	}
	sweep(b, w, s)
}

// Workload benchmarks a workload as Sweep does a function. Each sub-benchmark
// sets an instance of its own up. What the workload says of its size and its
// checks cannot be changed by options.
func Workload(b *testing.B, w workloads.Workload, options ...Option) {
	b.Helper()
	var s settings
	for _, option := range options {
		option(&s)
	}
	sweep(b, w, s)
}

func sweep(b *testing.B, w workloads.Workload, s settings) {
	b.Helper()
	if missing := w.Missing(); missing != "" {
		b.Skip(missing)
	}
	if len(procs) == 0 {
		b.Fatal("bench: the sweep needs: func TestMain(m *testing.M) { os.Exit(bench.Main(m)) }")
	}
	ps := s.procs
	if len(ps) == 0 {
		ps = procs
	}
	counts := s.goroutines
	if len(counts) == 0 {
		counts = measure.GoroutineCounts(workloads.Selected{Workload: w}, ps)
	}
	names := s.strategies
	if len(names) == 0 {
		names = []string{strategy.Default.Name()}
	}
	if w.Cooperates {
		names = []string{resultfile.Own}
	}
	counts = slices.DeleteFunc(slices.Clone(counts), func(c int) bool { return c > w.Batch })
	shared := b.TempDir()
	subject := resultfile.Subject{Strategies: names, Goroutines: counts}
	for _, cell := range subject.Cells(ps) {
		b.Run(strings.Join(cell.Parts(), "/"), func(b *testing.B) { run(b, w, cell, shared) })
	}
}

// run measures one cell. GOMAXPROCS is set here and not left to package testing;
// see Main.
func run(b *testing.B, w workloads.Workload, cell resultfile.Cell, shared string) {
	before := runtime.GOMAXPROCS(cell.Gomaxprocs)
	defer runtime.GOMAXPROCS(before)

	s, err := measure.StrategyOf(w, cell.Strategy)
	if err != nil {
		b.Fatal(err)
	}
	ctx := b.Context()
	dir := filepath.Join(b.TempDir(), "run")
	if err := os.Mkdir(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	in, err := w.Start(ctx, workloads.Env{Goroutines: cell.Goroutines, Dir: dir, Shared: shared})
	if err != nil {
		b.Fatal(err)
	}
	if in.Close != nil {
		defer func() {
			if err := in.Close(); err != nil {
				b.Error(err)
			}
		}()
	}
	m := measure.NewMeter(in, s, cell.Goroutines, w.Batch, w.Waits)
	if err := m.Prepare(ctx); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs() // or package testing would leave our figures for them out
	runtime.GC()
	for b.Loop() {
		if _, err := m.Batch(ctx); err != nil {
			b.Fatal(err)
		}
	}
	if err := m.Finish(); err != nil {
		b.Fatal(err)
	}
	for _, doubt := range m.Marks() {
		b.Log("marked: " + doubt)
	}
	// These replace what b.Loop measured where the units are the same: the
	// meter's time leaves out the checks between the batches.
	for _, v := range m.Values() {
		b.ReportMetric(v.Value, v.Unit)
	}
}
