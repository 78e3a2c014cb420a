package scaling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// simGate draws m comparisons of a truth, ln(new/old), as two interleaved sweeps of n rounds measure it: paired by
// round, or, where unpaired, as two cells of n runs each that scatter differently.
func simGate(r *rand.Rand, m, n int, paired bool, truth, sd, delta float64) []Comparison {
	comparisons := make([]Comparison, m)
	for i := range comparisons {
		c := Comparison{Name: fmt.Sprint(i), Better: 1 - 2*(i%2), Tolerance: delta}
		change := float64(c.Better) * truth
		draw := func(mean, sd float64) []float64 {
			logs := make([]float64, n)
			for k := range logs {
				logs[k] = mean + sd*r.NormFloat64()
			}
			return logs
		}
		if paired {
			c.Paired = draw(change, sd)
		} else {
			c.Old = [][]float64{draw(1, sd), draw(5, sd)}
			c.New = [][]float64{draw(1+change, sd), draw(5+change, 3*sd)}
		}
		comparisons[i] = c
	}
	return comparisons
}

// TestCoverageGateFalseAlarms judges changes that are exactly as large as tolerated: gates that call any of them a
// failure (or better) are at most alpha/2 of all, and with one paired comparison, whose t test is exact, no fewer.
func TestCoverageGateFalseAlarms(t *testing.T) {
	skipShort(t)
	const alpha = 0.05
	gates, runs := 2000, []int{5}
	if *long {
		gates, runs = 20_000, []int{5, 12}
	}
	var conditions []condition
	for _, m := range []int{1, 5, 20} {
		for _, paired := range []bool{true, false} {
			for _, delta := range []float64{0, 0.05} {
				for _, n := range runs {
					for _, side := range []Outcome{OutcomeFail, OutcomeBetter} {
						truth := math.Log1p(delta)
						if side == OutcomeFail {
							truth = -truth
						}
						name := fmt.Sprintf("%2d comparisons, paired %-5v δ %.2f, %2d rounds, true %+.2f", m, paired, delta, n, truth)
						if delta == 0 && side == OutcomeBetter {
							continue // the same truth as on the other side
						}
						conditions = append(conditions, condition{name, func(t *testing.T, r *rand.Rand) string {
							var fails, betters, alone, passes int
							for range gates {
								found := map[Outcome]bool{}
								flagged := false
								for _, g := range Gate(simGate(r, m, n, paired, truth, 0.02, delta), alpha) {
									found[g.Outcome] = true
									flagged = flagged || g.Flagged
								}
								for outcome, count := range map[Outcome]*int{OutcomeFail: &fails, OutcomeBetter: &betters, OutcomePass: &passes} {
									if found[outcome] {
										*count++
									}
								}
								if flagged {
									alone++
								}
							}
							margin := 3 * math.Sqrt(alpha/2*(1-alpha/2)/float64(gates))
							for what, count := range map[string]int{"fail": fails, "better": betters} {
								share := float64(count) / float64(gates)
								if share > alpha/2+margin {
									t.Errorf("%s in %.2f %% of gates, want at most %.2f %% (give or take %.2f %%)", what, 100*share, 100*alpha/2, 100*margin)
								}
								if exact := m == 1 && paired && (delta == 0 || what == string(side)); exact && share < alpha/2-margin {
									t.Errorf("%s in %.2f %% of gates, want %.2f %% (give or take %.2f %%)", what, 100*share, 100*alpha/2, 100*margin)
								}
							}
							if m == 20 && float64(alone)/float64(gates) < 2*alpha {
								t.Errorf("without correction %d of %d gates raise an alarm: the test would not notice its absence", alone, gates)
							}
							return percent(gates, fails, betters, alone, passes)
						}})
					}
				}
			}
		}
	}
	table(t, 7, fmt.Sprintf("%13s %13s %13s %13s", "fail", "better", "uncorrected", "any pass"), conditions)
}

