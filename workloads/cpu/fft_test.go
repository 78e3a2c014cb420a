package cpu

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// The fast transform of noise is what the sum that defines it gives.
func TestFFTIsTheFourierTransform(t *testing.T) {
	s := newSpectra(128)
	rng := rand.New(rand.NewPCG(1, 2))
	signal, got := make([]complex128, s.n), make([]complex128, s.n)
	for i := range signal {
		signal[i] = complex(rng.NormFloat64(), rng.NormFloat64())
	}
	s.transform(signal, got)
	for k := range got {
		var want complex128
		for t, v := range signal {
			want += v * cmplx.Exp(complex(0, -2*math.Pi*float64(k*t)/float64(s.n)))
		}
		if cmplx.Abs(got[k]-want) > 1e-11 {
			t.Errorf("value %d is %v, want %v", k, got[k], want)
		}
	}
}

// Rounding stays far from the tolerance of the check, which stays far from what
// a wrong step does.
func TestFFTTolerance(t *testing.T) {
	s := newSpectra(8192)
	s.transform(s.signals[9], s.out[9])
	tone, impulse := s.made(9)
	for k, got := range s.out[9] {
		want := cmplx.Exp(complex(0, -2*math.Pi*float64(k*impulse%s.n)/float64(s.n)))
		if k == tone {
			want += complex(float64(s.n), 0)
		}
		if d := cmplx.Abs(got - want); d > fftTolerance/1000 {
			t.Fatalf("value %d is off by %v, want at most a thousandth of %v", k, d, fftTolerance)
		}
	}
}

func TestFFTCheck(t *testing.T) {
	s := newSpectra(128)
	for _, wrong := range []func(){
		func() { s.out[63][127] = -s.out[63][127] },
		func() { s.out[4], s.out[5] = s.out[5], s.out[4] },
		func() { s.out[0][64] += 1e-5 },
	} {
		for i := range fftBatch {
			s.transform(s.signals[i], s.out[i])
		}
		wrong()
		if s.check() == nil {
			t.Error("a wrong spectrum passed the check")
		}
	}
}
