package analysis

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"runbench/internal/resultfile"
)

// BenchmarkAnalyzeForeign analyses 40,000 lines, read compactly: sweeps over four
// GOMAXPROCS, as -count repeats each name and as a loop around go test does.
func BenchmarkAnalyzeForeign(b *testing.B) {
	for _, file := range []struct {
		name          string
		counts, loops int
	}{{"count", 500, 1}, {"loop", 1, 500}} {
		b.Run(file.name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			var text bytes.Buffer
			for range file.loops {
				for i := range 20 {
					for _, p := range []int{1, 2, 4, 8} {
						for range file.counts {
							fmt.Fprintf(&text, "BenchmarkFoo%d-%d\t%7d\t%8.1f ns/op\n", i, p, 1000+rng.IntN(1e6), 9e4/float64(p)*(1+0.1*rng.Float64()))
						}
					}
				}
			}
			set, err := resultfile.ReadCompact(bytes.NewReader(text.Bytes()), "big.txt")
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if a := Analyze(set); len(a.Workloads) != 20 || a.Foreign.Used != 40_000 {
					b.Fatalf("%d workloads from %d results", len(a.Workloads), a.Foreign.Used)
				}
			}
		})
	}
}
