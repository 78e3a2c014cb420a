package cpu

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"runbench/internal/hashchain"
	"runbench/workloads"
	"runbench/workloads/internal/barrier"
)

const (
	nbodyBatch = 64 // groups that the bodies are dealt out in
	nbodySteps = 8
	nbodyTime  = 0.01 // the length of a step

	// nbodySoftening is ε², which is added to every squared distance, so that
	// bodies may meet and a body may be held against itself.
	nbodySoftening = 0.01
)

var nbodySizes = workloads.Sizes{S: 64, W: 512, A: 4096}

// nbodyWant is, by the number of bodies, the sum that [cluster.sum] must have
// after a batch, as computed by a C program written from the same definition.
var nbodyWant = map[int]uint64{64: 0x813410934f2b102d, 512: 0x669df15603dbb1bd, 4096: 0xfaaa09bbdd4a395e}

// NBody is compute in lockstep: phases that all goroutines must have ended before
// any begins the next.
var NBody = workloads.Workload{
	Name:       "cpu/nbody",
	Isolates:   "compute in phases: at every barrier the fastest wait for the slowest",
	Expect:     "concurrency 1×; parallelism a little below the number of cores, less where phases are short or a core is disturbed",
	Definition: "gravity between all pairs, softened (Aarseth, MNRAS 126, 1963), 8 steps of the integrator of The Computer Language Benchmarks Game's n-body: velocities from the forces, then positions from the velocities; here each body sums all its forces itself, in fixed order, and a barrier (mutex and condition variable) follows each phase, 16 a batch; 512 bodies in class W; a task is a 64th of the bodies through all steps",
	Advice:     "make phases longer or fewer, so that there are fewer barriers, and give every goroutine the same share of a phase",
	Related:    []string{"sync/barrier", "cpu/hash", "cpu/mandelbrot", "known/serial"},
	Batch:      nbodyBatch,
	Cooperates: true,
	Parameters: []workloads.Parameter{
		nbodySizes.Parameter("bodies"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		c := newCluster(nbodySizes.Of(env.Params))
		return &workloads.Instance{
			Run:   c.run,
			Check: func(context.Context) error { return c.check() },
		}, nil
	},
}

// A cluster is bodies under each other's gravity. Where they are lies apart from
// how they move: all goroutines read the one while each writes the other.
type cluster struct {
	at, startAt     []place
	moves, startsAs []motion
}

type place struct{ x, y, z, mass float64 }

type motion struct{ x, y, z float64 }

// newCluster returns n bodies in a cube, moving slowly, of a total mass of about
// 1. The numbers are hashes, so that a program in any language makes the same.
func newCluster(n int) *cluster {
	var h uint64
	next := func() float64 { // 0 ≤ next() < 1, to 53 bits
		h++
		return float64(hashchain.Nth(h, 1)>>11) / (1 << 53)
	}
	c := &cluster{at: make([]place, n), moves: make([]motion, n)}
	for i := range n {
		c.at[i] = place{x: 2*next() - 1, y: 2*next() - 1, z: 2*next() - 1, mass: (0.5 + next()) / float64(n)}
		c.moves[i] = motion{x: 0.1 * (2*next() - 1), y: 0.1 * (2*next() - 1), z: 0.1 * (2*next() - 1)}
	}
	c.startAt, c.startsAs = slices.Clone(c.at), slices.Clone(c.moves)
	return c
}

func (c *cluster) run(ctx context.Context, goroutines int) error {
	n := len(c.at)
	if goroutines == 1 {
		for range nbodySteps {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			c.pull(0, n)
			c.move(0, n)
		}
		return nil
	}
	var wg sync.WaitGroup
	bar := barrier.New(goroutines)
	// The first goroutine asks whether to stop and all read the answer after the
	// barrier, so that none is left waiting there for one that went home.
	stop := false
	for g := range goroutines {
		from, to := n*g/goroutines, n*(g+1)/goroutines
		wg.Go(func() {
			for range nbodySteps {
				if g == 0 {
					stop = ctx.Err() != nil
				}
				c.pull(from, to)
				bar.Wait()
				if stop {
					return
				}
				c.move(from, to)
				bar.Wait()
			}
		})
	}
	wg.Wait()
	if stop {
		return context.Cause(ctx)
	}
	return nil
}

// pull changes how the bodies from ≤ i < to move by what all bodies do to them in
// a step. The conversions to float64 forbid the compiler to fuse multiplications
// with additions, as it may on arm64, which would round differently.
func (c *cluster) pull(from, to int) {
	for i := from; i < to; i++ {
		p := c.at[i]
		var x, y, z float64
		for _, q := range c.at {
			dx, dy, dz := q.x-p.x, q.y-p.y, q.z-p.z
			d2 := float64(dx*dx) + float64(dy*dy) + float64(dz*dz) + nbodySoftening
			f := q.mass / (d2 * math.Sqrt(d2))
			x += float64(dx * f)
			y += float64(dy * f)
			z += float64(dz * f)
		}
		m := &c.moves[i]
		m.x += float64(nbodyTime * x)
		m.y += float64(nbodyTime * y)
		m.z += float64(nbodyTime * z)
	}
}

// move takes the bodies from ≤ i < to a step on.
func (c *cluster) move(from, to int) {
	for i := from; i < to; i++ {
		p, m := &c.at[i], &c.moves[i]
		p.x += float64(nbodyTime * m.x)
		p.y += float64(nbodyTime * m.y)
		p.z += float64(nbodyTime * m.z)
	}
}

// check compares the bits of all places and velocities with what they must be,
// and puts the bodies back where they began. Had one goroutine run ahead of the
// others, or left a body out, bits would differ.
func (c *cluster) check() error {
	got := c.sum()
	copy(c.at, c.startAt)
	copy(c.moves, c.startsAs)
	if want := nbodyWant[len(c.at)]; got != want {
		return fmt.Errorf("the sum over the %d bodies is %#x, want %#x", len(c.at), got, want)
	}
	return nil
}

// sum returns the FNV-1a hash of places and velocities, taken by 64-bit words
// instead of bytes.
func (c *cluster) sum() uint64 {
	h := uint64(14695981039346656037)
	for i, p := range c.at {
		m := c.moves[i]
		for _, v := range [...]float64{p.x, p.y, p.z, m.x, m.y, m.z} {
			h = (h ^ math.Float64bits(v)) * 1099511628211
		}
	}
	return h
}
