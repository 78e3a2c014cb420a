package strategy_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"runbench/bench/strategy"
)

// Workers of locked have a thread each, which ends with them.
func TestLockedThreads(t *testing.T) {
	s, err := strategy.ByName("locked")
	if err != nil {
		t.Fatal(err)
	}
	const c = 4
	var mu sync.Mutex
	arrived, threads := 0, make(map[int]bool)
	all := make(chan struct{})
	err = s.Run(t.Context(), c, c, func(ctx context.Context, _ int) error {
		mu.Lock()
		threads[unix.Gettid()] = true
		if arrived++; arrived == c {
			close(all)
		}
		mu.Unlock()
		select {
		case <-all:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(threads) != c {
		t.Errorf("%d workers ran on %d threads", c, len(threads))
	}
	for thread := range threads {
		if thread == os.Getpid() {
			continue // the runtime parks the main thread instead
		}
		gone := func() bool {
			_, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", thread))
			return err != nil
		}
		for range 500 {
			if gone() {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if !gone() {
			t.Errorf("thread %d lives on after its worker", thread)
		}
	}
}
