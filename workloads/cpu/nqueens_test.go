package cpu

import "testing"

// The counts of OEIS A000170, from 1 to 10 queens.
func TestNQueensSolutions(t *testing.T) {
	for i, want := range []int{1, 0, 0, 2, 10, 4, 40, 92, 352, 724} {
		n := i + 1
		if got := solutions(1<<n-1, attacks{}); got != want {
			t.Errorf("%d queens have %d solutions, want %d", n, got, want)
		}
	}
}

// Every task has work, in every class.
func TestNQueensOpenings(t *testing.T) {
	for n := range nqueensWant {
		if got, want := len(newSearch(n).openings), (n-1)*(n-2); got != want || got < nqueensBatch {
			t.Errorf("%d openings of %d queens, want %d, and at least one for each of %d tasks", got, n, want, nqueensBatch)
		}
	}
}

func TestNQueensCheck(t *testing.T) {
	s := newSearch(10)
	for _, wrong := range []func(){
		func() { s.found[3]-- },
		func() { s.done[3] = false },
	} {
		for i := range nqueensBatch {
			s.branch(i)
		}
		wrong()
		if s.check() == nil {
			t.Error("a wrong result passed the check")
		}
	}
}
