package io

import (
	"context"
	"time"

	"runbench/workloads"
)

// blockingMax bounds a wait that no context can end.
const blockingMax = time.Second

// Blocking waits as io/latency does, but where the runtime cannot see it: each
// goroutine keeps a thread.
var Blocking = workloads.Workload{
	Name:       "io/blocking-syscall",
	Isolates:   "waiting inside a system call, which the netpoller cannot take over: every wait occupies a thread",
	Expect:     "concurrency well above 1× and below that of io/latency: a thread that blocks keeps its P until the runtime's monitor takes it away, after 20 µs to 10 ms; more GOMAXPROCS leave others to run meanwhile, so parallelism may exceed 1×; threads grows with the waits in flight, where io/latency needs a few",
	Definition: "the wait of io/latency, 2 ms a task, as a system call that blocks its thread: select(2) without descriptors on Unix, SleepEx on Windows, as cgo calls and reads of some files do; the achieved wait is recorded as wait-ns/op, and the harness records threads",
	Advice:     "prefer what the netpoller can wait for (sockets, pipes, timers); bound the blocking calls in flight with a semaphore, or a burst of them starts as many threads, up to the limit of 10,000 at which Go ends the program",
	Related:    []string{"io/latency", "io/file-fsync", "sched/lockedthread"},
	Batch:      latencyBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		workloads.DurationParameter("wait", minLatency, minLatency, blockingMax, "how long each task blocks; no context ends it sooner"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		wait := env.Params.Duration("wait")
		w := &waits{least: wait}
		return &workloads.Instance{
			Task: func(ctx context.Context, i int) error {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				start := time.Now()
				waited := time.Duration(0)
				// A signal may end a call early, and so may the coarse clock of
				// some systems.
				for waited < wait {
					if err := block(wait - waited); err != nil {
						return err
					}
					waited = time.Since(start)
				}
				w.achieved[i] = waited
				return nil
			},
			Check:    func(context.Context) error { return w.check() },
			Counters: w.counters,
		}, nil
	},
}
