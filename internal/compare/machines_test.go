package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"runbench/internal/analysis"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

func machinesOfSources(t testing.TB, sources ...Source) *MachinesResult {
	t.Helper()
	r, err := Machines(context.Background(), sources)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func laptop(seed uint64) made {
	return made{seed: seed, rounds: 14, cpu: "Laptop", workloads: usual(), start: midnight, every: 2e9}
}

// A machine that is twice as fast and has four times the cores differs in what it is
// made to differ in: mandelbrot, whose cores keep less of their worth.
func TestMachines(t *testing.T) {
	server := laptop(2)
	server.cpu, server.cores, server.speed = "Server", 8, 2
	server.workloads = nil
	for _, w := range usual() {
		if w.parallelism > 1 {
			w.parallelism *= 4
		}
		server.workloads = append(server.workloads, w)
	}
	changed(server.workloads, "mandelbrot", func(w *madeWorkload) { w.parallelism = 4 })
	r := machinesOfSources(t, laptop(1).source("a/laptop.txt"), server.source("b/server.txt"))
	if len(r.Machines) != 2 || r.Machines[0].Label != "laptop" || r.Machines[1].Label != "server" || r.Machines[1].Cores != 8 || r.Fleet {
		t.Fatalf("machines %+v", r.Machines)
	}
	if len(r.Workloads) != 6 || !r.Comparable() || len(r.Warnings) > 0 {
		t.Fatalf("%d workloads, warnings %q", len(r.Workloads), r.Warnings)
	}
	found := make(map[string]Difference)
	for _, d := range r.Differences {
		found[r.Workloads[d.Workload].Name+" "+d.Measure] = d
		if d.Measure == "throughput" || d.Measure == "single_core_work" {
			t.Errorf("the speed of a core is no difference: %s", d.Sentence)
		}
	}
	efficiency, ok := found["cpu/mandelbrot efficiency"]
	if want := (1.9 / 2) / (4.0 / 8); !ok || math.Abs(efficiency.Ratio/want-1) > 0.02 || r.Machines[efficiency.B].Label != "laptop" {
		t.Errorf("efficiency of mandelbrot: %+v, want %.2f", efficiency, want)
	}
	for _, sentence := range []string{"each core keeps 95 % of its worth on laptop (2 cores)", "on server (8 cores)"} {
		if !strings.Contains(efficiency.Sentence, sentence) {
			t.Errorf("%q does not say %q", efficiency.Sentence, sentence)
		}
	}
	if _, differs := found["cpu/hash efficiency"]; differs {
		t.Errorf("hash scales alike on both: %+v", found["cpu/hash efficiency"])
	}
	if gain := found["cpu/hash parallelism_gain"]; math.Abs(gain.Ratio/4-1) > 0.03 {
		t.Errorf("four times the cores give hash %+v", gain)
	}
	for _, w := range r.Workloads {
		for i, on := range w.On {
			work := on.ControlWork.SingleCore
			if want := on.Base.Value / r.Machines[i].Control[0].Value; math.Abs(work.Value/want-1) > 0.005 || work.Lo == nil || !(*work.Lo < work.Value && work.Value < *work.Hi) {
				t.Errorf("%s on %d: %v of the control's work, want %v", w.Name, i, work, want)
			}
		}
	}
	if text, err := json.Marshal(r); err != nil || !strings.Contains(string(text), `"schema_version":1`) {
		t.Error(err)
	}
}

// Of two sweeps of one machine nothing differs, in 19 of 20 reports at least.
func TestMachinesThatAreAlike(t *testing.T) {
	const reports = 20
	differ := 0
	for seed := range uint64(reports) {
		r := machinesOfSources(t, laptop(10+2*seed).source("x/a.txt"), laptop(11+2*seed).source("y/a.txt"))
		if r.Machines[0].Label != "x/a" || r.Machines[1].Label != "y/a" {
			t.Fatalf("labels %q and %q", r.Machines[0].Label, r.Machines[1].Label)
		}
		if len(r.Differences) > 0 {
			differ++
			t.Log(r.Differences[0].Sentence)
		}
	}
	if differ > 1 {
		t.Errorf("a difference in %d of %d reports", differ, reports)
	}
	twice := laptop(60)
	twice.speed = 1.3
	r := machinesOfSources(t, laptop(61).source("a"), twice.source("b"))
	if n := len(r.Workloads); len(r.Differences) != n || r.Differences[0].Measure != "throughput" {
		t.Errorf("machines of one configuration, one a third faster: %d differences in %d workloads: %+v", len(r.Differences), n, r.Differences)
	}
}

// A file that cannot be used is named, and the others are compared.
func TestMachinesLeaveOut(t *testing.T) {
	broken := errors.New("node4.txt: expected a file with benchmark results, found: no such file")
	cut := string(laptop(4).text())
	stopped := laptop(5)
	stopped.unended = true
	server := laptop(6)
	server.cpu = "Server"
	r := machinesOfSources(
		t, laptop(3).source("node1.txt"), textSource("node2.txt", cut[:len(cut)-20]), stopped.source("node3.txt"),
		Source{Name: "node4.txt", Open: func() (io.ReadCloser, error) { return nil, broken }},
		textSource("node5.txt", ""), textSource("node6.txt", "Segmentation fault\n"), textSource("node7.txt", "#runbench {\"manifest\":{\"schema_version\":1}}\n"),
		server.source("node8.txt"),
	)
	if len(r.Machines) != 4 || len(r.LeftOut) != 4 {
		t.Fatalf("%d machines, left out %+v", len(r.Machines), r.LeftOut)
	}
	for i, want := range []string{"node4.txt", "node5.txt", "node6.txt", "node7.txt"} {
		if l := r.LeftOut[i]; l.File != want || !strings.HasPrefix(l.Reason, want+":") || strings.Contains(l.Reason, "\n") {
			t.Errorf("left out %+v, want %s", l, want)
		}
	}
	warnings := strings.Join(r.Warnings, "\n")
	for _, want := range []string{"node2.txt is not whole: its last line is cut off", "node3.txt is not whole: it has no end"} {
		if !strings.Contains(warnings, want) {
			t.Errorf("warnings %q, want %q", r.Warnings, want)
		}
	}
}

func TestOneMachine(t *testing.T) {
	other := laptop(1)
	other.cores = 4
	for _, test := range []struct {
		name    string
		sources []Source
		want    bool
	}{
		{"the same machine", []Source{laptop(1).source("a"), laptop(2).source("b")}, true},
		{"other cores", []Source{laptop(1).source("a"), other.source("b")}, false},
		{"the third", []Source{laptop(1).source("a"), laptop(2).source("b"), other.source("c")}, false},
		{"one cannot be read", []Source{laptop(1).source("a"), textSource("b", "")}, true},
		{"other package", []Source{textSource("a", "cpu: X\npkg: a\nBenchmarkX 1 1 ns/op\n"), textSource("b", "pkg: b\ncpu: X\nBenchmarkX 1 1 ns/op\n")}, true},
		{"without a machine", []Source{textSource("a", "BenchmarkX 1 1 ns/op\n"), textSource("b", "cpu: X\nBenchmarkX 1 1 ns/op\n")}, false},
	} {
		if got := OneMachine(test.sources); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// Of a fleet the sick node is named, and nobody else.
func TestFleet(t *testing.T) {
	var sources []Source
	for i := range 24 {
		m := laptop(uint64(100 + i))
		m.speed = 1 + 0.01*float64(i%3)
		switch {
		case i == 17:
			changed(m.workloads, "triad", func(w *madeWorkload) { w.parallelism = 1.1 })
		case i == 3:
			m.speed = 0.6
		case i >= 20:
			m.cpu = fmt.Sprintf("Other %d", i)
		}
		sources = append(sources, m.source(fmt.Sprintf("node%d.txt", i)))
	}
	r := machinesOfSources(t, sources...)
	if !r.Fleet || len(r.Differences) > 0 || len(r.Groups) != 2 || len(r.Groups[0].Machines) != 20 || !r.Groups[1].Mixed || len(r.Groups[1].Machines) != 4 {
		t.Fatalf("groups %+v, %d differences", r.Groups, len(r.Differences))
	}
	found := make(map[string]bool)
	for _, o := range r.Outliers {
		found[r.Machines[o.Machine].Label+" "+r.Workloads[o.Workload].Name+" "+o.Measure] = true
		if m := r.Machines[o.Machine].Label; m != "node17" && m != "node3" {
			t.Errorf("%s lies apart: %+v", m, o)
		}
	}
	for _, want := range []string{"node17 mem/triad parallelism_gain", "node17 mem/triad parallelism_over_control", "node3 cpu/hash throughput", "node3 io/latency throughput"} {
		if !found[want] {
			t.Errorf("%s was not found among %v", want, found)
		}
	}
	if found["node3 cpu/hash parallelism_gain"] || found["node3 cpu/hash single_core_work"] {
		t.Errorf("a slow machine scales as the others: %v", found)
	}
	for _, s := range r.Workloads[0].Spreads {
		if !(s.Min <= s.Q1 && s.Q1 <= s.Median && s.Median <= s.Q3 && s.Q3 <= s.Max) || s.Group == 1 && s.Measure == "throughput" {
			t.Errorf("spread %+v", s)
		}
	}
}

// perturbed returns the text of a real file as another machine may have written it: of
// one of three kinds, and every run a little faster or slower.
func perturbed(text string, machine int) string {
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	state := uint64(machine)*2862933555777941757 + 3037000493
	for line := range strings.Lines(text) {
		if cpu, ok := strings.CutPrefix(line, "cpu: "); ok {
			fmt.Fprintf(&b, "cpu: %s %d\n", strings.TrimSpace(cpu), machine%3)
			continue
		}
		if !strings.HasPrefix(line, "Benchmark") {
			b.WriteString(line)
			continue
		}
		state = state*6364136223846793005 + 1442695040888963407
		factor := 1 + 0.02*(float64(state>>40)/float64(1<<24)-0.5)
		fields := strings.Fields(line)
		for i := 2; i+1 < len(fields); i += 2 {
			v, err := strconv.ParseFloat(fields[i], 64)
			switch {
			case err != nil:
			case fields[i+1] == "ns/op":
				fields[i] = strconv.FormatFloat(v*factor, 'g', -1, 64)
			case fields[i+1] == "tasks/s":
				fields[i] = strconv.FormatFloat(v/factor, 'g', -1, 64)
			}
		}
		b.WriteString(strings.Join(fields, " "))
		b.WriteByte('\n')
	}
	return b.String()
}

func realFile(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "results", "amd-epyc-2-cores-go1.26.8.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What is kept of a machine is little, whatever its file holds.
func TestMachinesKeepLittle(t *testing.T) {
	text := realFile(t)
	const machines = 40
	var sources []Source
	for i := range machines {
		sources = append(sources, Source{Name: fmt.Sprintf("node%d.txt", i), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(perturbed(text, i))), nil
		}})
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	r := machinesOfSources(t, sources...)
	kept := float64(heap()-before) / machines
	t.Logf("%.0f KiB are kept of a machine", kept/1024)
	if kept > 64<<10 {
		t.Errorf("%.0f KiB are kept of a machine whose file has %d KiB", kept/1024, len(text)/1024)
	}
	if len(r.Groups) != 3 || len(r.Workloads) != 10 {
		t.Errorf("%d groups, %d workloads", len(r.Groups), len(r.Workloads))
	}
	runtime.KeepAlive(r)
}

// BenchmarkFleet compares the files of 1,000 machines, as large as default sweeps are.
func BenchmarkFleet(b *testing.B) {
	text := realFile(b)
	dir := b.TempDir()
	const machines = 1000
	var sources []Source
	for i := range machines {
		path := filepath.Join(dir, fmt.Sprintf("node%d.txt", i))
		if err := os.WriteFile(path, []byte(perturbed(text, i)), 0o644); err != nil {
			b.Fatal(err)
		}
		sources = append(sources, Source{Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
	b.ReportAllocs()
	for b.Loop() {
		if r := machinesOfSources(b, sources...); len(r.Machines) != machines || len(r.LeftOut) > 0 {
			b.Fatalf("%d machines, left out %v", len(r.Machines), r.LeftOut)
		}
	}
}

// BenchmarkMachine reads and judges one file.
func BenchmarkMachine(b *testing.B) {
	src := textSource("node.txt", realFile(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readMachines(src); err != nil {
			b.Fatal(err)
		}
	}
}

// Value gives the figures of a measure to whoever draws them.
func TestMeasureValue(t *testing.T) {
	r := machinesOfSources(t, laptop(1).source("a"), laptop(2).source("b"))
	for _, m := range Measures {
		v, lo, hi, ok := m.Value(r.Workloads[0].On[0])
		if !ok || !(lo < v && v < hi) {
			t.Errorf("%s: %v (%v…%v), %v", m.Name, v, lo, hi, ok)
		}
		if _, _, _, ok := m.Value(nil); ok {
			t.Errorf("%s of nothing", m.Name)
		}
	}
	if e := estimate(1, nil, nil, 3); e.Basis != scaling.NoInterval {
		t.Errorf("an estimate without bounds: %+v", e)
	}
}

// FuzzMachines checks that no file makes the comparison of machines panic, and that
// all that comes of it can be written as JSON: that it has no figure that is none.
func FuzzMachines(f *testing.F) {
	m := laptop(1)
	m.rounds, m.workloads = 5, usual()[:1]
	f.Add(m.text())
	f.Add([]byte("cpu: x\nBenchmarkX 1 NaN ns/op\nBenchmarkX-2 1 1e308 ns/op\nBenchmarkX-4 1 1e-308 ns/op\n"))
	f.Add([]byte("BenchmarkX/goroutines=1/gomaxprocs=1 1 5 ns/op\nBenchmarkX/goroutines=4/gomaxprocs=1 1 1e-320 ns/op\nBenchmarkX/goroutines=4/gomaxprocs=2 1 2 ns/op\n"))
	server := laptop(2)
	server.cpu = "Server"
	other := server.source("server.txt")
	f.Fuzz(func(t *testing.T, text []byte) {
		sources := []Source{textSource("a.txt", string(text)), other, textSource("b.txt", string(text))}
		r := machinesOfSources(t, sources...)
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
		for range 6 {
			sources = append(sources, sources[0])
		}
		if _, err := json.Marshal(machinesOfSources(t, sources...)); err != nil {
			t.Error(err)
		}
		if set, err := resultfile.Read(bytes.NewReader(text), "a.txt"); err == nil {
			g := Judge(set, set, []Rule{{analysis.TotalGain, 0.01}, {analysis.ConcurrencyGain, 0}}, DefaultAlpha)
			if _, err := json.Marshal(g); err != nil {
				t.Error(err)
			}
		}
	})
}
