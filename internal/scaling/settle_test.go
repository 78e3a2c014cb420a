package scaling

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// step returns n times of about 100 that are multiplied by ratio from index at on.
func step(n, at int, ratio float64) []float64 {
	times := make([]float64, n)
	for i := range times {
		times[i] = 100 + float64((i*i)%7)/10
		if i >= at {
			times[i] *= ratio
		}
	}
	return times
}

func TestFindShift(t *testing.T) {
	with := func(times []float64, i int, x float64) []float64 {
		times[i] = x
		return times
	}
	for _, test := range []struct {
		name  string
		times []float64
		want  bool
		at    int
		ratio float64
	}{
		{"slower in the middle", step(40, 20, 1.2), true, 20, 1.2},
		{"faster after a third", step(60, 20, 0.8), true, 20, 0.8},
		{"the fewest batches that can show one", step(22, 11, 2), true, 11, 2},
		{"too few batches for P", step(20, 10, 2), false, 0, 0},
		{"too few batches", step(19, 9, 2), false, 0, 0},
		{"steady", step(40, 20, 1), false, 0, 0},
		{"too small to matter", step(200, 100, 1.04), false, 0, 0},
		{"equal times", slices.Repeat([]float64{5}, 40), false, 0, 0},
		{"one slow batch", with(step(40, 40, 1), 20, 1e6), false, 0, 0},
		{"not a number", with(step(40, 20, 2), 3, math.NaN()), false, 0, 0},
		{"zero", with(step(40, 20, 2), 3, 0), false, 0, 0},
		{"infinite", with(step(40, 20, 2), 3, math.Inf(1)), false, 0, 0},
		{"none", nil, false, 0, 0},
	} {
		s, ok := FindShift(test.times)
		if ok != test.want || s.At != test.at || math.Abs(s.Ratio-test.ratio) > 0.02 {
			t.Errorf("%s: %+v, %v; want %v at %d by %v", test.name, s, ok, test.want, test.at, test.ratio)
		}
	}
	// K = 20·20 = 400 for n = 40.
	if s, _ := FindShift(step(40, 20, 1.2)); math.Abs(s.P/(2*math.Exp(-6*400*400/65600.0))-1) > 1e-9 {
		t.Errorf("P = %v", s.P)
	}
}

// TestShiftDoesNotDependOnUnits multiplies all times, and swaps before and after.
func TestShiftDoesNotDependOnUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Float64Range(1, 1.5), 20, 80).Draw(t, "times")
		for i := range times[len(times)/2:] {
			times[i] *= 1.3
		}
		factor := rapid.SampledFrom([]float64{1.0 / 1024, 4, 4096}).Draw(t, "factor")
		scaled := slices.Clone(times)
		for i := range scaled {
			scaled[i] *= factor
		}
		a, aOK := FindShift(times)
		b, bOK := FindShift(scaled)
		if a != b || aOK != bOK {
			t.Fatalf("%+v, %v; in another unit %+v, %v", a, aOK, b, bOK)
		}
		slices.Reverse(scaled)
		if c, ok := FindShift(scaled); ok != aOK || ok && math.Abs(c.P/a.P-1) > 1e-9 {
			t.Fatalf("%+v, %v; backwards %+v, %v", a, aOK, c, ok)
		}
	})
}

func TestFindShiftIsFast(t *testing.T) {
	times := step(5000, 2500, 1.2)
	best := time.Hour
	for range 5 {
		start := time.Now()
		FindShift(times)
		best = min(best, time.Since(start))
	}
	if best > 20*time.Millisecond {
		t.Errorf("5000 batches take %v", best)
	}
	t.Logf("5000 batches take %v", best)
}
