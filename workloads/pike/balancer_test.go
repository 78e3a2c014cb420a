package pike

import (
	"container/heap"
	"math"
	"testing"

	"runbench/workloads"
)

func TestBalancer(t *testing.T) {
	o := newOffice(20)
	if figures, err := o.figures(); len(figures) > 0 || err != nil {
		t.Errorf("before any batch: figures %v, error %v", figures, err)
	}
	for _, c := range Balancer.Goroutines(workloads.Params{}) {
		if err := o.run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if err := o.check(t.Context()); err != nil {
			t.Errorf("%d goroutines: %v", c, err)
		}
	}
	if o.tally.moments != requests {
		t.Errorf("the load was looked at %d times, want %d: once for each request handed out", o.tally.moments, requests)
	}
	// There are at most as many requests as requesters, and each is some worker's.
	figures, err := o.figures()
	if mean := figures["load-mean"]; err != nil || mean <= 0 || mean > requesters/workers {
		t.Errorf("figures %v, error %v", figures, err)
	}
}

func TestBalancerCheckCatches(t *testing.T) {
	for name, spoil := range map[string]func(o *office){
		"a request without an answer":     func(o *office) { o.answers[9] = 0 },
		"the answer to another request":   func(o *office) { o.answers[9] = o.answers[10] },
		"a request that was served twice": func(o *office) { o.serve(9) },
		"a request that nobody worked on": func(o *office) { o.served[9] = 0 },
		"the result of the batch before":  func(o *office) { o.check(t.Context()) },
	} {
		o := newOffice(20)
		o.alone(t.Context())
		spoil(o)
		if o.check(t.Context()) == nil {
			t.Errorf("%s passed the check", name)
		}
	}
}

// Requests cost 4 units in the mean, as the definition has it, and every cost
// occurs.
func TestUnits(t *testing.T) {
	var sum int
	var seen [requestCosts + 1]bool
	for i := range requests {
		sum += units(i)
		seen[units(i)] = true
	}
	if mean := float64(sum) / requests; math.Abs(mean-4) > 0.2 {
		t.Errorf("requests have %v units in the mean, want about 4", mean)
	}
	for k := 1; k <= requestCosts; k++ {
		if !seen[k] {
			t.Errorf("no request has %d units", k)
		}
	}
}

func TestTheWorkerWithTheLeastLoadIsFirst(t *testing.T) {
	var b balancer
	b.tally = new(tally)
	for range 4 {
		heap.Push(&b.pool, &worker{requests: make(chan request, 8)})
	}
	for range 10 {
		b.dispatch(request{})
	}
	total := 0
	for i, w := range b.pool {
		if w.index != i {
			t.Errorf("worker %d of the heap takes itself for worker %d", i, w.index)
		}
		if w.pending < 2 || w.pending > 3 {
			t.Errorf("worker %d has %d requests of 10 for 4", i, w.pending)
		}
		total += w.pending
	}
	if total != 10 {
		t.Errorf("the workers have %d requests, want 10", total)
	}
}

// Loads of 1 and 3, then of 2 and 6: means 2 and 4, variances 1 and 4.
func TestTally(t *testing.T) {
	var l tally
	l.see(pool{{pending: 1}, {pending: 3}})
	l.see(pool{{pending: 2}, {pending: 6}})
	if mean, sd := l.mean(), l.stddev(); mean != 3 || math.Abs(sd-math.Sqrt(2.5)) > 1e-12 {
		t.Errorf("mean %v and standard deviation %v, want 3 and √2.5", mean, sd)
	}
}
