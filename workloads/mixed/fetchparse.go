// Package mixed holds the workloads that both wait and compute.
package mixed

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"runbench/internal/webserver"
	"runbench/workloads"
)

const fetchParseBatch = 24

// FetchParse is the shape of a web back end: ask another service, wait, then
// work on the reply.
var FetchParse = workloads.Workload{
	Name:       "mixed/fetch-parse",
	Isolates:   "waiting, then computing: overlap hides the wait until the CPU work fills the cores",
	Expect:     "concurrency up to (wait+CPU)/CPU; parallelism close to the number of cores on top of it",
	Definition: "an HTTP request to a server in a child process that replies after 2 ms, then encoding/json on the reply of 300 records; the ceiling at one core is Little's: (L+S)/S for wait L and CPU time S",
	Advice:     "goroutines first, about (wait+CPU)/CPU for each core, then cores; beyond that make the parsing cheaper",
	Batch:      fetchParseBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		workloads.DurationParameter("wait", 2*time.Millisecond, 2*time.Millisecond, time.Minute, "how long the server waits before it replies"),
		workloads.IntParameter("records", 300, 1, 100000, "records in a reply: how much there is to parse"),
	},
	Setup: func(ctx context.Context, env workloads.Env) (*workloads.Instance, error) {
		records := env.Params.Int("records")
		server, err := webserver.Start(ctx, webserver.Spec{Wait: env.Params.Duration("wait"), Records: records})
		if err != nil {
			return nil, err
		}
		client := webserver.NewClient(server, env.Goroutines)
		parsed := make([]bool, fetchParseBatch)
		return &workloads.Instance{
			Notes: []string{server.Note()},
			Task: func(ctx context.Context, i int) error {
				body, err := client.Get(ctx, i)
				if err != nil {
					return err
				}
				var doc webserver.Document
				if err := json.Unmarshal(body, &doc); err != nil {
					return fmt.Errorf("request %d: %w", i, err)
				}
				if err := doc.Check(i, records); err != nil {
					return err
				}
				parsed[i] = true
				return nil
			},
			Check:    func(context.Context) error { return workloads.CheckDone(parsed) },
			Counters: server.Counters,
			Close: func() error {
				client.Close()
				server.Stop()
				return nil
			},
		}, nil
	},
}
