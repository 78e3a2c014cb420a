package compare

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"runbench/internal/analysis"
)

// The gains that a gate compares are those that analyze prints.
func TestGateComparesGainsAsPrinted(t *testing.T) {
	before, after := twoFiles(1, 12, false, usual(), changed(usual(), "mandelbrot", func(w *madeWorkload) { w.concurrency, w.parallelism = 1.1, 1.2 }))
	old, new := before.set(t), after.set(t)
	printed := make(map[string]analysis.Workload)
	for _, w := range analysis.Analyze(new).Workloads {
		printed[w.Name] = w
	}
	rules := []Rule{{analysis.ConcurrencyGain, 0.05}, {analysis.ParallelismGain, 0.05}, {analysis.TotalGain, 0.05}}
	g := Judge(old, new, rules, DefaultAlpha)
	if len(g.Comparisons) != 18 || len(g.Warnings) > 0 {
		t.Fatalf("%d comparisons, warnings %q", len(g.Comparisons), g.Warnings)
	}
	want := map[string]string{
		"cpu/mandelbrot concurrency_gain": "better", "cpu/mandelbrot parallelism_gain": "fail", "cpu/mandelbrot total_gain": "fail",
	}
	for _, c := range g.Comparisons {
		w := printed[c.Workload]
		of := map[string]*analysis.Gain{"concurrency_gain": w.ConcurrencyGain, "parallelism_gain": w.ParallelismGain, "total_gain": w.TotalGain}[c.Unit]
		if c.New == nil || math.Abs(*c.New/of.Value-1) > 1e-9 || c.Strategy != "pool" || c.Goroutines != 2 {
			t.Errorf("%s %s: %+v, want %v", c.Workload, c.Unit, c, of.Value)
		}
		outcome := want[c.Workload+" "+c.Unit]
		if outcome == "" {
			outcome = "pass"
		}
		if c.Outcome != outcome {
			t.Errorf("%s %s: %s, want %s: %+v", c.Workload, c.Unit, c.Outcome, outcome, c)
		}
		if wantProcs := map[bool]int{true: 1, false: 2}[c.Unit == "concurrency_gain"]; c.Gomaxprocs != wantProcs {
			t.Errorf("%s: at %d GOMAXPROCS", c.Unit, c.Gomaxprocs)
		}
	}
}

// A machine that became slower as a whole changes no gain.
func TestGateOfGainsOnSlowerMachine(t *testing.T) {
	before, after := twoFiles(2, 14, false, usual(), usual())
	after.speed = 0.7
	g := Judge(before.set(t), after.set(t), []Rule{{analysis.ParallelismGain, 0.03}}, DefaultAlpha)
	if g.Outcome != "pass" {
		t.Errorf("%s: %s %q", g.Outcome, failing(g), g.Warnings)
	}
}

// What the new file lacks is inconclusive, and so is a file that says nothing of cores.
func TestGateOfGainsThatAreMissing(t *testing.T) {
	before, after := twoFiles(3, 12, true, usual(), usual()[1:])
	g := Judge(before.set(t), after.set(t), []Rule{{analysis.ParallelismGain, 0.05}}, DefaultAlpha)
	if g.Outcome != "inconclusive" || !strings.Contains(strings.Join(g.Warnings, "\n"), "cpu/hash: the new file has no parallelism_gain") {
		t.Errorf("%s, warnings %q", g.Outcome, g.Warnings)
	}
	single := madeOnOneCore(t)
	g = Judge(single, single, []Rule{{analysis.ParallelismGain, 0.05}}, DefaultAlpha)
	if g.Outcome != "inconclusive" || len(g.Comparisons) != 0 {
		t.Errorf("%s, %d comparisons", g.Outcome, len(g.Comparisons))
	}
}

