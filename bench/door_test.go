package bench_test

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"

	"runbench/bench"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/workloads"
	"runbench/workloads/all"
)

const (
	// probeEnv turns the benchmarks on that are for the tests below, not for people.
	probeEnv = "RUNBENCH_TEST_PROBE"

	// plainEnv makes this test binary one whose TestMain does not call bench.Main.
	plainEnv = "RUNBENCH_TEST_PLAIN"
)

// doors are the two kinds of test binary: what is added to the environment of
// this one to become it.
var doors = map[string][]string{
	"with Main":    {probeEnv + "=1"},
	"without Main": {probeEnv + "=1", plainEnv + "=1"},
}

func probes(b *testing.B) {
	b.Helper()
	if os.Getenv(probeEnv) == "" {
		b.Skip("only for the tests of this package")
	}
}

// BenchmarkProbe fails when the GOMAXPROCS that a task sees is not the one in
// the name.
func BenchmarkProbe(b *testing.B) {
	probes(b)
	for _, waits := range []bool{false, true} {
		b.Run("waits="+strconv.FormatBool(waits), func(b *testing.B) {
			seen := make([]int, 16)
			options := []bench.Option{
				bench.Batch(len(seen)), bench.Goroutines(1, 3, 99), bench.Strategies("pool", "channel"),
				bench.Check(func() error { return nil }),
			}
			if waits {
				options = append(options, bench.Waits())
			}
			bench.Sweep(b, func(_ context.Context, i int) error {
				seen[i] = runtime.GOMAXPROCS(0)
				if i == 0 {
					_, err := os.Stdout.WriteString("\nprobe " + strconv.Itoa(seen[i]) + "\n")
					return err
				}
				return nil
			}, options...)
		})
	}
}

// door runs benchmarks of this test binary in a process of their own and
// returns what they print.
func door(t *testing.T, kind string, args ...string) string {
	t.Helper()
	out, err := knock(kind, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", kind, args, err, out)
	}
	return out
}

