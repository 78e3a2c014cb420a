package measure

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"runbench/bench/strategy"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// phased is work with a serial phase whose result every task goes on from: a check
// fails where a phase, or a task, was left out or done twice.
func phased(serials *atomic.Int64) workloads.Workload {
	return workloads.Workload{
		Name: "cpu/phased", Batch: 8, Grows: true,
		Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
			head, done := 0, make([]int, 8)
			return &workloads.Instance{
				Serial: func(context.Context) error { serials.Add(1); head++; return nil },
				Task:   func(_ context.Context, i int) error { done[i] += head; return nil },
				Check: func(context.Context) error {
					for i, n := range done {
						if n != 1 || head != 1 {
							return fmt.Errorf("task %d: %d, after %d serial phases", i, n, head)
						}
					}
					clear(done)
					head = 0
					return nil
				},
				Notes: []string{env.Dir},
			}, nil
		},
	}
}

// The parallel part of a batch grows and its serial part does not.
func TestGrow(t *testing.T) {
	var serials atomic.Int64
	w := phased(&serials)
	in, stop, err := begin(t.Context(), w, Spec{Goroutines: 3, Batches: 3, Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		before := serials.Load()
		if err := in.Serial(t.Context()); err != nil || serials.Load() != before+1 {
			t.Fatalf("%d serial phases in the timed region, %v", serials.Load()-before, err)
		}
		if err := strategy.Default.Run(t.Context(), 3, 24, in.Task); err != nil {
			t.Fatal(err)
		}
		if err := in.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// A dropped task is found in whichever part it is.
	if err := errors.Join(in.Serial(t.Context()), strategy.Sequential.Run(t.Context(), 1, 23, in.Task)); err != nil {
		t.Fatal(err)
	}
	if err := in.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "part 3 of 3: task 7") {
		t.Errorf("a task of the last part was left out: %v", err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestGrowRefuses(t *testing.T) {
	counts := workloads.Workload{
		Name: "cpu/counts", Batch: 8, Grows: true,
		Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
			return &workloads.Instance{Task: nothing, Check: right, Counters: func() (map[string]float64, error) { return nil, nil }}, nil
		},
	}
	pair, _ := find("sched/pair")
	waits, _ := find("io/waits")
	fine, _ := find("cpu/fine")
	for want, w := range map[string]workloads.Workload{
		"its goroutines work together": pair, "does not only compute": waits, "its tasks share": fine, "not that of one batch": counts,
	} {
		if _, _, err := begin(t.Context(), w, Spec{Batches: 2, Scratch: t.TempDir()}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", w.Name, err, want)
		}
	}
	// What was begun is ended when a part cannot be.
	begun, ended := 0, 0
	half := workloads.Workload{
		Name: "cpu/half", Batch: 8, Grows: true,
		Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
			if begun++; begun == 3 {
				return nil, errors.New("no room")
			}
			return &workloads.Instance{Task: nothing, Check: right, Close: func() error { ended++; return nil }}, nil
		},
	}
	if _, _, err := begin(t.Context(), half, Spec{Batches: 4, Scratch: t.TempDir()}); err == nil || ended != 2 {
		t.Errorf("%v, %d of 2 ended", err, ended)
	}
}

// Tasks per second are those of the whole batch.
func TestRunCellOfAGrownBatch(t *testing.T) {
	s := spec(t, "cpu/grows")
	s.Batches, s.RunTime = 4, 5*time.Millisecond
	o, err := Process(t.Context(), s, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	rate, _ := value(o, resultfile.TasksPerSec)
	ns, _ := value(o, resultfile.NsPerOp)
	if tasks := rate * ns / 1e9; tasks < 31.9 || tasks > 32.1 {
		t.Errorf("%v tasks a batch, want 4 times 8", tasks)
	}
}

func TestNewPlanOfAWeakSweep(t *testing.T) {
	plan, err := NewPlan(selected("cpu/grows"), Options{Procs: []int{1, 2}, Ceilings: []int{2}, Weak: true, Precision: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range plan.Cells() {
		names = append(names, strings.Join(c.Parts()[1:], " "))
	}
	want := "weak=1 strategy=sequential goroutines=1 gomaxprocs=1, weak=2 strategy=sequential goroutines=1 gomaxprocs=1, weak=2 strategy=pool goroutines=2 gomaxprocs=2"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("got %s", got)
	}
	for _, test := range []struct {
		workload string
		opt      Options
		want     string
	}{
		{"sched/pair", Options{Procs: []int{1, 2}}, "sched/pair: its batch cannot grow with the cores: its goroutines work together"},
		{"cpu/grows", Options{Procs: []int{1}}, "needs one above 1"},
		{"cpu/grows", Options{Procs: []int{1, 2}, Goroutines: []int{4}}, "as many as GOMAXPROCS"},
		{"cpu/grows", Options{Procs: []int{1, 2}, Strategies: []string{"sequential"}}, "needs another one"},
	} {
		test.opt.Weak = true
		if _, err := NewPlan(selected(test.workload), test.opt); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want %q", test, err, test.want)
		}
	}
}
