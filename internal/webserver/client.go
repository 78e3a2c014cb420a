package webserver

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// A Client asks a server over kept-alive connections. It is safe for
// concurrent use.
type Client struct {
	http *http.Client
	base string
}

// NewClient returns a client that keeps as many connections open as there may
// be requests in flight. The default transport would keep two and open a new
// one for most requests.
func NewClient(s *Server, inFlight int) *Client {
	return &Client{
		http: &http.Client{Transport: &http.Transport{
			MaxIdleConns:        inFlight,
			MaxIdleConnsPerHost: inFlight,
			DisableCompression:  true,
		}},
		base: "http://" + s.hello.Addr + "/reply/",
	}
}

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
