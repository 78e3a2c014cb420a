package strategy_test

import (
	"context"
	"fmt"
	"testing"

	"runbench/bench/strategy"
)

// BenchmarkHandOut is what each strategy costs for a task that does nothing.
func BenchmarkHandOut(b *testing.B) {
	const n = 512
	for _, s := range strategy.All() {
		for c := 1; c <= 4; c++ {
			if c > 1 && s == strategy.Sequential {
				continue
			}
			b.Run(fmt.Sprintf("strategy=%s/goroutines=%d", s.Name(), c), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := s.Run(b.Context(), c, n, func(context.Context, int) error { return nil }); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed())/float64(b.N)/n, "ns/task")
			})
		}
	}
}
