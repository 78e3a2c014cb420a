package cpu

import "testing"

// π at the powers of ten, OEIS A006880; the last one takes several windows.
func TestSieveCounts(t *testing.T) {
	s := newSieve(1_000_000)
	for _, test := range []struct{ n, want int }{{10, 4}, {100, 25}, {1000, 168}, {10_000, 1229}, {1_000_000, 78498}} {
		if got := s.count(0, test.n); got != test.want {
			t.Errorf("%d primes up to %d, want %d", got, test.n, test.want)
		}
	}
}

// Cutting anywhere changes nothing: neither at the ends of windows nor inside.
func TestSieveSegments(t *testing.T) {
	s := newSieve(1_000_000)
	for _, cut := range []int{2, 24, 2 * sieveWindow, 2*sieveWindow + 2, 999_998} {
		if got := s.count(0, cut) + s.count(cut, 1_000_000); got != 78498 {
			t.Errorf("cut at %d: %d primes, want 78498", cut, got)
		}
	}
}

func TestSieveCheck(t *testing.T) {
	s := newSieve(100_000)
	for i := range sieveBatch {
		s.segment(i)
	}
	s.counts[sieveBatch-1]++
	if s.check() == nil {
		t.Error("a wrong count passed the check")
	}
}
