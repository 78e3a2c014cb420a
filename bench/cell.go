package bench

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// A measurement is one cell to be measured.
type measurement struct {
	workload workloads.Workload
	cell     resultfile.Cell
	setup    func(b *testing.B, goroutines int) // nil where there is nothing to do
	shared   string                             // directory common to the sweep's cells
}

// run measures the cell in a benchmark without sub-benchmarks and returns the
// meter. GOMAXPROCS is set here and not left to package testing; see Main.
func (c measurement) run(b *testing.B) *measure.Meter {
	before := runtime.GOMAXPROCS(c.cell.Gomaxprocs)
	defer runtime.GOMAXPROCS(before)

	s, err := measure.StrategyOf(c.workload, c.cell.Strategy)
	if err != nil {
		b.Fatal(err)
	}
	ctx := b.Context()
	dir := filepath.Join(b.TempDir(), "run")
	if err := os.Mkdir(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	if c.setup != nil {
		c.setup(b, c.cell.Goroutines)
	}
	in, err := c.workload.Start(ctx, workloads.Env{Goroutines: c.cell.Goroutines, Dir: dir, Shared: c.shared})
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
	m := measure.NewMeter(in, s, c.cell.Goroutines, c.workload.Batch, c.workload.Waits)
	if _, err := m.Prepare(ctx, measure.WarmUp(c.workload, benchtime())); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs() // or package testing would leave our figures for them out
	for b.Loop() {
		if err := m.Batch(ctx); err != nil {
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
	return m
}

// benchtime returns what -benchtime asks for, 0 for a number of batches: whoever
// counts them gets those and the first one.
func benchtime() time.Duration {
	d, _ := time.ParseDuration(testFlag("benchtime"))
	return d
}
