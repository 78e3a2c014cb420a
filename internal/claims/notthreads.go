package claims

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"runbench/internal/timetext"
)

const (
	liveGoroutines = 100_000
	lockedLive     = 100 // goroutines with a thread each, alive at once

	// Goroutines that are started and end one after the other. Those with a thread
	// of their own are fewer because they take so much longer, and still take long
	// against what the system counts CPU time in.
	plainStarts  = 100_000
	lockedStarts = 500
)

var notThreads = Claim{
	ID:        6,
	Statement: "Goroutines are not threads: 100,000 of them live on a few threads, take a few kilobytes each, and start in a fraction of the time of a thread.",
	Expected:  "fewer than 1,000 threads, less than 8 KiB of stack and heap each (about 2.7 kB), start and end at least 5 times as cheap as with a thread (often 50 times)",
	Lesson:    "Start a goroutine for everything that goes on at once; a pool that saves starts is for threads.",
	Experiment: "100,000 goroutines block on a channel; then the threads are counted, and how much stack and heap has grown. " +
		"As the contrast, 100 goroutines that lock a thread (runtime.LockOSThread), as in a one-to-one model. " +
		"In these trials, at P=1, goroutines also start and end one after the other, without a thread of their own and with one that ends with them; the CPU time of each tells what a start costs. " +
		"The claim holds if there is less than a thread for 100 goroutines, less than 8 KiB each, and a factor of at least 5 in CPU time; below 2 it fails.",
	Sources: []string{
		"Vyukov, Scalable Go Scheduler Design Doc (2012)",
		"runtime/proc.go: newproc1, malg, gfget; runtime/stack.go: stackMin",
		"runtime/proc.go: startTemplateThread, newm, mexit",
	},
	Workloads: []string{"sched/goroutine", "sched/lockedthread", "sched/spawn"},
	// Threads and bytes are counts, and load changes CPU time by far less than the
	// factor that decides.
	Disturbance: Immune,
	Arms: func(int) []Arm {
		return []Arm{
			{Name: "live", Run: keepAlive(liveGoroutines), Trials: 2}, // counts, that hardly differ
			{Name: "threads", Procs: 1, Run: besideThreads(plainStarts, lockedStarts)},
		}
	},
	Judge: func(_ int, t Trials) Finding {
		alive, threads, bytes := t.Spread("live", "live-goroutines"), t.Spread("live", "live-threads"), t.Spread("live", "each-bytes")
		locked, factor := t.Spread("threads", "locked-threads"), t.Spread("threads", "start-factor")
		measured := fmt.Sprintf("%s threads for 100,000, %s B each; start %s, with a thread %s: %s; %s threads for %d locked ones",
			threads.Text(number(0, "")), bytes.Text(number(0, "")),
			timetext.Nanoseconds(t.Spread("threads", "goroutine-cpu-ns").Median), timetext.Nanoseconds(t.Spread("threads", "thread-cpu-ns").Median),
			factor.Text(number(0, "×")), locked.Text(number(0, "")), lockedLive)
		switch {
		case alive.Min < liveGoroutines, threads.Max*100 > liveGoroutines, bytes.Median >= 8<<10, factor.Median < 2:
			return holdsIf(false, measured)
		case locked.Min < lockedLive:
			return untold(measured, "a count of threads that has those in it that goroutines are locked to")
		case factor.Median < 5:
			return untold(measured, "a difference in CPU time that is clearly there, or clearly not")
		}
		return holdsIf(true, measured)
	},
}

// keepAlive returns a trial in which n goroutines are alive at once, blocked on a
// channel.
func keepAlive(n int) func(context.Context) (Sample, error) {
	return func(context.Context) (Sample, error) {
		before := count(countStackBytes, countHeapBytes)
		end := block(n, func() {})
		defer end()
		return Sample{
			"live-goroutines": count(countGoroutines),
			"live-threads":    count(countThreads),
			"each-bytes":      (count(countStackBytes, countHeapBytes) - before) / float64(n),
		}, nil
	}
}

// block starts n goroutines that call first and then wait until end is called, and
// returns when all are there.
func block(n int, first func()) (end func()) {
	gate := make(chan struct{})
	var there sync.WaitGroup
	there.Add(n)
	for range n {
		go func() {
			first()
			there.Done()
			<-gate
		}()
	}
	there.Wait()
	return func() { close(gate) }
}

// besideThreads returns a trial that tells what starting a goroutine takes, with and
// without a thread of its own.
func besideThreads(plain, locked int) func(context.Context) (Sample, error) {
	return func(context.Context) (Sample, error) {
		goroutine, err := startCost(plain, func() {})
		if err != nil {
			return nil, err
		}
		// Never unlocked: the thread ends with the goroutine.
		thread, err := startCost(locked, runtime.LockOSThread)
		if err != nil {
			return nil, err
		}
		end := block(lockedLive, runtime.LockOSThread)
		defer end()
		return Sample{
			"goroutine-cpu-ns": goroutine,
			"thread-cpu-ns":    thread,
			"start-factor":     thread / goroutine,
			"locked-threads":   count(countThreads),
		}, nil
	}
}

// startCost returns the nanoseconds of CPU time that it takes until a goroutine has
// started, called first and ended, as the mean of n of them one after the other.
func startCost(n int, first func()) (float64, error) {
	before := readClocks()
	for range n {
		ended := make(chan struct{})
		go func() {
			first()
			close(ended)
		}()
		<-ended
	}
	cpu, err := cpuTime(before, readClocks())
	if err == nil && cpu <= 0 {
		err = errors.New("this system counts CPU time too coarsely to tell what a start takes")
	}
	return float64(cpu) / float64(n), err
}
