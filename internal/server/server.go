// Package server starts the servers that workloads talk to, each in a process
// of its own so that it does not run on the GOMAXPROCS it is meant to be
// measured from, and asks them what they cost. What they serve is the business
// of the packages that register them.
package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strconv"
	"time"

	"runbench/internal/child"
	"runbench/internal/rusage"
)

// Loopback is the address servers listen on: a free port that only this machine
// can reach.
const Loopback = "127.0.0.1:0"

// Open makes a server ready according to its specification, which is JSON. It
// returns where the server listens and what serves there until the process ends.
type Open func(spec json.RawMessage) (addr net.Addr, serve func() error, err error)

// Register makes a kind of server known under a name. It is called from init
// functions.
func Register(role string, open Open) {
	child.Register(role, func(spec json.RawMessage, out io.Writer) error {
		if err := run(open, spec, out); err != nil {
			return fmt.Errorf("%s: %w", role, err)
		}
		return nil
	})
}

// hello is the one line a server writes.
type hello struct {
	Addr       string `json:"addr"`
	Usage      string `json:"usage"` // where it says what it has used
	Gomaxprocs int    `json:"gomaxprocs"`
}

// usage is what a server has used since it started.
type usage struct {
	CPU   time.Duration `json:"cpu"`
	Known bool          `json:"known"` // whether the system tells
}

// gomaxprocs is the parallelism of a server, the same whatever is measured:
// half of the CPUs, so that on a small machine the client has some left.
func gomaxprocs() int { return max(1, runtime.NumCPU()/2) }

// run is the child's side: it serves until the process ends.
func run(open Open, spec json.RawMessage, out io.Writer) error {
	addr, serve, err := open(spec)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", Loopback)
	if err != nil {
		return err
	}
	said := hello{Addr: addr.String(), Usage: listener.Addr().String(), Gomaxprocs: runtime.GOMAXPROCS(0)}
	if err := json.NewEncoder(out).Encode(said); err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- serve() }()
	go func() { failed <- tellUsage(listener) }()
	return <-failed
}

// tellUsage writes the usage to whoever connects.
func tellUsage(listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		used, ok := rusage.Self()
		// Whoever asked and has gone needs no answer.
		_ = json.NewEncoder(conn).Encode(usage{used.CPU, ok})
		conn.Close()
	}
}

// A Process is a running server.
type Process struct {
	process *child.Process
	hello   hello
}

// Start starts the server registered as role, with a specification that JSON
// can carry, and waits until it listens.
func Start(ctx context.Context, role string, spec any) (*Process, error) {
	p, err := child.Start(role, spec, "GOMAXPROCS="+strconv.Itoa(gomaxprocs()))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, p.Signal)
	defer stop()
	s := &Process{process: p}
	line, err := p.Out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.hello)
	}
	if err != nil {
		p.Signal()
		return nil, errors.Join(fmt.Errorf("%s did not say where it listens: %w", role, err), p.Wait())
	}
	return s, nil
}

// Addr returns the host and port the server listens on.
func (s *Process) Addr() string { return s.hello.Addr }

// Note says what a reader of the results must know of the server.
func (s *Process) Note() string {
	return fmt.Sprintf("the server is a process of its own at GOMAXPROCS=%d", s.hello.Gomaxprocs)
}

// Counters returns the CPU time the server has used, as "server-cpu-ns/op", or
// nothing where the system does not tell.
func (s *Process) Counters() (map[string]float64, error) {
	conn, err := net.Dial("tcp", s.hello.Usage)
	if err != nil {
		return nil, fmt.Errorf("ask a server for its CPU time: %w", err)
	}
	defer conn.Close()
	var used usage
	if err := json.NewDecoder(conn).Decode(&used); err != nil {
		return nil, fmt.Errorf("ask a server for its CPU time: %w", err)
	}
	if !used.Known {
		return nil, nil
	}
	return map[string]float64{"server-cpu-ns/op": float64(used.CPU)}, nil
}

// Stop ends the server.
func (s *Process) Stop() { s.process.Kill() }
