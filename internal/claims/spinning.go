package claims

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"runbench/internal/rusage"
	"runbench/internal/timetext"
)

const (
	// spinEvents is how many events a trial handles, and spinExchanges how often two
	// goroutines hand something to and fro at each.
	spinEvents    = 100
	spinExchanges = 5

	// How many times the CPU time and the context switches of GOMAXPROCS=1 the same
	// takes at the largest: from the former on the claim holds, up to the latter it
	// does not. What lies between tells nothing.
	spinTimeHolds, spinTimeFails     = 1.15, 1.0
	spinSwitchHolds, spinSwitchFails = 1.5, 1.1
)

var spinning = Claim{
	ID:        19,
	Statement: "An idle P is woken and looks for work before it parks again, which costs CPU time where there is little to do.",
	Expected:  fmt.Sprintf("a few hand-overs a millisecond cost at least %.2f× the CPU time and %.1f× the context switches at the largest GOMAXPROCS as at 1", spinTimeHolds, spinSwitchHolds),
	Lesson:    "A service that is mostly idle burns less at a small GOMAXPROCS: CPU time in findRunnable is Ps that look for work.",
	Experiment: fmt.Sprintf("A goroutine sleeps for a moment and then exchanges %d messages with another one, %d times. ", spinExchanges, spinEvents) +
		"Never more than one of the two can run, so that a second P has nothing to do. " +
		"But each message makes a goroutine runnable, and where a P is idle and none is searching already the scheduler wakes a thread for it, which looks into the queues of all Ps and parks again. " +
		"The CPU time that the system charges the process for an event, and the times that its threads went to sleep or were interrupted, are compared between GOMAXPROCS=1, where no P is idle, and the largest, each trial with the one next to it.",
	Sources: []string{
		"Vyukov, Scalable Go Scheduler Design Doc (2012): Parking/Unparking",
		"runtime/proc.go: comment \"Worker thread parking/unparking\", wakep, findRunnable, resetspinning",
	},
	Workloads:   []string{"sched/pingpong", "io/latency"},
	Disturbance: Swayed,
	Cores:       2,
	Arms: func(cores int) []Arm {
		return []Arm{
			{Name: "one", Procs: 1, Trials: 5, Run: spinningTrial},
			{Name: "all", Procs: cores, Trials: 5, Run: spinningTrial},
		}
	},
	Judge: judgeSpinning,
}

func judgeSpinning(cores int, t Trials) Finding {
	one, all := t.Spread("one", "cpu-ns"), t.Spread("all", "cpu-ns")
	if one.N == 0 || all.N == 0 {
		return untold("", "a system that tells the CPU time of a process to the microsecond")
	}
	compared := func(key string) Spread {
		var ratios []float64
		for i, s := range t["one"] {
			ratios = append(ratios, t["all"][i][key]/s[key])
		}
		return spreadOf(ratios)
	}
	times, switches := compared("cpu-ns"), compared("switches")
	measured := fmt.Sprintf("%s the CPU time: %s an event at P=%d, %s at P=1; %s the context switches",
		times.Text(number(2, "×")), timetext.Nanoseconds(all.Median), cores, timetext.Nanoseconds(one.Median), switches.Text(number(1, "×")))
	switch {
	case times.Median >= spinTimeHolds && switches.Median >= spinSwitchHolds:
		return holdsIf(true, measured)
	case times.Median <= spinTimeFails || switches.Median <= spinSwitchFails:
		return holdsIf(false, measured)
	}
	return untold(measured, "a clearer difference: the two are too close to each other")
}

// spinningTrial returns the CPU time and the context switches of an event. Where the
// system does not tell them, or counts CPU time in ticks of many milliseconds as
// Windows does, the sample is empty.
func spinningTrial(context.Context) (Sample, error) {
	there, back := make(chan struct{}), make(chan struct{})
	go func() {
		for range there {
			back <- struct{}{}
		}
	}()
	before, ok := rusage.Self()
	for range spinEvents {
		time.Sleep(100 * time.Microsecond) // a good millisecond where the poller rounds up
		for range spinExchanges {
			there <- struct{}{}
			<-back
		}
	}
	after, okAfter := rusage.Self()
	if !ok || !okAfter || runtime.GOOS == "windows" {
		return Sample{}, nil
	}
	return Sample{
		"cpu-ns":   float64(after.CPU-before.CPU) / spinEvents,
		"switches": float64(after.Switches-before.Switches) / spinEvents,
	}, nil
}
