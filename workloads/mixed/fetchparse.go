// Package mixed holds the workloads that both wait and compute.
package mixed

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"runbench/internal/hashchain"
	"runbench/internal/webserver"
	"runbench/workloads"
	"runbench/workloads/internal/spin"
)

const (
	fetchParseBatch = 24

	// fetchParseSeed is not 0, which is what a task that was left out leaves.
	fetchParseSeed = 1
)

// FetchParse is the shape of a web back end: ask another service, wait, then
// work on the reply.
var FetchParse = workloads.Workload{
	Name:       "mixed/fetch-parse",
	Isolates:   "waiting, then computing: overlap hides the wait until the CPU work fills the cores",
	Expect:     "concurrency up to (wait+CPU)/CPU, which is 1/cpu where that parameter is set; parallelism close to the number of cores on top of it",
	Definition: "an HTTP request to a server in a child process that replies after 2 ms, then encoding/json on the reply of 300 records; the ceiling at one core is Little's: (L+S)/S for wait L and CPU time S; with cpu the reply has one record and the work on it is a hash chain of set length",
	Advice:     "goroutines first, about (wait+CPU)/CPU for each core, then cores; beyond that make the parsing cheaper",
	Related:    []string{"io/http", "io/latency", "mixed/pipeline"},
	Batch:      fetchParseBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		workloads.DurationParameter("wait", 2*time.Millisecond, 2*time.Millisecond, time.Minute, "how long the server waits before it replies"),
		workloads.IntParameter("records", 300, 1, 100000, "records in a reply: how much there is to parse; one where cpu is set"),
		workloads.FloatParameter("cpu", 0, 0, 0.95, "share of a task's time that it computes, for wait·cpu/(1−cpu), beside about 0.1 ms for the request; 0: what parsing the records takes"),
	},
	Setup: func(ctx context.Context, env workloads.Env) (*workloads.Instance, error) {
		wait, records, cpu := env.Params.Duration("wait"), env.Params.Int("records"), env.Params.Float("cpu")
		var notes []string
		chain := 0
		if cpu > 0 {
			stepNs, err := stepTime(env.Shared)
			if err != nil {
				return nil, err
			}
			compute := time.Duration(float64(wait) * cpu / (1 - cpu))
			records, chain = 1, steps(compute, stepNs)
			notes = append(notes, fmt.Sprintf("each task computes for about %v: %d steps of the hash chain at %.3g ns, as measured at the beginning of the sweep", compute.Round(time.Microsecond), chain, stepNs))
		}
		server, err := webserver.Start(ctx, webserver.Spec{Wait: wait, Records: records})
		if err != nil {
			return nil, err
		}
		client := webserver.NewClient(server, env.Goroutines)
		want := hashchain.Nth(fetchParseSeed, chain)
		ends := make([]spin.End, fetchParseBatch)
		return &workloads.Instance{
			Notes: append(notes, server.Note()),
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
				ends[i].Hash = hashchain.Nth(fetchParseSeed, chain)
				return nil
			},
			Check: func(context.Context) error {
				defer clear(ends)
				for i, e := range ends {
					if e.Hash != want {
						return fmt.Errorf("task %d was not done, or ended at %#x, want %#x", i, e.Hash, want)
					}
				}
				return nil
			},
			Counters: server.Counters,
			Close: func() error {
				client.Close()
				server.Stop()
				return nil
			},
		}, nil
	},
}
