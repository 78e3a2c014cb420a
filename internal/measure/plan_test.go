package measure

import (
	"slices"
	"strings"
	"testing"
	"time"

	"runbench/workloads"
)

func TestProcCounts(t *testing.T) {
	for _, test := range []struct {
		physical, logical int
		want              []int
	}{
		{1, 1, []int{1}},
		{2, 2, []int{1, 2}},
		{0, 2, []int{1, 2}},
		{4, 8, []int{1, 2, 4, 8}},
		{6, 12, []int{1, 2, 4, 6, 12}},
		{16, 16, []int{1, 2, 4, 8, 16}},
		{12, 4, []int{1, 2, 4}},
	} {
		if got := ProcCounts(test.physical, test.logical); !slices.Equal(got, test.want) {
			t.Errorf("%d physical, %d logical: %v, want %v", test.physical, test.logical, got, test.want)
		}
	}
}

func TestGoroutineCounts(t *testing.T) {
	for _, test := range []struct {
		waits bool
		batch int
		procs []int
		want  []int
	}{
		{false, 256, []int{1, 2}, []int{1, 2, 8}},
		{false, 256, []int{1, 2, 4, 8, 16}, []int{1, 2, 4, 8, 16, 64}},
		{false, 64, []int{1, 2, 4, 8, 16, 32}, []int{1, 2, 4, 8, 16, 32}},
		{true, 32, []int{1, 2}, []int{1, 4, 16, 32}},
		{true, 64, []int{1}, []int{1, 4, 16, 64}},
	} {
		w := workloads.Selected{Workload: workloads.Workload{Batch: test.batch, Waits: test.waits}}
		if got := GoroutineCounts(w, test.procs); !slices.Equal(got, test.want) {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}

func selected(names ...string) []workloads.Selected {
	var items []workloads.Selected
	for _, name := range names {
		w, ok := find(name)
		if !ok {
			panic(name)
		}
		items = append(items, workloads.Selected{Workload: w})
	}
	return items
}

func TestNewPlan(t *testing.T) {
	plan, err := NewPlan(selected("cpu/fine", "io/waits"), Options{Procs: []int{2, 1, 2}, Strategies: []string{"pool", "errgroup"}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(plan.Procs, []int{1, 2}) {
		t.Errorf("procs are %v", plan.Procs)
	}
	// cpu/fine: C=1 once, C=2 and C=8 with two strategies each, at two P;
	// io/waits: C=1 once, C=4 and C=8.
	if got := len(plan.Cells()); got != 2*(1+2*2)+2*(1+2*2) {
		t.Errorf("%d cells: %v", got, plan.Cells())
	}
	seen := make(map[string]bool)
	for _, c := range plan.Cells() {
		if (c.Goroutines == 1) != (c.Strategy == "sequential") {
			t.Errorf("%s: one goroutine is always sequential, and nothing else is", c.Name())
		}
		if seen[c.Name()] {
			t.Errorf("%s is there twice", c.Name())
		}
		seen[c.Name()] = true
	}
	if plan.RunTime < minRunTime || plan.RunTime > maxRunTime || plan.Budget <= 0 {
		t.Errorf("runs of %v in a budget of %v", plan.RunTime, plan.Budget)
	}
}

// A budget goes to rounds first, then to longer runs.
func TestPlannedRunTime(t *testing.T) {
	// One workload of 3 cells at 2 P and the control arm: 8 cells in 3 rounds of a
	// choice, at half the time; then 3 cells and the control's 2 in each round.
	const starts, choosing = 24, 12
	for _, test := range []struct {
		name              string
		budget, want      time.Duration
		rounds, precision int
	}{
		{name: "no time", budget: time.Second, want: minRunTime, precision: 2},
		{name: "fewest rounds", budget: (starts+5*FewestRounds)*outsideRun + (choosing+5*FewestRounds)*70*time.Millisecond, want: 70 * time.Millisecond, precision: 2},
		{name: "more rounds", budget: (starts+5*30)*outsideRun + (choosing+5*30)*ampleRunTime, want: ampleRunTime, precision: 2},
		{name: "longer runs", budget: (starts+5*mostRounds)*outsideRun + (choosing+5*mostRounds)*120*time.Millisecond, want: 120 * time.Millisecond, precision: 2},
		{name: "all the time there is", budget: time.Hour, want: maxRunTime, precision: 2},
		{name: "rounds that were asked for", budget: (starts+5*7)*outsideRun + (choosing+5*7)*300*time.Millisecond, want: 300 * time.Millisecond, rounds: 10, precision: 2},
		{name: "every cell in every round", budget: 8 * FewestRounds * (outsideRun + 60*time.Millisecond), want: 60 * time.Millisecond},
	} {
		plan, err := NewPlan(selected("cpu/fine"), Options{
			Procs: []int{1, 2}, Goroutines: []int{1, 2, 8}, Budget: test.budget, Rounds: test.rounds,
			Precision: float64(test.precision) / 100, Control: selected("io/waits")[0].Workload,
		})
		if err != nil {
			t.Fatal(err)
		}
		if off := plan.RunTime - test.want; off.Abs() > time.Microsecond {
			t.Errorf("%s: runs of %v, want %v", test.name, plan.RunTime, test.want)
		}
	}
}

// A workload that cooperates has its own strategy whatever is asked for, and the
// counts of its design.
func TestNewPlanOfADesign(t *testing.T) {
	for _, test := range []struct {
		goroutines []int
		want       []int // nil for an error
	}{
		{nil, []int{1, 2}}, {[]int{1}, []int{1}}, {[]int{2, 4, 8}, []int{2}}, {[]int{4}, nil},
	} {
		plan, err := NewPlan(selected("sched/pair"), Options{Procs: []int{1, 2}, Strategies: []string{"static"}, Goroutines: test.goroutines})
		if err != nil {
			if test.want != nil || !strings.Contains(err.Error(), "[1 2], which the design of sched/pair fixes") {
				t.Errorf("%v: %v", test.goroutines, err)
			}
			continue
		}
		got := plan.Subjects[0]
		if !slices.Equal(got.Goroutines, test.want) || !slices.Equal(got.Strategies, []string{"own"}) {
			t.Errorf("%v: got %+v", test.goroutines, got)
		}
	}
}

func TestNewPlanRefuses(t *testing.T) {
	for _, test := range []struct {
		opt  Options
		want string
	}{
		{Options{}, "procs"},
		{Options{Procs: []int{0}}, "procs"},
		{Options{Procs: []int{1}, Goroutines: []int{9}}, "1 to 8 for cpu/fine"},
		{Options{Procs: []int{1}, Goroutines: []int{-1}}, "found -1"},
		{Options{Procs: []int{1}, Strategies: []string{"nope"}}, "unknown strategy"},
		{Options{Procs: []int{1}, Strategies: []string{"sequential"}, Goroutines: []int{4}}, "one goroutine only"},
	} {
		_, err := NewPlan(selected("cpu/fine"), test.opt)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want an error with %q", test.opt, err, test.want)
		}
	}
}

// The default sweep of ten workloads stays within its two minutes on two cores,
// and within five on sixteen.
func TestDefaultBudget(t *testing.T) {
	if got := DefaultBudget(10, []int{1, 2}); got > 2*time.Minute {
		t.Errorf("two cores: %v", got)
	}
	if got := DefaultBudget(10, []int{1, 2, 4, 8, 16}); got > 5*time.Minute {
		t.Errorf("sixteen cores: %v", got)
	}
}
