package measure

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"runbench/internal/resultfile"
)

// ran is a runner that measures nothing and keeps account.
type ran struct {
	specs []Spec
	fail  func(n int, s Spec) error
}

func (r *ran) run(_ context.Context, s Spec, _ time.Duration) (Outcome, error) {
	n := len(r.specs)
	r.specs = append(r.specs, s)
	if r.fail != nil {
		if err := r.fail(n, s); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{Batches: 3, Measured: time.Microsecond, Notes: []string{"a note"}, Values: []resultfile.Value{{Unit: resultfile.NsPerOp, Value: float64(n + 1)}}}, nil
}

// watch counts what the observer is told.
type watch struct{ rounds, started, done, failed, ended int }

func (w *watch) RoundStarted(int, int)                            { w.rounds++ }
func (w *watch) RunStarted(resultfile.Cell)                       { w.started++ }
func (w *watch) RunDone(resultfile.Cell, int, []resultfile.Value) { w.done++ }
func (w *watch) RunFailed(_ resultfile.Cell, _ int, _ string)     { w.failed++ }
func (w *watch) RoundDone(resultfile.RoundEnd)                    { w.ended++ }

func testPlan(t *testing.T, rounds int) resultfile.Plan {
	plan, err := NewPlan(selected("cpu/fine", "io/waits", "cpu/wrong"), Options{Procs: []int{1, 2}, Rounds: rounds, Budget: time.Hour, Seed: 42})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// sweep does a plan with the runner, into the file, which is gone on with when
// it is there.
func sweep(t *testing.T, ctx context.Context, plan resultfile.Plan, r *ran, path string) (resultfile.End, watch, error) {
	w, had, err := resultfile.Resume(path, resultfile.Config{CPU: "test", Cores: 2}, resultfile.Manifest{SchemaVersion: 1, Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var seen watch
	s := &Sweep{Plan: plan, Writer: w, Had: had, Run: r.run, Timeout: time.Minute, Watch: &seen}
	end, err := s.Do(ctx)
	return end, seen, err
}

func read(t *testing.T, path string) *resultfile.Set {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	set, err := resultfile.Read(f, path)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// onceARound fails unless every cell has one run in each of the rounds.
func onceARound(t *testing.T, set *resultfile.Set, plan resultfile.Plan, rounds int) {
	t.Helper()
	runs := make(map[string]int)
	for _, r := range set.Runs {
		runs[fmt.Sprint(r.Cell.Name(), " ", r.Round)]++
	}
	for _, c := range plan.Cells() {
		for round := 1; round <= rounds; round++ {
			if n := runs[fmt.Sprint(c.Name(), " ", round)]; n != 1 {
				t.Errorf("%s has %d runs in round %d", c.Name(), n, round)
			}
		}
	}
	if want := rounds * len(plan.Cells()); len(set.Runs) != want {
		t.Errorf("%d runs in the file, want %d", len(set.Runs), want)
	}
}

func TestSweepRunsEachCellOnceARound(t *testing.T) {
	path, plan, r := filepath.Join(t.TempDir(), "r.txt"), testPlan(t, 3), &ran{}
	end, seen, err := sweep(t, t.Context(), plan, r, path)
	if err != nil {
		t.Fatal(err)
	}
	set := read(t, path)
	onceARound(t, set, plan, 3)
	n := len(plan.Cells())
	if end.Rounds != 3 || end.Runs != 3*n || end.Failed != 0 || seen != (watch{3, 3 * n, 3 * n, 0, 3}) {
		t.Errorf("end %+v, seen %+v", end, seen)
	}
	if set.End == nil || len(set.Rounds) != 3 || len(set.Notes) != 3 {
		t.Errorf("end %v, %d rounds, %d notes", set.End, len(set.Rounds), len(set.Notes))
	}
}

func TestOrder(t *testing.T) {
	plan := testPlan(t, 0)
	first, second := Order(plan, 1), Order(plan, 2)
	if slices.EqualFunc(first, second, func(a, b resultfile.Cell) bool { return a.Name() == b.Name() }) {
		t.Error("two rounds have the same order")
	}
	if !slices.EqualFunc(first, Order(plan, 1), func(a, b resultfile.Cell) bool { return a.Name() == b.Name() }) {
		t.Error("a round's order is not settled by seed and round")
	}
	plan.Seed++
	if slices.EqualFunc(first, Order(plan, 1), func(a, b resultfile.Cell) bool { return a.Name() == b.Name() }) {
		t.Error("another seed gives the same order")
	}
	// The cells of a workload follow each other.
	changes := 0
	for i := 1; i < len(first); i++ {
		if first[i].Subject() != first[i-1].Subject() {
			changes++
		}
	}
	if changes != len(plan.Subjects)-1 {
		t.Errorf("the order changes workload %d times: %v", changes, first)
	}
}

func TestSweepStopsBeforeTheBudgetIsOverrun(t *testing.T) {
	path, plan := filepath.Join(t.TempDir(), "r.txt"), testPlan(t, 0)
	plan.Budget = time.Nanosecond
	end, _, err := sweep(t, t.Context(), plan, &ran{}, path)
	if err != nil || end.Rounds != 1 {
		t.Errorf("a budget too small for two rounds gave %d, %v", end.Rounds, err)
	}
	onceARound(t, read(t, path), plan, 1)
}

// Stopped at any run, the sweep goes on where it was, and the file is as if it
// had never been stopped.
func TestRunsOfAChoiceAreHalfAsLong(t *testing.T) {
	plan, err := NewPlan(selected("cpu/fine"), Options{Procs: []int{1, 2}, Rounds: choiceRounds + 2, Precision: 0.02, Budget: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	r := &ran{}
	if _, _, err := sweep(t, t.Context(), plan, r, filepath.Join(t.TempDir(), "x.txt")); err != nil {
		t.Fatal(err)
	}
	cells := len(plan.Cells())
	for i, s := range r.specs {
		want := plan.RunTime
		if i < choiceRounds*cells {
			want = plan.RunTime / 2
		}
		if s.RunTime != want {
			t.Fatalf("run %d of %d in rounds of %d: asked for %v, want %v", i+1, len(r.specs), cells, s.RunTime, want)
		}
	}
}

func TestSweepExpectsShorterRunsToEndSooner(t *testing.T) {
	plan := resultfile.Plan{RunTime: 200 * time.Millisecond, ChoiceRounds: 3, ChoiceRunTime: 100 * time.Millisecond}
	// Ten runs of 100 ms, and 20 ms of each besides.
	s := &Sweep{Plan: plan, spent: 1200 * time.Millisecond, asked: time.Second, end: resultfile.End{Runs: 9, Failed: 1}}
	if got := s.expected(3, 10); got != 1200*time.Millisecond {
		t.Errorf("ten more runs of the choice: %v, want 1.2s", got)
	}
	if got := s.expected(4, 10); got != 2200*time.Millisecond {
		t.Errorf("ten runs after it: %v, want 2.2s", got)
	}
}

func TestSweepResumes(t *testing.T) {
	plan := testPlan(t, 2)
	for stop := range 2*len(plan.Cells()) + 1 {
		path := filepath.Join(t.TempDir(), "r.txt")
		ctx, cancel := context.WithCancel(t.Context())
		r := &ran{fail: func(n int, _ Spec) error {
			if n == stop {
				cancel()
			}
			return nil
		}}
		end, _, err := sweep(t, ctx, plan, r, path)
		if interrupted := stop < 2*len(plan.Cells()); end.Interrupted != interrupted || (err != nil) != interrupted {
			t.Fatalf("stopped at run %d: %+v, %v", stop, end, err)
		}
		cancel()
		again := &ran{}
		if _, _, err := sweep(t, t.Context(), plan, again, path); err != nil {
			t.Fatal(err)
		}
		onceARound(t, read(t, path), plan, 2)
		if len(again.specs) != 2*len(plan.Cells())-stop {
			t.Errorf("stopped at run %d: %d runs after it, want %d", stop, len(again.specs), 2*len(plan.Cells())-stop)
		}
	}
}

func TestSweepGivesUpCellsThatFail(t *testing.T) {
	for _, test := range []struct {
		err  error
		runs int // of the failing cell
	}{
		{errors.New("worker crashed"), maxFailures},
		{fmt.Errorf("%w: killed", ErrHung), 1},
	} {
		path, plan := filepath.Join(t.TempDir(), "r.txt"), testPlan(t, 4)
		bad := func(s Spec) bool { return s.Workload == "io/waits" && s.Goroutines == 4 && s.Gomaxprocs == 2 }
		r := &ran{fail: func(_ int, s Spec) error {
			if bad(s) {
				return test.err
			}
			return nil
		}}
		end, seen, err := sweep(t, t.Context(), plan, r, path)
		if err != nil {
			t.Fatal(err)
		}
		tried := 0
		for _, s := range r.specs {
			if bad(s) {
				tried++
			}
		}
		set := read(t, path)
		if tried != test.runs || end.Failed != test.runs || seen.failed != test.runs || len(set.Failures) != test.runs {
			t.Errorf("%v: tried %d times, %d in the file, want %d", test.err, tried, len(set.Failures), test.runs)
		}
		if !strings.Contains(set.Failures[0].Reason, test.err.Error()) {
			t.Errorf("reason %q", set.Failures[0].Reason)
		}
		if want := 4 * (len(plan.Cells()) - 1); len(set.Runs) != want || end.Rounds != 4 {
			t.Errorf("%v: the rest has %d runs in %d rounds, want %d in 4", test.err, len(set.Runs), end.Rounds, want)
		}
	}
}

// A cell that hung is given up, after a resume too.
func TestHungCellsStayGivenUp(t *testing.T) {
	path, plan := filepath.Join(t.TempDir(), "r.txt"), testPlan(t, 4)
	hangs := func(s Spec) bool { return s.Workload == "io/waits" && s.Goroutines == 4 }
	ctx, cancel := context.WithCancel(t.Context())
	first := &ran{fail: func(n int, s Spec) error {
		if n == 2*len(plan.Cells()) {
			cancel()
		}
		if hangs(s) {
			return fmt.Errorf("%w: killed", ErrHung)
		}
		return nil
	}}
	_, _, _ = sweep(t, ctx, plan, first, path)
	cancel()
	again := &ran{}
	if _, _, err := sweep(t, t.Context(), plan, again, path); err != nil {
		t.Fatal(err)
	}
	for _, s := range again.specs {
		if hangs(s) {
			t.Fatalf("a cell that hung was tried again after the resume")
		}
	}
}

func TestSweepEndsWhenEveryCellFails(t *testing.T) {
	path, plan := filepath.Join(t.TempDir(), "r.txt"), testPlan(t, 0)
	end, _, err := sweep(t, t.Context(), plan, &ran{fail: func(int, Spec) error { return ErrHung }}, path)
	if err != nil || end.Runs != 0 || end.Failed != len(plan.Cells()) {
		t.Errorf("got %+v, %v", end, err)
	}
}

// A steered sweep measures what it is told, and ends when there is nothing more;
// what it is told depends on the rounds before alone, so a stop in between
// changes nothing.
// A control arm is not measured on where all that it was to be held against is
// given up.
func TestSweepEndsWithItsLastWorkload(t *testing.T) {
	control, _ := find(resultfile.ControlArm)
	plan, err := NewPlan(selected("cpu/fine"), Options{Procs: []int{1, 2}, Rounds: 9, Control: control})
	if err != nil {
		t.Fatal(err)
	}
	r := &ran{fail: func(_ int, s Spec) error {
		if s.Workload == "cpu/fine" {
			return errors.New("no server")
		}
		return nil
	}}
	end, _, err := sweep(t, t.Context(), plan, r, filepath.Join(t.TempDir(), "r.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if end.Rounds != maxFailures {
		t.Errorf("%d rounds, want %d", end.Rounds, maxFailures)
	}

	// Where all is measured at C=P only, none of it is a control arm.
	for i := range plan.Subjects {
		plan.Subjects[i].Diagonal, plan.Subjects[i].Strategies = true, []string{"pool"}
	}
	if end, _, err = sweep(t, t.Context(), plan, &ran{}, filepath.Join(t.TempDir(), "d.txt")); err != nil || end.Rounds != plan.Rounds || end.Failed > 0 {
		t.Errorf("measured at C=P only: %+v, %v; want %d rounds", end, err, plan.Rounds)
	}
}

func TestSweepIsSteered(t *testing.T) {
	plan := testPlan(t, 0)
	steer := func(plan resultfile.Plan, before []resultfile.Run) []resultfile.Cell {
		last := 0
		for _, r := range before {
			last = max(last, r.Round)
		}
		return plan.Cells()[:max(0, 3-last)] // 3 cells, then 2, then 1
	}
	for stop := range 7 {
		path := filepath.Join(t.TempDir(), "r.txt")
		do := func(ctx context.Context, r *ran) (resultfile.End, error) {
			w, had, err := resultfile.Resume(path, resultfile.Config{}, resultfile.Manifest{SchemaVersion: 1, Plan: plan})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			return (&Sweep{Plan: plan, Writer: w, Had: had, Run: r.run, Timeout: time.Minute, Watch: &watch{}, Steer: steer}).Do(ctx)
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, _ = do(ctx, &ran{fail: func(n int, _ Spec) error {
			if n == stop {
				cancel()
			}
			return nil
		}})
		cancel()
		end, err := do(t.Context(), &ran{})
		if err != nil || !end.Converged {
			t.Fatalf("stopped at run %d: %+v, %v", stop, end, err)
		}
		runs := make(map[int]int)
		for _, r := range read(t, path).Runs {
			runs[r.Round]++
		}
		if len(runs) != 3 || runs[1] != 3 || runs[2] != 2 || runs[3] != 1 {
			t.Errorf("stopped at run %d: runs a round are %v, want 3, 2, 1", stop, runs)
		}
	}
}

// Interleaved sweeps take turns round by round, each has its own file, and one
// that is done first leaves the turns to the others.
func TestInterleave(t *testing.T) {
	var order []string
	var sweeps []*Sweep
	paths := make(map[string]string)
	for name, rounds := range map[string]int{"a": 3, "b": 5} {
		plan := testPlan(t, rounds)
		paths[name] = filepath.Join(t.TempDir(), name)
		w, err := resultfile.Create(paths[name], resultfile.Config{}, resultfile.Manifest{SchemaVersion: 1, Plan: plan})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		r := &ran{fail: func(int, Spec) error {
			if len(order) == 0 || order[len(order)-1] != name {
				order = append(order, name)
			}
			return nil
		}}
		sweeps = append(sweeps, &Sweep{Plan: plan, Writer: w, Run: r.run, Timeout: time.Minute, Watch: &watch{}})
	}
	if _, err := Interleave(t.Context(), sweeps...); err != nil {
		t.Fatal(err)
	}
	onceARound(t, read(t, paths["a"]), testPlan(t, 3), 3)
	onceARound(t, read(t, paths["b"]), testPlan(t, 5), 5)
	// Consecutive rounds of one sweep look like one entry: at least a turn each
	// for the three rounds that both have.
	if len(order) < 4 {
		t.Errorf("turns were %v", order)
	}
}

// The dial, the control arm and the ceilings reach the runs.
func TestPlanOfEverything(t *testing.T) {
	control, _ := find("cpu/procs")
	control.Name = "known/control"
	fine := selected("cpu/fine", "io/waits")
	fine[0].Idempotent = true
	plan, err := NewPlan(fine, Options{
		Procs: []int{1, 2}, Goroutines: []int{1, 2}, Rounds: 1, Precision: 0.02,
		Control: control, Ceilings: []int{1, 2, 4}, Slower: map[string]float64{"cpu/fine": 5},
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range plan.Cells() {
		names = append(names, strings.TrimPrefix(c.Name(), "Benchmark"))
	}
	want := []string{
		"CPU/workload=fine/strategy=sequential/goroutines=1/gomaxprocs=1",
		"CPU/workload=fine/strategy=sequential/goroutines=1/gomaxprocs=2",
		"CPU/workload=fine/strategy=pool/goroutines=2/gomaxprocs=1",
		"CPU/workload=fine/strategy=pool/goroutines=2/gomaxprocs=2",
		"CPU/workload=fine/strategy=processes/goroutines=2/gomaxprocs=2",
		"CPU/workload=fine/strategy=apart/goroutines=2/gomaxprocs=2",
		"IO/workload=waits/strategy=sequential/goroutines=1/gomaxprocs=1",
		"IO/workload=waits/strategy=sequential/goroutines=1/gomaxprocs=2",
		"IO/workload=waits/strategy=pool/goroutines=2/gomaxprocs=1",
		"IO/workload=waits/strategy=pool/goroutines=2/gomaxprocs=2",
		"Known/workload=control/strategy=sequential/goroutines=1/gomaxprocs=1",
		"Known/workload=control/strategy=pool/goroutines=2/gomaxprocs=2",
	}
	if !slices.Equal(names, want) {
		t.Errorf("cells are\n%s", strings.Join(names, "\n"))
	}
	r := &ran{}
	if _, _, err := sweep(t, t.Context(), plan, r, filepath.Join(t.TempDir(), "r.txt")); err != nil {
		t.Fatal(err)
	}
	for _, s := range r.specs {
		if (s.Slower == 5) != (s.Workload == "cpu/fine") {
			t.Errorf("%s is to be %v %% slower", s.Workload, s.Slower)
		}
	}
	for _, slower := range []map[string]float64{{"io/waits": 5}, {"cpu/other": 5}, {"cpu/fine": 0}, {"cpu/fine": 101}} {
		if _, err := NewPlan(fine, Options{Procs: []int{1}, Slower: slower}); err == nil {
			t.Errorf("slower %v was taken", slower)
		}
	}
}
