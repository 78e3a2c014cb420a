package analysis

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runbench/internal/resultfile"
)

// Whatever a file holds, analysis ends, accounts for every foreign result and
// gives JSON.
func FuzzAnalyze(f *testing.F) {
	for _, text := range []string{
		costs(100, 50, 25, 12),
		"BenchmarkX/workers=1-8 1 1 ns/op\nBenchmarkX/workers=2-8 1 1e308 ns/op\nBenchmarkX/workers=99999999-8 1 1e-300 ns/op\n",
		"BenchmarkX 1 1 ns/op\nBenchmarkX-2 1 NaN ns/op\nBenchmarkX-4 1 Inf req/s\n",
		"BenchmarkX/goroutines=1 1 1 ns/op\nBenchmarkX/goroutines=2-2 1 1 ns/op\nBenchmarkX/goroutines=1-2 1 0 ns/op\n",
		"BenchmarkCPU/workload=hash/strategy=pool/goroutines=2/gomaxprocs=1 1 3 ns/op\nBenchmarkX-2 1 3 ns/op\nBenchmarkX 1 3 ns/op\n",
		"BenchmarkA/strategy=sequential/goroutines=1/gomaxprocs=1 1 3 ns/op\nBenchmarkA/strategy=pool/goroutines=2/gomaxprocs=2 1 3 ns/op\n",
		"BenchmarkKnown/workload=control/strategy=own/goroutines=1/gomaxprocs=1 1 3 tasks/s\nBenchmarkKnown/workload=control/strategy=own/goroutines=2/gomaxprocs=2 1 3 tasks/s\n",
	} {
		f.Add(text)
	}
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "real-bench", "*.txt"))
	for _, path := range files {
		if text, err := os.ReadFile(path); err == nil && len(text) < 8<<10 {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, err := resultfile.Read(strings.NewReader(text), "fuzz")
		if err != nil {
			return
		}
		a := Analyze(set)
		if _, err := json.Marshal(a); err != nil {
			t.Fatal(err)
		}
		if a.Foreign == nil {
			return
		}
		passed := 0
		for _, p := range a.Foreign.PassedOver {
			passed += p.Results
		}
		if f := a.Foreign; f.Used+passed != f.Results {
			t.Fatalf("%d used and %d passed over of %d", f.Used, passed, f.Results)
		}
		compact, err := resultfile.ReadCompact(strings.NewReader(text), "fuzz")
		if err != nil {
			t.Fatal(err)
		}
		b := Analyze(compact)
		if f, g := a.Foreign, b.Foreign; g == nil || f.Results != g.Results || f.Used != g.Used || f.Benchmarks != g.Benchmarks || f.Judged != g.Judged || len(a.Workloads) != len(b.Workloads) {
			t.Fatalf("%+v, read compactly %+v", f, g)
		}
	})
}
