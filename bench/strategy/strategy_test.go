package strategy_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"runbench/bench/strategy"
	"runbench/bench/strategy/strategytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPromises(t *testing.T) {
	for _, s := range strategy.All() {
		t.Run(s.Name(), func(t *testing.T) { strategytest.Promises(t, s) })
	}
}

func TestByName(t *testing.T) {
	seen := make(map[string]bool)
	for _, s := range strategy.All() {
		if got, err := strategy.ByName(s.Name()); err != nil || got != s {
			t.Errorf("%s: got %v, %v", s.Name(), got, err)
		}
		if seen[s.Name()] || strings.HasPrefix(s.Name(), strategy.PeerPrefix) {
			t.Errorf("%s: the name is another's", s.Name())
		}
		seen[s.Name()] = true
	}
	if _, err := strategy.ByName("thread"); err == nil || !strings.Contains(err.Error(), "errgroup") {
		t.Errorf("got %v, want an error that lists the names", err)
	}
	other := renamed{strategy.Default}
	if got, err := strategy.ByName(other.Name(), other); err != nil || got != other {
		t.Errorf("an extra strategy: got %v, %v", got, err)
	}
}

type renamed struct{ strategy.Strategy }

func (renamed) Name() string { return "peer-renamed" }

// While task 0 is held, the others are done that do not wait behind it: all of
// them, or those that are not its worker's.
func TestWhoWaitsBehindALongTask(t *testing.T) {
	const c, n = 2, 32
	all := func(i int) bool { return i != 0 }
	for _, test := range []struct {
		strategy string
		done     func(i int) bool // while task 0 is held
	}{
		{"semaphore", all},
		{"errgroup", all},
		{"channel", all},
		{"pool", all},
		{"pipeline", all},
		{"locked", all},
		{"static", func(i int) bool { return i >= n/c }},
		{"cyclic", func(i int) bool { return i%c != 0 }},
		{"dynamic", func(i int) bool { return i >= n/(8*c) }},
		{"forkjoin", func(i int) bool { return i >= n/(8*c) }},
	} {
		t.Run(test.strategy, func(t *testing.T) {
			s, err := strategy.ByName(test.strategy)
			if err != nil {
				t.Fatal(err)
			}
			var want []int
			for i := range n {
				if test.done(i) {
					want = append(want, i)
				}
			}
			var mu sync.Mutex
			var done []int
			others := make(chan struct{}) // closed when as many as wanted are done
			err = s.Run(t.Context(), c, n, func(ctx context.Context, i int) error {
				if i == 0 {
					<-others
					mu.Lock()
					defer mu.Unlock()
					slices.Sort(done)
					if !slices.Equal(done, want) {
						t.Errorf("done while task 0 was held: %v, want %v", done, want)
					}
					return nil
				}
				mu.Lock()
				defer mu.Unlock()
				done = append(done, i)
				if len(done) == len(want) {
					close(others)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// The balancer gives no more than four tasks to a worker that does not finish
// them; all others go to the other worker.
func TestTheBalancerGoesAroundALongTask(t *testing.T) {
	s, err := strategy.ByName("balancer")
	if err != nil {
		t.Fatal(err)
	}
	const n = 100
	var mu sync.Mutex
	done, held := 0, false
	others := make(chan struct{})
	err = s.Run(t.Context(), 2, n, func(context.Context, int) error {
		mu.Lock()
		if !held {
			held = true
			mu.Unlock()
			<-others // or this would hang
			return nil
		}
		if done++; done == n-4 {
			close(others)
		}
		mu.Unlock()
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
