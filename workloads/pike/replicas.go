package pike

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"runbench/internal/hashchain"
	"runbench/workloads"
)

const (
	replicasBatch = 24
	replicasSeed  = 2012

	// replicasShape is the exponent α of the latencies' distribution. The first
	// of n answers is then distributed in the same way with n·α.
	replicasShape = 2
)

var replicasSizes = workloads.Sizes{S: 100, W: 2000, A: 20_000}

// Replicas is the talk's last example: every replica of a database is asked, and
// the first answer taken. It is concurrency against the tail of latencies.
var Replicas = workloads.Workload{
	Name:       "pike/replicas",
	Isolates:   "first answer wins: replicas are asked at once, so that a slow one holds nobody up",
	Expect:     "concurrency high, up to where the slowest query of the batch is all that is left; parallelism 1×; more replicas make p99-ns and the mean shorter and wasted-ns/op longer",
	Definition: "Pike, \"Concurrency is not Parallelism\" (Heroku Waza, 2012), slide \"Query a replicated database\", with the exercise it sets, the teardown of the late ones, done: they are cancelled and waited for; replicas are timers with latencies of a Pareto distribution, at least 2 ms and α=2 (mean 4 ms), by its quantiles in an order drawn once for each replica; the tail is that of Dean & Barroso, \"The Tail at Scale\" (CACM 2013)",
	Advice:     "ask a second replica where the tail matters, best only after the usual time has passed, and cancel the one that lost; it must end on its context",
	Related:    []string{"io/http-fanout", "io/latency"},
	Batch:      replicasBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		workloads.IntParameter("replicas", 3, 1, 100, "replicas that a query is sent to"),
		replicasSizes.Parameter("shortest latency of a replica in microseconds"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		fastest := time.Duration(replicasSizes.Of(env.Params)) * time.Microsecond
		s := newReplicaSet(env.Params.Int("replicas"), fastest)
		return &workloads.Instance{
			Task:  s.task,
			Check: s.check,
			Counters: func() (map[string]float64, error) {
				return map[string]float64{"wait-ns/op": float64(s.waited), "wasted-ns/op": float64(s.wasted)}, nil
			},
		}, nil
	},
}

// A replica is a database that answers query i after latency[i].
type replica struct{ latency []time.Duration }

// query returns the answer to query i, and false where ctx ended before it came.
func (r replica) query(ctx context.Context, i int) (answer uint64, ok bool) {
	timer := time.NewTimer(r.latency[i])
	defer timer.Stop()
	select {
	case <-timer.C:
		return answerTo(i), true
	case <-ctx.Done():
		return 0, false
	}
}

// answerTo returns what the database has for query i. It is never 0.
func answerTo(i int) uint64 { return hashchain.Nth(uint64(i), 1) | 1 }

// latencies returns those of a replica: the quantiles (i+½)/K of the Pareto
// distribution that begins at fastest, in an order of the replica's own. Each
// replica is so as slow as the next, and every batch as slow as the last.
func latencies(number int, fastest time.Duration) []time.Duration {
	order := rand.New(rand.NewPCG(replicasSeed, uint64(number))).Perm(replicasBatch)
	list := make([]time.Duration, replicasBatch)
	for i, rank := range order {
		beyond := (float64(rank) + 0.5) / replicasBatch // the share of latencies that are longer
		list[i] = time.Duration(float64(fastest) * math.Pow(beyond, -1.0/replicasShape))
	}
	return list
}

// An outcome is what became of a query.
type outcome struct {
	answer uint64
	waited time.Duration // for the first answer
	wasted time.Duration // by all replicas whose answer was not taken
	ended  int           // replicas that were done with the query
}

// A replicaSet is the replicas and what became of the queries of a batch.
type replicaSet struct {
	replicas []replica
	outcomes []outcome

	waited, wasted time.Duration // in all batches
}

func newReplicaSet(n int, fastest time.Duration) *replicaSet {
	s := &replicaSet{outcomes: make([]outcome, replicasBatch)}
	for number := range n {
		s.replicas = append(s.replicas, replica{latencies(number, fastest)})
	}
	return s
}

// task sends query i to all replicas and takes the first answer.
func (s *replicaSet) task(ctx context.Context, i int) error {
	type reply struct {
		from   int
		answer uint64
	}
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	replies := make(chan reply, len(s.replicas)) // room for all: none waits to be heard
	busy := make([]time.Duration, len(s.replicas))
	var wg sync.WaitGroup
	start := time.Now()
	for n, r := range s.replicas {
		wg.Go(func() {
			if answer, ok := r.query(asking, i); ok {
				replies <- reply{n, answer}
			}
			busy[n] = time.Since(start)
		})
	}
	var first reply
	select {
	case first = <-replies:
	case <-ctx.Done():
	}
	o := outcome{answer: first.answer, waited: time.Since(start)}
	cancel()
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for n, d := range busy {
		if d > 0 {
			o.ended++
		}
		if n != first.from {
			o.wasted += d
		}
	}
	s.outcomes[i] = o
	return nil
}

// soonest returns how long it takes the fastest replica to answer query i.
func (s *replicaSet) soonest(i int) time.Duration {
	soonest := s.replicas[0].latency[i]
	for _, r := range s.replicas {
		soonest = min(soonest, r.latency[i])
	}
	return soonest
}

// check reports the first query whose answer is wrong or came sooner than any
// replica has it, or of which a replica was left behind.
func (s *replicaSet) check(context.Context) error {
	defer clear(s.outcomes)
	for i, o := range s.outcomes {
		if want := answerTo(i); o.answer != want {
			return fmt.Errorf("query %d was answered with %#x, want %#x", i, o.answer, want)
		}
		if soonest := s.soonest(i); o.waited < soonest {
			return fmt.Errorf("query %d was answered after %v, but no replica has the answer before %v", i, o.waited, soonest)
		}
		if o.ended != len(s.replicas) {
			return fmt.Errorf("query %d: %d of %d replicas had ended when the task did", i, o.ended, len(s.replicas))
		}
		s.waited += o.waited
		s.wasted += o.wasted
	}
	return nil
}
