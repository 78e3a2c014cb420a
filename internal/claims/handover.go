package claims

import (
	"context"
	"fmt"
	"time"

	"runbench/internal/timetext"
)

const (
	// handOverWork is for how long the other goroutine computes during the call.
	handOverWork = 20 * time.Millisecond
	// handOverLimit is how long the call waits for the other goroutine at most: much
	// longer than any load could keep it from running.
	handOverLimit = time.Second
)

var handOver = Claim{
	ID:        15,
	Statement: "A goroutine in a blocking system call keeps its thread and not its P: the P is handed to another thread.",
	Expected:  fmt.Sprintf("at GOMAXPROCS=1 another goroutine computes for %s during the call and ends it, and the trace shows the hand-over", timetext.Nanoseconds(float64(handOverWork))),
	Lesson:    "A blocking system call costs a thread and not a core: other goroutines go on, and only many such calls at once are a burden.",
	Experiment: "At GOMAXPROCS=1 a goroutine waits for a pipe to become readable in a system call that blocks its thread. " +
		"Only one other goroutine writes to that pipe, after it has computed for a while, and it needs the only P for that. " +
		fmt.Sprintf("If the P stayed with the call nobody would ever write, and the call would give up after %s. ", timetext.Nanoseconds(float64(handOverLimit))) +
		"Then the same is done under the execution tracer, which records when a P is taken from a thread in a system call.",
	Sources: []string{
		"Vyukov, Scalable Go Scheduler Design Doc (2012)",
		"runtime/proc.go: entersyscall, sysmon, retake, handoffp, exitsyscall",
	},
	Workloads:   []string{"io/blocking-syscall", "io/file-fsync"},
	Disturbance: Immune,
	Arms:        func(int) []Arm { return []Arm{{Procs: 1, Run: handOverTrial}} },
	Judge:       judgeHandOver,
}

func judgeHandOver(_ int, t Trials) Finding {
	ended, handed := t.Spread("", "ended"), t.Spread("", "handed-over")
	if ended.Min < 1 {
		return holdsIf(false, fmt.Sprintf("no other goroutine ran during a call of %s", t.Spread("", "call-ns").Text(timetext.Nanoseconds)))
	}
	measured := fmt.Sprintf("another goroutine ran after %s and ended the call of %s; hand-overs traced: %s",
		t.Spread("", "began-ns").Text(timetext.Nanoseconds), timetext.Nanoseconds(t.Spread("", "call-ns").Median), handed.Text(number(0, "")))
	return holdsIf(handed.Min >= 1, measured)
}

func handOverTrial(context.Context) (Sample, error) {
	sample, err := blockedCall()
	if err != nil {
		return nil, err
	}
	var again error
	facts, err := traced(func() { _, again = blockedCall() })
	if err == nil {
		err = again
	}
	sample["handed-over"] = float64(facts.SyscallsHandedOver)
	return sample, err
}

// blockedCall blocks its thread in a system call that only another goroutine ends,
// and says whether it did and when that goroutine began to run.
func blockedCall() (Sample, error) {
	g, err := newGate()
	if err != nil {
		return nil, err
	}
	defer g.close()
	// What the other goroutine found comes by a channel: in case it never ran
	// during the call, it runs after it.
	began := make(chan float64, 1)
	failed := make(chan error, 1)
	start := time.Now()
	go func() {
		began <- since(start)
		spinFor(handOverWork)
		failed <- g.open()
	}()
	opened, err := g.wait(handOverLimit)
	call := since(start)
	if err != nil {
		return nil, err
	}
	if err := <-failed; err != nil {
		return nil, err
	}
	ended := 0.0
	if opened {
		ended = 1
	}
	return Sample{"ended": ended, "call-ns": call, "began-ns": <-began}, nil
}
