// Package webserver is the HTTP server that workloads talk to, in a process of
// its own, and the client side of that conversation.
package webserver

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"time"

	"runbench/internal/server"
)

// role is the server's name among the children of this program.
const role = "webserver"

func init() { server.Register(role, open) }

// A Spec says what a server replies, and when.
type Spec struct {
	Wait    time.Duration // how long a reply takes at least
	Bytes   int           // size of the page, where Records is 0
	Records int           // records of the document replied instead of a page

	// SlowEvery, if not 0, makes one of that many replies slow: of each run of
	// SlowEvery consecutive numbers, the one that [Slow] picks takes SlowBy
	// longer than Wait.
	SlowEvery int
	SlowBy    time.Duration
}

// wait returns how long the reply to task takes at least.
func (s Spec) wait(task int) time.Duration {
	if Slow(task, s.SlowEvery) {
		return s.Wait + s.SlowBy
	}
	return s.Wait
}

// Slow reports whether the reply to task is one of the slow ones, where one in
// every is: exactly one of the numbers from b·every to (b+1)·every-1, for each b,
// at a place that differs from block to block and is the same at every asking.
// Drawing each reply's fate by itself would be more like life, but the share of
// slow ones in a batch would then be a matter of luck. None is slow where every is
// 0.
func Slow(task, every int) bool {
	if every == 0 {
		return false
	}
	// Multiplying by 2⁶⁴/φ spreads consecutive blocks over the top bits (Knuth,
	// The Art of Computer Programming, vol. 3, section 6.4).
	block := uint64(task/every) * 0x9e3779b97f4a7c15
	return task%every == int((block>>32)%uint64(every))
}

// open is the server's side.
func open(raw json.RawMessage) (net.Addr, func() error, error) {
	var spec Spec
	if err := json.Unmarshal(raw, &spec); err != nil {
		return nil, nil, err
	}
	docs, err := newDocuments(spec.Records)
	if err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", server.Loopback)
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /reply/{task}", func(w http.ResponseWriter, r *http.Request) {
		task, err := strconv.Atoi(r.PathValue("task"))
		if err != nil || task < 0 {
			http.Error(w, "expected the number of a task", http.StatusBadRequest)
			return
		}
		if !sleep(r.Context(), spec.wait(task)) {
			return
		}
		if spec.Records > 0 {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(docs.reply(task))
			return
		}
		_, _ = w.Write(Page(task, spec.Bytes))
	})
	return listener.Addr(), func() error { return http.Serve(listener, mux) }, nil
}

// sleep waits for d and reports whether somebody still waits for the reply: a
// client that cancels a request closes the connection, which ends ctx.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// A Server is a running server process.
type Server struct{ *server.Process }

// Start starts a server on a free port of the loopback interface and waits
// until it listens.
func Start(ctx context.Context, spec Spec) (*Server, error) {
	p, err := server.Start(ctx, role, spec)
	if err != nil {
		return nil, err
	}
	return &Server{p}, nil
}
