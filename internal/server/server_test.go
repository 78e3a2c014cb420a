package server

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"runbench/internal/child"
)

func TestMain(m *testing.M) {
	// It greets with what its specification says.
	Register("greeter", func(raw json.RawMessage) (net.Addr, func() error, error) {
		var greeting string
		if err := json.Unmarshal(raw, &greeting); err != nil {
			return nil, nil, err
		}
		listener, err := net.Listen("tcp", Loopback)
		if err != nil {
			return nil, nil, err
		}
		return listener.Addr(), func() error {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return err
				}
				_, _ = io.WriteString(conn, greeting)
				conn.Close()
			}
		}, nil
	})
	Register("closed", func(json.RawMessage) (net.Addr, func() error, error) {
		return nil, nil, errors.New("no table is free")
	})
	child.Main()
	goleak.VerifyTestMain(m)
}

func TestServes(t *testing.T) {
	p, err := Start(t.Context(), "greeter", "welcome")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got, err := io.ReadAll(conn); err != nil || string(got) != "welcome" {
		t.Errorf("got %q, %v", got, err)
	}
	if host, _, err := net.SplitHostPort(p.Addr()); err != nil || host != "127.0.0.1" {
		t.Errorf("the server listens on %s, %v", p.Addr(), err)
	}
	if !strings.Contains(p.Note(), "GOMAXPROCS=") {
		t.Errorf("the note is %q", p.Note())
	}
	// A process that runs has used some time, where the system tells.
	counters, err := p.Counters()
	if err != nil {
		t.Fatal(err)
	}
	if cpu, ok := counters["server-cpu-ns/op"]; ok && cpu <= 0 {
		t.Errorf("counters: %v", counters)
	}
}

func TestAServerThatDoesNotOpen(t *testing.T) {
	_, err := Start(t.Context(), "closed", nil)
	if err == nil || !strings.Contains(err.Error(), "closed: no table is free") {
		t.Errorf("got %v, want the server's reason", err)
	}
}

func TestAServerThatWasStopped(t *testing.T) {
	p, err := Start(t.Context(), "greeter", "welcome")
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	if counters, err := p.Counters(); err == nil {
		t.Errorf("a server that was stopped answers %v", counters)
	}
}
