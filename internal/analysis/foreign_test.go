package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"runbench/internal/resultfile"
)

// read reads benchmark output.
func read(t *testing.T, text string) *resultfile.Set {
	t.Helper()
	set, err := resultfile.Read(strings.NewReader(text), "test")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// only returns the one sweep that text holds.
func only(t *testing.T, text string) Workload {
	t.Helper()
	a := Analyze(read(t, text))
	if len(a.Workloads) != 1 || a.Workloads[0].Sweep == nil {
		t.Fatalf("%d workloads, passed over %+v", len(a.Workloads), a.Foreign)
	}
	return a.Workloads[0]
}

// costs writes a benchmark that takes so many ns/op at 1, 2, 4, … GOMAXPROCS.
func costs(ns ...float64) string {
	var b strings.Builder
	for i, v := range ns {
		name := "BenchmarkX"
		if i > 0 {
			name += fmt.Sprintf("-%d", 1<<i)
		}
		fmt.Fprintf(&b, "%s 1000 %v ns/op\n", name, v)
	}
	return b.String()
}

func TestShapes(t *testing.T) {
	for _, test := range []struct {
		ns      []float64
		shape   Shape
		verdict string
		words   string
		procs   int // recommended
	}{
		{[]float64{100, 51, 26, 13.5}, ShapeScales, "parallelism", "scales: 7.41× at 8, 93 % of ideal", 8},
		{[]float64{100, 60, 40, 30}, ShapeRises, "parallelism", "still rises at the end, below ideal: 3.33× at 8", 8},
		{[]float64{100, 51, 40, 39.5}, ShapeLevels, "parallelism", "levels off at 4 (2.50×); 2.53× at 8", 4},
		{[]float64{100, 51, 30, 60}, ShapePeaks, "parallelism", "fastest at 4 (3.33×), slower beyond: 1.67× at 8", 4},
		{[]float64{100, 103, 97, 101}, ShapeFlat, "neither", "does not use more cores: 0.97× to 1.03× from 1 to 8", 1},
		{[]float64{100, 120, 150, 240}, ShapeFalls, "neither", "slower with more GOMAXPROCS: 0.42× at 8", 1},
		{[]float64{100, 101, 150, 240}, ShapeFalls, "neither", "up to 2 it makes no difference", 1},
		{[]float64{100, 250, 150, 140}, ShapeFalls, "neither", "0.71× at 8, least 0.40× at 2", 1},
		{[]float64{100, 102, 101, 98, 100, 77}, ShapeRises, "parallelism", "hardly uses more cores: 1.30× at 32, 4 % of ideal", 32},
		{[]float64{100, 89, 100, 97}, ShapeFlat, "neither", "does not use more cores", 2},
		{[]float64{100, 50, 90, 20}, ShapeRises, "parallelism", "uneven on the way: 1.11× at 4", 8},
		{[]float64{100, 55}, ShapeScales, "parallelism", "scales: 1.82× at 2", 2},
		{[]float64{100, 80}, ShapeRises, "parallelism", "two values do not tell", 2},
	} {
		w := only(t, costs(test.ns...))
		if w.Sweep.Shape != test.shape || w.Verdict != test.verdict || !strings.Contains(w.Sentence, test.words) || w.Recommend.Gomaxprocs != test.procs {
			t.Errorf("%v: %s, %s, %q, recommends %d; want %+v", test.ns, w.Sweep.Shape, w.Verdict, w.Sentence, w.Recommend.Gomaxprocs, test)
		}
		if w.ConcurrencyGain != nil || w.TotalGain != nil || w.ParallelismGain == nil || w.Advice != nil {
			t.Errorf("%v: gains that a sweep over GOMAXPROCS does not allow: %+v", test.ns, w)
		}
	}
}

// With repetitions there are intervals, and they decide: a fall of 8 % is one,
// and scatter is not taken for an effect.
func TestIntervalsDecide(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	sweep := func(spread float64, ns ...float64) string {
		var b strings.Builder
		for i, v := range ns {
			for range 12 {
				fmt.Fprintf(&b, "BenchmarkX-%d 1000 %v ns/op\n", 1<<(i+1), v*math.Exp(spread*rnd.NormFloat64()))
			}
		}
		return b.String()
	}
	for _, test := range []struct {
		text string
		want Shape
	}{
		{sweep(0.01, 100, 104, 108), ShapeFalls},
		{sweep(0.01, 100, 101, 100), ShapeFlat},
		{sweep(0.01, 100, 92, 91), ShapeLevels},
		{sweep(0.9, 100, 100, 115), ShapeInconclusive},
	} {
		if w := only(t, test.text); w.Sweep.Shape != test.want || w.Sweep.Single {
			t.Errorf("%s, want %s: %s", w.Sweep.Shape, test.want, w.Sentence)
		}
	}
}

func TestAxes(t *testing.T) {
	for _, test := range []struct {
		about, text, name, key, axis string
		counts                       []int
		procs                        int
	}{
		{"no suffix at GOMAXPROCS=1", "BenchmarkX 9 40 ns/op\nBenchmarkX-4 9 10 ns/op", "X", "-N", "gomaxprocs", []int{1, 4}, 0},
		{"a key at a fixed GOMAXPROCS", "BenchmarkX/workers=1-8 9 40 ns/op\nBenchmarkX/workers=2-8 9 20 ns/op", "X-8", "workers", "goroutines", []int{1, 2}, 8},
		{"our own key", "BenchmarkX/goroutines=1 9 40 ns/op\nBenchmarkX/goroutines=16 9 20 ns/op", "X", "goroutines", "goroutines", []int{1, 16}, 0},
		{"procs as a key", "BenchmarkX/procs=1 9 40 ns/op\nBenchmarkX/procs=3 9 20 ns/op", "X", "procs", "gomaxprocs", []int{1, 3}, 0},
		{"gomaxprocs as a key", "BenchmarkX/gomaxprocs=1 9 40 ns/op\nBenchmarkX/gomaxprocs=2 9 20 ns/op", "X", "-N", "gomaxprocs", []int{1, 2}, 0},
		{"in the singular", "BenchmarkX/Thread=1 9 40 ns/op\nBenchmarkX/Thread=2 9 20 ns/op", "X", "threads", "goroutines", []int{1, 2}, 0},
		{"a part without a key", "BenchmarkX/8-workers/a-2 9 40 ns/op\nBenchmarkX/16-workers/a-2 9 20 ns/op", "X/a-2", "workers", "goroutines", []int{8, 16}, 2},
		{"n from 1", "BenchmarkX/n=1 9 40 ns/op\nBenchmarkX/n=8 9 20 ns/op", "X", "n", "goroutines", []int{1, 8}, 0},
		{"another key beside", "BenchmarkX/size=9/clients=1 9 40 ns/op\nBenchmarkX/size=9/clients=2 9 20 ns/op", "X/size=9", "clients", "goroutines", []int{1, 2}, 0},
	} {
		a := Analyze(read(t, test.text+"\n"))
		if len(a.Workloads) != 1 {
			t.Errorf("%s: %d workloads, %+v", test.about, len(a.Workloads), a.Foreign)
			continue
		}
		w := a.Workloads[0]
		var counts []int
		for _, p := range w.Laws[0].Points {
			counts = append(counts, p.N)
		}
		procs := w.Laws[0].Gomaxprocs
		if w.Name != test.name || w.Sweep.Key != test.key || w.Sweep.Axis != test.axis || !slices.Equal(counts, test.counts) || procs != test.procs {
			t.Errorf("%s: %s over %s (%s) at %v, GOMAXPROCS %d, want %+v", test.about, w.Name, w.Sweep.Key, w.Sweep.Axis, counts, procs, test)
		}
	}
}

// What cannot be judged is said, with the reason, and counted.
func TestPassedOver(t *testing.T) {
	for _, test := range []struct{ text, reason string }{
		{"BenchmarkX-8 9 40 ns/op", "one value of GOMAXPROCS only"},
		{"BenchmarkX 9 40 ns/op", "no axis in its name"},
		{"BenchmarkX/workers=4 9 40 ns/op", "one value of workers only"},
		{"BenchmarkX/n=100 9 40 ns/op\nBenchmarkX/n=1000 9 400 ns/op", "no axis in its name"},
		{"BenchmarkSort/size-16 9 40 ns/op\nBenchmarkSort/size-50 9 400 ns/op", "is a size"},
		{"BenchmarkX 9 40 B/op\nBenchmarkX-2 9 40 B/op", "no unit that tells throughput or time, only B/op"},
		{"BenchmarkX 9 0.00 ns/op\nBenchmarkX-2 9 0.00 ns/op", "too short to have been measured"},
		{"BenchmarkX 9 529 ns/op\nBenchmarkX-2 9 419 ns/op\nBenchmarkX-4 9 419 ns/op\nBenchmarkX-8 9 419 ns/op\nBenchmarkX-16 9 419 ns/op", "the same figure"},
		{"BenchmarkX 1 3007500941 ns/op\nBenchmarkX-2 10000 137119 ns/op\nBenchmarkX-4 10000 133526 ns/op", "a single iteration"},
	} {
		a := Analyze(read(t, "goos: linux\n"+test.text+"\n"))
		if a.Foreign == nil || !slices.ContainsFunc(a.Foreign.PassedOver, func(p PassedOver) bool { return strings.Contains(p.Reason, test.reason) && p.Results > 0 }) {
			t.Errorf("%q: %+v, want %q", test.text, a.Foreign, test.reason)
		}
	}
}

// Every result is either behind a verdict or passed over.
func TestEveryResultIsAccountedFor(t *testing.T) {
	a := Analyze(read(t, costs(100, 50, 25)+"BenchmarkY-8 9 1 ns/op\nBenchmarkZ/workers=1 9 0 ns/op\nBenchmarkZ/workers=2 9 10 ns/op\nBenchmarkZ/workers=4 9 5 ns/op\nBenchmarkW/a 9 3 B/op\n"))
	passed := 0
	for _, p := range a.Foreign.PassedOver {
		passed += p.Results
	}
	if f := a.Foreign; f.Results != 8 || f.Used+passed != f.Results || f.Judged != 2 || f.Benchmarks != 4 {
		t.Errorf("%+v", f)
	}
}

// Rates are read as they are, and preferred to ns/op where they count work.
func TestUnits(t *testing.T) {
	for _, test := range []struct {
		values string
		unit   string
		cost   bool
	}{
		{"40 ns/op 3 B/op", "ns/op", true},
		{"40 ns/op 500 req/s", "req/s", false},
		{"40 ns/op 25 MB/s", "ns/op", true},
		{"25 MB/s", "MB/s", false},
		{"40 ns/op 7 errors/s", "ns/op", true},
		{"9 Mops/s 40 ns/op", "Mops/s", false},
		{"40 ms/op", "ms/op", true},
		{"40 ns/op 9 qps", "qps", false},
	} {
		w := only(t, "BenchmarkX 9 "+test.values+"\nBenchmarkX-2 9 "+test.values+"\n")
		if w.Sweep.Unit != test.unit || w.Sweep.Cost != test.cost {
			t.Errorf("%s: by %s, cost %v", test.values, w.Sweep.Unit, w.Sweep.Cost)
		}
	}
	// 50 to 90 req/s is a gain though ns/op stays.
	if w := only(t, "BenchmarkX 9 40 ns/op 50 req/s\nBenchmarkX-2 9 40 ns/op 90 req/s\n"); w.Sweep.Shape != ShapeScales {
		t.Errorf("%s", w.Sentence)
	}
}

// Two axes with their origin make a surface, judged as our own are.
func TestForeignSurface(t *testing.T) {
	var b strings.Builder
	for range 6 {
		for _, p := range []int{1, 2} {
			for _, c := range []int{1, 8} {
				ns := 8000.0 / float64(c)
				fmt.Fprintf(&b, "BenchmarkFetch/workers=%d-%d 10 %v ns/op\n", c, p, ns*(1+0.001*float64(p)))
			}
		}
	}
	text := strings.ReplaceAll(b.String(), "-1 ", " ")
	a := Analyze(read(t, text))
	if len(a.Workloads) != 1 {
		t.Fatalf("%d workloads", len(a.Workloads))
	}
	w := a.Workloads[0]
	if w.Sweep != nil || w.Unit != "ops/s" || w.Name != "Fetch" || w.Verdict != "concurrency" || !near(w.ConcurrencyGain.Value, 8) || len(w.Surface) != 4 || len(w.Laws) != 3 {
		t.Errorf("%+v", w)
	}
}

// What bench.Sweep writes has a strategy and both axes, and is a surface too.
func TestBenchSweepIsOurs(t *testing.T) {
	var b strings.Builder
	for range 4 {
		for _, p := range []int{1, 2} {
			fmt.Fprintf(&b, "BenchmarkMine/strategy=sequential/goroutines=1/gomaxprocs=%d 10 800 ns/op\n", p)
			fmt.Fprintf(&b, "BenchmarkMine/strategy=pool/goroutines=4/gomaxprocs=%d 10 %d ns/op\n", p, 800/p)
		}
	}
	a := Analyze(read(t, b.String()))
	if len(a.Workloads) != 1 || a.Workloads[0].Verdict != "parallelism" || a.Workloads[0].Strategy != "pool" || a.Foreign != nil {
		t.Errorf("%+v, %+v", a.Workloads, a.Foreign)
	}
}

// Before and after in one file are not repetitions; a loop around go test is.
func TestParts(t *testing.T) {
	again := costs(100, 50, 25)
	for _, test := range []struct {
		about, text string
		workloads   int
		runs        int
	}{
		{"before and after", again + "PASS\n" + costs(50, 40, 35), 2, 1},
		{"the same again", again + "PASS\n" + costs(101, 49, 26), 1, 2},
		{"-count", strings.Repeat("BenchmarkX 9 100 ns/op\n", 3) + strings.Repeat("BenchmarkX-2 9 50 ns/op\n", 3), 1, 3},
		{"many rounds", strings.Repeat(again, 5) + costs(150, 75, 38), 1, 6},
	} {
		a := Analyze(read(t, test.text))
		if len(a.Workloads) != test.workloads || a.Workloads[0].Laws[0].Points[0].Runs != test.runs {
			t.Errorf("%s: %d workloads: %+v", test.about, len(a.Workloads), a.Workloads)
		}
	}
	// Given as files of their own they are rounds of one measurement.
	if a := Analyze(read(t, again), read(t, costs(50, 40, 35))); len(a.Workloads) != 1 || a.Workloads[0].Laws[0].Points[0].Runs != 2 {
		t.Errorf("two files: %d workloads", len(a.Workloads))
	}
}

// Machines are not pooled.
func TestForeignMachines(t *testing.T) {
	a := Analyze(read(t, "cpu: A\n"+costs(100, 50)+"cpu: B\n"+costs(100, 110)))
	if len(a.Workloads) != 2 || a.Workloads[0].Config != "cpu: A" || a.Workloads[0].Verdict == a.Workloads[1].Verdict {
		t.Errorf("%+v", a.Workloads)
	}
}

// The collection of real outputs: each file gets verdicts or reasons.
func TestRealOutputs(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "real-bench", "*"))
	if len(files) == 0 {
		t.Skip("no ../shared/real-bench")
	}
	verdicts := make(map[string]map[string]Shape)
	for _, path := range files {
		name := filepath.Base(path)
		if name == "INDEX.md" || name == "golang-test2json-benchfail.json" {
			continue // no results in them
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		set, err := resultfile.Read(file, name)
		file.Close()
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		a := Analyze(set)
		passed := 0
		for _, p := range a.Foreign.PassedOver {
			passed += p.Results
		}
		if f := a.Foreign; f.Results == 0 || f.Used+passed != f.Results {
			t.Errorf("%s: %+v", name, f)
		}
		verdicts[name] = make(map[string]Shape)
		for _, w := range a.Workloads {
			verdicts[name][w.Config+"|"+w.Name] = w.Sweep.Shape
			if w.Sentence == "" {
				t.Errorf("%s: %s has no sentence", name, w.Name)
			}
		}
	}
	for _, want := range []struct {
		file, part, name string
		shape            Shape
	}{
		{"xsync-rbmutex-readme.txt", "", "RWMutexReadOnly", ShapeFalls},
		{"xsync-rbmutex-readme.txt", "", "RBMutexReadOnly", ShapePeaks},
		{"xsync-rbmutex-readme.txt", "", "RBMutexWorkReadOnly", ShapeRises},
		{"ristretto-18ba08f-set.txt", "", "Caches/SyncMapZipfWrite", ShapeFalls},
		{"ristretto-18ba08f-set.txt", "", "Caches/BigCacheZipfWrite", ShapePeaks},
		{"golang-issue20351-select.txt", "", "SelectPrivate", ShapeRises},
		{"kid-readme-two-machines.txt", "M4 Max", "Kid", ShapeFalls},
		{"go-adbbot-imgcmp.txt", "", "Find", ShapeFlat},
		{"go-adbbot-imgcmp.txt", "", "FindP2", ShapeLevels},
		{"simpleconf-readme-tcpget.txt", "", "TcpGetParallel", ShapePeaks},
		{"juju-ratelimit-pr15-before.txt", "", "Wait", ShapeFlat},
		{"juju-ratelimit-pr15-before.txt", "", "WaitParallel", ShapeFalls},
		{"gorilla-context-pr12-mutex.txt", "", "Mutex", ShapeFalls},
		{"ctcp-notes-bench-log-lines.txt", "", "PrimeFuncs", ShapeFlat},
		{"derived-windows-falsesharing-pad-crlf.txt", "", "NoPad", ShapeFalls},
		{"gobench.dev-string-concat_bench.out.txt", "", "Buffer_read", ShapeFalls},
	} {
		found := false
		for key, shape := range verdicts[want.file] {
			config, name, _ := strings.Cut(key, "|")
			found = found || name == want.name && strings.Contains(config, want.part) && shape == want.shape
		}
		if !found {
			t.Errorf("%s: no %s that %s: %v", want.file, want.name, want.shape, verdicts[want.file])
		}
	}
	for _, file := range []string{"golina-readme-size-suffix.txt", "corebench-readme.txt", "xperf-bent-base-stdout.txt", "xperf-units.txt", "bouine-baseline-warn-lines.txt"} {
		if len(verdicts[file]) > 0 {
			t.Errorf("%s: a verdict where nothing was swept: %v", file, verdicts[file])
		}
	}
}

// A surface has no place for results without a rate, and says so.
func TestSurfaceWithoutRates(t *testing.T) {
	text := ""
	for _, cell := range []string{"workers=1", "workers=2", "workers=1-2", "workers=2-2"} {
		text += "BenchmarkX/" + cell + " 9 3 B/op\nBenchmarkY/" + cell + " 9 30 ns/op\nBenchmarkY/" + cell + " 9 0 ns/op\n"
	}
	a := Analyze(read(t, text))
	if f := a.Foreign; len(a.Workloads) != 1 || f.Results != 12 || f.Used != 4 || f.Judged != 1 || len(f.PassedOver) != 2 || len(a.Warnings) > 0 {
		t.Errorf("%+v, %+v", a.Workloads, a.Foreign)
	}
}
