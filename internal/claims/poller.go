package claims

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"runbench/internal/timetext"
)

const (
	// pollerHog is for how long the P is kept busy.
	pollerHog = 250 * time.Millisecond
	// pollerBound is how long a reply may wait: the monitor thread looks every 10 ms,
	// polls where the last poll is 10 ms old, and makes a goroutine give way that it
	// saw running 10 ms ago. That is up to 30 ms, and the rest is left to the machine.
	pollerBound = 50 * time.Millisecond
	// pollerIdle is how many replies come while the P is idle.
	pollerIdle = 20
)

var poller = Claim{
	ID:        16,
	Statement: "A network reply is served within some tens of milliseconds though another goroutine keeps the only P busy.",
	Expected:  fmt.Sprintf("the median wait behind a goroutine that computes for %s is at most %s; it would never be served if nobody polled", timetext.Nanoseconds(float64(pollerHog)), timetext.Nanoseconds(float64(pollerBound))),
	Lesson:    "Busy Ps do not starve the network, but they add 10 to 30 ms to a reply: leave a P free where that is too long.",
	Experiment: fmt.Sprintf("At GOMAXPROCS=1 a goroutine computes for %s. Meanwhile replies come on a TCP connection for which another goroutine waits: ", timetext.Nanoseconds(float64(pollerHog))) +
		"the computing goroutine writes them to the other end itself, so that the moment of each is known. It never blocks, so that the scheduler has no cause to ask the network poller. " +
		"Only the runtime's monitor thread, which needs no P, finds the reply, makes the reader runnable, and makes the computing goroutine give way. " +
		"The time from each write until the reader has read is measured, and for comparison the same while the P has nothing else to do.",
	Sources: []string{
		"runtime/proc.go: sysmon, injectglist, retake, findRunnable",
		"runtime/netpoll.go: netpollready",
	},
	Workloads:   []string{"io/tcp-echo", "io/http", "mixed/fetch-parse"},
	Disturbance: Hurt,
	Arms:        func(int) []Arm { return []Arm{{Procs: 1, Run: pollerTrial}} },
	Judge:       judgePoller,
}

func judgePoller(_ int, t Trials) Finding {
	served, wait := t.Spread("", "served"), t.Spread("", "wait-ns")
	if served.Max == 0 {
		return holdsIf(false, fmt.Sprintf("no reply was served while a goroutine computed for %s", t.Spread("", "hog-ns").Text(timetext.Nanoseconds)))
	}
	measured := fmt.Sprintf("waits %s while the P is busy, %s while it is idle",
		wait.Text(timetext.Nanoseconds), t.Spread("", "idle-ns").Text(timetext.Nanoseconds))
	switch {
	case served.Min > 0 && wait.Median <= float64(pollerBound):
		return holdsIf(true, measured)
	case wait.Median >= float64(pollerHog)/2:
		return holdsIf(false, measured)
	}
	return untold(measured, "a machine on which no other program runs")
}

// pollerTrial measures how long replies wait for their reader while the P is idle,
// and while it is busy. What is still unserved when the busy time ends does not
// count; where nothing was served there is no "wait-ns".
func pollerTrial(context.Context) (Sample, error) {
	near, far, err := connection()
	if err != nil {
		return nil, err
	}
	defer near.Close()
	defer far.Close()

	var sent atomic.Pointer[time.Time] // when the last reply was written
	waits := make(chan float64, 1)     // of the replies, in turn
	go func() {
		buf := make([]byte, 1)
		for {
			if _, err := near.Read(buf); err != nil {
				return // the trial is over
			}
			waits <- since(*sent.Load())
		}
	}()
	reply := func() error {
		sent.Store(new(time.Now()))
		_, err := far.Write([]byte{1})
		return err
	}

	var idle, busy []float64
	for range pollerIdle {
		if err := reply(); err != nil {
			return nil, err
		}
		idle = append(idle, <-waits)
	}

	start := time.Now()
	for time.Since(start) < pollerHog {
		if err := reply(); err != nil {
			return nil, err
		}
		if wait, ok := busyUntil(waits, start.Add(pollerHog)); ok {
			busy = append(busy, wait)
		}
		// The next one comes at any time between two polls, not always after one.
		spinFor(time.Duration(len(busy)*7%10) * time.Millisecond)
	}
	sample := Sample{"hog-ns": since(start), "idle-ns": spreadOf(idle).Median, "served": float64(len(busy))}
	if len(busy) > 0 {
		sample["wait-ns"] = spreadOf(busy).Median
	}
	return sample, nil
}

// busyUntil computes until there is something to receive, which it returns, or
// until the end, and never gives way by itself.
func busyUntil(waits <-chan float64, end time.Time) (wait float64, ok bool) {
	for time.Now().Before(end) {
		spinFor(50 * time.Microsecond)
		select {
		case wait := <-waits:
			return wait, true
		default:
		}
	}
	return 0, false
}

// connection returns the two ends of a TCP connection of this machine with itself.
func connection() (near, far net.Conn, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer listener.Close()
	// The kernel completes the connection before anybody accepts it.
	if near, err = net.Dial("tcp", listener.Addr().String()); err != nil {
		return nil, nil, err
	}
	if far, err = listener.Accept(); err != nil {
		near.Close()
		return nil, nil, err
	}
	return near, far, nil
}
