package compare

import (
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/perf/benchmath"
)

// permutationP returns the two-sided p-value of the U-test by trying every way
// to deal the values of a and b to samples of their sizes: twice the
// probability of the nearer tail.
func permutationP(a, b []float64) float64 {
	all := append(slices.Clone(a), b...)
	u := func(first func(i int) bool) float64 {
		sum := 0.0
		for i, x := range all {
			for j, y := range all {
				if first(i) && !first(j) {
					switch {
					case x > y:
						sum++
					case x == y:
						sum += 0.5
					}
				}
			}
		}
		return sum
	}
	observed := u(func(i int) bool { return i < len(a) })
	var deals, atMost, atLeast float64
	for set := range uint(1) << len(all) {
		if bits.OnesCount(set) != len(a) {
			continue
		}
		dealt := u(func(i int) bool { return set>>i&1 != 0 })
		deals++
		if dealt <= observed {
			atMost++
		}
		if dealt >= observed {
			atLeast++
		}
	}
	return 2 * min(atMost, atLeast) / deals
}

func TestTieWarningAgreesWithPermutations(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	count := make(map[string]int)
	for range 400 {
		sample := func(n, levels int) *benchmath.Sample {
			values := make([]float64, n)
			for i := range values {
				values[i] = float64(rng.IntN(levels) * rng.IntN(2))
			}
			return benchmath.NewSample(values, &benchmath.DefaultThresholds)
		}
		old, new := sample(4+rng.IntN(3), 1+rng.IntN(3)), sample(4+rng.IntN(3), 1+rng.IntN(9))
		c := benchmath.AssumeNothing.Compare(old, new)
		want := ""
		if old.Values[0] != slices.Max(append(slices.Clone(old.Values), new.Values...)) {
			switch p := permutationP(old.Values, new.Values); {
			case c.P <= 0.05 && p > 0.05:
				want = falseAlarm
			case c.P > 0.05 && p <= 0.05:
				want = missedAlarm
			}
		}
		got := tieWarning(c, old, new, benchmath.AssumeNothing)
		if got != want {
			t.Errorf("%v, %v with %v: warning %q, want %q", old.Values, new.Values, c, got, want)
		}
		count[got]++
	}
	if count[falseAlarm] == 0 {
		t.Error("no false alarm among the samples")
	}
}

func TestTieWarning(t *testing.T) {
	for _, test := range []struct {
		old, new []float64
		want     string
	}{
		{[]float64{10, 10, 10, 11, 12}, []float64{10, 10, 10, 10, 10, 10}, falseAlarm},
		{[]float64{10, 11, 11, 11, 11}, []float64{10, 10, 10, 10, 10, 10, 10}, missedAlarm},
		{[]float64{10, 10, 10, 10, 10, 10, 10}, []float64{10, 11, 11, 11, 11}, ""},
		{[]float64{1, 2, 3, 4, 5}, []float64{6, 7, 8, 9, 10}, ""},
		{[]float64{1, 1, 1, 1}, []float64{1, 1, 1, 1}, ""},
	} {
		old := benchmath.NewSample(test.old, &benchmath.DefaultThresholds)
		new := benchmath.NewSample(test.new, &benchmath.DefaultThresholds)
		c := benchmath.AssumeNothing.Compare(old, new)
		if got := tieWarning(c, old, new, benchmath.AssumeNothing); got != test.want {
			t.Errorf("%v, %v with %v: warning %q, want %q", test.old, test.new, c, got, test.want)
		}
	}
}
