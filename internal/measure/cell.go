package measure

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"runbench/bench/strategy"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// A Spec is what a worker is told to measure.
type Spec struct {
	Workload   string           `json:"workload"` // "cpu/hash"
	Params     workloads.Params `json:"params,omitempty"`
	Strategy   string           `json:"strategy"`
	Goroutines int              `json:"goroutines"`
	Gomaxprocs int              `json:"gomaxprocs"`
	Batches    int              `json:"batches,omitempty"` // by how many times the batch is larger than the workload's own; 0: as it is
	Slower     float64          `json:"slower,omitempty"`  // percent by which to make the workload slower
	RunTime    time.Duration    `json:"run_time"`          // how long to measure, to the nearest batch, ns
	Scratch    string           `json:"scratch"`           // directory for the run's own files
	Shared     string           `json:"shared"`            // directory common to the runs of a sweep
}

func (s Spec) workload() string { return s.Workload }

func (s Spec) env() workloads.Env {
	return workloads.Env{Goroutines: s.Goroutines, Params: s.Params, Dir: s.Scratch, Shared: s.Shared}
}

// An Outcome is what came of a run.
type Outcome struct {
	Batches  int                `json:"batches"`
	Values   []resultfile.Value `json:"values"`
	Measured time.Duration      `json:"measured"` // ns inside timed regions
	Notes    []string           `json:"notes,omitempty"`
	Marks    []string           `json:"marks,omitempty"` // doubts about the run, which counts all the same
	Error    string             `json:"error,omitempty"` // why there is no result
}

// RunCell measures one cell in this process, which must be at the cell's
// GOMAXPROCS already. It measures all strategies but processes, the extra ones
// among them.
func RunCell(ctx context.Context, w workloads.Workload, spec Spec, extra ...strategy.Strategy) (out Outcome, err error) {
	if p := runtime.GOMAXPROCS(0); p != spec.Gomaxprocs {
		return Outcome{}, fmt.Errorf("GOMAXPROCS is %d, want %d", p, spec.Gomaxprocs)
	}
	if spec.Strategy == resultfile.Apart {
		return goroutineLanes(ctx, w, spec)
	}
	s, err := StrategyOf(w, spec.Strategy, extra...)
	if err != nil {
		return Outcome{}, err
	}
	in, stop, err := begin(ctx, w, spec)
	if err != nil {
		return Outcome{}, err
	}
	defer func() {
		if stopErr := stop(); err == nil {
			err = stopErr
		}
	}()
	m := NewMeter(in, s, spec.Goroutines, w.Batch*max(1, spec.Batches), w.Waits)
	one, err := m.Prepare(ctx, WarmUp(w, spec.RunTime))
	if err != nil {
		return Outcome{}, err
	}
	for range batches(one, spec.RunTime) {
		if err := m.Batch(ctx); err != nil {
			return Outcome{}, err
		}
	}
	if err := m.Finish(); err != nil {
		return Outcome{}, err
	}
	return Outcome{Batches: m.Batches(), Values: m.Values(), Measured: m.Measured(), Notes: in.Notes, Marks: m.Marks()}, nil
}

// StrategyOf returns the strategy of that name, of package strategy or the extra
// ones, which is to deal the tasks of w out. It is nil where the goroutines of w
// work together: then w does that itself, and the name is [resultfile.Own], or
// Sequential for one goroutine.
func StrategyOf(w workloads.Workload, name string, extra ...strategy.Strategy) (strategy.Strategy, error) {
	if !w.Cooperates {
		return strategy.ByName(name, extra...)
	}
	if name != resultfile.Own && name != resultfile.Sequential {
		return nil, fmt.Errorf("strategy %s: %s puts its tasks onto goroutines itself", name, w.Name)
	}
	return nil, nil
}

// begin sets an instance up. stop ends it.
func begin(ctx context.Context, w workloads.Workload, spec Spec) (in *workloads.Instance, stop func() error, err error) {
	if spec.Batches > 1 {
		in, err = grow(ctx, w, spec)
	} else {
		in, err = w.Start(ctx, spec.env())
	}
	if err != nil {
		return nil, nil, err
	}
	stop = func() error {
		if in.Close == nil {
			return nil
		}
		if err := in.Close(); err != nil {
			return fmt.Errorf("close: %w", err)
		}
		return nil
	}
	if spec.Slower > 0 {
		dialled, err := slower(w, in, spec.Slower)
		if err != nil {
			_ = stop()
			return nil, nil, err
		}
		return dialled, stop, nil
	}
	return in, stop, nil
}

// batches returns how many batches a run has, from the time of one before: the
// number that comes nearest to the time asked for. No measured batch decides it: to
// stop when the time is up would favour runs whose last batch was slow, and to go
// by the first one would count a slow one alone and a fast one together with others.
func batches(one, runTime time.Duration) int {
	if one <= 0 {
		one = 1
	}
	return max(1, int(math.Round(float64(runTime)/float64(one))))
}