// Two files that chose other goroutine counts are compared at one of them.
func TestGateOfGainsAtOneCount(t *testing.T) {
	before, after := twoFiles(4, 12, false, usual(), usual())
	text := string(after.text())
	// In the new file hash was measured on with eight goroutines, not two.
	var lines []string
	round := ""
	for line := range strings.Lines(text) {
		if strings.Contains(line, `"round":{`) {
			round = line
		}
		if strings.Contains(line, "workload=hash/strategy=pool") && !strings.Contains(round, `"round":1,`) && !strings.Contains(round, `"round":2,`) && !strings.Contains(round, `"round":3,`) {
			line = strings.Replace(line, "goroutines=2", "goroutines=8", 1)
		}
		if strings.Contains(line, "workload=hash/strategy=pool/goroutines=8/gomaxprocs=2") && strings.Contains(round, `"round":{"round":`) {
			if strings.Contains(round, `"round":1,`) || strings.Contains(round, `"round":2,`) || strings.Contains(round, `"round":3,`) {
				// Eight looked better by more than 5 % there.
				line = strings.Replace(line, "tasks/s", "x/s", 1)
				line = strings.TrimRight(line, "\n") + " 90000 tasks/s\n"
			}
		}
		lines = append(lines, line)
	}
	new := readText(t, strings.Join(lines, ""))
	g := Judge(before.set(t), new, []Rule{{analysis.ParallelismGain, 0.05}}, DefaultAlpha)
	if !strings.Contains(strings.Join(g.Warnings, "\n"), "cpu/hash: the old file is best served by 2 goroutines and the new one by 8") {
		t.Fatalf("warnings %q", g.Warnings)
	}
	for _, c := range g.Comparisons {
		if c.Workload == "cpu/hash" && c.Outcome == "fail" {
			t.Errorf("another choice fails as a change: %+v", c)
		}
	}
}

// Benchmarks of other projects have the gain that go test -cpu shows, round by round,
// and those at one GOMAXPROCS have none.
func TestGateOfGainsOfOthers(t *testing.T) {
	text := func(at4 float64) string {
		var b strings.Builder
		b.WriteString("goos: linux\npkg: x\n")
		for i := range 10 {
			scatter := 1 + 0.004*float64(i%3)
			fmt.Fprintf(&b, "BenchmarkEncode 100 %.1f ns/op 8 B/op\n", 1000*scatter)
			fmt.Fprintf(&b, "BenchmarkEncode-2 100 %.1f ns/op 8 B/op\n", 520*scatter)
			fmt.Fprintf(&b, "BenchmarkEncode-4 100 %.1f ns/op 8 B/op\n", at4*scatter)
			fmt.Fprintf(&b, "BenchmarkOnce-4 100 %.1f ns/op 8 B/op\n", 70*scatter)
		}
		return b.String()
	}
	old := readText(t, text(300))
	for after, want := range map[float64]string{300: "pass", 450: "fail", 200: "better"} {
		new := readText(t, text(after))
		g := Judge(old, new, []Rule{{analysis.ParallelismGain, 0.05}}, DefaultAlpha)
		if len(g.Comparisons) != 1 {
			t.Fatalf("%d comparisons, want that of Encode: %+v, %q", len(g.Comparisons), g.Comparisons, g.Warnings)
		}
		c := g.Comparisons[0]
		if c.Workload != "Encode" || c.Gomaxprocs != 4 || c.Outcome != want || math.Abs(*c.Old-1000.0/300) > 0.01 || math.Abs(*c.New-1000/after) > 0.01 {
			t.Errorf("%v ns at 4: %s, want %s: %+v", after, c.Outcome, want, c)
		}
		if printed := analysis.Analyze(new).Workloads; len(printed) != 1 || math.Abs(*c.New/printed[0].ParallelismGain.Value-1) > 1e-3 {
			t.Errorf("%v ns at 4: the gate has %v, analyze %+v", after, *c.New, printed)
		}
	}
	g := Judge(old, old, []Rule{{analysis.ConcurrencyGain, 0.05}, {analysis.TotalGain, 0.05}}, DefaultAlpha)
	if len(g.Comparisons) != 0 || g.Outcome != "inconclusive" {
		t.Errorf("nobody says how many goroutines there were: %+v", g)
	}
}
