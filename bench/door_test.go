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

// probeEnv turns BenchmarkProbe on: it is for the tests below, not for people.
const probeEnv = "RUNBENCH_TEST_PROBE"

// BenchmarkProbe fails when the GOMAXPROCS that a task sees is not the one in
// the name.
func BenchmarkProbe(b *testing.B) {
	if os.Getenv(probeEnv) == "" {
		b.Skip("only for the tests of this package")
	}
	for _, waits := range []bool{false, true} {
		b.Run("waits="+strconv.FormatBool(waits), func(b *testing.B) {
			seen := make([]int, 16)
			options := []bench.Option{bench.Goroutines(1, 3, 99), bench.Strategies("pool", "channel"), bench.Check(func() error { return nil })}
			if waits {
				options = append(options, bench.Waits())
			}
			bench.Sweep(b, len(seen), func(_ context.Context, i int) error {
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
func door(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"-test.run=^$"}, args...)...)
	cmd.Env = append(os.Environ(), probeEnv+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
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

// Whatever -cpu says, the name, the -N suffix (none) and the GOMAXPROCS inside
// the timed region agree.
func TestGomaxprocsIsTheOneInTheName(t *testing.T) {
	for _, cpu := range []string{"1", "2", "1,2,3"} {
		out := door(t, "-test.bench=^BenchmarkProbe$", "-test.benchtime=2x", "-test.cpu="+cpu)
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
						t.Errorf("-cpu %s: %s saw GOMAXPROCS=%s", cpu, name, p)
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
			t.Errorf("-cpu %s: %d batches seen, want %d\n%s", cpu, checked, want, out)
		}
	}
}

// The command and `go test -bench` name the same cells, under the same keys.
func TestBothDoorsNameTheSameCells(t *testing.T) {
	// The quick workloads stand for all: names come from one function.
	names, runs := cells(t, door(t, "-test.bench=^Benchmark(CPU|Sync|Sched|IO)$/workload=(hash|counter|channel|pingpong|latency)$", "-test.benchtime=1x", "-test.cpu=1,2"))
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
	if os.Getenv(probeEnv) == "" {
		b.Skip("only for the tests of this package")
	}
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
	cmd := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkBroken$", "-test.benchtime=1x")
	cmd.Env = append(os.Environ(), probeEnv+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "check failed: invalid argument") {
		t.Errorf("got %v\n%s", err, out)
	}
}
