package io

import (
	"context"
	"fmt"
	"maps"
	"time"

	"runbench/internal/webserver"
	"runbench/workloads"
)

const (
	httpFanoutBatch = 16

	// httpFanoutSlowEvery is how rare slow replies are: one in ten.
	httpFanoutSlowEvery = 10
)

// HTTPFanout is a request that needs several other services, or asks several
// copies of one.
var HTTPFanout = workloads.Workload{
	Name:       "io/http-fanout",
	Isolates:   "one task, n replies: the slowest of them decides where all are needed, the fastest where the first will do",
	Expect:     "concurrency by the number of tasks in flight until the CPU work of n requests each fills a core; need=all makes a task as slow as its slowest reply, which p99-ns shows and with more replies p50-ns too; need=first hides slow replies at n times the requests; parallelism above 1× with many in flight",
	Definition: "fan-out and hedged requests as in Dean & Barroso, \"The Tail at Scale\" (CACM 2013), but all copies of a request are sent at once; the server of io/http waits 2 ms, and 6 ms more for one in each block of ten requests, the same ones in each batch; the n goroutines of a task are its own and count for none of C; dials/op counts connections, because HTTP/1.1 can cancel a request only by closing its connection",
	Advice:     "with all replies needed, cut the slow tail of each service or need fewer replies; where copies exist take the first answer and cancel the rest, best sent only when the first is late",
	Related:    []string{"io/http", "io/http-open", "io/timeout"},
	Batch:      httpFanoutBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		workloads.IntParameter("n", 4, 1, 64, "requests of a task"),
		workloads.ChoiceParameter("need", "all", []string{"all", "first"}, "which replies a task needs: all, or the first, which cancels the other requests"),
		workloads.DurationParameter("wait", minLatency, minLatency, time.Minute, "how long the server waits before it replies"),
		workloads.DurationParameter("slow", 6*time.Millisecond, 0, time.Minute, "how much longer one reply in ten takes"),
	},
	Setup: func(ctx context.Context, env workloads.Env) (*workloads.Instance, error) {
		n := env.Params.Int("n")
		need := n
		if env.Params["need"] == "first" {
			need = 1
		}
		server, err := webserver.Start(ctx, webserver.Spec{
			Wait: env.Params.Duration("wait"), Bytes: httpBytes,
			SlowEvery: httpFanoutSlowEvery, SlowBy: env.Params.Duration("slow"),
		})
		if err != nil {
			return nil, err
		}
		pages := newPageClient(server, env.Goroutines*n, httpFanoutBatch*n)
		replies := make([]int, httpFanoutBatch) // good ones, by task
		return &workloads.Instance{
			Notes: []string{server.Note()},
			Task: func(ctx context.Context, i int) error {
				got, err := gather(ctx, n, need, func(ctx context.Context, j int) error { return pages.get(ctx, i*n+j) })
				replies[i] = got
				return err
			},
			Check: func(context.Context) error {
				defer clear(replies)
				for i, got := range replies {
					if got < need {
						return fmt.Errorf("task %d has %d good replies, want at least %d", i, got, need)
					}
				}
				return nil
			},
			Counters: func() (map[string]float64, error) {
				counters := map[string]float64{"dials/op": float64(pages.client.Dials())}
				cpu, err := server.Counters()
				maps.Copy(counters, cpu)
				return counters, err
			},
			Close: func() error {
				pages.client.Close()
				server.Stop()
				return nil
			},
		}, nil
	},
}

// gather calls ask for 0 … n-1, each in a goroutine of its own, and returns how
// many of them succeeded when all have returned. As soon as need of them have, or
// so many have failed that they cannot, the context of the others ends. It fails
// where fewer than need succeeded, with the first error.
func gather(ctx context.Context, n, need int, ask func(ctx context.Context, j int) error) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan error, n)
	for j := range n {
		go func() { answers <- ask(ctx, j) }()
	}
	var first error
	good, bad := 0, 0
	for range n {
		if err := <-answers; err == nil {
			good++
		} else {
			if bad == 0 {
				first = err
			}
			bad++
		}
		if good >= need || bad > n-need {
			cancel()
		}
	}
	if good < need {
		return good, first
	}
	return good, nil
}
