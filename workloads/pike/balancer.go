package pike

import (
	"container/heap"
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"runbench/internal/hashchain"
	"runbench/workloads"
)

const (
	requesters   = 100
	workers      = 10
	requestsEach = 10 // of a requester
	requests     = requesters * requestsEach

	// requestCosts is how many different costs requests have: 1, 2, 3, … units.
	requestCosts = 7

	// requestSeed is not 0, which is what a request without an answer leaves.
	requestSeed = 1
)

var balancerSizes = workloads.Sizes{S: 20, W: 1500, A: 48_000}

// Balancer is the talk's load balancer: requesters send to one goroutine, which
// hands each request to the worker with the fewest that it has not answered yet.
var Balancer = workloads.Workload{
	Name:       "pike/balancer",
	Isolates:   "a balancer between requesters and workers: every request passes one goroutine that keeps a heap of the workers by load",
	Expect:     "concurrency just below 1×: four hand-overs over channels and two changes of the heap for 20 µs of work; parallelism close to the number of cores, up to the 10 workers and while the balancer keeps up",
	Definition: "Pike, \"Concurrency is not Parallelism\" (Heroku Waza, 2012), slides \"Load balancer\" to \"Completed\": 100 requesters, 10 workers, container/heap by pending requests; a request is 1 to 7 units of 1,500 steps of the hash chain of cpu/hash, and a requester sends the next as soon as it has the answer (in the talk it waits for a while and the work is a sleep); mean and standard deviation of the pending requests of a worker as load-mean and load-stddev, over the workers and over all moments at which a request was handed out",
	Advice:     "a balancer pays where workers have queues of their own; within one program, one channel that all workers take from balances by itself",
	Related:    []string{"pike/gophers", "sched/skewed", "sync/channel"},
	Batch:      requests,
	Cooperates: true,
	Goroutines: func(workloads.Params) []int { return []int{1, requesters + workers + 1} },
	Parameters: []workloads.Parameter{
		balancerSizes.Parameter("steps of the hash chain in a unit of work, about 3 ns each; a request has 1 to 7 units"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		o := newOffice(balancerSizes.Of(env.Params))
		return &workloads.Instance{Run: o.run, Check: o.check, Figures: o.figures}, nil
	},
}

// An office is the requests of a batch and what is known of them.
type office struct {
	unit    int                      // steps of the hash chain
	ends    [requestCosts + 1]uint64 // by units: where the chain then stands
	served  []int                    // by request: how many times it was worked on
	answers []uint64                 // by request
	tally   tally
}

func newOffice(unit int) *office {
	o := &office{unit: unit, served: make([]int, requests), answers: make([]uint64, requests)}
	o.ends[0] = requestSeed
	for k := range requestCosts {
		o.ends[k+1] = hashchain.Nth(o.ends[k], unit)
	}
	return o
}

// units returns how much work request i is: from 1 to requestCosts, as if at
// random and the same in every batch.
func units(i int) int { return 1 + int(hashchain.Nth(uint64(i), 1)%requestCosts) }

// serve does the work of request i and returns the answer, which is different for
// each request.
func (o *office) serve(i int) uint64 {
	o.served[i]++
	return hashchain.Nth(requestSeed, units(i)*o.unit) + uint64(i)
}

func (o *office) run(ctx context.Context, goroutines int) error {
	switch goroutines {
	case 1:
		o.alone(ctx)
	case requesters + workers + 1:
		o.together(ctx)
	default:
		return fmt.Errorf("pike/balancer: asked for %d goroutines, want 1 or %d", goroutines, requesters+workers+1)
	}
	return context.Cause(ctx)
}

// alone answers each request by a function call.
func (o *office) alone(ctx context.Context) {
	for i := range requests {
		if ctx.Err() != nil {
			return
		}
		o.answers[i] = o.serve(i)
	}
}

func (o *office) together(ctx context.Context) {
	var wg sync.WaitGroup
	work := make(chan request)
	var asking atomic.Int32
	asking.Store(requesters)
	for r := range requesters {
		wg.Go(func() {
			o.ask(ctx, r, work)
			if asking.Add(-1) == 0 {
				close(work)
			}
		})
	}
	b := &balancer{done: make(chan *worker, workers), tally: &o.tally}
	for range workers {
		// Each requester waits for one answer at a time, so there is room for all
		// requests there can be, and the balancer never waits for a worker.
		w := &worker{requests: make(chan request, requesters)}
		heap.Push(&b.pool, w)
		wg.Go(func() { w.work(o, b.done) })
	}
	wg.Go(func() { b.balance(work) })
	wg.Wait()
}

// check reports the first request that was not answered right, once.
func (o *office) check(context.Context) error {
	defer func() {
		clear(o.served)
		clear(o.answers)
	}()
	for i, answer := range o.answers {
		if want := o.ends[units(i)] + uint64(i); answer != want || o.served[i] != 1 {
			return fmt.Errorf("request %d was served %d times and answered with %#x, want once and %#x", i, o.served[i], answer, want)
		}
	}
	return nil
}

// figures returns the load of the workers since it was last called, and nothing
// where none was at work.
func (o *office) figures() (map[string]float64, error) {
	t := o.tally
	o.tally = tally{}
	if t.moments == 0 {
		return nil, nil
	}
	return map[string]float64{"load-mean": t.mean(), "load-stddev": t.stddev()}, nil
}

// A request asks for the work of its number and says where the answer goes.
type request struct {
	number int
	answer chan<- uint64
}

// ask is a requester: it sends its requests, one after the other.
func (o *office) ask(ctx context.Context, requester int, work chan<- request) {
	answer := make(chan uint64)
	for n := range requestsEach {
		if ctx.Err() != nil {
			return
		}
		i := requester*requestsEach + n
		work <- request{number: i, answer: answer}
		o.answers[i] = <-answer
	}
}

// A worker answers the requests that it is sent.
type worker struct {
	requests chan request
	pending  int // requests sent to it and not reported as done
	index    int // in the heap
}

func (w *worker) work(o *office, done chan<- *worker) {
	for r := range w.requests {
		r.answer <- o.serve(r.number)
		done <- w
	}
}

// A pool is a heap of workers, the one with the least load first.
type pool []*worker

func (p pool) Len() int           { return len(p) }
func (p pool) Less(i, j int) bool { return p[i].pending < p[j].pending }

func (p pool) Swap(i, j int) {
	p[i], p[j] = p[j], p[i]
	p[i].index, p[j].index = i, j
}

// Push and Pop are heap's, at the end of the slice.
func (p *pool) Push(x any) {
	w := x.(*worker)
	w.index = len(*p)
	*p = append(*p, w)
}

func (p *pool) Pop() any {
	last := len(*p) - 1
	w := (*p)[last]
	*p = (*p)[:last]
	return w
}

// A balancer knows how much each worker has to do.
type balancer struct {
	pool  pool
	done  chan *worker
	tally *tally
}

// balance hands requests out until there are no more and all are done, then lets
// the workers go.
func (b *balancer) balance(work <-chan request) {
	for pending := 0; work != nil || pending > 0; {
		select {
		case r, ok := <-work:
			if !ok {
				work = nil
				continue
			}
			b.dispatch(r)
			pending++
		case w := <-b.done:
			w.pending--
			heap.Fix(&b.pool, w.index)
			pending--
		}
	}
	for _, w := range b.pool {
		close(w.requests)
	}
}

// dispatch hands a request to the worker with the least load.
func (b *balancer) dispatch(r request) {
	w := heap.Pop(&b.pool).(*worker)
	w.requests <- r
	w.pending++
	heap.Push(&b.pool, w)
	b.tally.see(b.pool)
}

// A tally sums up how the load is spread over the workers at several moments.
type tally struct {
	moments  int
	means    float64 // pending requests of a worker
	variance float64 // of the same
}

// see adds a moment.
func (t *tally) see(p pool) {
	var sum, squares float64
	for _, w := range p {
		sum += float64(w.pending)
		squares += float64(w.pending * w.pending)
	}
	mean := sum / float64(len(p))
	t.moments++
	t.means += mean
	t.variance += squares/float64(len(p)) - mean*mean
}

// mean returns the mean load of a worker.
func (t tally) mean() float64 { return t.means / float64(t.moments) }

// stddev returns the standard deviation of the load among the workers: the root
// of the mean of its variance.
func (t tally) stddev() float64 { return math.Sqrt(t.variance / float64(t.moments)) }
