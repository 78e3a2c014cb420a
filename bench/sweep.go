package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"runbench/internal/resultfile"
	"runbench/workloads"
)

// Sweep benchmarks a task over goroutines × GOMAXPROCS: batches of it as
// sub-benchmarks named strategy=…/goroutines=…/gomaxprocs=…, which -bench may
// pick from. One op is one batch; the package documentation says how to read the
// figures.
//
// Each sub-benchmark measures for -benchtime, after batches that warm up and count
// for nothing. All of them are repeated -count times in rounds: each once, then each
// once more in another order, so that what drifts meets all alike. (With [Main],
// package testing repeats each of them before it turns to the next.) The first
// error of a task or check fails the sub-benchmark, which names it; the others
// go on.
//
// Sweep belongs in a benchmark that `go test -bench` runs, in that benchmark's
// own goroutine. It panics under [testing.Benchmark], whose benchmarks have no
// names to write results under. While a sub-benchmark runs, its GOMAXPROCS is
// the process's.
func Sweep(b *testing.B, task Task, options ...Option) {
	b.Helper()
	s := settings{batch: DefaultBatch}
	for _, option := range options {
		option(&s)
	}
	if task == nil {
		b.Fatal("bench: Sweep: expected a task, found nil")
	}
	w := workloads.Workload{
		Batch: s.batch, Waits: s.waits,
		Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
			return &workloads.Instance{Task: named(task), Check: s.checked}, nil
		},
	}
	sweep(b, w, s)
}

// named returns task with its number in its errors.
func named(task Task) workloads.Task {
	return func(ctx context.Context, i int) error {
		if err := task(ctx, i); err != nil {
			return fmt.Errorf("task %d: %w", i, err)
		}
		return nil
	}
}

func (s settings) checked(context.Context) error {
	if s.check == nil {
		return nil
	}
	return s.check()
}

// Workload benchmarks a workload as Sweep does a function. Each sub-benchmark
// sets an instance of its own up. Of the options [Goroutines], [Procs] and
// [Strategies] count; the workload itself says the rest.
func Workload(b *testing.B, w workloads.Workload, options ...Option) {
	b.Helper()
	var s settings
	for _, option := range options {
		option(&s)
	}
	s.setup = nil
	sweep(b, w, s)
}

func sweep(b *testing.B, w workloads.Workload, s settings) {
	b.Helper()
	if b.Name() == "" {
		panic("bench: a sweep needs a benchmark that go test -bench runs; testing.Benchmark gives it no name")
	}
	if missing := w.Missing(); missing != "" {
		b.Skip(missing)
	}
	procs, err := sweepProcs()
	if err != nil {
		b.Fatalf("bench: %v", err)
	}
	cells, err := s.cells(w, procs)
	if err != nil {
		b.Fatalf("bench: %v", err)
	}
	shared := b.TempDir()
	each := func(cell resultfile.Cell, suffix string, measured func(b *testing.B, m measurement)) {
		name := strings.Join(cell.Parts(), "/") + suffix
		b.Run(name, func(b *testing.B) {
			if !strings.HasSuffix(b.Name(), "/"+name) {
				b.Fatal(`bench: a second sweep under one name: put each in a b.Run of its own, such as b.Run("input=small", …)`)
			}
			measured(b, measurement{workload: w, cell: cell, setup: s.setup, shared: shared})
		})
	}
	if mainRan() {
		for _, cell := range cells {
			each(cell, "", func(b *testing.B, m measurement) { m.run(b) })
		}
		return
	}
	for round := range repetitions() {
		suffix := "/run=" + strconv.Itoa(round+1)
		for _, cell := range inOrder(cells, round) {
			each(cell, suffix, func(b *testing.B, m measurement) { printed(b, m, strings.TrimSuffix(b.Name(), suffix)) })
		}
	}
}

// inOrder returns the cells in the order of a round, counted from 0: as they are
// in the first one, in a random order in the others. What drifts while a sweep
// runs then does not meet the same cells again and again. The round decides the
// order.
func inOrder(cells []resultfile.Cell, round int) []resultfile.Cell {
	if round == 0 {
		return cells
	}
	shuffled := slices.Clone(cells)
	rand.New(rand.NewPCG(uint64(round), 0)).Shuffle(len(shuffled), func(i, j int) {
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	})
	return shuffled
}
