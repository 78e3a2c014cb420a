// Package barrier is the meeting point of goroutines that work in phases: none
// begins the next phase before all have ended this one.
package barrier

import "sync"

// A Barrier is a meeting point for a fixed number of goroutines, to be used as
// often as they like. It is the textbook's: a mutex, a condition variable and
// the number of the round (Downey, The Little Book of Semaphores, 2016, 3.7, has
// the puzzle). Those that wait are parked and do not spin, so that a barrier also
// works where there are fewer cores than goroutines.
//
// What a goroutine did before it called Wait happens before what any of them does
// after the same round's Wait.
type Barrier struct {
	mu      sync.Mutex
	all     sync.Cond
	n       int
	arrived int    // in this round
	round   uint64 // how often all have met
}

// New returns a barrier for n goroutines. It panics where n is below 1.
func New(n int) *Barrier {
	if n < 1 {
		panic("barrier: fewer than one goroutine")
	}
	b := &Barrier{n: n}
	b.all.L = &b.mu
	return b
}

// Wait returns when all n goroutines have called it in this round. One that never
// comes keeps the others for good: goroutines that give up must agree on it, such
// as by a flag that one of them sets before the barrier and all read after it.
func (b *Barrier) Wait() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.arrived++
	if b.arrived == b.n {
		b.arrived = 0
		b.round++
		b.all.Broadcast()
		return
	}
	// The round, not the count, tells that all were here: a fast goroutine may
	// be waiting in the next round before a slow one has looked.
	for round := b.round; b.round == round; {
		b.all.Wait()
	}
}
