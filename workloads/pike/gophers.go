// Package pike holds the programs of Rob Pike's talk "Concurrency is not
// Parallelism" (Heroku Waza, 2012; https://go.dev/talks/2012/waza.slide).
package pike

import (
	"context"
	"fmt"
	"sync"
	"time"

	"runbench/internal/hashchain"
	"runbench/workloads"
)

const (
	gophersBatch = 32 // loads
	loadBooks    = 16 // books of a load

	// gophersSeed is not 0, which is what a load that was left out leaves.
	gophersSeed = 1

	// gophersWait is how long a step waits. A way to the staging pile is half of
	// it, which is the shortest wait that comes out as asked: on Linux a sleep
	// below a millisecond takes a whole one.
	gophersWait = 2 * time.Millisecond
)

// gophersSizes are even, because a way to the staging pile is half of it.
var gophersSizes = workloads.Sizes{S: 100, W: 48_000, A: 768_000}

// Gophers is the talk's example: books are brought from a pile to the incinerator
// by gophers with carts. Its designs differ in who does what, and all of them burn
// the same books. With step=compute a gopher needs a core to get on; with
// step=wait any number of gophers get on with one.
var Gophers = workloads.Workload{
	Name:       "pike/gophers",
	Isolates:   "concurrent design: the same work cut into procedures in a different way each time, which is not parallel until there are cores",
	Expect:     "four gophers: concurrency about 1× and parallelism up to 4×, less while the first and the last carts are under way; with step=wait it is concurrency that comes near 4×, on one core; two with one cart gain nothing, a staging pile is paid for with half as much work again",
	Definition: "Pike, \"Concurrency is not Parallelism\" (Heroku Waza, 2012), slides \"Our problem\" to \"Full on optimization\": carts are tokens on channels, one gopher at a time loads at a pile and one unloads at its other end; 32 loads of 16 books; a step, here the same for load, push, unload and return, is 48,000 steps of the hash chain of cpu/hash or a wait of 2 ms; at one goroutine it is one gopher, whatever the design",
	Advice:     "cut a program into procedures that wait for each other only where they hand something over; then add cores, and more of the procedure that the others wait for",
	Related:    []string{"mixed/pipeline", "pike/balancer", "cpu/hash"},
	Batch:      gophersBatch,
	Cooperates: true,
	Goroutines: func(p workloads.Params) []int {
		if n := designNamed(p["design"]).count(); n > 1 {
			return []int{1, n}
		}
		return []int{1}
	},
	Parameters: []workloads.Parameter{
		workloads.ChoiceParameter("design", "four", Designs(), designMeanings()),
		workloads.ChoiceParameter("step", "compute", []string{"compute", "wait"}, "what a step is: computing, which takes a core, or a wait of 2 ms, which takes none and makes a batch of one gopher a quarter of a second"),
		gophersSizes.Parameter("steps of the hash chain in a step that computes, about 3 ns each"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		handle := step{hashes: gophersSizes.Of(env.Params)}
		if env.Params["step"] == "wait" {
			handle = step{hashes: 2, wait: gophersWait}
		}
		y := newYard(designNamed(env.Params["design"]), handle)
		return &workloads.Instance{Run: y.run, Check: y.check}, nil
	},
}

// A yard is the place with the pile, and the account of what became of the books.
type yard struct {
	design design
	handle step // loading and unloading, and the whole way
	half   step // the way to or from the staging pile

	used     design      // that the last batch was run with
	burnt    []int       // by book: how many times
	ashes    []uint64    // by load: its hash when it was burnt
	returned [2][]uint64 // by leg and load: the hash when the cart was back
}

func newYard(d design, handle step) *yard {
	y := &yard{
		design: d,
		handle: handle,
		half:   step{hashes: handle.hashes / 2, wait: handle.wait / 2},
		burnt:  make([]int, gophersBatch*loadBooks),
		ashes:  make([]uint64, gophersBatch),
	}
	for i := range y.returned {
		y.returned[i] = make([]uint64, gophersBatch)
	}
	return y
}

// way returns the step from one end of a leg to the other.
func (y *yard) way(legs int) step {
	if legs == 2 {
		return y.half
	}
	return y.handle
}

// pile returns load i as it lies on the pile.
func (y *yard) pile(i int) load {
	books := make([]int, loadBooks)
	for j := range books {
		books[j] = i*loadBooks + j
	}
	return load{number: i, books: books, hash: gophersSeed}
}

// burn puts a load into the fire. Lines have no load in common.
func (y *yard) burn(b load) {
	for _, book := range b.books {
		y.burnt[book]++
	}
	y.ashes[b.number] = b.hash
}

func (y *yard) run(ctx context.Context, goroutines int) error {
	switch goroutines {
	case 1:
		y.used = oneGopher
		y.alone(ctx)
	case y.design.count():
		y.used = y.design
		y.together(ctx)
	default:
		return fmt.Errorf("pike/gophers: asked for %d goroutines, want 1 or %d for design=%s", goroutines, y.design.count(), y.design.name)
	}
	return context.Cause(ctx)
}

// alone is one gopher with one cart, who needs no rules.
func (y *yard) alone(ctx context.Context) {
	for i := range gophersBatch {
		if ctx.Err() != nil {
			return
		}
		c := cart{y.pile(i)}
		for range 3 { // load, push and unload
			if !c.made(ctx, y.handle) {
				return
			}
		}
		y.burn(c.load)
		if !c.made(ctx, y.handle) {
			return
		}
		y.returned[0][i] = c.hash
	}
}

// together runs the gophers of the design.
func (y *yard) together(ctx context.Context) {
	d := y.design
	var wg sync.WaitGroup
	for line := range d.lines {
		from := make(chan load, gophersBatch)
		for i := line * gophersBatch / d.lines; i < (line+1)*gophersBatch/d.lines; i++ {
			from <- y.pile(i)
		}
		close(from)
		for n := range d.legs {
			l := newLeg(d)
			l.handle, l.way = y.handle, y.way(d.legs)
			l.from = from
			l.returned = func(b load) { y.returned[n][b.number] = b.hash }
			if n == d.legs-1 {
				l.put, l.last = y.burn, func() {}
			} else {
				staging := make(chan load, gophersBatch)
				l.put, l.last = func(b load) { staging <- b }, func() { close(staging) }
				from = staging
			}
			for _, stage := range l.stages(d.stages) {
				for range d.gophers {
					wg.Go(func() { stage(ctx) })
				}
			}
		}
	}
	wg.Wait()
}

// check reports a book that was not burnt exactly once, and a load or a cart for
// which not every step was made, in order.
func (y *yard) check(context.Context) error {
	legs := y.used.legs
	defer func() {
		y.used = design{}
		clear(y.burnt)
		clear(y.ashes)
		clear(y.returned[0])
		clear(y.returned[1])
	}()
	for book, times := range y.burnt {
		if times != 1 {
			return fmt.Errorf("book %d was burnt %d times, want once", book, times)
		}
	}
	ash := uint64(gophersSeed)
	for n := range legs {
		ash = hashchain.Nth(ash, 2*y.handle.hashes+y.way(legs).hashes)
		back := hashchain.Nth(ash, y.way(legs).hashes)
		for i, got := range y.returned[n] {
			if got != back {
				return fmt.Errorf("the cart of load %d came back from leg %d with %#x, want %#x: a step is missing", i, n, got, back)
			}
		}
	}
	for i, got := range y.ashes {
		if got != ash {
			return fmt.Errorf("load %d was burnt at %#x, want %#x: a step is missing", i, got, ash)
		}
	}
	return nil
}
