package fetch_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"runbench/bench"
	"runbench/bench/example/fetch"
)

// With bench.Main package testing prints the result lines; without it, as in
// package words, the sweep does.
func TestMain(m *testing.M) { os.Exit(bench.Main(m)) }

const page = "a page, after a while"

// serve starts a server that takes its time. It runs in this process, so what it
// computes is in the figures too; one in a process of its own would be fairer.
func serve(tb testing.TB) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		time.Sleep(5 * time.Millisecond)
		fmt.Fprint(w, page)
	}))
	tb.Cleanup(server.Close)
	return server
}

func TestSize(t *testing.T) {
	server := serve(t)
	if got, err := fetch.Size(t.Context(), server.Client(), server.URL); err != nil || got != int64(len(page)) {
		t.Errorf("got %d, %v, want %d", got, err, len(page))
	}
	_, err := fetch.Size(t.Context(), server.Client(), server.URL+"/nowhere")
	if err == nil || !strings.Contains(err.Error(), "expected status 200, found 404") {
		t.Errorf("a page that is not there: got %v", err)
	}
}

// BenchmarkSize sweeps work that waits, with a client that keeps as many
// connections as there are goroutines.
func BenchmarkSize(b *testing.B) {
	server := serve(b)
	var client *http.Client
	bench.Sweep(b, func(ctx context.Context, _ int) error {
		got, err := fetch.Size(ctx, client, server.URL)
		if err == nil && got != int64(len(page)) {
			err = fmt.Errorf("the page has %d bytes, want %d", got, len(page))
		}
		return err
	}, bench.Waits(), bench.Batch(32), bench.Setup(func(b *testing.B, goroutines int) {
		transport := &http.Transport{MaxIdleConnsPerHost: goroutines}
		b.Cleanup(transport.CloseIdleConnections)
		client = &http.Client{Transport: transport}
	}))
}
