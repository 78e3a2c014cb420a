package measure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"runbench/bench/strategy"
	"runbench/internal/child"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// role is the worker's name among the children of this program.
const role = "worker"

// RegisterWorker makes this program able to be its own worker, for the
// workloads that find knows, and under the extra strategies besides those of
// package strategy. It is called before [child.Main].
func RegisterWorker(find func(name string) (workloads.Workload, bool), extra ...strategy.Strategy) {
	register(role, find, func(w workloads.Workload, spec Spec, out io.Writer) error {
		outcome, err := RunCell(context.Background(), w, spec, extra...)
		if err != nil {
			outcome = Outcome{Error: err.Error()}
		}
		return json.NewEncoder(out).Encode(outcome)
	})
	register(laneRole, find, serveLane)
	register(traceRole, find, serveTrace)
	child.Register(strategiesRole, func(_ json.RawMessage, out io.Writer) error {
		return json.NewEncoder(out).Encode(describe(extra))
	})
}

// register makes a role known whose task names a workload.
func register[S interface{ workload() string }](role string, find func(name string) (workloads.Workload, bool), serve func(w workloads.Workload, spec S, out io.Writer) error) {
	child.RegisterMeasuring(role, func(raw json.RawMessage, out io.Writer) error {
		var spec S
		if err := json.Unmarshal(raw, &spec); err != nil {
			return err
		}
		w, ok := find(spec.workload())
		if !ok {
			return fmt.Errorf("no workload %q in this program", spec.workload())
		}
		return serve(w, spec, out)
	})
}

// ErrHung says that a run did not end in its time.
var ErrHung = errors.New("hung")

// Process runs spec in a fresh process of this program, or in several for the
// hardware ceiling, and returns what came of it. The processes are killed when
// ctx ends and when they take longer than timeout, and are gone when Process
// returns.
func Process(ctx context.Context, spec Spec, timeout time.Duration) (Outcome, error) {
	return process(ctx, "", spec, timeout)
}

// process is Process for workers of the program at a path, "" for this one.
func process(ctx context.Context, program string, spec Spec, timeout time.Duration) (Outcome, error) {
	if err := ctx.Err(); err != nil {
		return Outcome{}, err
	}
	limit, cancel := context.WithTimeoutCause(ctx, timeout, ErrHung)
	defer cancel()
	var outcome Outcome
	var err error
	if spec.Strategy == resultfile.Processes {
		outcome, err = processLanes(limit, program, spec)
	} else {
		outcome, err = worker(limit, program, spec)
	}
	switch {
	case err == nil:
		return outcome, nil
	case ctx.Err() != nil:
		return Outcome{}, context.Cause(ctx)
	case limit.Err() != nil:
		return Outcome{}, fmt.Errorf("%w: killed after %v without a result", ErrHung, timeout)
	}
	return Outcome{}, err
}

// worker runs spec in a process of the program, which is killed when ctx ends.
func worker(ctx context.Context, program string, spec Spec) (Outcome, error) {
	p, err := child.StartProgram(program, role, spec, "GOMAXPROCS="+strconv.Itoa(spec.Gomaxprocs))
	if err != nil {
		return Outcome{}, err
	}
	var outcome Outcome
	err = p.Answer(ctx, &outcome)
	switch {
	case outcome.Error != "":
		return Outcome{}, errors.New(outcome.Error)
	case err != nil:
		return Outcome{}, fmt.Errorf("worker %w", err)
	}
	return outcome, nil
}
