package scaling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// drawEstimate draws the estimate that a sweep of n rounds makes of a truth.
func drawEstimate(r *rand.Rand, truth, sd float64, n int) Estimate {
	logs := make([]float64, n)
	for i := range logs {
		logs[i] = math.Log(truth) + sd*r.NormFloat64()
	}
	return Interval(logs, 0)
}

// TestCoverageContrasts: of machines that are alike, or differ by exactly what is of no interest, a difference is
// claimed in at most alpha of all reports; and one alone is found as often as its size says.
func TestCoverageContrasts(t *testing.T) {
	skipShort(t)
	const alpha = 0.05
	var conditions []condition
	for _, m := range []int{1, 40, 400} {
		for _, n := range []int{5, 14} {
			for _, delta := range []float64{0, 0.02} {
				reports := 1000
				switch {
				case *long && m < 400:
					reports = 20_000
				case *long: // each draws as much as ten of the others
					reports = 2000
				case m == 400:
					continue
				}
				name := fmt.Sprintf("%3d contrasts, %2d rounds, δ %.2f, spreads 0.3–3 %%", m, n, delta)
				conditions = append(conditions, condition{name, func(t *testing.T, r *rand.Rand) string {
					false1, found := 0, 0
					for range reports {
						var cs []Contrast
						for range m {
							sd := 0.003 * math.Pow(10, r.Float64())
							cs = append(cs, Contrast{A: drawEstimate(r, 2, sd, n), B: drawEstimate(r, 2*(1+delta), 0.003*math.Pow(10, r.Float64()), n), Delta: delta})
						}
						// One more that differs plainly must not be lost among them.
						cs = append(cs, Contrast{A: drawEstimate(r, 1.5, 0.005, n), B: drawEstimate(r, 1.9, 0.005, n), Delta: delta})
						out := Contrasts(cs, alpha)
						for _, c := range out[:m] {
							if c.Differs {
								false1++
								break
							}
						}
						if out[m].Differs {
							found++
						}
					}
					share := float64(false1) / float64(reports)
					if margin := 3 * math.Sqrt(alpha*(1-alpha)/float64(reports)); share > alpha+margin {
						t.Errorf("a false difference in %.2f %% of reports, want at most %.0f %%", 100*share, 100*alpha)
					}
					if found < reports*99/100 {
						t.Errorf("27 %% more was found in %d of %d reports", found, reports)
					}
					return percent(reports, false1, found)
				}})
			}
		}
	}
	table(t, 21, fmt.Sprintf("%13s %13s", "false", "found"), conditions)
}

// Without intervals from between runs nothing differs, however far apart.
func TestContrastWithoutIntervals(t *testing.T) {
	sure := Interval([]float64{0, 0.001, -0.001, 0.0005}, 0)
	for _, unsure := range []Estimate{point(1, 1), {Value: math.NaN()}, {Value: 3, Lo: 2.9, Hi: 3.1, Rounds: 1, Basis: WithinRun}} {
		for _, c := range []Contrast{{A: sure, B: unsure}, {A: unsure, B: sure}} {
			if out := Contrasts([]Contrast{c}, 0.05)[0]; out.Differs || out.P != 1 || out.Adjusted != 1 {
				t.Errorf("%+v differs: %+v", c, out)
			}
		}
	}
	far := Interval([]float64{1, 1.001, 0.999, 1.0005}, 0)
	out := Contrasts([]Contrast{{A: sure, B: far, Delta: 0.02}}, 0.05)[0]
	if !out.Differs || math.Abs(out.Value/math.E-1) > 0.01 || !(out.Lo < out.Value && out.Value < out.Hi) {
		t.Errorf("a factor of e: %+v", out)
	}
	if out := Contrasts([]Contrast{{A: sure, B: far, Delta: 2}}, 0.05)[0]; out.Differs {
		t.Errorf("a factor of e differs by more than 3: %+v", out)
	}
}

// RatioOf pairs by round and widens as gains are.
func TestRatioOf(t *testing.T) {
	var a, b []Observation
	for round := 1; round <= 6; round++ {
		drift := math.Exp(0.3 * float64(round))
		a = append(a, Observation{Round: round, Rate: 3 * drift * (1 + 0.001*float64(round%2))})
		b = append(b, Observation{Round: round + 1, Rate: drift * math.Exp(0.3)})
	}
	e := RatioOf(a, b, 0)
	if e.Rounds != 5 || math.Abs(e.Value-3) > 0.005 || !(e.Hi < 3.01) {
		t.Errorf("drift does not cancel: %+v", e)
	}
	if w := RatioOf(a, b, 0.1); math.Abs(w.Lo/e.Lo-0.9) > 1e-12 || math.Abs(w.Hi/e.Hi-1/0.9) > 1e-12 {
		t.Errorf("%+v is not %+v widened by a tenth", w, e)
	}
}
