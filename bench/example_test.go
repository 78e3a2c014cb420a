package bench_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	"runbench/bench"
)

// A sweep of one's own function, as it stands in a _test.go file. The batch is
// 64 tasks; which goroutine does which does not matter.
func ExampleSweep() {
	pages := make([][]byte, 64)
	sums := make([][sha256.Size]byte, len(pages))

	BenchmarkChecksum := func(b *testing.B) {
		bench.Sweep(b, len(pages), func(_ context.Context, i int) error {
			sums[i] = sha256.Sum256(pages[i])
			return nil
		})
	}
	_ = BenchmarkChecksum
	fmt.Println("go test -bench Checksum -cpu 1,2,4 | runbench analyze")
	// Output: go test -bench Checksum -cpu 1,2,4 | runbench analyze
}
