package sched

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"runbench/workloads"
)

const primeSieveBatch = 256

var primeSieveSizes = workloads.Sizes{S: 10, W: 100, A: 1000}

// PrimeSieve is a chain of goroutines, one for each prime, through which every
// number is passed by hand. All of them work at once and yet hardly anything is
// done: a link of the chain makes one division for each hand-over.
var PrimeSieve = workloads.Workload{
	Name:       "sched/primesieve",
	Isolates:   "a chain of goroutines over unbuffered channels whose links do far less work than handing over costs",
	Expect:     "concurrency far below 1×: a division costs nanoseconds, handing a number on costs a hundred and more; parallelism about 1× or below, the sieve that got slower with more processors",
	Definition: "the concurrent prime sieve of McIlroy (1968) and Pike (\"Concurrency is not Parallelism\", 2012, where it is the program that slows on four processors): a generator of 2, 3, 4, … and one goroutine a prime that drops its multiples; here a task is a whole sieve, the generator stops at a set number, and each goroutine starts the next",
	Advice:     "divide a computation where much work and little data cross the border: hand on slices of numbers, or let each goroutine sieve a range of its own",
	Related:    []string{"cpu/sieve", "sched/pingpong", "sync/channel"},
	Batch:      primeSieveBatch,
	Cooperates: true,
	Goroutines: func(p workloads.Params) []int { return []int{1, len(primesUpTo(primeSieveSizes.Of(p))) + 1} },
	Parameters: []workloads.Parameter{
		primeSieveSizes.Parameter("the number up to which a task sieves; there are 4, 25 and 168 primes up to these"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		s := newSieve(primeSieveSizes.Of(env.Params), primeSieveBatch)
		return &workloads.Instance{Run: s.run, Check: s.check}, nil
	},
}

// A sieve finds the primes up to limit, once for each task.
type sieve struct {
	limit int
	want  []int
	found [][]int // by task
}

func newSieve(limit, tasks int) *sieve {
	return &sieve{limit: limit, want: primesUpTo(limit), found: make([][]int, tasks)}
}

// run sieves one task after the other, with no chain or with a new one each time.
func (s *sieve) run(ctx context.Context, goroutines int) error {
	if chain := len(s.want) + 1; goroutines != 1 && goroutines != chain {
		return fmt.Errorf("sched/primesieve: asked for %d goroutines, want 1 or %d", goroutines, chain)
	}
	for i := range s.found {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if goroutines == 1 {
			s.found[i] = sift(s.found[i], s.limit)
		} else {
			s.chain(i)
		}
	}
	return nil
}

// sift appends the primes up to limit. It makes the very divisions of the chain:
// each number by the primes before it, in order, until one divides it.
func sift(primes []int, limit int) []int {
next:
	for n := 2; n <= limit; n++ {
		for _, p := range primes {
			if n%p == 0 {
				continue next
			}
		}
		primes = append(primes, n)
	}
	return primes
}

// chain does task i with the generator and the filters that come to be.
func (s *sieve) chain(i int) {
	var wg sync.WaitGroup
	numbers := make(chan int)
	wg.Go(func() {
		for n := 2; n <= s.limit; n++ {
			numbers <- n
		}
		close(numbers)
	})
	wg.Go(func() { s.filter(&wg, numbers, i) })
	wg.Wait()
}

// filter takes the first number that reaches it for its prime and hands on those
// that the prime does not divide. The next filter starts with the first of these,
// so the filters of a task append their primes one after the other.
func (s *sieve) filter(wg *sync.WaitGroup, in <-chan int, i int) {
	prime := <-in
	s.found[i] = append(s.found[i], prime)
	var out chan int
	for n := range in {
		if n%prime == 0 {
			continue
		}
		if out == nil {
			next := make(chan int)
			wg.Go(func() { s.filter(wg, next, i) })
			out = next
		}
		out <- n
	}
	if out != nil {
		close(out)
	}
}

// check reports the first sieve that did not find the primes.
func (s *sieve) check(context.Context) error {
	for i, primes := range s.found {
		s.found[i] = primes[:0]
		if !slices.Equal(primes, s.want) {
			return fmt.Errorf("sieve %d found %v, want %v", i, primes, s.want)
		}
	}
	return nil
}

// primesUpTo returns the primes up to limit by another way than filtering, that
// of Eratosthenes: it strikes out multiples and divides nothing.
func primesUpTo(limit int) []int {
	var primes []int
	struck := make([]bool, limit+1)
	for n := 2; n <= limit; n++ {
		if struck[n] {
			continue
		}
		primes = append(primes, n)
		for m := n * n; m <= limit; m += n {
			struck[m] = true
		}
	}
	return primes
}
