package analysis

import (
	"math/rand/v2"
	"testing"
)

// Whatever passes come, each result keeps its own.
func TestPasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var p passes
		var want []int
		pass, each := rng.IntN(3), 1+rng.IntN(3)
		for range rng.IntN(12) {
			n := each
			if rng.IntN(8) == 0 {
				n = 1 + rng.IntN(4)
			}
			for n > 0 { // in several stretches
				some := 1 + rng.IntN(n)
				p.add(pass, len(want), some, 1000)
				for range some {
					want = append(want, pass)
				}
				n -= some
			}
			if pass++; rng.IntN(10) == 0 {
				pass++
			}
		}
		for i, w := range want {
			if got := p.at(i); got != w {
				t.Fatalf("result %d of %v is of pass %d: %+v", i, want, got, p)
			}
		}
	}
}
