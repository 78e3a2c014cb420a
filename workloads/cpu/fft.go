package cpu

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/cmplx"

	"runbench/workloads"
)

const (
	fftBatch = 64

	// fftTolerance bounds how far a value may be off. Values are n or about 1,
	// and rounding was seen to stay a thousand times below it.
	fftTolerance = 1e-6
)

var fftSizes = workloads.Sizes{S: 128, W: 8192, A: 65536}

// FFT walks a signal in strides that double from pass to pass.
var FFT = workloads.Workload{
	Name:       "cpu/fft",
	Isolates:   "floating point over strides: every pass goes through the whole signal, which the second-level cache holds",
	Expect:     "concurrency 1×; parallelism close to the number of cores while signals fit each core's own cache",
	Definition: "radix-2 transform of complex128, decimation in time (Cooley & Tukey, Math. Comp. 19, 1965), in place after bit reversal, roots of unity from a table; a batch is 64 transforms that have nothing to do with one another, one a task, and no transform is divided; 8,192 values each in class W; checked against the spectrum of a tone and an impulse, which is known for every value",
	Advice:     "where there are many transforms, give each core whole ones; dividing one takes a barrier a pass",
	Related:    []string{"cpu/matmul", "cpu/nbody", "mem/triad"},
	Batch:      fftBatch,
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		fftSizes.Parameter("values of a signal"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		s := newSpectra(fftSizes.Of(env.Params))
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				s.transform(s.signals[i], s.out[i])
				return nil
			},
			Check: func(context.Context) error { return s.check() },
		}, nil
	},
}

// spectra are the transforms of a batch, of n values each.
type spectra struct {
	n            int
	roots        []complex128 // exp(−2πi·k/n)
	signals, out [][]complex128
}

// newSpectra makes signals of a tone and an impulse, other ones for each task.
func newSpectra(n int) *spectra {
	s := &spectra{n: n, roots: make([]complex128, n), signals: make([][]complex128, fftBatch), out: make([][]complex128, fftBatch)}
	for k := range s.roots {
		sin, cos := math.Sincos(-2 * math.Pi * float64(k) / float64(n))
		s.roots[k] = complex(cos, sin)
	}
	for i := range s.signals {
		tone, impulse := s.made(i)
		signal := make([]complex128, n)
		for t := range signal {
			signal[t] = s.roots[-tone*t&(n-1)]
		}
		signal[impulse]++
		s.signals[i], s.out[i] = signal, make([]complex128, n)
	}
	return s
}

// made returns what the signal of task i is made of: the frequency of its tone in
// periods a signal, and when its impulse comes. Both are below n.
func (s *spectra) made(i int) (tone, impulse int) {
	return (37*i + 5) % s.n, (11*i + 3) % s.n
}

// transform leaves the spectrum of signal in out.
func (s *spectra) transform(signal, out []complex128) {
	shift := bits.LeadingZeros64(uint64(s.n)) + 1
	for t, v := range signal {
		out[bits.Reverse64(uint64(t))>>shift] = v
	}
	for half := 1; half < s.n; half *= 2 {
		stride := s.n / 2 / half
		for at := 0; at < s.n; at += 2 * half {
			low := out[at : at+half]
			high := out[at+half:][:len(low)]
			for k := range low {
				v := s.roots[k*stride] * high[k]
				low[k], high[k] = low[k]+v, low[k]-v
			}
		}
	}
}

// check compares every value with what is known of it: the tone is n at its
// frequency and 0 elsewhere, the impulse a root of unity everywhere.
func (s *spectra) check() error {
	for i, out := range s.out {
		tone, impulse := s.made(i)
		out[tone] -= complex(float64(s.n), 0)
		at := 0 // impulse·k modulo n
		for k, got := range out {
			want := s.roots[at]
			at = (at + impulse) & (s.n - 1)
			// Written so that NaN, which compares false with everything, fails.
			if d := got - want; !(real(d)*real(d)+imag(d)*imag(d) <= fftTolerance*fftTolerance) {
				return fmt.Errorf("task %d: value %d of the spectrum is %v beside the tone at %d, want %v", i, k, got, tone, want)
			}
		}
		out[0] = cmplx.NaN() // so that it cannot pass for the next batch's
	}
	return nil
}
