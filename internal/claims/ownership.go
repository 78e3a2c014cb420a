package claims

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"runbench/internal/timetext"
)

const (
	// counters goroutines count together, each so far.
	counters   = 8
	countsEach = 100

	// lockHold is how long a goroutine holds the lock that another one waits for,
	// and passLimit how often it takes it again meanwhile before it lets the other
	// have it. passBound is how often it may: a mutex is handed on after 1 ms, which
	// is 10 times, and a waiter that the machine delays is given several times that.
	lockHold  = 100 * time.Microsecond
	passLimit = 1000
	passBound = 100
	// channelPasses is the same for a channel used as a lock: none, but for what
	// comes between the waiter's last step before it queues and its queueing.
	channelPasses = 1

	// switchBound is how much more an unbuffered hand-over costs than a lock, at the
	// least: it takes a change of goroutines.
	switchBound = 2

	// aloneOps and contendedOps are how many operations are timed at once.
	aloneOps     = 20_000
	contendedOps = 50_000
)

var ownership = Claim{
	ID:        17,
	Statement: "A channel passes ownership on and a mutex guards what stays: both keep a count right, at different costs, and starve no waiter.",
	Expected: fmt.Sprintf("both count to %d and without either updates are lost; an unbuffered hand-over costs at least %d× a lock; a waiter is passed over at most %d times",
		counters*countsEach, switchBound, passBound),
	Lesson: "Guard small state with a mutex, pass work and its data on by channel: a hand-over pays once the work is much longer than it.",
	Experiment: fmt.Sprintf("%d goroutines at GOMAXPROCS=1 read a number, give way and write it back one greater: under a mutex, with the number passed on through a channel, and with neither. ", counters) +
		"Then a lock with its unlock, a send with its receive through a buffer, and a hand-over from one goroutine to another without a buffer are timed there, " +
		"and at the largest GOMAXPROCS the lock and the passing of a number among as many goroutines as there are Ps. " +
		fmt.Sprintf("For fairness, one goroutine holds a lock for %v and takes it again at once, for ever, and it is counted how often it does so while another waits. ", lockHold) +
		"A mutex lets the one that runs overtake, and is handed to the waiter after 1 ms; a channel used as a lock always goes to the first that waits.",
	Sources: []string{
		"Gerrand, Share Memory By Communicating (2010)",
		"internal/sync/mutex.go: lockSlow, unlockSlow, starvationThresholdNs",
		"runtime/chan.go: chansend, send, chanrecv, recv",
	},
	Workloads:   []string{"sync/mutex", "sync/channel", "sched/pingpong"},
	Disturbance: Hurt,
	Arms: func(cores int) []Arm {
		return []Arm{
			{Name: "alone", Procs: 1, Run: ownershipAlone},
			// The waiter has a P of its own, even where it has to share the core.
			{Name: "contended", Procs: max(2, cores), Run: ownershipContended},
		}
	},
	Judge: judgeOwnership,
}

func judgeOwnership(_ int, t Trials) Finding {
	const all = counters * countsEach
	guarded, passed, neither := t.Spread("alone", "guarded"), t.Spread("alone", "passed"), t.Spread("alone", "neither")
	if guarded.Min != all || passed.Min != all || neither.Max >= all {
		return holdsIf(false, fmt.Sprintf("of %d counts kept: %s under a mutex, %s through a channel, %s with neither",
			all, guarded.Text(number(0, "")), passed.Text(number(0, "")), neither.Text(number(0, ""))))
	}
	ns := func(arm, key string) string { return timetext.Nanoseconds(t.Spread(arm, key).Median) }
	overtaken, passes := t.Spread("contended", "mutex-passes"), t.Spread("contended", "channel-passes")
	ratio := t.Spread("alone", "ratio")
	measured := fmt.Sprintf("unbuffered hand-over %s a lock (%s and %s), buffered %s; contended lock %s, hand-over %s; waiter overtaken %s and %s times",
		ratio.Text(number(0, "×")), ns("alone", "unbuffered-ns"), ns("alone", "mutex-ns"), ns("alone", "buffered-ns"),
		ns("contended", "mutex-ns"), ns("contended", "channel-ns"),
		overtaken.Text(number(0, "")), passes.Text(number(0, "")))
	switch {
	case overtaken.Median >= passLimit, passes.Median >= passLimit, ratio.Median < 1:
		return holdsIf(false, measured)
	case overtaken.Median <= passBound && passes.Median <= channelPasses && ratio.Median >= switchBound:
		return holdsIf(true, measured)
	}
	return untold(measured, "a machine on which no other program runs")
}

