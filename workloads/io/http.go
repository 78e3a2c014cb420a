package io

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"runbench/internal/webserver"
	"runbench/workloads"
)

const (
	httpBatch = 24
	httpBytes = 1024
)

// HTTP is a client that asks a server in another process.
var HTTP = workloads.Workload{
	Name:       "io/http",
	Isolates:   "waiting for a server: requests overlap, until the client's own CPU work fills its cores",
	Expect:     "concurrency well above 1×, below the number of goroutines; parallelism above 1× once the CPU work of the requests fills one core",
	Definition: "net/http client with kept-alive connections against a net/http server in a child process on loopback; the server replies with 1 KiB after 2 ms; one request a task",
	Advice:     "set MaxIdleConnsPerHost to the requests in flight; add goroutines until a core is full, then cores",
	Related:    []string{"io/http-open", "io/http-fanout", "io/latency", "mixed/fetch-parse"},
	Batch:      httpBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		workloads.DurationParameter("wait", minLatency, minLatency, time.Minute, "how long the server waits before it replies"),
	},
	Setup: func(ctx context.Context, env workloads.Env) (*workloads.Instance, error) {
		server, err := webserver.Start(ctx, webserver.Spec{Wait: env.Params.Duration("wait"), Bytes: httpBytes})
		if err != nil {
			return nil, err
		}
		pages := newPageClient(server, env.Goroutines, httpBatch)
		served := make([]bool, httpBatch)
		return &workloads.Instance{
			Notes: []string{server.Note()},
			Task: func(ctx context.Context, i int) error {
				if err := pages.get(ctx, i); err != nil {
					return err
				}
				served[i] = true
				return nil
			},
			Check:    func(context.Context) error { return workloads.CheckDone(served) },
			Counters: server.Counters,
			Close: func() error {
				pages.client.Close()
				server.Stop()
				return nil
			},
		}, nil
	},
}

// A pageClient asks a server for pages and knows what it is to reply.
type pageClient struct {
	client *webserver.Client
	want   [][]byte
}

// newPageClient returns a client for the pages 0 … n-1 with at most inFlight
// requests at a time.
func newPageClient(server *webserver.Server, inFlight, n int) *pageClient {
	p := &pageClient{client: webserver.NewClient(server, inFlight), want: make([][]byte, n)}
	for i := range p.want {
		p.want[i] = webserver.Page(i, httpBytes)
	}
	return p
}

// get asks for page i and compares the reply.
func (p *pageClient) get(ctx context.Context, i int) error {
	body, err := p.client.Get(ctx, i)
	if err != nil {
		return err
	}
	if want := p.want[i]; !bytes.Equal(body, want) {
		return fmt.Errorf("request %d: the body is %d bytes that begin %.20q, want %d that begin %.20q", i, len(body), body, len(want), want)
	}
	return nil
}