// TestCoveragePower compares what Power promises with how often a gate fails.
func TestCoveragePower(t *testing.T) {
	skipShort(t)
	const alpha = 0.05
	gates := 2000
	if *long {
		gates = 40_000
	}
	var conditions []condition
	for _, c := range []struct {
		n                 int
		sd, effect, delta float64
	}{
		{5, 0.02, 0.08, 0.05}, {5, 0.02, 0.05, 0}, {8, 0.03, 0.04, 0}, {12, 0.03, 0.08, 0.05}, {12, 0.02, 0.05, 0.05}, {20, 0.06, 0.10, 0.05}, {30, 0.05, 0.03, 0.02},
	} {
		name := fmt.Sprintf("power, %2d rounds, sd %.2f, %.2f worse, δ %.2f", c.n, c.sd, c.effect, c.delta)
		conditions = append(conditions, condition{name, func(t *testing.T, r *rand.Rand) string {
			fails := 0
			for range gates {
				if Gate(simGate(r, 1, c.n, true, -math.Log1p(c.effect), c.sd, c.delta), alpha)[0].Outcome == OutcomeFail {
					fails++
				}
			}
			want := Power(c.n, c.sd, c.effect, c.delta, alpha)
			share, se := float64(fails)/float64(gates), math.Sqrt(want*(1-want)/float64(gates))
			if math.Abs(share-want) > 3*se {
				t.Errorf("%.2f %% of gates fail, want %.2f %%, within %.2f %%", 100*share, 100*want, 300*se)
			}
			return fmt.Sprintf("%11.2f %% %11.2f %%", 100*share, 100*want)
		}})
	}
	table(t, 8, fmt.Sprintf("%13s %13s", "simulated", "calculated"), conditions)
}

// TestCoverageShift counts the runs that are marked as not settled: at most 0.2 % of those that have nothing but
// noise, and at least 99 % of those that slow down by 15 % in the middle.
func TestCoverageShift(t *testing.T) {
	skipShort(t)
	runs := 1000
	if *long {
		runs = 40_000
	}
	batch := func(r *rand.Rand, cv float64, skewed bool) float64 {
		if skewed {
			return 1 - cv + cv*r.ExpFloat64()
		}
		return 1 + cv*r.NormFloat64()
	}
	var conditions []condition
	for _, n := range []int{20, 40, 100, 400} {
		for _, cv := range []float64{0.01, 0.03, 0.10} {
			for _, skewed := range []bool{false, true} {
				name := fmt.Sprintf("no shift, %3d batches, %2.0f %% noise, skewed %v", n, 100*cv, skewed)
				conditions = append(conditions, condition{name, func(t *testing.T, r *rand.Rand) string {
					marked := 0
					times := make([]float64, n)
					for range runs {
						for i := range times {
							times[i] = batch(r, cv, skewed)
						}
						if _, ok := FindShift(times); ok {
							marked++
						}
					}
					if float64(marked) > 0.002*float64(runs) {
						t.Errorf("%d of %d runs marked, want at most 0.2 %%", marked, runs)
					}
					return percent(runs, marked)
				}})
			}
		}
	}
	for _, ratio := range []float64{1.15, 1 / 1.15} {
		for _, skewed := range []bool{false, true} {
			name := fmt.Sprintf("shift × %.2f after 20 of 40, 3 %% noise, skewed %v", ratio, skewed)
			conditions = append(conditions, condition{name, func(t *testing.T, r *rand.Rand) string {
				marked := 0
				times := make([]float64, 40)
				for range runs {
					for i := range times {
						times[i] = batch(r, 0.03, skewed)
						if i >= 20 {
							times[i] *= ratio
						}
					}
					if s, ok := FindShift(times); ok && s.At >= 18 && s.At <= 22 && math.Abs(s.Ratio/ratio-1) < 0.05 {
						marked++
					}
				}
				if float64(marked) < 0.99*float64(runs) {
					t.Errorf("%d of %d runs marked, want at least 99 %%", marked, runs)
				}
				return percent(runs, marked)
			}})
		}
	}
	table(t, 9, "       marked", conditions)
}
