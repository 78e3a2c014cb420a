package all

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"runbench/bench/strategy"
	"runbench/internal/child"
	"runbench/workloads"
)

func TestMain(m *testing.M) {
	child.Main() // the servers that workloads talk to
	os.Exit(m.Run())
}

func TestCatalogue(t *testing.T) {
	seen := make(map[string]bool)
	for _, w := range Everything() {
		if seen[w.Name] {
			t.Errorf("%s is there twice", w.Name)
		}
		seen[w.Name] = true
		if w.Class() == "" || workloads.ClassDir(w.Class())+"/"+w.Short() != w.Name {
			t.Errorf("%s: class %q, short name %q", w.Name, w.Class(), w.Short())
		}
		if regexp.MustCompile(`-[0-9]+$`).MatchString(w.Name) {
			t.Errorf("%s: readers would take the digits for GOMAXPROCS", w.Name)
		}
		for _, text := range []string{w.Isolates, w.Expect, w.Definition, w.Advice} {
			if text == "" || strings.Contains(text, "\n") {
				t.Errorf("%s: a text is empty or has several lines", w.Name)
			}
		}
		if w.Batch < 16 && !w.Cooperates || w.Batch < 1 {
			t.Errorf("%s: a batch of %d tasks", w.Name, w.Batch)
		}
		if !w.Sized() && !w.Waits && w.Class() != "Known" {
			t.Errorf("%s comes in no size classes, and waiting is not its point", w.Name)
		}
		if w.Grows && (w.Cooperates || w.Waits || !w.Computes()) || w.Grows != (w.CannotGrow() == "") {
			t.Errorf("%s: a batch that grows is of work that computes, and cooperates with nobody", w.Name)
		}
		if w.Cooperates && w.Idempotent {
			t.Errorf("%s: what its goroutines do together cannot be done twice, in part", w.Name)
		}
		for _, name := range w.Related {
			if _, ok := Find(name); !ok || name == w.Name {
				t.Errorf("%s is related to %q, which is no other workload", w.Name, name)
			}
		}
		for _, p := range w.Parameters {
			if _, err := w.Resolve(workloads.Params{p.Name: p.Default}); err != nil || p.Meaning == "" {
				t.Errorf("%s: the default of %s: %v, meaning %q", w.Name, p.Name, err, p.Meaning)
			}
		}
	}
}

// Every workload is in one tier, and those of a class follow one another.
func TestTiers(t *testing.T) {
	if got, want := len(Workloads())+len(More())+len(Known()), len(Everything()); got != want {
		t.Errorf("the tiers have %d workloads, the catalogue %d", got, want)
	}
	if got, want := len(Workloads())+len(More()), len(Listed()); got != want {
		t.Errorf("default and more have %d workloads, %d are listed", got, want)
	}
	for _, w := range Everything() {
		if found, ok := Find(w.Name); !ok || found.Name != w.Name {
			t.Errorf("%s: found %q", w.Name, found.Name)
		}
		if tier := Tier(w.Name); (tier == "known") != (w.Class() == "Known") {
			t.Errorf("%s is in the tier %q", w.Name, tier)
		}
	}
	if tier := Tier("cpu/none"); tier != "" {
		t.Errorf("a workload there is not is in the tier %q", tier)
	}
	var classes []string
	for _, w := range Everything() {
		classes = append(classes, w.Class())
	}
	classes = slices.Compact(classes)
	if slices.Sort(classes); len(slices.Compact(slices.Clone(classes))) != len(classes) {
		t.Errorf("a class is in several pieces: %v", classes)
	}
}

