package io

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"runbench/internal/quantile"
	"runbench/internal/webserver"
	"runbench/workloads"
)

const (
	httpOpenBatch = 32

	// httpOpenRate is what one request at a time cannot keep up with, at 2 ms and
	// more for each, and four in flight can.
	httpOpenRate = 1000
)

// HTTPOpen is a client whose requests come when they come, as those of users do,
// and not when the reply before has arrived.
var HTTPOpen = workloads.Workload{
	Name:       "io/http-open",
	Isolates:   "requests that arrive at a set rate, whatever the replies do: too few in flight and a queue grows",
	Expect:     "concurrency only up to the rate, about 2.2× by default: rate × time of a request in flight hold it (Little), and more change nothing; at one goroutine each request finds a longer queue, and p99-ns comes to more than half of a batch; parallelism 1×",
	Definition: "an open loop (Schroeder, Wierman & Harchol-Balter, NSDI 2006) with constant intervals, as wrk2 has: latency is counted from the intended start of a request, so none is left out that had to wait (Tene's coordinated omission); server and client of io/http; no arrival is dropped: one that finds all C requests in flight is queued, and sent late",
	Advice:     "allow rate × latency requests in flight, with room for the slow ones; judge a service by latency from the intended start, because a closed loop asks less often the slower the replies are",
	Related:    []string{"io/http", "io/latency", "io/http-fanout"},
	Batch:      httpOpenBatch,
	Cooperates: true,
	Waits:      true,
	Parameters: []workloads.Parameter{
		workloads.IntParameter("rate", httpOpenRate, 1, 1_000_000, "requests that arrive in a second"),
		workloads.DurationParameter("wait", minLatency, minLatency, time.Minute, "how long the server waits before it replies"),
	},
	Setup: func(ctx context.Context, env workloads.Env) (*workloads.Instance, error) {
		wait := env.Params.Duration("wait")
		server, err := webserver.Start(ctx, webserver.Spec{Wait: wait, Bytes: httpBytes})
		if err != nil {
			return nil, err
		}
		pages := newPageClient(server, env.Goroutines, httpOpenBatch)
		loop := newOpenLoop(httpOpenBatch, env.Params.Int("rate"), wait, pages.get)
		return &workloads.Instance{
			Notes: []string{
				server.Note(),
				"p50-ns and p99-ns are counted from the intended start of a request; an arrival that finds C requests in flight is queued and not dropped",
			},
			Run:   loop.run,
			Check: func(context.Context) error { return loop.check() },
			Counters: func() (map[string]float64, error) {
				counters := map[string]float64{"queued/op": float64(loop.queued)}
				cpu, err := server.Counters()
				maps.Copy(counters, cpu)
				return counters, err
			},
			Figures: loop.figures,
			Close: func() error {
				pages.client.Close()
				server.Stop()
				return nil
			},
		}, nil
	},
}

// An openLoop sends the requests of a batch at intended times.
type openLoop struct {
	interval time.Duration // between intended starts
	least    time.Duration // that a reply takes
	send     func(ctx context.Context, i int) error

	requests []openRequest // of the batch under way

	queued          int             // requests so far that came while all slots were in use
	lags, latencies []time.Duration // of the batches since figures was last called
}

// An openRequest is what became of a request; times are from its intended start.
type openRequest struct {
	queued       bool
	sent, served time.Duration
}

// newOpenLoop returns a loop of n requests that come rate times a second. send
// does one, which takes a time of at least least.
func newOpenLoop(n, rate int, least time.Duration, send func(ctx context.Context, i int) error) *openLoop {
	return &openLoop{interval: time.Second / time.Duration(rate), least: least, send: send, requests: make([]openRequest, n)}
}

// run sends the requests of a batch with at most slots of them in flight. Each
// slot takes the next request, waits until it is due and sends it. A request that
// was due before a slot took it has found all of them in use.
func (o *openLoop) run(ctx context.Context, slots int) error {
	start := time.Now()
	var next atomic.Int64
	slot := func(ctx context.Context) error {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(o.requests) {
				return nil
			}
			if err := o.request(ctx, i, start.Add(time.Duration(i+1)*o.interval)); err != nil {
				return err
			}
		}
	}
	if slots == 1 {
		return slot(ctx)
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var wg sync.WaitGroup
	for range slots {
		wg.Go(func() {
			if err := slot(ctx); err != nil {
				fail(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (o *openLoop) request(ctx context.Context, i int, due time.Time) error {
	early := time.Until(due)
	timer := time.NewTimer(early)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	sent := time.Since(due)
	if err := o.send(ctx, i); err != nil {
		return err
	}
	o.requests[i] = openRequest{queued: early <= 0, sent: sent, served: time.Since(due)}
	return nil
}

// check reports the first request that was left out, or sent before it was due,
// or answered sooner than the server can have.
func (o *openLoop) check() error {
	defer clear(o.requests)
	for i, r := range o.requests {
		if r.sent < 0 || r.served < r.sent+o.least {
			return fmt.Errorf("request %d was sent %v after it was due and answered %v after, want 0 or more and at least %v later", i, r.sent, r.served, o.least)
		}
	}
	for _, r := range o.requests {
		if r.queued {
			o.queued++
		}
		o.lags = append(o.lags, r.sent)
		o.latencies = append(o.latencies, r.served)
	}
	return nil
}

// figures returns quantiles over the requests of the batches since it was last
// called.
func (o *openLoop) figures() (map[string]float64, error) {
	defer func() { o.lags, o.latencies = o.lags[:0], o.latencies[:0] }()
	if len(o.latencies) == 0 {
		return nil, nil
	}
	slices.Sort(o.latencies)
	slices.Sort(o.lags)
	return map[string]float64{
		"p50-ns":     float64(quantile.Of(o.latencies, 0.50)),
		"p99-ns":     float64(quantile.Of(o.latencies, 0.99)),
		"lag-p50-ns": float64(quantile.Of(o.lags, 0.50)),
		"lag-p99-ns": float64(quantile.Of(o.lags, 0.99)),
	}, nil
}
