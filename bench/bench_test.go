package bench_test

import (
	"os"
	"testing"

	"runbench/bench"
	"runbench/internal/child"
	"runbench/workloads/all"
)

func TestMain(m *testing.M) {
	child.Main() // the servers that workloads talk to
	if os.Getenv(plainEnv) != "" {
		os.Exit(m.Run()) // as in a package without a TestMain
	}
	os.Exit(bench.Main(m))
}

// One benchmark a class, so that names are the same as the command's:
// CPU/workload=hash/strategy=…

func BenchmarkCPU(b *testing.B)   { class(b, "CPU") }
func BenchmarkMem(b *testing.B)   { class(b, "Mem") }
func BenchmarkSync(b *testing.B)  { class(b, "Sync") }
func BenchmarkIO(b *testing.B)    { class(b, "IO") }
func BenchmarkDB(b *testing.B)    { class(b, "DB") }
func BenchmarkMixed(b *testing.B) { class(b, "Mixed") }
func BenchmarkSched(b *testing.B) { class(b, "Sched") }
func BenchmarkPike(b *testing.B)  { class(b, "Pike") }
func BenchmarkKnown(b *testing.B) { class(b, "Known") }

func class(b *testing.B, name string) {
	for _, w := range all.Everything() {
		if w.Class() == name {
			b.Run("workload="+w.Short(), func(b *testing.B) { bench.Workload(b, w) })
		}
	}
}
