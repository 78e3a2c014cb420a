package measure

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"testing"

	"runbench/internal/child"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// The workloads of these tests run in real worker processes of the test binary.
func TestMain(m *testing.M) {
	RegisterWorker(find, backwards{})
	child.Main()
	os.Exit(m.Run())
}

func find(name string) (workloads.Workload, bool) {
	for _, w := range testWorkloads {
		if w.Name == name {
			return w, true
		}
	}
	return workloads.Workload{}, false
}

func instant(task workloads.Task, check func(context.Context) error) func(context.Context, workloads.Env) (*workloads.Instance, error) {
	return func(context.Context, workloads.Env) (*workloads.Instance, error) {
		return &workloads.Instance{Task: task, Check: check, Notes: []string{"a note"}}, nil
	}
}

func nothing(context.Context, int) error { return nil }
func right(context.Context) error        { return nil }

var testWorkloads = []workloads.Workload{
	{
		Name: "sched/pair", Batch: 8, Cooperates: true,
		Goroutines: func(workloads.Params) []int { return []int{1, 2} },
		Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
			asked, batches := 0, 0 // asked is the sum over all batches
			return &workloads.Instance{
				Run:   func(_ context.Context, goroutines int) error { asked += goroutines; batches++; return nil },
				Check: right,
				Counters: func() (map[string]float64, error) {
					return map[string]float64{"asked/op": float64(asked)}, nil
				},
				Figures: func() (map[string]float64, error) {
					defer func() { batches = 0 }()
					return map[string]float64{"batches-seen": float64(batches)}, nil
				},
			}, nil
		},
	},
	{Name: "cpu/grows", Batch: 8, Grows: true, Setup: instant(nothing, right)},
	{Name: "cpu/fine", Batch: 8, Setup: instant(nothing, right)},
	{Name: resultfile.ControlArm, Batch: 8, Setup: instant(nothing, right)},
	{Name: "io/waits", Batch: 8, Waits: true, Setup: instant(nothing, right)},
	{Name: "cpu/crash", Batch: 8, Setup: instant(func(_ context.Context, i int) error {
		if i == 5 {
			panic("no such page")
		}
		return nil
	}, right)},
	{Name: "cpu/fails", Batch: 8, Setup: instant(func(_ context.Context, i int) error {
		if i == 5 {
			return errors.New("no such row")
		}
		return nil
	}, right)},
	{Name: "cpu/hang", Batch: 8, Setup: instant(func(context.Context, int) error { select {} }, right)},
	{Name: "cpu/spin", Batch: 8, Setup: instant(func(context.Context, int) error {
		for {
			runtime.KeepAlive(0)
		}
	}, right)},
	{Name: "cpu/wrong", Batch: 8, Setup: instant(nothing, func(context.Context) error { return errors.New("the sum is 7, want 8") })},
	{Name: "cpu/setup", Batch: 8, Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
		return nil, errors.New("no such file")
	}},
	{Name: "cpu/exit", Batch: 8, Setup: instant(func(context.Context, int) error { os.Exit(7); return nil }, right)},
	{Name: "cpu/procs", Batch: 8, Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
		seen := 0
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				if i == 0 {
					seen = runtime.GOMAXPROCS(0)
				}
				return nil
			},
			Check: right,
			Counters: func() (map[string]float64, error) {
				return map[string]float64{fmt.Sprintf("procs-%d-seen", seen): 0}, nil
			},
		}, nil
	}},
}
