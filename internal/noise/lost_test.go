package noise

import (
	"math"
	"testing"
)

func TestLost(t *testing.T) {
	for _, test := range []struct {
		n    Noise
		want float64
	}{
		{Noise{}, 0},
		{Noise{CPUs: new(2), Foreign: new(0.05), Steal: new(0.005)}, 0},
		{Noise{CPUs: new(2), Foreign: new(0.9)}, 0.45},
		{Noise{CPUs: new(2), Foreign: new(0.9), Steal: new(0.05)}, 0.5},
		{Noise{Foreign: new(0.9)}, 0}, // of how many CPUs is not known
		{Noise{CPUs: new(2), Foreign: new(2.0), Steal: new(0.2)}, 1},
		{Noise{CPUs: new(2), Throttled: new(0.3)}, 0.3},
	} {
		if got := test.n.Lost(); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%+v: %v, want %v", test.n, got, test.want)
		}
	}
}
