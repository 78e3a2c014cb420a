package io

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"runbench/internal/nameserver"
)

// peer returns one end of a connection whose other end is served by serve.
func peer(t *testing.T, serve func(conn net.Conn)) net.Conn {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		serve(far)
	}()
	t.Cleanup(func() {
		near.Close()
		far.Close()
		<-done
	})
	return near
}

// An echo with one wrong byte is noticed, wherever the byte is.
func TestExchangeComparesTheEcho(t *testing.T) {
	said := []byte("what was said")
	for wrong := range len(said) + 1 {
		conn := peer(t, func(conn net.Conn) {
			heard := make([]byte, len(said))
			if _, err := io.ReadFull(conn, heard); err != nil {
				t.Error(err)
				return
			}
			if wrong < len(said) {
				heard[wrong] ^= 0x80
			}
			_, _ = conn.Write(heard)
		})
		err := exchange(conn, said, make([]byte, len(said)))
		if (err == nil) != (wrong == len(said)) {
			t.Errorf("byte %d of %d is wrong: %v", wrong, len(said), err)
		}
	}
}

// Late answers to other questions are passed over.
func TestAskPassesOverOtherAnswers(t *testing.T) {
	q := nameserver.Question{Round: 2, Name: 7}
	want := nameserver.Answer{Round: 2, Name: 7, Address: 99}
	conn := peer(t, func(conn net.Conn) {
		if _, err := io.ReadFull(conn, make([]byte, nameserver.QuestionBytes)); err != nil {
			t.Error(err)
			return
		}
		for _, a := range []nameserver.Answer{{Round: 1, Name: 7, Address: 1}, {Round: 2, Name: 6, Address: 2}, want} {
			_, _ = conn.Write(a.AppendTo(nil))
		}
	})
	if got, err := ask(t.Context(), conn, q, time.Minute); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

// An attempt that timed out leaves the connection fit for the next one.
func TestAskAgain(t *testing.T) {
	want := nameserver.Answer{Round: 1, Name: 7, Address: 99}
	conn := peer(t, func(conn net.Conn) {
		for range 2 { // the first is left unanswered
			if _, err := io.ReadFull(conn, make([]byte, nameserver.QuestionBytes)); err != nil {
				t.Error(err)
				return
			}
		}
		_, _ = conn.Write(want.AppendTo(nil))
	})
	q := nameserver.Question{Round: 1, Name: 7}
	if _, err := ask(t.Context(), conn, q, time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the first attempt: got %v, want %v", err, context.DeadlineExceeded)
	}
	if got, err := ask(t.Context(), conn, q, time.Minute); err != nil || got != want {
		t.Errorf("the second attempt: got %+v, %v, want %+v", got, err, want)
	}
}

func TestLookupsCheck(t *testing.T) {
	for want, spoil := range map[string]func(*lookups){
		"name 3: the answer is":        func(l *lookups) { l.results[3].answer.Address++ },
		"name 4: the answer is":        func(l *lookups) { l.results[4].answer.Round-- },
		"name 5: the answer is":        func(l *lookups) { l.results[5] = l.results[6] },
		"name 31: the answer is":       func(l *lookups) { l.results[31] = lookupResult{} },
		"name 7: answered at once":     func(l *lookups) { l.results[7].timeouts = 0 },
		"name 0: the answer is {Round": func(l *lookups) { l.batches++ },
	} {
		l := &lookups{dropped: nameserver.Spec{Drop: 0.25}.Dropped}
		right := func() {
			for i := range l.results {
				name := uint32(i)
				l.results[i].answer = nameserver.Answer{Round: l.round(), Name: name, Address: nameserver.Address(name)}
				if l.dropped(name) {
					l.results[i].timeouts = 1
				}
			}
		}
		right()
		if err := l.check(); err != nil || l.timeouts != 8 {
			t.Errorf("%d timeouts, %v, want 8 and no error", l.timeouts, err)
		}
		right()
		spoil(l)
		fails(t, l.check(), want)
	}
}
