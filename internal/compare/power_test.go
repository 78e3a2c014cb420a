package compare

import (
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"

	"runbench/internal/analysis"
	"runbench/internal/resultfile"
)

var long = flag.Bool("long", false, "judge simulated sweeps over noise and rounds in full")

// rules of the simulations: both kinds of gates at once, as a workflow declares them.
func simulatedRules() []Rule {
	return []Rule{{resultfile.NsPerOp, 0.03}, {analysis.ParallelismGain, 0.03}}
}

func slower(w *madeWorkload)   { w.rate /= 1.05 }
func lessGain(w *madeWorkload) { w.parallelism /= 1.05 }

// failing returns what of a gate fails.
func failing(g Gate) string {
	var out []string
	for _, c := range g.Comparisons {
		if c.Outcome == "fail" {
			out = append(out, fmt.Sprintf("%s %s at %d", c.Workload, c.Unit, c.Gomaxprocs))
		}
	}
	return strings.Join(out, ", ")
}

// Two A/A files of a quiet machine (run noise of 0.3 to 1 %, 17 rounds, as a default
// sweep has) pass 20 times of 20; with one workload 5 % slower, or with 5 % less of a
// parallelism gain, at least 19 of 20 fail, and nothing fails that is as it was.
func TestGateOfSweeps(t *testing.T) {
	const pairs, rounds = 20, 17
	for _, paired := range []bool{true, false} {
		passed, found, foundGain := 0, 0, 0
		for seed := range uint64(pairs) {
			judge := func(new []madeWorkload) Gate {
				before, after := twoFiles(100+seed, rounds, paired, usual(), new)
				return Judge(before.set(t), after.set(t), simulatedRules(), DefaultAlpha)
			}
			g := judge(usual())
			if g.Paired != paired || len(g.Comparisons) != 12+6 {
				t.Fatalf("paired %v, %d comparisons", g.Paired, len(g.Comparisons))
			}
			if g.Outcome == "pass" {
				passed++
			} else {
				t.Logf("A/A %d, paired %v: %s: %s %v", seed, paired, g.Outcome, failing(g), g.Warnings)
			}
			if g := judge(changed(usual(), "mandelbrot", slower)); g.Outcome == "fail" {
				found++
				if fails := failing(g); strings.Contains(fails, "gain") || strings.Count(fails, "cpu/mandelbrot") != strings.Count(fails, " at ") {
					t.Errorf("cpu/mandelbrot alone became slower, at any number of cores; failing: %s", fails)
				}
			}
			if g := judge(changed(usual(), "mandelbrot", lessGain)); strings.Contains(failing(g), "cpu/mandelbrot parallelism_gain at 2") {
				foundGain++
			}
		}
		t.Logf("paired %v: of %d A/A pairs %d pass; 5 %% slower fails %d times, 5 %% less gain %d times", paired, pairs, passed, found, foundGain)
		if passed != pairs || found < pairs-1 || foundGain < pairs-1 {
			t.Errorf("want %d, and at least %d of each", pairs, pairs-1)
		}
	}
}

// TestGateTable prints what gates make of sweeps over noise and rounds, and holds them
// to their promise: of two sweeps that are alike, at most a fortieth fails (half of
// alpha, the other half is for what became better).
//
//	go test ./internal/compare -run GateTable -long -v
func TestGateTable(t *testing.T) {
	pairs := 16
	if *long {
		pairs = 400
	}
	for _, paired := range []bool{true, false} {
		for _, noise := range []float64{0.003, 0.01, 0.03} {
			for _, rounds := range []int{5, 9, 17} {
				name := fmt.Sprintf("paired=%v/noise=%.1f%%/rounds=%d", paired, 100*noise, rounds)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					count := make(map[string]int)
					for seed := range uint64(pairs) {
						judge := func(new []madeWorkload) Gate {
							before, after := twoFiles(5000+seed, rounds, paired, alike(noise), new)
							return Judge(before.set(t), after.set(t), simulatedRules(), DefaultAlpha)
						}
						count["A/A "+judge(alike(noise)).Outcome]++
						count["slower "+judge(changed(alike(noise), "mandelbrot", slower)).Outcome]++
						count["less "+judge(changed(alike(noise), "mandelbrot", lessGain)).Outcome]++
					}
					share := func(what string) float64 { return 100 * float64(count[what]) / float64(pairs) }
					t.Logf("A/A: pass %5.1f %%, fail %4.1f %%, inconclusive %5.1f %% · 5 %% slower: fail %5.1f %%, pass %4.1f %% · 5 %% less gain: fail %5.1f %%, pass %4.1f %%",
						share("A/A pass"), share("A/A fail"), share("A/A inconclusive"), share("slower fail"), share("slower pass"), share("less fail"), share("less pass"))
					if limit := 2.5 + 300*math.Sqrt(0.025*0.975/float64(pairs)); share("A/A fail") > limit {
						t.Errorf("false alarms in %.1f %% of gates, want at most 2.5 %% (with chance %.1f %%)", share("A/A fail"), limit)
					}
					if share("slower pass") > 2.5+300*math.Sqrt(0.025*0.975/float64(pairs)) {
						t.Errorf("5 %% slower passes in %.1f %%", share("slower pass"))
					}
				})
			}
		}
	}
}
