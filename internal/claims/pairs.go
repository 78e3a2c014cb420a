package claims

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	pairsExchanges = 5000 // by the pair that waits
	pairsBusy      = 60   // by the pair that works on

	// pairsWork is how long the sender of the pair that works on does so: well
	// over the time that it takes to wake a thread, which then waits another 3 µs,
	// 60 with the timer slack of Linux, before it takes a goroutine out of runnext.
	pairsWork = time.Millisecond
)

var pairs = Claim{
	ID:        13,
	Statement: "Two goroutines that pass messages and wait for each other stay on one P, though others idle; they part where the sender works on.",
	Expected:  "at most 5 % of the wake-ups lead to another P where the sender waits next, at least 30 % where it works on for 1 ms",
	Lesson:    "A conversation in turns costs no trip between cores, and gains nothing from them; to use two cores both sides must have work at once.",
	Experiment: "With GOMAXPROCS at the number of usable cores one goroutine sends to another and gets a reply, over two channels. The execution trace says for each wake-up which P caused it and on which P the woken one ran. " +
		"In one kind of trial the sender waits for the reply at once: the woken one is in runnext of the sender's P, and runs there as soon as the sender waits. " +
		"In the other kind it computes for 1 ms after sending: then an idle P, which every wake-up rouses, takes the woken one. " +
		"Thieves look into runnext last and leave it alone for 3 µs, so that pairs of the first kind are hardly ever parted.",
	Sources: []string{
		"runtime/proc.go: ready, runqput, wakep, stealWork, runqgrab",
		"Vyukov, Scalable Go Scheduler Design Doc (2012)",
	},
	Workloads: []string{"sched/pingpong", "sched/primesieve", "sync/channel"},
	// Other load can hold a sender up between sending and waiting, and keep the
	// thief from its core. That pairs are never parted shows in the other arm.
	Disturbance: Hurt,
	Cores:       2,
	Arms: func(cores int) []Arm {
		return []Arm{
			{Name: "waits", Procs: cores, Run: func(context.Context) (Sample, error) { return pairsTrial(pairsExchanges, 0) }},
			{Name: "works on", Procs: cores, Run: func(context.Context) (Sample, error) { return pairsTrial(pairsBusy, pairsWork) }},
		}
	},
	Judge: judgePairs,
}

// pairsTrial returns the share of the wake-ups that led to another P.
func pairsTrial(exchanges int, work time.Duration) (Sample, error) {
	defer withoutGC()()
	facts, err := traced(func() { exchange(exchanges, work) })
	if err != nil {
		return nil, err
	}
	if facts.Wakes == 0 {
		return nil, errors.New("the trace shows no goroutine being woken")
	}
	return Sample{
		"elsewhere": float64(facts.WakesElsewhere) / float64(facts.Wakes),
		"wakes":     float64(facts.Wakes),
	}, nil
}

// exchange has one goroutine send to another and get a reply, and work for so long
// between the two. The channels have room for one message, so that only who waits
// for a message ever waits.
func exchange(times int, work time.Duration) {
	there, back := make(chan struct{}, 1), make(chan struct{}, 1)
	var other sync.WaitGroup
	other.Go(func() {
		for range there {
			back <- struct{}{}
		}
	})
	for range times {
		there <- struct{}{}
		if work > 0 {
			spinFor(work)
		}
		<-back
	}
	close(there)
	other.Wait()
}

func judgePairs(_ int, t Trials) Finding {
	together, apart := t.Spread("waits", "elsewhere"), t.Spread("works on", "elsewhere")
	fine := func(v float64) string { return number(1, " %")(100 * v) }
	measured := fmt.Sprintf("%s of the wake-ups lead to another P; %s where the sender works on",
		together.Text(fine), apart.Text(percent))
	switch {
	case together.Median <= 0.05 && apart.Median >= 0.3:
		return Finding{Result: Holds, Measured: measured}
	case together.Median >= 0.5 || apart.Median <= together.Median:
		return Finding{Result: Fails, Measured: measured}
	}
	return untold(measured, "the two kinds of pairs are not far enough apart")
}
