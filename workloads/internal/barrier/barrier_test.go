package barrier

import (
	"sync"
	"testing"
)

// Nobody is a round ahead or behind: what all wrote before the barrier, each
// reads after it. The race detector sees one that lets a goroutine through early.
func TestAllMeetInEveryRound(t *testing.T) {
	for _, n := range []int{1, 2, 3, 16} {
		const rounds = 100
		b := New(n)
		seen := make([]int, n) // the round each is in
		var wg sync.WaitGroup
		for g := range n {
			wg.Go(func() {
				for round := 1; round <= rounds; round++ {
					seen[g] = round
					b.Wait()
					for other, r := range seen {
						if r != round {
							t.Errorf("of %d goroutines, %d is in round %d while %d is in %d", n, g, round, other, r)
						}
					}
					b.Wait()
				}
			})
		}
		wg.Wait()
	}
}

func TestNobody(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a barrier for no goroutine was made")
		}
	}()
	New(0)
}
