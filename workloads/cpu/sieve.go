package cpu

import (
	"context"
	"fmt"
	"math"

	"runbench/workloads"
)

const (
	sieveBatch = 64

	// sieveWindow is how many odd numbers are sieved at a time, a byte each: half
	// of a first-level cache of 32 KiB, so that the window stays in it.
	sieveWindow = 16 << 10
)

var sieveSizes = workloads.Sizes{S: 100_000, W: 10_000_000, A: 100_000_000}

// sieveWant is π(n), the number of primes up to n: OEIS A006880.
var sieveWant = map[int]int{100_000: 9592, 10_000_000: 664579, 100_000_000: 5761455}

// Sieve writes all over a table, which is kept small enough for the cache.
var Sieve = workloads.Workload{
	Name:       "cpu/sieve",
	Isolates:   "scattered writes into a table that fits the first-level cache: integer work and stores",
	Expect:     "concurrency 1×; parallelism close to the number of cores: segments share nothing but the small primes, which are only read",
	Definition: "segmented sieve of Eratosthenes (Bays & Hudson, BIT 17, 1977): the primes up to n in 64 segments, one a task, sieved in windows of 16,384 odd numbers of a byte each; the primes up to √n are found at set-up; n = 10,000,000 in class W; checked against π(n), OEIS A006880",
	Advice:     "cut work on a large table into windows that fit the cache: they need no memory bus and no lock",
	Related:    []string{"cpu/matmul", "mem/sum", "sched/primesieve"},
	Batch:      sieveBatch,
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		sieveSizes.Parameter("n, up to which primes are counted"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		s := newSieve(sieveSizes.Of(env.Params))
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				s.segment(i)
				return nil
			},
			Check: func(context.Context) error { return s.check() },
		}, nil
	},
}

// A sieve counts the primes up to n.
type sieve struct {
	n      int
	primes []int // the odd ones up to √n
	counts [sieveBatch]int
}

// newSieve finds the primes up to √n by trial division.
func newSieve(n int) *sieve {
	s := &sieve{n: n}
	root := int(math.Sqrt(float64(n)))
candidates:
	for p := 3; p <= root; p += 2 {
		for _, q := range s.primes {
			if q*q > p {
				break
			}
			if p%q == 0 {
				continue candidates
			}
		}
		s.primes = append(s.primes, p)
	}
	return s
}

// segment counts the primes of task i. Segments begin at even numbers.
func (s *sieve) segment(i int) {
	begin := func(i int) int { return int(int64(i) * int64(s.n) / sieveBatch &^ 1) }
	s.counts[i] = s.count(begin(i), begin(i+1))
}

// count returns the number of odd numbers from ≤ m < to, both even, that no
// odd prime up to √n strikes. Where from is 0 that is the number of primes: 1 is
// counted in place of 2.
func (s *sieve) count(from, to int) int {
	var window [sieveWindow]byte // 1 for numbers struck
	count := 0
	for low := from; low < to; low += 2 * sieveWindow {
		odds := window[:min(sieveWindow, (to-low)/2)] // low+1, low+3, …
		clear(odds)
		high := low + 2*len(odds)
		for _, p := range s.primes {
			if p*p >= high {
				break
			}
			// Multiples below p² have a smaller factor and are struck by it.
			multiple := max(p*p, (low+p-1)/p*p)
			if multiple%2 == 0 {
				multiple += p
			}
			for j := (multiple - low) / 2; j < len(odds); j += p {
				odds[j] = 1
			}
		}
		count += len(odds)
		for _, struck := range odds {
			count -= int(struck)
		}
	}
	return count
}

func (s *sieve) check() error {
	total := 0
	for _, c := range s.counts {
		total += c
	}
	s.counts = [sieveBatch]int{}
	if want := sieveWant[s.n]; total != want {
		return fmt.Errorf("%d primes up to %d, want %d", total, s.n, want)
	}
	return nil
}
