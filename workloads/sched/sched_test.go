package sched

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"go.uber.org/goleak"

	"runbench/bench/strategy"
	"runbench/workloads"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, w workloads.Workload) *workloads.Instance {
	t.Helper()
	in, err := w.Start(t.Context(), workloads.Env{Goroutines: 1, Params: workloads.Params{"size": "S"}})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// The primes below 100 are A000040 of the OEIS; there are 168 below 1,000
// (A006880), which add up to 76,127 (A046731).
func TestPrimes(t *testing.T) {
	published := []int{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97}
	chain := newSieve(100, 1)
	chain.chain(0)
	for name, got := range map[string][]int{
		"struck out": primesUpTo(100), "sifted": sift(nil, 100), "sifted by goroutines": chain.found[0],
	} {
		if !slices.Equal(got, published) {
			t.Errorf("primes below 100, %s: %v, want %v", name, got, published)
		}
	}
	sum := 0
	below := primesUpTo(1000)
	for _, p := range below {
		sum += p
	}
	if len(below) != 168 || sum != 76127 {
		t.Errorf("%d primes below 1,000 add up to %d, want 168 and 76127", len(below), sum)
	}
}

func TestMessagesAreAHundredBytes(t *testing.T) {
	if size := unsafe.Sizeof(message{}); size != 100 {
		t.Errorf("a message is %d bytes, want 100", size)
	}
	if size := unsafe.Sizeof(inbox{}); size != 128 {
		t.Errorf("an inbox is %d bytes, want 128", size)
	}
}

// Cooperating workloads come out right at the counts they have, and refuse others.
func TestCounts(t *testing.T) {
	for _, w := range []workloads.Workload{PingPong, PrimeSieve, Hackbench} {
		in := start(t, w)
		params, err := w.Resolve(workloads.Params{"size": "S"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range w.Goroutines(params) {
			if c > w.Batch {
				t.Errorf("%s: %d goroutines for %d tasks", w.Name, c, w.Batch)
			}
			for range 2 {
				if err := in.Run(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				if err := in.Check(t.Context()); err != nil {
					t.Errorf("%s on %d goroutines: %v", w.Name, c, err)
				}
			}
			if in.Check(t.Context()) == nil {
				t.Errorf("%s on %d goroutines: the result of the batch before passed the check", w.Name, c)
			}
		}
		if err := in.Run(t.Context(), 7); err == nil || !strings.Contains(err.Error(), "want 1 or ") {
			t.Errorf("%s on 7 goroutines: got %v, want an error that says which counts there are", w.Name, err)
		}
	}
}

// Goroutines that work together end together when the batch is given up.
func TestRunsEndWithTheContext(t *testing.T) {
	why := errors.New("no longer wanted")
	for _, test := range []struct {
		name   string
		run    func(context.Context, int) error
		counts []int
	}{
		{"pingpong", (&rally{trips: 1000, work: 1000}).run, []int{1, 2}},
		{"primesieve", newSieve(100, 1_000_000).run, []int{1, 26}},
		{"hackbench", newHackbench(1, 1_000_000_000).run, []int{1, 40}},
	} {
		for _, c := range test.counts {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(2*time.Millisecond, func() { cancel(why) })
			if err := test.run(ctx, c); !errors.Is(err, why) {
				t.Errorf("%s on %d goroutines: got %v, want %v", test.name, c, err, why)
			}
		}
	}
}

func TestHackbenchCheckCatches(t *testing.T) {
	for name, spoil := range map[string]func(h *hackbench){
		"a lost message":      func(h *hackbench) { h.inboxes[3].next[4]-- },
		"a repeated message":  func(h *hackbench) { h.take(&h.inboxes[3], &message{sender: 4, number: 1, text: h.texts[4]}) },
		"a message too many":  func(h *hackbench) { h.take(&h.inboxes[3], &message{sender: 4, number: 5, text: h.texts[4]}) },
		"a message not whole": func(h *hackbench) { h.inboxes[3].next[4]--; h.take(&h.inboxes[3], &message{sender: 4, number: 4}) },
	} {
		h := newHackbench(2, 4000)
		if err := h.run(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if h.rounds != 5 {
			t.Fatalf("%d rounds, want 5", h.rounds)
		}
		spoil(h)
		if h.check(t.Context()) == nil {
			t.Errorf("%s passed the check", name)
		}
	}
}

func TestPrimeSieveCheckCatches(t *testing.T) {
	for name, spoil := range map[string]func(s *sieve){
		"a prime that is missing":   func(s *sieve) { s.found[1] = s.found[1][:24] },
		"a number that is no prime": func(s *sieve) { s.found[1][24] = 99 },
		"a sieve that ran twice":    func(s *sieve) { s.chain(1) },
		"a sieve that was left out": func(s *sieve) { s.found[1] = s.found[1][:0] },
	} {
		s := newSieve(100, 2)
		if err := s.run(t.Context(), 26); err != nil {
			t.Fatal(err)
		}
		spoil(s)
		if s.check(t.Context()) == nil {
			t.Errorf("%s passed the check", name)
		}
	}
}

// A turn that is left out, or taken twice, moves the value elsewhere.
func TestPingPongCheckCatches(t *testing.T) {
	for _, trips := range []int{3, 5} {
		for _, c := range []int{1, 2} {
			r := newRally(4, 64)
			r.trips = trips
			if err := r.run(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if r.check(t.Context()) == nil {
				t.Errorf("%d goroutines: %d round trips a task passed for 4", c, trips)
			}
		}
	}
}

// A task that is left out fails the check; so does one that starts its goroutines
// twice.
func TestTaskChecksCatch(t *testing.T) {
	for _, w := range []workloads.Workload{Spawn, Skewed, Goroutine, LockedThread} {
		in := start(t, w)
		if err := strategy.Sequential.Run(t.Context(), 1, w.Batch-1, in.Task); err != nil {
			t.Fatal(err)
		}
		if in.Check(t.Context()) == nil {
			t.Errorf("%s: a batch without its last task passed the check", w.Name)
		}
	}
	in := start(t, Spawn)
	if err := strategy.Sequential.Run(t.Context(), 1, spawnBatch, in.Task); err != nil {
		t.Fatal(err)
	}
	if err := in.Task(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if in.Check(t.Context()) == nil {
		t.Error("sched/spawn: a task that ran twice passed the check")
	}
}
