package law

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestGustafson(t *testing.T) {
	for serial, want := range map[float64]float64{0: 1024, 1: 1, 0.004: 1019.908} {
		if got := Gustafson(serial, 1024); !near(got, want, 1e-9) {
			t.Errorf("Gustafson(%v, 1024) = %v, want %v", serial, got, want)
		}
	}
}

func TestWorkSpan(t *testing.T) {
	least, most := WorkSpan(100, 10, 4)
	if !near(least, 100.0/35, 1e-9) || most != 4 {
		t.Errorf("4 processors: %v to %v, want 2.857 to 4", least, most)
	}
	if least, most = WorkSpan(100, 10, 1000); !near(least, 100/10.1, 1e-9) || most != 10 {
		t.Errorf("1000 processors: %v to %v, want 9.9 to 10", least, most)
	}
}

// Whatever work and span are, a greedy schedule's speed-up bounds their ratio from both sides.
func TestParallelism(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		work, span := rapid.Float64Range(1, 1000).Draw(t, "work"), rapid.Float64Range(0.01, 1).Draw(t, "span")
		n := rapid.IntRange(2, 64).Draw(t, "n")
		least, most := WorkSpan(work, span, n)
		speedup := least + rapid.Float64Range(0, 1).Draw(t, "schedule")*(most-least)
		lo, hi := Parallelism(Estimate{speedup, math.NaN(), math.NaN()}, n)
		if truth := work / span; !(lo <= truth*(1+1e-9) && truth <= hi*(1+1e-9)) {
			t.Fatalf("work/span %v, speed-up %v on %d: bounds %v to %v", truth, speedup, n, lo, hi)
		}
	})
	for _, test := range []struct {
		speedup     Estimate
		n           int
		least, most float64
	}{
		{Estimate{1.6, 1.5, 1.7}, 2, 1.5, 1 / (1/1.7 - 0.5)},
		{Estimate{1.98, 1.95, 2.01}, 2, 1.95, math.Inf(1)},
		{Estimate{1, math.NaN(), math.NaN()}, 8, 1, 8.0 / 7},
		{Estimate{0.9, 0.85, 0.95}, 2, 1, 1 / (1/0.95 - 0.5)},
	} {
		if least, most := Parallelism(test.speedup, test.n); !near(least, test.least, 1e-9) || most != test.most && !near(most, test.most, 1e-9) {
			t.Errorf("%+v: %v to %v", test, least, most)
		}
	}
}
