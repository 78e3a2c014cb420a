package execsweep

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"runbench/internal/analysis"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
)

// The program gets its arguments, cores, input and directory; GOMAXPROCS counts
// once, also where it was set around us.
func TestWhatTheProgramGets(t *testing.T) {
	t.Setenv("GOMAXPROCS", "7")
	in := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(in, []byte("42 apples"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "19")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]float64{
		`args=\[-j(\d) 8\]`:    3,
		`args=\[-j3 (\d)\]`:    8,
		`GOMAXPROCS=(\d)`:      3,
		`stdin="(\d+) apples"`: 42,
		`dir=".*\D(\d+)"`:      19,
	} {
		opt := Options{Goroutines: []int{8}, Stdin: in, Dir: dir, Figure: figure(t, pattern, "higher")}
		u, err := command(t, opt, "show", "-j{procs}", "{goroutines}").run(t.Context(), 8, 3, time.Minute, false)
		if err != nil || u.figure != want {
			t.Errorf("%s: %v, %v; want %v", pattern, u.figure, err, want)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, mode := range []string{"compute", "single", "sleep"} {
		u, err := command(t, Options{}, mode).run(t.Context(), 1, 2, time.Minute, false)
		if err != nil || u.wall <= 0 || u.cpu < 0 || u.peak < 0 {
			t.Errorf("%s: %+v, %v", mode, u, err)
		}
	}
}

// A program that fails says why, as far as its output is kept.
func TestFails(t *testing.T) {
	for _, test := range []struct {
		all  bool
		said string
		want string
	}{
		{true, "first\n\nsecond\n", "exit status 3: on standard output; first; second"},
		{false, "first\nsecond\n", "exit status 3: first; second"},
		{false, "", "exit status 3 (nothing on standard error"},
	} {
		_, err := command(t, Options{}, "fail", test.said).run(t.Context(), 1, 1, time.Minute, test.all)
		var failed *FailedError
		if !errors.As(err, &failed) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("all output %v, said %q: %v, want %s", test.all, test.said, err, test.want)
		}
	}
	c := command(t, Options{Figure: figure(t, `rate (\d+)`, "higher")}, "print", "nothing")
	if _, err := c.run(t.Context(), 1, 1, time.Minute, false); err == nil || !strings.Contains(err.Error(), "found no match") {
		t.Errorf("no figure: %v", err)
	}
}

func TestHung(t *testing.T) {
	_, err := command(t, Options{}, "stay").run(t.Context(), 1, 1, 100*time.Millisecond, false)
	if !errors.Is(err, measure.ErrHung) {
		t.Errorf("got %v, want %v", err, measure.ErrHung)
	}
}

func TestInterrupted(t *testing.T) {
	cause := errors.New("the reason")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(100*time.Millisecond, func() { cancel(cause) })
	_, err := command(t, Options{}, "stay").run(ctx, 1, 1, time.Hour, false)
	if !errors.Is(err, cause) {
		t.Errorf("got %v, want %v", err, cause)
	}
}

// quiet watches a sweep.
type quiet struct{ failed []string }

func (*quiet) RoundStarted(int, int)                            {}
func (*quiet) RunStarted(resultfile.Cell)                       {}
func (*quiet) RunDone(resultfile.Cell, int, []resultfile.Value) {}
func (q *quiet) RunFailed(_ resultfile.Cell, _ int, reason string) {
	q.failed = append(q.failed, reason)
}
func (*quiet) RoundDone(resultfile.RoundEnd) {}

// sweep measures a command into a file and returns what that holds.
func sweep(t *testing.T, c *Command, axes Axes) (*resultfile.Set, resultfile.End) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "exec.txt")
	plan := NewPlan(Name(c.Args), axes)
	w, err := resultfile.Create(path, resultfile.Config{Cores: 4}, resultfile.Manifest{SchemaVersion: resultfile.SchemaVersion, Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	s := &measure.Sweep{Plan: plan, Writer: w, Timeout: time.Minute, Watch: &quiet{}, Run: c.Runner(), Steer: Steer}
	end, err := s.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	set, err := resultfile.Read(file, path)
	if err != nil {
		t.Fatal(err)
	}
	return set, end
}

// From program to answer, and analyze reads the same file.
func TestSweep(t *testing.T) {
	c := command(t, Options{Goroutines: []int{1, 4}}, "compute", "{goroutines}")
	set, end := sweep(t, c, Axes{Procs: []int{2, 1}, Goroutines: []int{4, 1}, Rounds: 3, Budget: time.Minute, Seed: 1})
	if end.Runs != 12 || end.Failed != 0 || len(set.Warnings) > 0 {
		t.Fatalf("%d runs, %d failed, warnings %v", end.Runs, end.Failed, set.Warnings)
	}
	a, err := Judge(set, Machine{Logical: 4})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Series) != 2 || len(a.Series[1].Points) != 2 || a.Rounds != 3 || a.Goroutines == "" || a.Across == nil {
		t.Errorf("got %+v", a)
	}
	if p := a.Series[0].Points[1]; p.Speedup == nil || p.Runs != 3 || p.Wall.Lo == nil || !(*p.Wall.Lo <= p.Wall.Value && p.Wall.Value <= *p.Wall.Hi) {
		t.Errorf("got %+v", p)
	}
	about := analysis.Analyze(set)
	if len(about.Workloads) != 1 || about.Workloads[0].ParallelismGain == nil || about.Workloads[0].Class != resultfile.Exec || about.Workloads[0].Advice == nil {
		t.Errorf("analyze found %+v", about.Workloads)
	}
}

// Without goroutines there is one axis, and a program's own figure is the
// throughput.
func TestSweepOfAFigure(t *testing.T) {
	c := command(t, Options{Figure: figure(t, `took (\d+) ms`, "lower")}, "print", "took 20 ms")
	set, _ := sweep(t, c, Axes{Procs: []int{1, 2}, Rounds: 2, Budget: time.Minute})
	for _, r := range set.Runs {
		rate, _ := r.Value(resultfile.TasksPerSec)
		cost, _ := r.Value(resultfile.OwnCost)
		if rate != 0.05 || cost != 20 || r.Cell.Strategy != resultfile.Sequential {
			t.Errorf("%+v", r)
		}
	}
	a, err := Judge(set, Machine{})
	if err != nil || !a.Own || a.Series[0].Points[1].Speedup.Value != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	// Nobody says how many goroutines a program has.
	if w := analysis.Analyze(set).Workloads; len(w) != 1 || w[0].ParallelismGain == nil || w[0].Advice != nil {
		t.Errorf("analyze found %+v", w)
	}
}

// A cell that fails is given up, and the sweep ends.
func TestSweepThatFails(t *testing.T) {
	set, end := sweep(t, command(t, Options{}, "fail", "no"), Axes{Procs: []int{1, 2}, Budget: time.Minute})
	if end.Runs != 0 || end.Failed != 4 || len(set.Failures) != 4 {
		t.Errorf("%d runs, %d failed", end.Runs, end.Failed)
	}
	if _, err := Judge(set, Machine{}); err == nil {
		t.Error("a verdict without runs")
	}
}