// ownershipAlone counts in three ways and times the steps of two of them where no
// two goroutines want them at once.
func ownershipAlone(context.Context) (Sample, error) {
	var mu sync.Mutex
	channel := make(chan int, 1)
	unbuffered := make(chan int)
	defer close(unbuffered)
	go func() {
		for range unbuffered { // each is received by a goroutine that waits for it
		}
	}()
	n := 0
	lock := perOperation(aloneOps, func(ops int) {
		for range ops {
			mu.Lock()
			n++
			mu.Unlock()
		}
	})
	buffered := perOperation(aloneOps, func(ops int) {
		for i := range ops {
			channel <- i
			<-channel
		}
	})
	handOver := perOperation(aloneOps, func(ops int) {
		for i := range ops {
			unbuffered <- i
		}
	})
	return Sample{
		"guarded": countGuarded(), "passed": countPassed(), "neither": countNeither(),
		"mutex-ns": lock.Min, "buffered-ns": buffered.Min, "unbuffered-ns": handOver.Min, "ratio": handOver.Min / lock.Min,
	}, nil
}

// ownershipContended times the steps where every P wants them, and sees how fair
// they are.
func ownershipContended(context.Context) (Sample, error) {
	procs := runtime.GOMAXPROCS(0)
	var mu sync.Mutex
	n := 0
	lock := perOperation(contendedOps, func(ops int) {
		atOnce(procs, func() {
			for range ops / procs {
				mu.Lock()
				n++
				mu.Unlock()
			}
		})
	})
	number := make(chan int, 1)
	number <- 0
	channel := perOperation(contendedOps, func(ops int) {
		atOnce(procs, func() {
			for range ops / procs {
				number <- 1 + <-number
			}
		})
	})
	turn := make(chan struct{}, 1)
	return Sample{
		"mutex-ns": lock.Median, "channel-ns": channel.Median,
		"mutex-passes":   passes(mu.Lock, mu.Unlock),
		"channel-passes": passes(func() { turn <- struct{}{} }, func() { <-turn }),
	}, nil
}

// The three ways to count give way between reading and writing, so that without
// a guard every goroutine is certain to overwrite what others have counted.

func countGuarded() float64 {
	var mu sync.Mutex
	n := 0
	together(counters, func() {
		for range countsEach {
			mu.Lock()
			v := n
			runtime.Gosched()
			n = v + 1
			mu.Unlock()
		}
	})
	return float64(n)
}

func countPassed() float64 {
	number := make(chan int, 1)
	number <- 0
	together(counters, func() {
		for range countsEach {
			v := <-number
			runtime.Gosched()
			number <- v + 1
		}
	})
	return float64(<-number)
}

// countNeither loads and stores atomically: it is not the single step that is
// unsafe, but that nothing holds two of them together.
func countNeither() float64 {
	var n atomic.Int64
	together(counters, func() {
		for range countsEach {
			v := n.Load()
			runtime.Gosched()
			n.Store(v + 1)
		}
	})
	return float64(n.Load())
}

// together runs f in so many goroutines and waits for them.
func together(goroutines int, f func()) {
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(f)
	}
	wg.Wait()
}

// atOnce is together where no goroutine begins before all of them run. There must
// be a P for each.
func atOnce(goroutines int, f func()) {
	var missing atomic.Int64
	missing.Store(int64(goroutines))
	together(goroutines, func() {
		for missing.Add(-1); missing.Load() > 0; {
			spinUnits(1)
		}
		f()
	})
}

// perOperation returns the nanoseconds of one of the operations of which f does as
// many as it is told, in several pieces. The quickest piece was disturbed least; in
// one that several goroutines do together it is the one in which they met least, so
// that there the median counts.
func perOperation(ops int, f func(ops int)) Spread {
	const pieces = 5
	var each []float64
	for range pieces {
		start := time.Now()
		f(ops)
		// Where the clock is coarse it may not have moved.
		each = append(each, max(0.1, since(start)/float64(ops)))
	}
	return spreadOf(each)
}

// passes returns how often a goroutine that holds a lock all the time, but for an
// instant now and then, takes it again while another one waits for it: the median
// of several waits.
func passes(lock, unlock func()) float64 {
	const waits = 15
	var waiting, over atomic.Bool
	var passed atomic.Int64
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for !over.Load() {
			lock()
			if waiting.Load() {
				passed.Add(1)
			}
			spinFor(lockHold)
			unlock()
			// A lock that is never handed on must not keep the trial from ending.
			for waiting.Load() && passed.Load() >= passLimit {
				time.Sleep(time.Millisecond)
			}
		}
	}()
	var counts []float64
	for range waits {
		time.Sleep(time.Millisecond)
		passed.Store(0)
		waiting.Store(true)
		lock()
		counts = append(counts, float64(passed.Load()))
		waiting.Store(false)
		unlock()
	}
	over.Store(true)
	<-ended
	return spreadOf(counts).Median
}