func TestSelect(t *testing.T) {
	var standard []string
	for _, w := range Workloads() {
		standard = append(standard, w.Name)
	}
	for _, test := range []struct {
		patterns string
		want     string // names with what differs from the defaults
	}{
		{"", strings.Join(standard, " ")},
		{"cpu/hash", "cpu/hash"},
		{"sched/s* cpu/hash", "cpu/hash sched/spawn sched/skewed"},
		{"*/h*", "cpu/hash sched/hackbench io/http io/http-open io/http-fanout"},
		{"db cpu/f*", "cpu/fft cpu/fib db/sqlite db/bbolt db/postgres"},
		{"known/serial?serial=0.5 mem/s*", "mem/sum known/serial?serial=0.5"},
		{"known", "known/control known/serial known/waiting"},
		{"known/s*", "known/serial"},
		{"io/latency?wait=5ms io/latency", "io/latency?wait=5ms io/latency"},
		{"io/latency?wait=2ms io/latency", "io/latency"},
	} {
		selected, err := Select(strings.Fields(test.patterns))
		if err != nil {
			t.Errorf("%s: %v", test.patterns, err)
			continue
		}
		var got []string
		for _, s := range selected {
			name := s.Name
			for k, v := range s.Given {
				name += "?" + k + "=" + v
			}
			got = append(got, name)
		}
		if g := strings.Join(got, " "); g != test.want {
			t.Errorf("%s: got %s, want %s", test.patterns, g, test.want)
		}
	}
	for patterns, want := range map[string]string{
		"cpu/hsah":                   "nearest: cpu/hash",
		"mandelbrott":                "nearest: cpu/mandelbrot",
		"io/latency?wait=1us":        "expected a duration",
		"io/latency?wait":            "expected name?parameter=value",
		"io/latency?wait=2ms&wait=3": "given twice",
		"cpu/hash?n=1":               `no parameter "n"`,
		"db/sqlite?sync=maybe":       "expected one of",
		"known/serial?serial=1.1":    "expected a number from 0 to 1",
		"known/serial?serial=NaN":    "expected a number from 0 to 1",
		"known/serail":               "nearest: known/serial",
		"k*":                         "no workload is called",
		"cpu/[":                      "syntax error",
	} {
		if _, err := Select([]string{patterns}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", patterns, err, want)
		}
	}
}

