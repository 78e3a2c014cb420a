package cpu

import (
	"context"
	"errors"
	"math"
	"testing"
)

// The bits of the result are the same for every number of goroutines.
func TestNBodyIsTheSameForEveryC(t *testing.T) {
	c := newCluster(64)
	for _, goroutines := range []int{1, 2, 3, 7, nbodyBatch} {
		if err := c.run(t.Context(), goroutines); err != nil {
			t.Fatal(err)
		}
		if err := c.check(); err != nil {
			t.Errorf("C=%d: %v", goroutines, err)
		}
	}
}

// Two bodies at rest fall towards each other as the formula says, and what one
// gains in momentum the other loses.
func TestNBodyStep(t *testing.T) {
	c := &cluster{at: []place{{x: -1, mass: 3}, {x: 1, mass: 1}}, moves: make([]motion, 2)}
	c.pull(0, 2)
	c.move(0, 2)
	v := 1 * 2 / math.Pow(4.01, 1.5) * 0.01 // mass · distance / (distance² + ε²)^(3/2) · time
	for i, want := range []motion{{x: v}, {x: -3 * v}} {
		m := c.moves[i]
		if math.Abs(m.x-want.x) > 1e-15 || m.y != 0 || m.z != 0 {
			t.Errorf("body %d moves by %v, want %v", i, m, want)
		}
	}
	if x, want := c.at[0].x, -1+0.01*v; math.Abs(x-want) > 1e-15 {
		t.Errorf("body 0 is at %v, want %v", x, want)
	}
}

func TestNBodyCheck(t *testing.T) {
	c := newCluster(64)
	for _, wrong := range []func(){
		func() { c.at[63].z = math.Nextafter(c.at[63].z, 2) },
		func() { c.moves[0].x = -c.moves[0].x },
		func() { c.pull(5, 6) },
	} {
		if err := c.run(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		wrong()
		if c.check() == nil {
			t.Error("a wrong result passed the check")
		}
	}
}

func TestNBodyEndsWithItsContext(t *testing.T) {
	for _, goroutines := range []int{1, 3} {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("no longer wanted")
		cancel(why)
		if err := newCluster(64).run(ctx, goroutines); !errors.Is(err, why) {
			t.Errorf("C=%d: error %v, want %v", goroutines, err, why)
		}
	}
}
