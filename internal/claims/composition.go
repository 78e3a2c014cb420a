package claims

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	compositionTasks = 64

	// compositionWork is what a task computes before and after it waits for the
	// others.
	compositionWork = time.Millisecond
)

var composition = Claim{
	ID:        1,
	Statement: "Concurrency is composition: at GOMAXPROCS=1 64 tasks are in flight at once, and never more than one of them runs.",
	Expected:  "64 in flight, at most 1 running and CPU/wall at most 1.2 at P=1; 2 running at P=2, where the trace must show them",
	Lesson:    "Start goroutines because things are independent of each other, not because there are cores for them.",
	Experiment: "64 goroutines compute for 1 ms, wait until all of them have done so, and compute for 1 ms more. " +
		"The program counts how many are in flight when the last comes to the meeting, the execution trace how many run at once, and the system charges the CPU time. " +
		"The claim holds if at P=1 all are in flight, the trace never shows more than one running, and CPU time over wall time is at most 1.2 (it fails above 1.5). " +
		"The same program at P=2 must show two running, or the trace would prove nothing.",
	Sources: []string{
		"Pike, Concurrency is not Parallelism (Waza 2012)",
		"Gerrand, Concurrency is not parallelism (The Go Blog 2013)",
		"runtime/proc.go: procresize, schedule, execute",
	},
	Workloads:   []string{"pike/gophers", "sched/goroutine"},
	Disturbance: Immune, // load takes CPU time away, and cannot make a second goroutine run
	Arms: func(int) []Arm {
		return []Arm{
			{Name: "P=1", Procs: 1, Run: compose},
			{Name: "P=2", Procs: 2, Run: compose},
		}
	},
	Judge: func(_ int, t Trials) Finding {
		inFlight := t.Spread("P=1", "in-flight-tasks")
		running, cores := t.Spread("P=1", "running-goroutines"), t.Spread("P=1", "used-cores")
		contrast := t.Spread("P=2", "running-goroutines")
		measured := fmt.Sprintf("at P=1 %s in flight, at most %s running, CPU/wall %s; at P=2 %s running",
			inFlight.Text(number(0, "")), running.Text(number(0, "")), cores.Text(number(2, "")), contrast.Text(number(0, "")))
		switch {
		case running.Max > 1, cores.Max > 1.5, inFlight.Min < compositionTasks:
			return holdsIf(false, measured)
		case contrast.Max < 2:
			return untold(measured, "a trace that shows 2 running at P=2")
		case cores.Max > 1.2:
			return untold(measured, "CPU time that is clearly below or above that of one core")
		}
		return holdsIf(true, measured)
	},
}

// compose runs the tasks under the tracer.
func compose(context.Context) (Sample, error) {
	var inFlight int
	var before, after reading
	facts, err := traced(func() {
		before = readClocks()
		inFlight = meetHalfway()
		after = readClocks()
	})
	if err != nil {
		return nil, err
	}
	cores, err := coresUsed(before, after)
	if err != nil {
		return nil, err
	}
	return Sample{
		"in-flight-tasks":    float64(inFlight),
		"running-goroutines": float64(facts.MaxRunning),
		"used-cores":         cores,
	}, nil
}

// meetHalfway carries the tasks out and returns how many were in flight when the
// last of them came to the meeting.
func meetHalfway() (inFlight int) {
	var begun, ended atomic.Int32
	met := make(chan struct{})
	var tasks sync.WaitGroup
	for range compositionTasks {
		tasks.Go(func() {
			spinFor(compositionWork)
			if n := begun.Add(1); n == compositionTasks {
				inFlight = int(n - ended.Load())
				close(met)
			}
			<-met
			spinFor(compositionWork)
			ended.Add(1)
		})
	}
	tasks.Wait()
	return inFlight
}
