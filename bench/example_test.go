package bench_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"runbench/bench"
)

// A sweep of one's own function, as it stands in a _test.go file. Task and check
// can be tried out on one batch, without a benchmark.
func ExampleSweep() {
	pages := make([][]byte, 64)
	sums := make([][sha256.Size]byte, len(pages))

	checksum := func(_ context.Context, i int) error {
		sums[i] = sha256.Sum256(pages[i])
		return nil
	}
	check := func() error {
		want := sha256.Sum256(nil)
		for i, got := range sums {
			if got != want {
				return fmt.Errorf("page %d has checksum %x, want %x", i, got, want)
			}
		}
		clear(sums) // so that these do not pass for the next batch's
		return nil
	}
	_ = func(b *testing.B) { // func BenchmarkChecksum
		bench.Sweep(b, checksum, bench.Batch(len(pages)), bench.Check(check))
	}

	for i := range pages {
		if err := checksum(context.Background(), i); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("the first batch:", check())
	fmt.Println("nothing done:", check() != nil)
	// Output:
	// the first batch: <nil>
	// nothing done: true
}

// What all tasks write must be guarded.
func ExampleCheck() {
	var hits atomic.Int64
	const batch = 256

	count := func(context.Context, int) error {
		hits.Add(1)
		return nil
	}
	check := func() error {
		if n := hits.Swap(0); n != batch {
			return fmt.Errorf("%d hits, want %d", n, batch)
		}
		return nil
	}
	_ = func(b *testing.B) { // func BenchmarkHits
		bench.Sweep(b, count, bench.Batch(batch), bench.Check(check))
	}

	hits.Add(batch - 1) // a task was dropped
	fmt.Println(check())
	// Output: 255 hits, want 256
}

// As many connections as there are goroutines: Setup makes them for each cell,
// and b.Cleanup closes them.
func ExampleSetup() {
	var idle chan net.Conn

	connect := func(b *testing.B, goroutines int) {
		idle = make(chan net.Conn, goroutines)
		for range goroutines {
			conn, err := net.Dial("tcp", "localhost:7")
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { conn.Close() })
			idle <- conn
		}
	}
	ping := func(context.Context, int) error {
		conn := <-idle
		defer func() { idle <- conn }()
		_, err := conn.Write([]byte("ping"))
		return err
	}
	_ = func(b *testing.B) { // func BenchmarkPing
		bench.Sweep(b, ping, bench.Setup(connect), bench.Waits())
	}
}

// A task that waits returns when ctx ends, so that the first error stops the
// batch.
func ExampleWaits() {
	ask := func(ctx context.Context, _ int) error {
		select {
		case <-time.After(2 * time.Millisecond): // a server's answer
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	_ = func(b *testing.B) { // func BenchmarkAsk
		bench.Sweep(b, ask, bench.Waits(), bench.Batch(256), bench.Goroutines(1, 8, 64, 256))
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	fmt.Println(ask(ctx, 0))
	// Output: context canceled
}

// The ways to put tasks onto goroutines side by side, at two numbers of cores.
func ExampleStrategies() {
	_ = func(b *testing.B) { // func BenchmarkParse
		bench.Sweep(b, func(context.Context, int) error { return nil },
			bench.Strategies("pool", "static", "errgroup"), bench.Goroutines(1, 4), bench.Procs(1, 2))
	}
}
