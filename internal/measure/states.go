package measure

import (
	"runtime/metrics"
	"time"

	"runbench/internal/resultfile"
)

const (
	metricRunnable = "/sched/goroutines/runnable:goroutines"
	metricRunning  = "/sched/goroutines/running:goroutines"
	metricWaiting  = "/sched/goroutines/waiting:goroutines"
	metricNotInGo  = "/sched/goroutines/not-in-go:goroutines"
)

// A census counts the goroutines in each state while a batch runs, on average
// over looks. Every look takes the scheduler's lock, and the goroutine that looks
// takes a P, so only the discarded first batch is watched: what it fills, opens
// and connects for the first time is in the figures.
//
// A look comes when a P is free for the watching goroutine. Where all Ps are busy,
// that is when a goroutine blocks, so that waits are seen more often than they
// last; or when the runtime preempts one, some 10 ms later, so that a short batch
// of computing is seen too seldom to tell anything. Where Ps are idle now and then,
// as they are where waiting is the point, looks come on time.
type census struct {
	samples []metrics.Sample
	before  states
	sum     states
	looks   int
}

// states are numbers of goroutines; NaN where the runtime does not tell.
type states struct{ runnable, running, waiting, notInGo float64 }

const (
	lookEvery   = time.Millisecond
	enoughLooks = 3
)

func newCensus() census {
	return census{samples: samplesOf(metricRunnable, metricRunning, metricWaiting, metricNotInGo)}
}

// during calls run and counts meanwhile. A collection must have been before, at this
// GOMAXPROCS: the collector starts its goroutines with it, one a P, which would be
// taken for the batch's.
func (c *census) during(run func() error) error {
	c.before = c.read().atRest()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			select {
			case <-stop: // the tick came late, and so would the look
				return
			default:
				c.look(c.read())
			}
		}
	}()
	err := run()
	close(stop)
	<-stopped
	return err
}

func (c *census) read() states {
	metrics.Read(c.samples)
	return states{
		number(c.samples[0].Value), number(c.samples[1].Value), number(c.samples[2].Value), number(c.samples[3].Value),
	}
}

// atRest returns how many goroutines there are but for the calling one: in system
// calls, and waiting, as those of the runtime will be that still sweep.
func (s states) atRest() states {
	return states{waiting: s.runnable + s.running - 1 + s.waiting, notInGo: s.notInGo}
}

// look adds what was seen by a goroutine that runs itself. Without it, its P
// would run one of those that are runnable, if there are any.
func (c *census) look(s states) {
	s.running--
	if s.runnable > 0 {
		s.runnable--
		s.running++
	}
	c.sum.runnable += s.runnable
	c.sum.running += s.running
	c.sum.waiting += s.waiting
	c.sum.notInGo += s.notInGo
	c.looks++
}

// values returns how many goroutines there were on average, without those that had
// been there before and rest, such as the runtime's own, but with the one that
// called run: it computes, or waits for others that do. The collector's are among
// the others while they work.
func (c *census) values() []resultfile.Value {
	if c.looks < enoughLooks {
		return nil
	}
	average := func(sum, before float64) float64 { return max(0, sum/float64(c.looks)-before) }
	values := told(nil, resultfile.RunnableGoroutines, average(c.sum.runnable, 0))
	values = told(values, resultfile.RunningGoroutines, average(c.sum.running, 0))
	values = told(values, resultfile.WaitingGoroutines, average(c.sum.waiting, c.before.waiting))
	return told(values, resultfile.NotInGoGoroutines, average(c.sum.notInGo, c.before.notInGo))
}