func knock(kind string, args ...string) (string, error) {
	cmd := exec.Command(os.Args[0], append([]string{"-test.run=^$"}, args...)...)
	cmd.Env = append(os.Environ(), doors[kind]...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// cells returns the cells of the result lines.
func cells(t *testing.T, output string) (names []string, runs []resultfile.Run) {
	t.Helper()
	set, err := resultfile.Read(strings.NewReader(output), "the door's output")
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if len(set.Warnings) > 0 {
		t.Errorf("warnings: %v", set.Warnings)
	}
	for _, r := range set.Runs {
		names = append(names, r.Cell.Name())
	}
	return names, set.Runs
}

// Whatever -cpu says, and whether Main has run or not, the name, the -N suffix
// (none) and the GOMAXPROCS inside the timed region agree.
func TestGomaxprocsIsTheOneInTheName(t *testing.T) {
	for kind := range doors {
		for _, cpu := range []string{"1", "2", "1,2,3"} {
			out := door(t, kind, "-test.bench=^BenchmarkProbe$", "-test.benchtime=2x", "-test.cpu="+cpu)
			var seen []string // by the batches of the benchmark under way
			checked := 0
			for line := range strings.Lines(out) {
				line = strings.TrimSpace(line)
				// A name is printed once its batches have run: b.Loop does all its
				// work in what is otherwise the trial run.
				if strings.HasPrefix(line, "BenchmarkProbe/") {
					name := strings.Fields(line)[0]
					if _, parts := benchfmt.Name(name).Parts(); strings.HasPrefix(string(parts[len(parts)-1]), "-") {
						t.Errorf("%s has a suffix", name)
					}
					for _, p := range seen {
						if !strings.HasSuffix(name, "/gomaxprocs="+p) {
							t.Errorf("%s, -cpu %s: %s saw GOMAXPROCS=%s", kind, cpu, name, p)
						}
					}
					checked += len(seen)
					seen = nil
				}
				if p, ok := strings.CutPrefix(line, "probe "); ok {
					seen = append(seen, p)
				}
			}
			// Two benchmarks; C=1 once and C=3 twice; two batches and the first one.
			if want := 2 * 3 * 3 * len(strings.Split(cpu, ",")); checked != want {
				t.Errorf("%s, -cpu %s: %d batches seen, want %d\n%s", kind, cpu, checked, want, out)
			}
		}
	}
}

// Where a time is asked for batches run before, for twice as long where it is
// short; where batches are counted there is one. A task sees a batch each.
func TestBatchesBeforeTheMeasuredOnes(t *testing.T) {
	before := func(benchtime string) int {
		out := door(t, "with Main", "-test.bench=^BenchmarkProbe$/waits=false/strategy=sequential", "-test.benchtime="+benchtime, "-test.cpu=1")
		measured := 0
		for line := range strings.Lines(out) {
			if f := strings.Fields(line); len(f) > 1 && strings.HasPrefix(f[0], "BenchmarkProbe/") {
				measured, _ = strconv.Atoi(f[1])
			}
		}
		return strings.Count(out, "probe ") - measured
	}
	if n := before("5x"); n != 1 {
		t.Errorf("%d batches before 5 counted ones, want 1", n)
	}
	// Nobody knows how many fit into 2 ms, but a batch of microseconds fits twice.
	if n := before("1ms"); n < 2 {
		t.Errorf("%d batches before those of 1ms, want as many as fit into 2ms", n)
	}
}

// The command and `go test -bench` name the same cells, under the same keys.
func TestBothDoorsNameTheSameCells(t *testing.T) {
	// The quick workloads stand for all: names come from one function.
	names, runs := cells(t, door(t, "with Main", "-test.bench=^Benchmark(CPU|Sync|Sched|IO)$/workload=(hash|counter|channel|pingpong|latency)$", "-test.benchtime=1x", "-test.cpu=1,2"))
	selected, err := all.Select([]string{"cpu/hash", "sync/counter", "sync/channel", "sched/pingpong", "io/latency"})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := measure.NewPlan(selected, measure.Options{Procs: []int{1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, c := range plan.Cells() {
		want = append(want, c.Name())
	}
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("go test names\n%s\nthe command names\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	for _, r := range runs {
		for _, key := range []string{"cores: ", "go: go", "goos: " + runtime.GOOS, "goarch: " + runtime.GOARCH} {
			if !strings.Contains(r.Config, key) {
				t.Errorf("%s was measured under %q, without %q", r.Cell.Name(), r.Config, key)
			}
		}
		for _, unit := range []string{resultfile.NsPerOp, resultfile.TasksPerSec, resultfile.AllocsPerOp} {
			if _, ok := r.Value(unit); !ok {
				t.Errorf("%s has no %s", r.Cell.Name(), unit)
			}
		}
	}
}

func TestEveryClassHasABenchmark(t *testing.T) {
	out, err := exec.Command(os.Args[0], "-test.list=^Benchmark").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	have := strings.Fields(string(out))
	for _, w := range all.Everything() {
		if !slices.Contains(have, "Benchmark"+w.Class()) {
			t.Errorf("%s: no Benchmark%s in bench_test.go", w.Name, w.Class())
		}
	}
}

// A failing check fails the benchmark and says why.
func BenchmarkBroken(b *testing.B) {
	probes(b)
	bench.Workload(b, workloads.Workload{
		Name: "cpu/broken", Batch: 4,
		Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
			return &workloads.Instance{
				Task:  func(context.Context, int) error { return nil },
				Check: func(context.Context) error { return os.ErrInvalid },
			}, nil
		},
	})
}

func TestFailedCheckFailsTheBenchmark(t *testing.T) {
	for kind := range doors {
		out, err := knock(kind, "-test.bench=^BenchmarkBroken$", "-test.benchtime=1x")
		if err == nil || !strings.Contains(out, "check failed: invalid argument") {
			t.Errorf("%s: got %v\n%s", kind, err, out)
		}
	}
}
