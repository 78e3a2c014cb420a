package claims

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

const (
	blockedGoroutines = 64
	blockingProcs     = 2
)

var blockingThreads = Claim{
	ID:        7,
	Statement: "GOMAXPROCS limits the threads that run Go code, not threads: blocking system calls add one each, sleeping and waiting for the network none.",
	Expected:  "at GOMAXPROCS=2, 64 goroutines in blocking reads: at least 64 threads (about 67), of which at most 2 run Go code; 64 sleepers or 64 readers of sockets: at most 32 (about 5)",
	Lesson:    "Bound how many blocking calls (cgo, files, devices) may be in flight; timers and sockets need no bound for the sake of threads.",
	Experiment: "64 goroutines read from an empty pipe by a system call that blocks; 64 sleep; 64 wait for a packet on a UDP socket each. " +
		"When the runtime counts all 64 as being in a system call, or as waiting, the threads are counted; then 8 goroutines compute beside them, and the execution trace counts how many run at once. " +
		"The claim holds if there is a thread for every blocking read, at most half as many in the other cases, and if never more than 2 run.",
	Sources: []string{
		"package runtime: GOMAXPROCS",
		"runtime/proc.go: entersyscall, retake, handoffp, startm",
		"runtime/netpoll.go: netpollblock; runtime/time.go: timeSleep",
	},
	Workloads:   []string{"io/blocking-syscall", "io/latency", "io/pipe"},
	Disturbance: Immune, // counts of threads, taken when all is in its place
	Arms: func(int) []Arm {
		return []Arm{
			{Name: "reads", Procs: blockingProcs, Run: threadsOf(countInSyscalls, blockingReads)},
			{Name: "sleepers", Procs: blockingProcs, Run: threadsOf(countWaiting, sleepers)},
			{Name: "sockets", Procs: blockingProcs, Run: threadsOf(countWaiting, socketReads)},
		}
	},
	Judge: func(_ int, t Trials) Finding {
		reads, sleeping, sockets := t.Spread("reads", "threads"), t.Spread("sleepers", "threads"), t.Spread("sockets", "threads")
		running := t.Spread("reads", "running-goroutines")
		measured := fmt.Sprintf("%s threads for %d blocking reads, with %s running Go code at P=%d; %s for as many sleepers, %s for sockets",
			reads.Text(number(0, "")), blockedGoroutines, running.Text(number(0, "")), blockingProcs, sleeping.Text(number(0, "")), sockets.Text(number(0, "")))
		others := max(sleeping.Max, sockets.Max)
		switch {
		case reads.Min < blockedGoroutines, others >= blockedGoroutines, running.Max > blockingProcs:
			return holdsIf(false, measured)
		case others > blockedGoroutines/2:
			return untold(measured, "threads that are clearly as many as the waiting goroutines, or clearly fewer")
		}
		return holdsIf(true, measured)
	},
}

// A waiter is what a goroutine does that is to wait.
type waiter func()

// threadsOf returns a trial that counts the threads while goroutines are in the
// state that the runtime's count is of. prepare returns what each is to do, and a
// function that ends their waiting.
func threadsOf(state string, prepare func() (waiters []waiter, end func(), err error)) func(context.Context) (Sample, error) {
	return func(ctx context.Context) (Sample, error) {
		waiters, end, err := prepare()
		if err != nil {
			return nil, err
		}
		defer end()
		for _, wait := range waiters {
			go wait()
		}
		err = eventually(ctx, fmt.Sprintf("%d goroutines waited", len(waiters)), func() bool {
			return count(state) >= float64(len(waiters))
		})
		if err != nil {
			return nil, err
		}
		threads := count(countThreads)
		facts, err := traced(computeBeside)
		if err != nil {
			return nil, err
		}
		return Sample{"threads": threads, "running-goroutines": float64(facts.MaxRunning)}, nil
	}
}

// computeBeside has more goroutines compute than there are Ps.
func computeBeside() {
	var all sync.WaitGroup
	for range 4 * blockingProcs {
		all.Go(func() { spinFor(4 * time.Millisecond) })
	}
	all.Wait()
}

// sleepers returns waiters that sleep for longer than a trial takes.
func sleepers() (waiters []waiter, end func(), err error) {
	for range blockedGoroutines {
		waiters = append(waiters, func() { time.Sleep(2 * trialTime) })
	}
	return waiters, func() {}, nil
}

// socketReads returns waiters for a packet that never comes.
func socketReads() (waiters []waiter, end func(), err error) {
	var sockets []net.Conn
	end = func() {
		for _, s := range sockets {
			s.Close()
		}
	}
	for range blockedGoroutines {
		socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			end()
			return nil, nil, err
		}
		sockets = append(sockets, socket)
		waiters = append(waiters, func() { _, _ = socket.Read(make([]byte, 1)) })
	}
	return waiters, end, nil
}

// blockingReads returns waiters for a pipe that stays empty, in a way that the
// network poller does not see.
func blockingReads() (waiters []waiter, end func(), err error) {
	read, end, err := emptyPipe()
	if err != nil {
		return nil, nil, err
	}
	for range blockedGoroutines {
		waiters = append(waiters, read)
	}
	return waiters, end, nil
}
