package io

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"time"

	"runbench/internal/nameserver"
	"runbench/workloads"
)

const (
	timeoutBatch = 32

	// timeoutMin leaves an answer time to arrive on a busy machine.
	timeoutMin = 5 * time.Millisecond

	// timeoutAttempts is how often a question is asked. The time allowed doubles
	// each time, so a machine that stands still for seconds fails no run.
	timeoutAttempts = 10
)

// Timeout is a client whose questions get lost on the way.
var Timeout = workloads.Workload{
	Name:       "io/timeout",
	Isolates:   "answers that may never come: each question has a timer, which is stopped in most cases and ends the wait in the others",
	Expect:     "concurrency well above 1×: the waits for what never comes overlap like any others, down to the one timeout that a task of the batch takes; p50-ns is a round trip and p99-ns a timeout; parallelism 1×",
	Definition: "questions and answers as in the DNS (RFC 1035, section 4.2.1: over UDP, asked again when no answer comes), in packets of our own; the server in a child process drops the first question for one name in four, the same ones in each batch; context.WithTimeout for each attempt, 10 ms and twice as long after each; context.AfterFunc sets the socket's deadline; timeouts/op counts the attempts that ended so",
	Advice:     "give every question a timeout and overlap the waits; a timeout far above the usual answer sets p99, so choose it from measured latencies, and limit the retries",
	Related:    []string{"io/latency", "io/http-fanout", "io/http"},
	Batch:      timeoutBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		workloads.DurationParameter("timeout", 10*time.Millisecond, timeoutMin, time.Minute, "how long the first attempt waits for an answer; each further one waits twice as long"),
		workloads.FloatParameter("drop", 0.25, 0, 1, "share of the names whose first question the server drops"),
	},
	Setup: func(ctx context.Context, env workloads.Env) (*workloads.Instance, error) {
		spec := nameserver.Spec{Drop: env.Params.Float("drop")}
		server, err := nameserver.Start(ctx, spec)
		if err != nil {
			return nil, err
		}
		conns, err := dial(ctx, "udp", server.Addr(), env.Goroutines)
		if err != nil {
			server.Stop()
			return nil, err
		}
		l := &lookups{conns: conns, timeout: env.Params.Duration("timeout"), dropped: spec.Dropped}
		return &workloads.Instance{
			Notes: []string{server.Note()},
			Task:  l.lookup,
			Check: func(context.Context) error { return l.check() },
			Counters: func() (map[string]float64, error) {
				counters := map[string]float64{"timeouts/op": float64(l.timeouts)}
				cpu, err := server.Counters()
				maps.Copy(counters, cpu)
				return counters, err
			},
			Close: func() error {
				err := conns.close()
				server.Stop()
				return err
			},
		}, nil
	},
}

// lookups ask a server for the addresses of names.
type lookups struct {
	conns   connections
	timeout time.Duration          // of the first attempt
	dropped func(name uint32) bool // whether the server drops the first question

	batches  uint32 // checked so far
	results  [timeoutBatch]lookupResult
	timeouts int // so far
}

// A lookupResult is the answer to a question, and how often it did not come.
type lookupResult struct {
	answer   nameserver.Answer
	timeouts int
}

// round numbers the batch under way. It is not 0, which is what a task that was
// left out leaves.
func (l *lookups) round() uint32 { return l.batches + 1 }

// lookup asks for the address of name i until an answer comes.
func (l *lookups) lookup(ctx context.Context, i int) error {
	return l.conns.use(ctx, func(conn net.Conn) error {
		q := nameserver.Question{Round: l.round(), Name: uint32(i)}
		timeout := l.timeout
		for q.Attempt < timeoutAttempts {
			answer, err := ask(ctx, conn, q, timeout)
			if err == nil {
				l.results[i] = lookupResult{answer, int(q.Attempt)}
				return nil
			}
			if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
				return err
			}
			q.Attempt++
			timeout *= 2
		}
		return fmt.Errorf("name %d: no answer after %d attempts", i, timeoutAttempts)
	})
}

// ask sends a question and returns the answer to it, or
// [context.DeadlineExceeded] where none has come in time.
func ask(ctx context.Context, conn net.Conn, q nameserver.Question, timeout time.Duration) (nameserver.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if _, err := conn.Write(q.AppendTo(make([]byte, 0, nameserver.QuestionBytes))); err != nil {
		return nameserver.Answer{}, err
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = conn.SetReadDeadline(past)
		close(ended)
	})
	answer, err := readAnswer(conn, q)
	if !stop() {
		// The deadline is set or about to be, and must not end the next read.
		<-ended
		if resetErr := conn.SetReadDeadline(time.Time{}); resetErr != nil {
			return nameserver.Answer{}, resetErr
		}
		if err != nil {
			return nameserver.Answer{}, context.Cause(ctx)
		}
	}
	return answer, err
}

// readAnswer returns the answer to q, and passes over those to earlier
// questions, which had been given up.
func readAnswer(conn net.Conn, q nameserver.Question) (nameserver.Answer, error) {
	// One byte more than an answer has, so that a longer packet is noticed.
	buf := make([]byte, nameserver.AnswerBytes+1)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return nameserver.Answer{}, err
		}
		a, err := nameserver.ParseAnswer(buf[:n])
		if err != nil {
			return nameserver.Answer{}, err
		}
		if a.Round == q.Round && a.Name == q.Name {
			return a, nil
		}
	}
}

// check reports the first name without the right answer to this batch's question.
func (l *lookups) check() error {
	round := l.round()
	l.batches++
	defer clear(l.results[:])
	for i, r := range l.results {
		name := uint32(i)
		if want := (nameserver.Answer{Round: round, Name: name, Address: nameserver.Address(name)}); r.answer != want {
			return fmt.Errorf("name %d: the answer is %+v, want %+v", i, r.answer, want)
		}
		// More may have timed out on a busy machine, but no fewer.
		if l.dropped(name) && r.timeouts == 0 {
			return fmt.Errorf("name %d: answered at once, though the server drops the first question", i)
		}
		l.timeouts += r.timeouts
	}
	return nil
}
