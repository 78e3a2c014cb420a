package law

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkAnalyze fits curves as runbench measures them, in rounds, and as other programs' output has them. 10,000
// are to take 2 s at most: 200 µs each.
func BenchmarkAnalyze(b *testing.B) {
	for _, bench := range []struct {
		name string
		m    truth
	}{
		{"points=3/rounds=8", truth{n: []int{1, 2, 4}, sigma: 0.1, rounds: 8, run: 0.01}},
		{"points=8/runs=1", truth{n: upTo(8), sigma: 0.05, kappa: 0.01, run: 0.01}},
		{"points=8/runs=10", truth{n: upTo(8), sigma: 0.05, kappa: 0.01, repeats: 10, run: 0.01}},
		{"points=8/rounds=12", truth{n: upTo(8), sigma: 0.05, kappa: 0.01, rounds: 12, run: 0.01}},
		{"points=16/rounds=12", truth{n: upTo(16), sigma: 0.05, kappa: 0.002, rounds: 12, run: 0.01}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			var curves [64][]Sample
			for i := range curves {
				curves[i], _ = bench.m.draw(r)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				Analyze(curves[i%len(curves)], Options{Axis: Goroutines})
			}
		})
	}
}
