// Package bench sweeps Go benchmarks over goroutines × GOMAXPROCS.
//
// [Sweep] does it for any function. A package that uses it hands its tests over
// to [Main], because `go test` would otherwise set GOMAXPROCS by itself and
// write it into the names:
//
//	func TestMain(m *testing.M) { os.Exit(bench.Main(m)) }
//
//	func BenchmarkResize(b *testing.B) {
//		bench.Sweep(b, 64, func(ctx context.Context, i int) error {
//			return resize(images[i])
//		})
//	}
//
// Then
//
//	go test -bench Resize -cpu 1,2,4 > resize.txt
//	runbench analyze resize.txt
//
// tells what concurrency gives, what parallelism adds, and how many goroutines
// to start. Without -cpu the sweep goes over powers of two up to the cores.
// One benchmark op is one batch.
//
// The catalogue of workloads is benchmarked the same way by this package's own
// tests, under the same names as `runbench run` gives them.
package bench
