package io

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"runbench/internal/echoserver"
	"runbench/workloads"
)

const (
	tcpEchoBatch = 32

	// tcpEchoHeader is how much of a message differs from all others: the batch,
	// the task and the round trip, four bytes each.
	tcpEchoHeader = 12
)

var tcpEchoSizes = workloads.Sizes{S: 1, W: 16, A: 256}

// TCPEcho is a client that says little and waits for little: the cost of being
// put aside and woken is the cost of the round trip.
var TCPEcho = workloads.Workload{
	Name:       "io/tcp-echo",
	Isolates:   "round trips over loopback with nothing behind them: system calls, the netpoller, and the kernel's wake-ups",
	Expect:     "concurrency above 1× and far below the number of goroutines: while one reply is on its way others are read, until the system calls fill a core; parallelism above 1× where the server has cores of its own to answer from",
	Definition: "ping-pong over TCP as netperf's TCP_RR and lmbench's lat_tcp have it, between processes on one machine: 64-byte messages over kept connections with TCP_NODELAY (Go's default), one message in flight on each; every echo is compared byte for byte",
	Advice:     "send fewer, larger messages, or several at once before waiting: each round trip costs two system calls and a wake-up on either side",
	Related:    []string{"io/http", "io/pipe", "io/latency"},
	Batch:      tcpEchoBatch,
	Waits:      true,
	Parameters: []workloads.Parameter{
		tcpEchoSizes.Parameter("round trips a task makes"),
		// Both sides write before they read, so a message must fit into the
		// sockets' buffers.
		workloads.IntParameter("bytes", 64, tcpEchoHeader, 4096, "length of a message"),
	},
	Setup: func(ctx context.Context, env workloads.Env) (*workloads.Instance, error) {
		server, err := echoserver.Start(ctx)
		if err != nil {
			return nil, err
		}
		conns, err := dial(ctx, "tcp", server.Addr(), env.Goroutines)
		if err != nil {
			server.Stop()
			return nil, err
		}
		trips, length := tcpEchoSizes.Of(env.Params), env.Params.Int("bytes")
		filler := bytes.Repeat([]byte("echo"), length/4+1)[:length]
		var batch uint32
		echoed := make([]int, tcpEchoBatch) // round trips of each task
		return &workloads.Instance{
			Notes: []string{server.Note()},
			Task: func(ctx context.Context, i int) error {
				return conns.use(ctx, func(conn net.Conn) error {
					said, heard := bytes.Clone(filler), make([]byte, length)
					binary.BigEndian.PutUint32(said, batch)
					binary.BigEndian.PutUint32(said[4:], uint32(i))
					for trip := range trips {
						binary.BigEndian.PutUint32(said[8:], uint32(trip))
						if err := exchange(conn, said, heard); err != nil {
							return fmt.Errorf("task %d, round trip %d: %w", i, trip, err)
						}
					}
					echoed[i] = trips
					return nil
				})
			},
			Check: func(context.Context) error {
				defer clear(echoed)
				batch++
				for i, n := range echoed {
					if n != trips {
						return fmt.Errorf("task %d made %d round trips, want %d", i, n, trips)
					}
				}
				return nil
			},
			Counters: server.Counters,
			Close: func() error {
				err := conns.close()
				server.Stop()
				return err
			},
		}, nil
	},
}

// exchange sends what is said and compares the echo, which is read into heard.
func exchange(conn io.ReadWriter, said, heard []byte) error {
	if _, err := conn.Write(said); err != nil {
		return err
	}
	if _, err := io.ReadFull(conn, heard); err != nil {
		return err
	}
	if !bytes.Equal(said, heard) {
		return fmt.Errorf("the echo is %.20x…, want %.20x…", heard, said)
	}
	return nil
}
