// Package io holds the workloads that wait for something outside the program.
package io

import (
	"context"
	"time"

	"runbench/workloads"
)

const latencyBatch = 32

// minLatency is the shortest wait worth simulating: on Linux a sleep below a
// millisecond takes a whole one, because the runtime's poller rounds up.
const minLatency = 2 * time.Millisecond

// Latency is a wait and nothing else.
var Latency = workloads.Workload{
	Name:       "io/latency",
	Isolates:   "pure waiting: a simulated reply that takes a set time",
	Expect:     "concurrency close to the number of goroutines; parallelism 1×: one core can wait for any number of things",
	Definition: "time.Timer for 2 ms a task (the wait in Kennedy's \"Scheduling In Go\", part III, without the work); the achieved wait is recorded as wait-ns/op",
	Advice:     "start as many goroutines as there may be requests in flight; cores do not matter",
	Related:    []string{"io/blocking-syscall", "io/http", "io/find"},
	Batch:      latencyBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		workloads.DurationParameter("wait", minLatency, minLatency, time.Minute, "how long each task waits"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		wait := env.Params.Duration("wait")
		w := &waits{least: wait}
		return &workloads.Instance{
			Task: func(ctx context.Context, i int) error {
				start := time.Now()
				timer := time.NewTimer(wait)
				defer timer.Stop()
				select {
				case <-timer.C:
				case <-ctx.Done():
					return context.Cause(ctx)
				}
				w.achieved[i] = time.Since(start)
				return nil
			},
			Check:    func(context.Context) error { return w.check() },
			Counters: w.counters,
		}, nil
	},
}
