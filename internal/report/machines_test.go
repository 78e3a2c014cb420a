package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"runbench/internal/analysis"
	"runbench/internal/compare"
)

// twoMachines is a comparison of two, with a hostile name.
func twoMachines() *compare.MachinesResult {
	on := func(gain float64, procs int) *compare.OnMachine {
		p := partOf(gain, 0.04)
		g := &analysis.Gain{Value: gain, Lo: p.Lo, Hi: p.Hi, Effect: "helps", Rounds: 9}
		return &compare.OnMachine{
			Goroutines: 8, Gomaxprocs: procs, Base: &analysis.Rate{Value: 34280, Lo: ptr(34000.0), Hi: ptr(34500.0)}, BaseRounds: 12,
			ConcurrencyGain: &analysis.Gain{Value: 1, Lo: ptr(0.99), Hi: ptr(1.01), Effect: "none", Rounds: 9}, ParallelismGain: g, TotalGain: g,
			Efficiency: new(partOf(gain/float64(procs), 0.02)), ControlWork: &analysis.ControlWork{SingleCore: &analysis.Ratio{Part: partOf(2.79, 0.02), Rounds: 12}},
			Ceilings: analysis.Ceilings{Ideal: float64(procs), Hardware: ptr(1.98)}, Recommend: analysis.Recommendation{Goroutines: 8, Gomaxprocs: procs},
			Advice: &analysis.Advice{Goroutines: 8, Lo: 2, Hi: 8, Gomaxprocs: procs}, Verdict: "parallelism",
			Laws: []compare.LawSummary{{Axis: "goroutines", Gomaxprocs: procs, Model: "amdahl", Sigma: new(partOf(0.1, 0.02))}, {Axis: "gomaxprocs", Idle: true, Model: "linear"}},
		}
	}
	return &compare.MachinesResult{
		SchemaVersion: 1, Alpha: 0.05, Compared: 12,
		Machines: []compare.Machine{
			{Label: "laptop", Host: "AMD EPYC · 2 cores", Results: 643, AA: ptr(0.02), Control: []analysis.Control{{Gomaxprocs: 2, Speedup: new(partOf(1.98, 0.01))}}},
			{Label: "srv<b>\x1b[2J", Host: "Xeon|x", Results: 12},
		},
		Workloads: []compare.MachineWorkload{
			{Name: "cpu/hash", Strategy: "pool", On: []*compare.OnMachine{on(1.95, 2), on(7.1, 8)}},
			{Name: "io/<script>", Strategy: "pool", On: []*compare.OnMachine{nil, on(1.2, 8)}},
		},
		Differences: []compare.Difference{
			{Workload: 0, Measure: "parallelism_gain", Sentence: "cpu/hash: cores give 7.10× on srv (8 cores) and 1.95× on laptop (2 cores); the ratio is 3.64 (3.5…3.8)"},
			{Workload: 0, Measure: "parallelism_gain", Sentence: "second"},
			{Workload: 0, Measure: "parallelism_gain", Sentence: "third"},
		},
		Warnings: []string{"b.txt is not whole: its last line is cut off"},
	}
}

func TestMachines(t *testing.T) {
	var b bytes.Buffer
	if err := Machines(&b, twoMachines(), Style{Width: 120}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"laptop      AMD EPYC · 2 cores  1.98× of 2          ±2.0 %", "  cpu/hash: cores give 7.10×", "second (and 1 pair more)",
		"cpu/hash     laptop      34 280 tasks/s  1.00× ±0.01  1.95× ±0.04 of 2", "io/<script>", "1.98× / –", "8 (2…8) × 2", "2.79 ±0.7 %",
		"goroutines, 2 cores", "0.1 (0.08…0.12)", "nothing else differs for certain",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.ContainsAny(text, "\x1b") || strings.Contains(text, "third") || strings.Contains(text, "linear") {
		t.Errorf("written all the same:\n%s", text)
	}
	b.Reset()
	if err := MachinesMarkdown(&b, twoMachines()); err != nil {
		t.Fatal(err)
	}
	md := b.String()
	if strings.Index(md, "cores give 7.10×") > strings.Index(md, "34 280") || strings.Contains(md, "<script>") || !strings.Contains(md, `Xeon\|x`) || !strings.Contains(md, "- warning: b.txt is not whole") {
		t.Errorf("Markdown:\n%s", md)
	}
	b.Reset()
	if err := MachinesCSV(&b, twoMachines()); err != nil || strings.Count(b.String(), "\n") != 4 {
		t.Errorf("%v: CSV:\n%s", err, b.String())
	}
}

// failingGate has so many comparisons that fail.
func failingGate(n int) compare.Gate {
	g := compare.Gate{SchemaVersion: 1, Outcome: "fail", Alpha: 0.05}
	for i := range n {
		g.Comparisons = append(g.Comparisons, compare.GateComparison{
			Workload: fmt.Sprintf("a%%,b:c\r\n::error::x%d", i), Gomaxprocs: 2, Unit: "parallelism_gain", Ratio: ptr(0.9), Lo: ptr(0.89), Hi: ptr(0.91), Old: ptr(2.0), New: ptr(1.8), Delta: 0.03, Outcome: "fail",
		})
	}
	return g
}

func TestAnnotations(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 10: 10, 25: 10} {
		var b bytes.Buffer
		if err := Annotations(&b, failingGate(n)); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if n > 0 && len(lines) != want || n == 0 && b.Len() > 0 {
			t.Errorf("%d failures: %d annotations, want %d", n, len(lines), want)
		}
		if n == 1 && lines[0] != "::error title=a%25%2Cb%3Ac��%3A%3Aerror%3A%3Ax0%3A parallelism_gain::fail: 2× → 1.8×, -10.0 %25 of parallelism_gain at 2 cores, interval -11.0 %25 … -9.0 %25, allowed ±3.0 %25" {
			t.Errorf("annotation %q", lines[0])
		}
		if n == 25 && !strings.Contains(lines[9], "16 more comparisons: fail") {
			t.Errorf("last annotation %q", lines[9])
		}
	}
}

// A job summary says the verdict first, stays short enough to be shown, and counts what
// it leaves out.
func TestGateMarkdown(t *testing.T) {
	const n = 20_000
	var b bytes.Buffer
	if err := GateMarkdown(&b, failingGate(n)); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	rows := strings.Count(text, "\n| **fail** |")
	if !strings.HasPrefix(text, "## Gate: fail\n") || len(text) > 1<<20 || len(text) < 1<<19 || !strings.Contains(text[len(text)-200:], fmt.Sprintf("… %d more rows left out", n-rows)) {
		t.Errorf("%d bytes, %d rows: %.200s … %s", len(text), rows, text, text[len(text)-200:])
	}
	b.Reset()
	if err := GateMarkdown(&b, failingGate(3)); err != nil || strings.Contains(b.String(), "left out") || strings.Count(b.String(), "**fail**") != 3 {
		t.Errorf("%v:\n%s", err, b.String())
	}
}
