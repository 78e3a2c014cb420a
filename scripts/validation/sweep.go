package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"runbench/internal/analysis"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
	"runbench/workloads"
	"runbench/workloads/all"
	"runbench/workloads/known"
)

const runTimeout = time.Minute

// An arm is a sweep to be carried out beside others.
type arm struct {
	name  string
	plan  resultfile.Plan
	steer measure.Steer // nil: every cell in every round
}

// sweep carries arms out in turns and returns what each measured.
func (v *validation) sweep(ctx context.Context, arms ...arm) ([]*resultfile.Set, error) {
	about, err := json.Marshal(v.machine)
	if err != nil {
		return nil, err
	}
	config := resultfile.Config{CPU: string(v.machine.CPUModel), Cores: v.machine.Usable()}
	var sweeps []*measure.Sweep
	var paths []string
	for _, a := range arms {
		path := filepath.Join(v.dir, a.name+".txt")
		if err := os.RemoveAll(path); err != nil {
			return nil, err
		}
		w, err := resultfile.Create(path, config, resultfile.Manifest{
			SchemaVersion: resultfile.SchemaVersion, Started: time.Now(), Host: about, Plan: a.plan,
		})
		if err != nil {
			return nil, err
		}
		defer w.Close()
		paths = append(paths, path)
		sweeps = append(sweeps, &measure.Sweep{
			Plan: a.plan, Writer: w, Run: measure.Process, Timeout: runTimeout, Watch: quiet{}, Steer: a.steer,
		})
	}
	ends, err := measure.Interleave(ctx, sweeps...)
	if err != nil {
		return nil, err
	}
	var sets []*resultfile.Set
	for i, path := range paths {
		if ends[i].Failed > 0 {
			return nil, fmt.Errorf("%d runs of %s failed", ends[i].Failed, arms[i].name)
		}
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		set, err := resultfile.Read(file, path)
		file.Close()
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// steer measures on what the gains need, as the command does.
func (v *validation) steer() measure.Steer {
	physical, logical := v.machine.Cores()
	return analysis.Steer(logical, physical)
}

// plan returns a plan that measures every cell in every round, with a control
// arm. Rounds decide how long a run is; the budget ends the sweep.
func (v *validation) plan(spec string, opt measure.Options) (resultfile.Plan, error) {
	selected, err := all.Select([]string{spec})
	if err != nil {
		return resultfile.Plan{}, err
	}
	opt.Control = known.Control
	if len(opt.Procs) == 0 {
		opt.Procs = []int{1, v.cores()}
	}
	opt.Seed = uint64(time.Now().UnixNano())
	return measure.NewPlan(selected, opt)
}

// diagonal returns a plan of several workloads at C=P only: one goroutine on one
// core, and as many as there are on all.
func (v *validation) diagonal(specs []string, rounds int, runTime time.Duration) (resultfile.Plan, error) {
	plan := resultfile.Plan{
		Seed: uint64(time.Now().UnixNano()), Rounds: rounds, Budget: time.Hour, RunTime: runTime, Procs: []int{1, v.cores()},
	}
	for _, spec := range append(specs, known.Control.Name) {
		selected, err := all.Select([]string{spec})
		if err != nil {
			return plan, err
		}
		w := selected[0]
		plan.Subjects = append(plan.Subjects, resultfile.Subject{
			Class: w.Class(), Workload: w.Short(), Params: w.Given, Batch: w.Batch, Diagonal: true, Strategies: []string{"pool"},
		})
	}
	return plan, nil
}

// cores is the number of physical cores, where it is known: threads that share a
// core are not expected to double its speed.
func (v *validation) cores() int {
	physical, logical := v.machine.Cores()
	if physical > 0 {
		return physical
	}
	return logical
}

// observations returns the runs of a cell.
func observations(runs []resultfile.Run, spec, strategy string, c, p int) []scaling.Observation {
	w, given, err := find(spec)
	if err != nil {
		return nil
	}
	cell := resultfile.Cell{Class: w.Class(), Workload: w.Short(), Params: given, Strategy: strategy, Goroutines: c, Gomaxprocs: p}
	var obs []scaling.Observation
	for _, r := range runs {
		if r.Cell.Name() != cell.Name() {
			continue
		}
		if x, ok := r.Value(resultfile.TasksPerSec); ok {
			obs = append(obs, scaling.Observation{Round: r.Round, Rate: x})
		}
	}
	return obs
}

func find(spec string) (workloads.Workload, workloads.Params, error) {
	selected, err := all.Select([]string{spec})
	if err != nil {
		return workloads.Workload{}, nil, err
	}
	return selected[0].Workload, selected[0].Given, nil
}

// ratio returns the ratio of two cells' throughputs over the rounds they share.
func ratio(num, den []scaling.Observation) scaling.Estimate {
	a, b := scaling.Cell{Goroutines: 2, Gomaxprocs: 1}, scaling.Cell{Goroutines: 1, Gomaxprocs: 1}
	return scaling.Surface{a: num, b: den}.Ratio(a, b, 0)
}

// quiet is told how a sweep goes on and does not pass it on.
type quiet struct{}

func (quiet) RoundStarted(int, int)                            {}
func (quiet) RunStarted(resultfile.Cell)                       {}
func (quiet) RunDone(resultfile.Cell, int, []resultfile.Value) {}
func (quiet) RunFailed(resultfile.Cell, int, string)           {}
func (quiet) RoundDone(resultfile.RoundEnd)                    {}
