// Package webserver is the HTTP server that workloads talk to, in a process of
// its own so that it does not run on the GOMAXPROCS it is meant to be measured
// from, and the client side of that conversation.
package webserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"runbench/internal/child"
	"runbench/internal/rusage"
)

// role is the server's name among the children of this program.
const role = "webserver"

func init() { child.Register(role, serve) }

// A Spec says what a server replies, and when.
type Spec struct {
	Wait    time.Duration // how long a reply takes at least
	Bytes   int           // size of the page, where Records is 0
	Records int           // records of the document replied instead of a page
}

// hello is the first line a server writes.
type hello struct {
	Addr       string `json:"addr"`
	Gomaxprocs int    `json:"gomaxprocs"`
}

// gomaxprocs is the parallelism of the server, the same whatever is measured:
// half of the CPUs, so that on a small machine the client has some left.
func gomaxprocs() int { return max(1, runtime.NumCPU()/2) }

// serve is the child's side: it serves until the process ends.
func serve(raw json.RawMessage, out io.Writer) error {
	var spec Spec
	if err := json.Unmarshal(raw, &spec); err != nil {
		return fmt.Errorf("webserver: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("webserver: %w", err)
	}
	docs, err := newDocuments(spec.Records)
	if err != nil {
		return fmt.Errorf("webserver: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /reply/{task}", func(w http.ResponseWriter, r *http.Request) {
		task, err := strconv.Atoi(r.PathValue("task"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		time.Sleep(spec.Wait)
		if spec.Records > 0 {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(docs.reply(task))
			return
		}
		_, _ = w.Write(Page(task, spec.Bytes))
	})
	mux.HandleFunc("GET /cpu", func(w http.ResponseWriter, _ *http.Request) {
		usage, ok := rusage.Self()
		if !ok {
			http.Error(w, "the system does not tell", http.StatusNotImplemented)
			return
		}
		fmt.Fprint(w, int64(usage.CPU))
	})
	if err := json.NewEncoder(out).Encode(hello{listener.Addr().String(), runtime.GOMAXPROCS(0)}); err != nil {
		return err
	}
	return http.Serve(listener, mux)
}

// A Server is a running server process.
type Server struct {
	process *child.Process
	hello   hello
}

// Start starts a server on a free port of the loopback interface and waits
// until it listens.
func Start(ctx context.Context, spec Spec) (*Server, error) {
	p, err := child.Start(role, spec, "GOMAXPROCS="+strconv.Itoa(gomaxprocs()))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, p.Signal)
	defer stop()
	s := &Server{process: p}
	line, err := p.Out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.hello)
	}
	if err != nil {
		p.Signal()
		return nil, errors.Join(fmt.Errorf("webserver did not say where it listens: %w", err), p.Wait())
	}
	return s, nil
}

// Note says what a reader of the results must know of the server.
func (s *Server) Note() string {
	return fmt.Sprintf("the server is a process of its own at GOMAXPROCS=%d", s.hello.Gomaxprocs)
}

// Counters returns the CPU time the server has used, as "server-cpu-ns/op", or
// nothing where the system does not tell.
func (s *Server) Counters() (map[string]float64, error) {
	r, err := http.Get("http://" + s.hello.Addr + "/cpu")
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode == http.StatusNotImplemented {
		return nil, nil
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	ns, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return nil, fmt.Errorf("webserver: CPU time %q: %w", text, err)
	}
	return map[string]float64{"server-cpu-ns/op": ns}, nil
}

// Stop ends the server.
func (s *Server) Stop() { s.process.Kill() }
