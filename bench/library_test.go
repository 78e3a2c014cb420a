package bench_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"runbench/bench"
	"runbench/internal/analysis"
	"runbench/internal/resultfile"
)

// Benchmarks as other people's packages have them, and what is promised of them
// with and without bench.Main.

// BenchmarkOrdinary is one that does not sweep.
func BenchmarkOrdinary(b *testing.B) {
	probes(b)
	for b.Loop() {
		strconv.Itoa(b.N)
	}
}

// BenchmarkPlain leaves all to the defaults.
func BenchmarkPlain(b *testing.B) {
	probes(b)
	sums := make([]int, bench.DefaultBatch)
	bench.Sweep(b, func(_ context.Context, i int) error {
		for n := range 1000 {
			sums[i] += n
		}
		return nil
	})
}

// BenchmarkReady fails unless Setup has made it ready for the goroutines there
// are, and what the one before made ready has been taken down.
func BenchmarkReady(b *testing.B) {
	probes(b)
	ready := 0
	bench.Sweep(b, func(context.Context, int) error {
		if ready == 0 {
			return errors.New("not set up")
		}
		return nil
	}, bench.Batch(8), bench.Goroutines(2, 4), bench.Setup(func(b *testing.B, goroutines int) {
		if ready != 0 {
			b.Fatal("the one before was not cleaned up")
		}
		if !strings.Contains(b.Name(), "/goroutines="+strconv.Itoa(goroutines)+"/") {
			b.Fatalf("%s is set up for %d goroutines", b.Name(), goroutines)
		}
		ready = goroutines
		b.Cleanup(func() { ready = 0 })
	}))
}

// BenchmarkThird fails in one task, at more than one goroutine.
func BenchmarkThird(b *testing.B) {
	probes(b)
	concurrent := false
	bench.Sweep(b, func(_ context.Context, i int) error {
		if concurrent && i == 3 {
			return os.ErrClosed
		}
		return nil
	}, bench.Batch(8), bench.Setup(func(_ *testing.B, goroutines int) { concurrent = goroutines > 1 }))
}

// BenchmarkTwice sweeps twice under one name.
func BenchmarkTwice(b *testing.B) {
	probes(b)
	for range 2 {
		bench.Sweep(b, func(context.Context, int) error { return nil })
	}
}

// BenchmarkNothing has nothing to measure.
func BenchmarkNothing(b *testing.B) {
	probes(b)
	bench.Sweep(b, nil)
}

// A standalone benchmark has no names to write results under.
func TestStandalone(t *testing.T) {
	if os.Getenv(probeEnv) != "" {
		testing.Benchmark(BenchmarkPlain)
		return
	}
	for kind := range doors {
		out, err := knock(kind, "-test.run=^TestStandalone$")
		if err == nil || !strings.Contains(out, "testing.Benchmark gives it no name") {
			t.Errorf("%s: got %v\n%s", kind, err, out)
		}
	}
}

// With and without Main the same cells are measured, under the same keys and in
// the same units.
func TestMainChangesNoResult(t *testing.T) {
	args := []string{"-test.bench=^Benchmark(Plain|Ready)$", "-test.benchtime=1x", "-test.cpu=2,1"}
	with, runs := cells(t, door(t, "with Main", args...))
	without, others := cells(t, door(t, "without Main", args...))
	if !slices.Equal(with, without) {
		t.Fatalf("with Main\n%s\nwithout\n%s", strings.Join(with, "\n"), strings.Join(without, "\n"))
	}
	if len(with) != 10 { // 1, 2 and 8 goroutines; 2 and 4; each at two P
		t.Errorf("%d cells, want 10: %v", len(with), with)
	}
	for i, run := range runs {
		if run.Config != others[i].Config {
			t.Errorf("%s: with Main under\n%s\nwithout under\n%s", run.Cell.Name(), run.Config, others[i].Config)
		}
		for _, unit := range []string{resultfile.NsPerOp, resultfile.TasksPerSec, resultfile.BytesPerOp, resultfile.AllocsPerOp} {
			_, a := run.Value(unit)
			_, b := others[i].Value(unit)
			if !a || !b {
				t.Errorf("%s: %s with Main: %t, without: %t", run.Cell.Name(), unit, a, b)
			}
		}
	}
}

func TestCountAndBenchtime(t *testing.T) {
	for kind := range doors {
		names, runs := cells(t, door(t, kind, "-test.bench=^BenchmarkReady$", "-test.cpu=1", "-test.count=3", "-test.benchtime=5x"))
		if len(names) != 6 {
			t.Errorf("%s: %d lines, want 3 for each of 2 cells: %v", kind, len(names), names)
		}
		for _, run := range runs {
			if run.Batches != 5 {
				t.Errorf("%s: %s measured %d batches, want 5", kind, run.Cell.Name(), run.Batches)
			}
		}
		// Any batch takes longer than this, and there is never less than one.
		_, runs = cells(t, door(t, kind, "-test.bench=^BenchmarkReady$", "-test.cpu=1", "-test.benchtime=1ns"))
		for _, run := range runs {
			if run.Batches != 1 {
				t.Errorf("%s: %s measured %d batches in 1 ns, want 1", kind, run.Cell.Name(), run.Batches)
			}
		}
	}
}

