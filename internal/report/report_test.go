package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"runbench/internal/analysis"
	"runbench/internal/resultfile"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with testdata/name.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

func ptr(v float64) *float64 { return &v }

func gainOf(v, half float64, effect string) *analysis.Gain {
	return &analysis.Gain{Value: v, Lo: ptr(v - half), Hi: ptr(v + half), Effect: effect}
}

func sample() analysis.Analysis {
	point := func(c, p int, x float64) analysis.Point {
		return analysis.Point{Goroutines: c, Gomaxprocs: p, Rate: analysis.Rate{Value: x}}
	}
	return analysis.Analysis{
		Workloads: []analysis.Workload{
			{
				Name: "cpu/hash", Strategy: "pool", Base: &analysis.Rate{Value: 20350}, Gomaxprocs: 4,
				ConcurrencyGain: gainOf(1, 0.004, "none"), ParallelismGain: gainOf(3.9, 0.02, "helps"), TotalGain: gainOf(3.9, 0.02, "helps"),
				PhysicalGain: gainOf(1.98, 0.01, "helps"),
				Verdict:      "parallelism", Sentence: "needs cores: the work computes",
				Recommend: analysis.Recommendation{Goroutines: 8, Gomaxprocs: 4},
				Surface:   []analysis.Point{point(1, 1, 20350), point(1, 2, 20300), point(1, 4, 20310), point(8, 1, 20400), point(8, 2, 40400), point(8, 4, 79300)},
				Warnings:  []string{"only two rounds"},
			},
			{
				Name: "io/latency\x1b[2J\n", Strategy: "pool", Gomaxprocs: 4,
				ConcurrencyGain: &analysis.Gain{Value: 31.4, Effect: "inconclusive"},
				Verdict:         "inconclusive", Sentence: "whether cores help could not be told",
				Recommend: analysis.Recommendation{Goroutines: 32, Gomaxprocs: 1},
				Surface:   []analysis.Point{point(32, 1, 14390), point(1, 1, 463)},
				Warnings:  []string{"only two rounds"},
			},
		},
		Failures: []analysis.Failure{{Cell: "CPU/workload=sort", Round: 2, Reason: "worker crashed:\x1b]0;title\x07 panic"}},
		Notes:    []analysis.Note{{Workload: "mem/triad", Text: "arrays of 32 MiB"}},
		Warnings: []string{"r.txt:3: line passed over"},
	}
}

func TestGolden(t *testing.T) {
	for name, style := range map[string]Style{"wide": {Width: 120}, "narrow": {Width: 80}, "color": {Width: 120, Color: true}} {
		var b bytes.Buffer
		if err := Table(&b, sample(), style); err != nil {
			t.Fatal(err)
		}
		if err := Plot(&b, sample(), style); err != nil {
			t.Fatal(err)
		}
		if !style.Color && strings.ContainsRune(b.String(), '\x1b') {
			t.Errorf("%s: an escape sequence reached the output", name)
		}
		golden(t, name, b.String())
	}
}

// What a workload counts itself is told for the goroutines of its gains, and
// threads only where they are more than the scheduler needs.
func TestCounted(t *testing.T) {
	point := func(c, p int, values map[string]float64) analysis.Point {
		return analysis.Point{Goroutines: c, Gomaxprocs: p, Rate: analysis.Rate{Value: 100}, Values: values}
	}
	a := analysis.Analysis{Workloads: []analysis.Workload{{
		Name: "mixed/devices", Strategy: "own", Goroutines: 4, Gomaxprocs: 2,
		Surface: []analysis.Point{
			point(1, 1, map[string]float64{"missed/op": 9}),
			point(4, 1, map[string]float64{"missed/op": 0, "late-p99-ns": 1234567, "threads": 5, "B/op": 7}),
			point(4, 2, map[string]float64{"missed/op": 0.25, "late-p99-ns": 89, "threads": 12}),
		},
	}, {
		Name: "io/blocking-syscall", Strategy: "pool", Goroutines: 32, Gomaxprocs: 1,
		Surface: []analysis.Point{point(32, 1, map[string]float64{"threads": 36})},
	}}}
	var b bytes.Buffer
	if err := Plot(&b, a, Style{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\ncounted with 4 goroutines, at 1 → 2 cores: missed/op 0 → 0.25 · late-p99 1.23ms → 89ns\n",
		"\ncounted with 32 goroutines, at 1 core: threads 36\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("want %q in\n%s", want, b.String())
		}
	}
}

func TestQuantity(t *testing.T) {
	for v, want := range map[float64]string{
		0.01234: "0.0123", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 999.6: "1 000", 1234: "1 234",
		12345: "12 350", 99999: "100 000", 1234567: "1 235 000",
	} {
		if got := quantity(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
}

func TestBar(t *testing.T) {
	for _, test := range []struct {
		share float64
		want  string
	}{{0, ""}, {0.0001, "▏"}, {0.5, "██"}, {0.53125, "██▏"}, {1, "████"}, {1.5, "████"}} {
		if got := Bar(test.share, 4); got != test.want || utf8.RuneCountInString(got) > 4 {
			t.Errorf("%v: got %q, want %q", test.share, got, test.want)
		}
	}
}

// Off a terminal a round is a line; on one the display is redrawn in place and
// gone at the end, and what failed stays.
func TestProgress(t *testing.T) {
	cell := resultfile.Cell{Class: "CPU", Workload: "hash", Strategy: resultfile.Sequential, Goroutines: 1, Gomaxprocs: 1}
	plan := resultfile.Plan{Rounds: 2, Budget: time.Hour, Procs: []int{1}, Subjects: []resultfile.Subject{{Class: "CPU", Workload: "hash", Goroutines: []int{1}}}}
	for _, live := range []bool{false, true} {
		var b bytes.Buffer
		p := NewProgress(&b, live, Style{Width: 80}, plan, "cores: 1", nil)
		for round := 1; round <= 2; round++ {
			p.RoundStarted(round, 2)
			p.RunStarted(cell)
			p.RunDone(cell, round, []resultfile.Value{{Unit: resultfile.TasksPerSec, Value: 100}})
			p.RunFailed(cell, round, "worker crashed")
			p.RoundDone(resultfile.RoundEnd{Round: round})
		}
		p.Close()
		out := b.String()
		if n := strings.Count(out, "failed: CPU/workload=hash"); n != 2 {
			t.Errorf("live %v: %d failures shown, want 2:\n%s", live, n, out)
		}
		if lines := strings.Contains(out, "round 1: 1 run in"); lines == live {
			t.Errorf("live %v: plain lines %v:\n%q", live, lines, out)
		}
		if live != strings.HasSuffix(out, "\x1b[J") {
			t.Errorf("live %v: the output ends with %q", live, out[max(0, len(out)-20):])
		}
	}
}
