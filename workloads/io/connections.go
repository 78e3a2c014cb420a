package io

import (
	"context"
	"errors"
	"net"
	"time"
)

// connections are those that no task uses at the moment.
type connections chan net.Conn

// dial opens n connections.
func dial(ctx context.Context, network, addr string, n int) (connections, error) {
	conns := make(connections, n)
	var d net.Dialer
	for range n {
		conn, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, errors.Join(err, conns.close())
		}
		conns <- conn
	}
	return conns, nil
}

// use calls f with a connection that is f's alone until it returns; there is one
// for each task in flight. Where ctx ends meanwhile, f's reading and writing end
// too, and use returns ctx's error.
func (c connections) use(ctx context.Context, f func(conn net.Conn) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	conn := <-c
	defer func() { c <- conn }()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(past) })
	defer stop()
	err := f(conn)
	if err != nil && ctx.Err() != nil {
		// What f met is the deadline, and the deadline is ctx's end.
		return context.Cause(ctx)
	}
	return err
}

// past is a deadline that is over.
var past = time.Unix(1, 0)

// close closes the connections, all of which must be there.
func (c connections) close() error {
	var errs []error
	for range len(c) {
		errs = append(errs, (<-c).Close())
	}
	return errors.Join(errs...)
}