func TestFilters(t *testing.T) {
	for kind := range doors {
		for pattern, want := range map[string]int{
			"Plain/strategy=pool":                                 4,
			"Plain/strategy=pool/goroutines=2/gomaxprocs=1$":      1,
			"Plain/./goroutines=1$":                               2,
			"^BenchmarkPlain$/sequential/./gomaxprocs=2|Ready/no": 1,
		} {
			names, _ := cells(t, door(t, kind, "-test.bench="+pattern, "-test.benchtime=1x", "-test.cpu=1,2"))
			if len(names) != want {
				t.Errorf("%s: -bench %s ran %v, want %d", kind, pattern, names, want)
			}
		}
	}
}

// Verbose output, and what go test -json asks for, hold the same result lines.
func TestVerbose(t *testing.T) {
	for kind := range doors {
		for _, v := range []string{"true", "test2json"} {
			out := door(t, kind, "-test.bench=^BenchmarkReady$", "-test.benchtime=1x", "-test.cpu=1", "-test.v="+v)
			set, err := resultfile.Read(strings.NewReader(out), "output")
			if err != nil {
				t.Fatal(err)
			}
			if len(set.Runs) != 2 {
				t.Errorf("%s, -v=%s: %d results, want 2\n%s", kind, v, len(set.Runs), out)
			}
		}
	}
}

// Benchmarks that do not sweep are package testing's as ever.
func TestOrdinaryBenchmarks(t *testing.T) {
	for kind, suffix := range map[string]string{"with Main": "", "without Main": "-3"} {
		out := door(t, kind, "-test.bench=^Benchmark(Ready|Ordinary)$", "-test.benchtime=1x", "-test.cpu=3")
		lines := slices.DeleteFunc(strings.Split(out, "\n"), func(l string) bool { return !strings.HasPrefix(l, "BenchmarkOrdinary") })
		if len(lines) != 1 || strings.Fields(lines[0])[0] != "BenchmarkOrdinary"+suffix {
			t.Errorf("%s: found %q, want one line, with suffix %q\n%s", kind, lines, suffix, out)
		}
	}
}

func TestErrorsNameTheCell(t *testing.T) {
	for kind := range doors {
		out, err := knock(kind, "-test.bench=^BenchmarkThird$", "-test.benchtime=1x", "-test.cpu=2")
		if err == nil {
			t.Errorf("%s: passed", kind)
		}
		for _, want := range []string{"--- FAIL: BenchmarkThird/strategy=pool/goroutines=2/gomaxprocs=2", "task 3: file already closed"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q\n%s", kind, want, out)
			}
		}
		set, err := resultfile.Read(strings.NewReader(out), "output")
		if err != nil {
			t.Fatal(err)
		}
		if len(set.Runs) != 1 || set.Runs[0].Cell.Goroutines != 1 {
			t.Errorf("%s: %d results, want that of one goroutine alone\n%s", kind, len(set.Runs), out)
		}
	}
}

func TestMistakesAreSaid(t *testing.T) {
	for kind := range doors {
		for name, want := range map[string]string{
			"Twice":   `a second sweep under one name: put each in a b.Run of its own`,
			"Nothing": `expected a task, found nil`,
		} {
			out, err := knock(kind, "-test.bench=^Benchmark"+name+"$", "-test.benchtime=1x", "-test.cpu=1")
			if err == nil || !strings.Contains(out, want) {
				t.Errorf("%s: %s: got %v, want %q\n%s", kind, name, err, want, out)
			}
		}
	}
}

// What a sweep prints is enough for a verdict.
func TestAnalyzed(t *testing.T) {
	for kind := range doors {
		out := door(t, kind, "-test.bench=^BenchmarkPlain$", "-test.benchtime=1x", "-test.count=4", "-test.cpu=1,2")
		set, err := resultfile.Read(strings.NewReader(out), "output")
		if err != nil {
			t.Fatal(err)
		}
		a := analysis.Analyze(set)
		if len(a.Workloads) != 1 || len(a.Warnings) > 0 {
			t.Fatalf("%s: %d workloads, warnings %v\n%s", kind, len(a.Workloads), a.Warnings, out)
		}
		w := a.Workloads[0]
		if w.Name != "Plain" || w.Verdict == "" || w.ConcurrencyGain == nil || w.ParallelismGain == nil || w.TotalGain == nil {
			t.Errorf("%s: %+v", kind, w)
		}
	}
}

// Who imports this package gets no database driver, nor the rest of the
// catalogue.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "runbench/bench").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := make(map[string]bool)
	for line := range strings.Lines(string(out)) {
		packages[strings.TrimSpace(line)] = true
	}
	for name := range packages {
		if strings.HasPrefix(name, "runbench/workloads/") || strings.Contains(name, "sqlite") || strings.Contains(name, "pgx") || strings.Contains(name, "bbolt") {
			t.Errorf("runbench/bench imports %s", name)
		}
	}
	if !packages["runbench/bench/strategy"] {
		t.Errorf("%d packages listed, its strategies not among them", len(packages))
	}
}
