// Package echoserver is a TCP server that sends back what it gets, in a process
// of its own.
package echoserver

import (
	"context"
	"encoding/json"
	"net"

	"runbench/internal/server"
)

// role is the server's name among the children of this program.
const role = "echoserver"

func init() { server.Register(role, open) }

// bufferBytes is the most the server reads before it writes.
const bufferBytes = 64 << 10

func open(json.RawMessage) (net.Addr, func() error, error) {
	listener, err := net.Listen("tcp", server.Loopback)
	if err != nil {
		return nil, nil, err
	}
	return listener.Addr(), func() error {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return err
			}
			go echo(conn)
		}
	}, nil
}

// echo sends back what conn brings until it ends. It reads and writes itself:
// io.Copy would hand the work to splice(2) on Linux, which pays for large
// transfers and not for small ones.
func echo(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, bufferBytes)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			if _, err := conn.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Start starts a server on a free port of the loopback interface and waits
// until it listens.
func Start(ctx context.Context) (*server.Process, error) {
	return server.Start(ctx, role, nil)
}
