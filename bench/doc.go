// Package bench sweeps Go benchmarks over goroutines × GOMAXPROCS, to tell what
// concurrency gives a piece of code, what parallelism adds, and how many
// goroutines it should get.
//
// [Sweep] does it for any function, in any package that has tests:
//
//	func BenchmarkResize(b *testing.B) {
//		images, small := load(b), make([]image.Image, 64)
//		bench.Sweep(b, func(ctx context.Context, i int) error {
//			var err error
//			small[i], err = resize(images[i])
//			return err
//		})
//	}
//
// Then
//
//	go test -run '^$' -bench Resize -cpu 1,2,4 -count 6 > resize.txt
//	runbench analyze resize.txt
//
// says it in words. Without -cpu the sweep goes over powers of two up to the
// cores. A verdict needs -count 4 at least, since an interval cannot come from
// one run. -benchtime says how long each run measures, a second by default, and 1x
// makes it one batch. Before that others run unmeasured: for 20 ms where a time is
// asked for, one where a number of batches is; -timeout does not hold for benchmarks.
//
// # Reading the output
//
//	BenchmarkResize/strategy=sequential/goroutines=1/gomaxprocs=1  9  118000000 ns/op … 542.4 tasks/s …
//	BenchmarkResize/strategy=pool/goroutines=8/gomaxprocs=4       34   30100000 ns/op …  2126 tasks/s …
//
// One line is one cell, measured once. In its name are the strategy, which is how
// tasks were put onto goroutines; C, how many tasks were in flight at most; and P,
// the GOMAXPROCS. C=1 is a plain loop, the base of all gains. One op is one batch,
// so ns/op is the wall time of a whole batch, its check left out. Of the other
// units these are the ones to look at first:
//
//   - tasks/s is the throughput, the figure that gains are ratios of.
//   - cpu-ns/op is user and system time of the process. Over ns/op it is how many
//     cores were at work.
//   - p50-ns and p99-ns are what one task took, under [Waits]. They grow once more
//     goroutines only queue.
//   - mutex-wait-ns/op and ctxsw/op grow where goroutines get in each other's way.
//   - B/op and allocs/op are a batch's.
//   - harness-ns/op is what handing out a batch of empty tasks costs. Where it is
//     not small beside ns/op, tasks are too short: let one task do more.
//
// benchstat reads the lines too; -row /goroutines -col /gomaxprocs makes the table
// of a sweep.
//
// # With and without TestMain
//
// No TestMain is needed. Sweep then prints its result lines itself, because
// package testing would append "-N" to each name, with N a GOMAXPROCS that is not
// the cell's; go test -v shows its sub-benchmarks as skipped for that reason. With
//
//	func TestMain(m *testing.M) { os.Exit(bench.Main(m)) }
//
// package testing prints the lines, all else in the test binary runs at
// GOMAXPROCS=1, and -count repeats each line before the next one, where a sweep
// by itself goes round all of them. Rounds give the truer intervals on a machine
// that others use too. Names and units are the same.
//
// # The catalogue
//
// The workloads of runbench are benchmarked the same way by this package's own
// tests, under the same names as `runbench run` gives them. Importing this package
// does not import them.
package bench
