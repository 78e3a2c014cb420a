package compare

import (
	"math"

	"golang.org/x/perf/benchmath"
)

// Remarks on a Delta whose p-value is on the wrong side of alpha.
const (
	falseAlarm  = "equal values mislead benchstat's U-test here: done rightly, it finds no significant difference"
	missedAlarm = "equal values mislead benchstat's U-test here: done rightly, it finds a significant difference"
)

// tieWarning returns a remark on c, the comparison of old with new, if ties put
// its p-value on the wrong side of alpha, and "" otherwise.
//
// The exact U-test behind benchmath (go-moremath/stats/utest.go,
// MannWhitneyUTest) doubles the probability that U1, the statistic of the first
// sample, is at most the smaller of U1 and U2. That is right if U1 is the
// smaller, or if U1 is distributed evenly about its middle. With ties it need
// not be: a p-value of 0 occurs between samples that hardly differ. The sample
// that tends to be lower has the smaller U, so the test is right with that one
// first.
func tieWarning(c benchmath.Comparison, old, new *benchmath.Sample, assumption benchmath.Assumption) string {
	if assumption != benchmath.AssumeNothing || !tied(old.Values, new.Values) || !higher(old.Values, new.Values) {
		return ""
	}
	right := assumption.Compare(new, old)
	switch {
	case c.P <= c.Alpha && right.P > right.Alpha:
		return falseAlarm
	case c.P > c.Alpha && right.P <= right.Alpha:
		return missedAlarm
	}
	return ""
}

// tied reports whether any value occurs twice in a and b, which are in
// ascending order.
func tied(a, b []float64) bool {
	last := math.NaN()
	for len(a)+len(b) > 0 {
		least := &a
		if len(a) == 0 || len(b) > 0 && b[0] < a[0] {
			least = &b
		}
		if (*least)[0] == last {
			return true
		}
		last, *least = (*least)[0], (*least)[1:]
	}
	return false
}

// higher reports whether a value of a is more often above one of b than below.
// Both are in ascending order.
func higher(a, b []float64) bool {
	balance, below, upTo := 0, 0, 0
	for _, x := range a {
		for below < len(b) && b[below] < x {
			below++
		}
		for upTo < len(b) && b[upTo] <= x {
			upTo++
		}
		balance += below - (len(b) - upTo)
	}
	return balance > 0
}
