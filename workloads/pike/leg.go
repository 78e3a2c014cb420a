package pike

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"runbench/internal/hashchain"
)

// A step is what a gopher does at one time: it loads a cart, pushes it, unloads
// or returns it.
type step struct {
	hashes int           // steps of the hash chain that the step adds to its load's
	wait   time.Duration // that the step takes besides
}

// of makes the step for a load whose chain stands at h. It reports whether the
// step was made to its end.
func (s step) of(ctx context.Context, h uint64) (uint64, bool) {
	if s.wait > 0 {
		timer := time.NewTimer(s.wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return h, false
		}
	}
	return hashchain.Nth(h, s.hashes), true
}

// A load is the books that fit onto a cart.
type load struct {
	number int
	books  []int
	hash   uint64 // tells which steps were made for it
}

// A cart carries one load. Whoever holds the pointer has the cart: carts are the
// tokens that keep gophers from working on the same books.
type cart struct{ load }

// made makes a step for the load of the cart.
func (c *cart) made(ctx context.Context, s step) bool {
	var ok bool
	c.hash, ok = s.of(ctx, c.hash)
	return ok
}

// A leg is the way from a pile to the next place, which is a staging pile or an
// incinerator.
type leg struct {
	handle, way step

	from     <-chan load // the pile; closed when no more books will come
	put      func(load)  // to the next place
	returned func(load)  // called with what a cart carried when it is back
	last     func()      // called when no more will be put

	// One gopher at a time loads from the pile, and one unloads at the other end.
	loading, unloading sync.Mutex

	// Carts that are empty at the pile, loaded, arrived, and empty at the other
	// end. There is room for all carts in each, so nobody waits to leave one.
	empty, loaded, arrived, emptied chan *cart

	unloaders atomic.Int32 // gophers that may still put
}

// newLeg returns a leg with its carts at the pile.
func newLeg(d design) *leg {
	l := &leg{
		empty:   make(chan *cart, d.carts),
		loaded:  make(chan *cart, d.carts),
		arrived: make(chan *cart, d.carts),
		emptied: make(chan *cart, d.carts),
	}
	for range d.carts {
		l.empty <- new(cart)
	}
	l.unloaders.Store(int32(d.gophers))
	return l
}

// stages returns what the gophers of a leg do where a trip has that many stages.
func (l *leg) stages(n int) []func(context.Context) {
	switch n {
	case 3:
		return []func(context.Context){l.loads, l.shuttles, l.unloads}
	case 4:
		return []func(context.Context){l.loads, l.pushes, l.unloads, l.returns}
	}
	return []func(context.Context){l.trips}
}

// trips makes whole trips with whatever cart is free.
func (l *leg) trips(ctx context.Context) {
	defer l.done()
	for {
		c, ok := receive(ctx, l.empty)
		if !ok {
			return
		}
		ok = l.load(ctx, c) && l.push(ctx, c) && l.unload(ctx, c) && l.back(ctx, c)
		// Also where the pile is empty: another gopher may wait for the cart to
		// find that out.
		l.empty <- c
		if !ok {
			return
		}
	}
}

// loads loads carts.
func (l *leg) loads(ctx context.Context) {
	defer close(l.loaded)
	relay(ctx, l.empty, l.loaded, l.load)
}

// shuttles pushes carts, waits until they are unloaded and returns with them.
func (l *leg) shuttles(ctx context.Context) {
	defer close(l.arrived)
	for {
		c, ok := receive(ctx, l.loaded)
		if !ok || !l.push(ctx, c) {
			return
		}
		l.arrived <- c
		if c, ok = receive(ctx, l.emptied); !ok || !l.back(ctx, c) {
			return
		}
		l.empty <- c
	}
}

// pushes pushes carts and goes back without one, which takes no time: what the
// talk calls to arrange everything right.
func (l *leg) pushes(ctx context.Context) {
	defer close(l.arrived)
	relay(ctx, l.loaded, l.arrived, l.push)
}

// unloads unloads carts that have arrived.
func (l *leg) unloads(ctx context.Context) {
	defer l.done()
	defer close(l.emptied)
	relay(ctx, l.arrived, l.emptied, l.unload)
}

// returns brings empty carts back to the pile.
func (l *leg) returns(ctx context.Context) { relay(ctx, l.emptied, l.empty, l.back) }

// relay takes carts from one place, makes a step with each and leaves it at the
// other, until none comes any more or a step is not made.
func relay(ctx context.Context, from <-chan *cart, to chan<- *cart, step func(context.Context, *cart) bool) {
	for {
		c, ok := receive(ctx, from)
		if !ok || !step(ctx, c) {
			return
		}
		to <- c
	}
}

// load puts books from the pile onto the cart. It returns false where there are
// none left; at a staging pile it waits for them.
func (l *leg) load(ctx context.Context, c *cart) bool {
	l.loading.Lock()
	defer l.loading.Unlock()
	var ok bool
	c.load, ok = receive(ctx, l.from)
	return ok && c.made(ctx, l.handle)
}

// push brings the loaded cart to the other end.
func (l *leg) push(ctx context.Context, c *cart) bool { return c.made(ctx, l.way) }

// unload puts the books on the cart to the next place.
func (l *leg) unload(ctx context.Context, c *cart) bool {
	l.unloading.Lock()
	defer l.unloading.Unlock()
	if !c.made(ctx, l.handle) {
		return false
	}
	l.put(c.load)
	return true
}

// back returns the empty cart.
func (l *leg) back(ctx context.Context, c *cart) bool {
	if !c.made(ctx, l.way) {
		return false
	}
	l.returned(c.load)
	return true
}

// done says that a gopher who unloads has ended.
func (l *leg) done() {
	if l.unloaders.Add(-1) == 0 {
		l.last()
	}
}

// receive returns false where the channel is closed or ctx has ended.
func receive[T any](ctx context.Context, from <-chan T) (v T, ok bool) {
	select {
	case v, ok = <-from:
	case <-ctx.Done():
	}
	return v, ok
}
