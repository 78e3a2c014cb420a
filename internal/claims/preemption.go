package claims

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"runbench/internal/timetext"
)

// hogTime is how long the loop without calls is to run: several times what a
// goroutine may run at a stretch.
const hogTime = 120 * time.Millisecond

// The largest and the smallest share of the loop that the other goroutine waits
// where the loop is preempted, and where it is not. What lies between tells nothing.
const (
	preemptedShare = 0.5
	wholeShare     = 0.9
)

var preemption = Claim{
	ID:        14,
	Statement: "A goroutine that computes on and on is made to give way within some tens of milliseconds, even in a loop that calls nothing.",
	Expected: fmt.Sprintf("at GOMAXPROCS=1 another goroutine waits 10 to 20 ms, at most half of a loop of %s, and with GODEBUG=asyncpreemptoff=1 at least nine tenths of it",
		timetext.Nanoseconds(float64(hogTime))),
	Lesson: "Loops need no runtime.Gosched, but one busy goroutine a P delays all others there by 10 to 20 ms at a time.",
	Experiment: "At GOMAXPROCS=1 a goroutine runs a loop without a single call, so without a place where it would look whether it is to give way. " +
		"Another goroutine was runnable before, and gives way whenever it gets to run. Its longest wait is compared with the time that the loop took. " +
		"The runtime's monitor thread looks every 10 ms whether a goroutine has run for more than 10 ms, and interrupts its thread with a signal. " +
		"The contrast is the same with these signals turned off: there the other goroutine waits until the loop has ended.",
	Sources: []string{
		"Clements, Proposal 24543: Non-cooperative goroutine preemption (2019)",
		"runtime/proc.go: sysmon, retake, preemptone",
		"runtime/preempt.go: wantAsyncPreempt, asyncPreempt2",
	},
	Workloads:   []string{"mixed/devices"},
	Disturbance: Hurt,
	Arms: func(int) []Arm {
		return []Arm{
			{Name: "on", Procs: 1, Run: preemptionTrial},
			{Name: "off", Procs: 1, Debug: "asyncpreemptoff=1", Run: preemptionTrial},
		}
	},
	Judge: judgePreemption,
}

func judgePreemption(_ int, t Trials) Finding {
	on, off := t.Spread("on", "share"), t.Spread("off", "share")
	measured := fmt.Sprintf("waits %s behind a loop of %s, and with asyncpreemptoff=1 %s of it",
		t.Spread("on", "wait-ns").Text(timetext.Nanoseconds), timetext.Nanoseconds(t.Spread("on", "loop-ns").Median), off.Text(percent))
	switch {
	// Nothing can make the other goroutine run early where no signal is sent, so
	// that this one decides.
	case off.Min < wholeShare, on.Median >= wholeShare:
		return holdsIf(false, measured)
	case on.Median <= preemptedShare:
		return holdsIf(true, measured)
	}
	return untold(measured, "a machine on which no other program runs")
}

// preemptionTrial measures how long a goroutine waits for its turn, at the longest,
// while another one is in a loop without calls.
func preemptionTrial(context.Context) (Sample, error) {
	steps := tightSteps(hogTime)
	var over atomic.Bool
	longest := make(chan time.Duration)
	start := time.Now()
	go func() {
		var wait time.Duration
		for last := start; ; runtime.Gosched() {
			now := time.Now()
			wait, last = max(wait, now.Sub(last)), now
			if over.Load() {
				longest <- wait
				return
			}
		}
	}()
	tightEnd.Store(tight(steps))
	loop := since(start)
	over.Store(true)
	wait := float64(<-longest)
	return Sample{"wait-ns": wait, "loop-ns": loop, "share": wait / loop}, nil
}

// tightEnd takes the results of tight, so that none can be left out.
var tightEnd atomic.Uint64

// tight makes so many steps of a linear congruential generator (Knuth's MMIX). It
// calls nothing and so cannot be made to give way but by a signal. It ends after a
// number of steps and not at a time: looking at the clock would be a call.
func tight(steps int) uint64 {
	x := uint64(1)
	for range steps {
		x = x*6364136223846793005 + 1442695040888963407
	}
	return x
}

// tightSteps returns how many steps of tight take about d.
func tightSteps(d time.Duration) int {
	steps, took := 1<<16, time.Duration(0)
	for took < 4*time.Millisecond {
		steps *= 2
		took = tightTime(steps)
	}
	for range 3 { // the shortest was disturbed least
		took = min(took, tightTime(steps))
	}
	// Where the clock is coarse it may not have moved.
	return int(float64(steps) * float64(d) / float64(max(took, time.Millisecond)))
}

func tightTime(steps int) time.Duration {
	start := time.Now()
	tightEnd.Store(tight(steps))
	return time.Since(start)
}