func start(t *testing.T, w workloads.Workload, c int, shared string) *workloads.Instance {
	t.Helper()
	needed(t, w)
	in, err := w.Start(t.Context(), workloads.Env{Goroutines: c, Params: small(t, w), Dir: t.TempDir(), Shared: shared})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// small returns parameters that make batches of w short: those of size class S,
// and for workloads without one whatever else does.
func small(t *testing.T, w workloads.Workload) workloads.Params {
	t.Helper()
	given := map[string]workloads.Params{
		"known/waiting": {"wait": "2ms", "work": "1000"},
		"known/serial":  {"work": "1000000"},
		"db/sqlite":     {"pool": "8"}, // C = K would open 128 connections
	}[w.Name]
	s, err := workloads.Selected{Workload: w, Given: given}.WithSize("S")
	if err != nil {
		t.Fatal(err)
	}
	return s.Given
}

// needed skips a test of a workload that cannot run here, and says why.
func needed(t *testing.T, w workloads.Workload) {
	t.Helper()
	missing := w.Missing()
	if missing == "" {
		return
	}
	if os.Getenv("RUNBENCH_REQUIRE") == "all" {
		t.Fatalf("%s: %s", w.Name, missing)
	}
	t.Skipf("%s: %s", w.Name, missing)
}

// run runs a batch as the harness does and returns what the check says.
func run(t *testing.T, w workloads.Workload, in *workloads.Instance, s strategy.Strategy, c int) error {
	t.Helper()
	if in.Serial != nil {
		if err := in.Serial(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	err := error(nil)
	if w.Cooperates {
		err = in.Run(t.Context(), c)
	} else {
		err = s.Run(t.Context(), c, w.Batch, in.Task)
	}
	if err != nil {
		t.Fatal(err)
	}
	return in.Check(t.Context())
}

func stop(t *testing.T, in *workloads.Instance) {
	t.Helper()
	if in.Close != nil {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
}

// counts returns the goroutines to try a workload with: one, some and as many as
// there are tasks, or those of its design.
func counts(t *testing.T, w workloads.Workload) []int {
	t.Helper()
	if w.Goroutines == nil {
		return []int{1, 3, w.Batch}
	}
	params, err := w.Resolve(small(t, w))
	if err != nil {
		t.Fatal(err)
	}
	return w.Goroutines(params)
}

// ways returns the strategies for so many goroutines: C=1 is always sequential,
// and nothing else is. A workload that cooperates has one way, its own.
func ways(w workloads.Workload, c int) []strategy.Strategy {
	if w.Cooperates || c == 1 {
		return []strategy.Strategy{strategy.Sequential}
	}
	return slices.DeleteFunc(strategy.All(), func(s strategy.Strategy) bool { return s == strategy.Sequential })
}

// Every workload gives the right result under every strategy, at any C and P,
// and leaves no goroutine.
func TestEveryWorkloadUnderEveryStrategy(t *testing.T) {
	before := goleak.IgnoreCurrent()
	for _, w := range Everything() {
		t.Run(w.Name, func(t *testing.T) {
			needed(t, w)
			shared := t.TempDir()
			for _, c := range counts(t, w) {
				in := start(t, w, c, shared)
				for _, p := range []int{1, 2, 4} {
					for _, s := range ways(w, c) {
						t.Run(fmt.Sprintf("%s/C=%d/P=%d", s.Name(), c, p), func(t *testing.T) {
							defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(p))
							if err := run(t, w, in, s, c); err != nil {
								t.Fatal(err)
							}
						})
					}
				}
				if w.Grows && (in.Counters != nil || in.Figures != nil) {
					t.Errorf("%s: what it counts would be counted for each part of a batch that grows", w.Name)
				}
				for name, read := range map[string]func() (map[string]float64, error){"counters": in.Counters, "figures": in.Figures} {
					if read == nil {
						continue
					}
					// One goroutine may have nothing to count, such as the load of others.
					if values, err := read(); err != nil || len(values) == 0 && c > 1 {
						t.Errorf("%s: %v, %v", name, values, err)
					}
				}
				stop(t, in)
			}
		})
	}
	goleak.VerifyNone(t, before)
}

// A workload that ends when its context does leaves nothing behind and says so.
func TestCancelled(t *testing.T) {
	before := goleak.IgnoreCurrent()
	for _, w := range Everything() {
		if !w.Cooperates {
			continue // strategies end a batch between tasks
		}
		t.Run(w.Name, func(t *testing.T) {
			most := slices.Max(counts(t, w))
			in := start(t, w, most, t.TempDir())
			defer stop(t, in)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			for _, c := range []int{1, most} {
				// It may also have ended before it looked.
				if err := in.Run(ctx, c); err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("%d goroutines: %v, want the context's error", c, err)
				}
			}
		})
	}
	goleak.VerifyNone(t, before)
}

// dropping is a strategy with a mistake: it leaves one task out.
type dropping struct{ strategy.Strategy }

func (d dropping) Run(ctx context.Context, goroutines, n int, task strategy.Task) error {
	return d.Strategy.Run(ctx, goroutines, n, func(ctx context.Context, i int) error {
		if i == n/2 {
			return nil
		}
		return task(ctx, i)
	})
}

// A strategy that drops a task is caught, also when the right result of the batch
// before is still at hand.
func TestChecksCatchADroppedTask(t *testing.T) {
	for _, w := range Everything() {
		if w.Cooperates {
			continue // no strategy deals its tasks out; its own test drops one
		}
		t.Run(w.Name, func(t *testing.T) {
			in := start(t, w, w.Batch, t.TempDir())
			defer stop(t, in)
			if err := run(t, w, in, strategy.Default, w.Batch); err != nil {
				t.Fatal(err)
			}
			if run(t, w, in, dropping{strategy.Default}, w.Batch) == nil {
				t.Error("a batch without one of its tasks passed the check")
			}
		})
	}
}

// A task that runs twice is caught where it changes shared state.
func TestChecksCatchARepeatedTask(t *testing.T) {
	for _, name := range []string{"sync/counter", "sync/mutex", "db/sqlite"} {
		w, ok := Find(name)
		if !ok {
			t.Fatal(name)
		}
		in := start(t, w, 1, t.TempDir())
		if err := strategy.Sequential.Run(t.Context(), 1, w.Batch, in.Task); err != nil {
			t.Fatal(err)
		}
		if err := in.Task(context.Background(), 3); err != nil {
			t.Fatal(err)
		}
		if in.Check(t.Context()) == nil {
			t.Errorf("%s: a task that ran twice passed the check", name)
		}
		stop(t, in)
	}
}

// A serial phase that is left out is caught, whatever its share of the work, also
// in a batch that follows a whole one.
func TestChecksCatchALeftOutSerialPhase(t *testing.T) {
	w, ok := Find("known/serial")
	if !ok {
		t.Fatal("no known/serial")
	}
	for _, share := range []string{"0", "0.2", "0.5", "1"} {
		in, err := w.Start(t.Context(), workloads.Env{Goroutines: 1, Params: workloads.Params{"serial": share}})
		if err != nil {
			t.Fatal(err)
		}
		if err := run(t, w, in, strategy.Sequential, 1); err != nil {
			t.Fatal(err)
		}
		in.Serial = nil
		if run(t, w, in, strategy.Sequential, 1) == nil {
			t.Errorf("serial=%s: a batch without its serial phase passed the check", share)
		}
	}
}

// A task may be done twice where the workload says so.
func TestIdempotentTasks(t *testing.T) {
	for _, w := range Everything() {
		if !w.Idempotent {
			continue
		}
		in := start(t, w, 1, t.TempDir())
		task := in.Task
		in.Task = func(ctx context.Context, i int) error { return errors.Join(task(ctx, i), task(ctx, i)) }
		if err := run(t, w, in, strategy.Sequential, 1); err != nil {
			t.Errorf("%s: tasks done twice: %v", w.Name, err)
		}
		stop(t, in)
	}
}
