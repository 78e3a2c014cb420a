package webserver

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
)

// A Client asks a server over kept-alive connections. It is safe for
// concurrent use.
type Client struct {
	http  *http.Client
	base  string
	dials atomic.Int64
}

// NewClient returns a client that keeps as many connections open as there may
// be requests in flight. The default transport would keep two and open a new
// one for most requests.
func NewClient(s *Server, inFlight int) *Client {
	c := &Client{base: "http://" + s.Addr() + "/reply/"}
	c.http = &http.Client{Transport: &http.Transport{
		DialContext:         c.dial,
		MaxIdleConns:        inFlight,
		MaxIdleConnsPerHost: inFlight,
		DisableCompression:  true,
	}}
	return c
}

// dial opens a connection that keeps no port busy once it is closed. Cancelling
// a request closes its connection, and a workload that cancels many would soon
// have every port of the machine in TIME_WAIT. Nothing is lost by resetting:
// what was wanted from the connection has been read by then.
func (c *Client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	c.dials.Add(1)
	if tcp, ok := conn.(*net.TCPConn); ok {
		if err := tcp.SetLinger(0); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return conn, nil
}

// Dials returns how many connections were opened so far.
func (c *Client) Dials() int64 { return c.dials.Load() }

// Get returns the body of the server's reply to task.
func (c *Client) Get(ctx context.Context, task int) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+strconv.Itoa(task), nil)
	if err != nil {
		return nil, err
	}
	r, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("request %d: %s: %.80q", task, r.Status, body)
	}
	return body, nil
}

// Close closes the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }
