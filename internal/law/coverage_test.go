package law

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// long asks for the simulations in full: go test ./internal/law -run Coverage -long -v prints a table of what the
// intervals cover.
var long = flag.Bool("long", false, "run the simulations of coverage in full")

// skipShort leaves out what takes long under the race detector, which finds nothing in
// simulations.
func skipShort(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
}

// simFits returns how many sweeps to simulate: with the full number the share covered of 95 % has a standard error of
// 0.15 %.
func simFits() int {
	if *long {
		return 21_200
	}
	return 1000
}

// A truth is the law that simulated sweeps follow, and how they scatter.
type truth struct {
	n            []int
	sigma, kappa float64
	rounds       int     // 0: one run each, not blocked
	repeats      int     // not blocked, in place of rounds
	run          float64 // standard deviation of ln X from run to run
	clock        float64 // share of the clock that is lost at the largest N
	rising       bool    // run is that at the largest N, and falls to a fifth of it at the smallest
}

const (
	simGamma = 250.0
	simDrift = 0.10 // standard deviation of ln X from round to round
)

func (m truth) String() string {
	design := fmt.Sprintf("%2d rounds", m.rounds)
	if m.rounds == 0 {
		design = fmt.Sprintf("%2d repeats", max(m.repeats, 1))
	}
	rising := ""
	if m.rising {
		rising = " rising"
	}
	return fmt.Sprintf("N %d to %2d, σ %.3g κ %.2g, %s, run %.1f %%%s", m.n[0], m.n[len(m.n)-1], m.sigma, m.kappa, design, 100*m.run, rising)
}

// draw simulates a sweep and, in the same rounds, a control that shares nothing and scatters as much.
func (m truth) draw(r *rand.Rand) (samples, control []Sample) {
	for round := range max(m.rounds, m.repeats, 1) {
		drift := 0.0
		if m.rounds > 0 {
			drift = simDrift * r.NormFloat64()
			round++
		} else {
			round = 0
		}
		for _, n := range m.n {
			x := float64(n)
			clock := math.Log(1 - m.clock*(x-1)/float64(m.n[len(m.n)-1]))
			log := drift + clock + math.Log(simGamma*x/loss(x, m.sigma, m.kappa))
			run := m.run
			if m.rising {
				run *= 0.2 + 0.8*(x-1)/(float64(m.n[len(m.n)-1])-1)
			}
			samples = append(samples, Sample{n, math.Exp(log + run*r.NormFloat64()), round})
			control = append(control, Sample{n, 1000 * x * math.Exp(drift+clock+run*r.NormFloat64()), round})
		}
	}
	return samples, control
}

func upTo(n int) []int {
	var all []int
	for i := range n {
		all = append(all, i+1)
	}
	return all
}

// checkShare fails t where a share of n simulations lies outside [lo, hi], give or take three standard errors of the
// share.
func checkShare(t *testing.T, name string, hits, n int, lo, hi float64) {
	t.Helper()
	share := float64(hits) / float64(n)
	p := min(max(share, 0.01), 0.99)
	margin := 3 * math.Sqrt(p*(1-p)/float64(n))
	if share < lo-margin || share > hi+margin {
		t.Errorf("%s: %.2f %% of %d, want %.1f–%.1f %% (give or take %.2f %%)", name, 100*share, n, 100*lo, 100*hi, 100*margin)
	}
}

// table runs a simulation for each truth, in the short form for every third, in parallel, each with a seed of its own,
// and logs the rows they return.
func table(t *testing.T, seed uint64, head string, truths []truth, run func(t *testing.T, m truth, r *rand.Rand) string) {
	if !*long {
		var some []truth
		for i := 0; i < len(truths); i += 3 {
			some = append(some, truths[i])
		}
		truths = some
	}
	rows := make([]string, len(truths))
	t.Run("table", func(t *testing.T) {
		for i, m := range truths {
			t.Run(strings.Join(strings.Fields(m.String()), "_"), func(t *testing.T) {
				t.Parallel()
				rows[i] = fmt.Sprintf("%-56s %s", m, run(t, m, rand.New(rand.NewPCG(seed, uint64(i)))))
			})
		}
	})
	t.Logf("\n%-56s %s\n%s", "", head, strings.Join(rows, "\n"))
}

// percent spells counts of n as percentages.
func percent(n int, counts ...int) string {
	var words []string
	for _, c := range counts {
		words = append(words, fmt.Sprintf("%8.2f %%", 100*float64(c)/float64(n)))
	}
	return strings.Join(words, " ")
}

// TestCoverageAmdahl holds the intervals of laws over three and four points against the truth.
func TestCoverageAmdahl(t *testing.T) {
	skipShort(t)
	var truths []truth
	for _, rounds := range []int{3, 5, 12} {
		for _, run := range []float64{0.01, 0.03} {
			truths = append(truths, truth{n: []int{1, 2, 4}, sigma: 0.1, rounds: rounds, run: run})
		}
	}
	truths = append(truths,
		truth{n: []int{1, 2, 4}, sigma: 0.4, rounds: 5, run: 0.02},
		truth{n: []int{1, 2, 4, 8}, sigma: 0.05, rounds: 8, run: 0.02},
		truth{n: []int{1, 2, 4}, sigma: 0.1, repeats: 5, run: 0.01},
		truth{n: []int{2, 4, 8}, sigma: 0.1, repeats: 3, run: 0.01})
	table(t, 1, fmt.Sprintf("%10s %10s %10s", "σ", "γ", "S(last)"), truths, func(t *testing.T, m truth, r *rand.Rand) string {
		n := simFits()
		var sigma, gamma, speedup int
		first, last := float64(m.n[0]), float64(m.n[len(m.n)-1])
		exact := last / first * loss(first, m.sigma, 0) / loss(last, m.sigma, 0)
		for range n {
			samples, _ := m.draw(r)
			f := Analyze(samples, Options{})
			if f.Kappa != nil || f.Peak != nil {
				t.Fatalf("%d points give κ %v, peak %v", len(m.n), f.Kappa, f.Peak)
			}
			if f.Sigma != nil && f.Sigma.holds(m.sigma) {
				sigma++
			}
			if f.Gamma != nil && f.Gamma.holds(simGamma) {
				gamma++
			}
			if f.Points[len(f.Points)-1].Speedup.holds(exact) {
				speedup++
			}
		}
		checkShare(t, "σ", sigma, n, 0.94, 0.96)
		checkShare(t, "γ", gamma, n, 0.94, 0.965)
		most := 0.96
		if m.rounds == 0 {
			most = 0.97 // Welch's intervals are wide where repeats are few
		}
		checkShare(t, "speed-up", speedup, n, 0.94, most)
		return percent(n, sigma, gamma, speedup)
	})
}

// TestCoverageUSL does so with points enough for κ. σ counts as covered only where the chosen law has it; κ's interval
// is looked at whichever law is chosen, since to look only where κ shows would favour large ones.
func TestCoverageUSL(t *testing.T) {
	skipShort(t)
	var truths []truth
	for _, n := range [][]int{upTo(8), upTo(16), {1, 2, 4, 8, 16}} {
		for _, rounds := range []int{5, 12, 0} {
			truths = append(truths,
				truth{n: n, sigma: 0.05, kappa: 0.004, rounds: rounds, run: 0.01},
				truth{n: n, sigma: 0.05, kappa: 0.0005, rounds: rounds, run: 0.02},
				truth{n: n, sigma: 0.2, kappa: 0.01, rounds: rounds, run: 0.02})
		}
		truths = append(truths, truth{n: n, sigma: 0.1, kappa: 0.004, repeats: 3, run: 0.02})
	}
	table(t, 2, fmt.Sprintf("%10s %10s %10s %10s %10s", "σ", "κ", "peak", "S at peak", "USL chosen"), truths, func(t *testing.T, m truth, r *rand.Rand) string {
		n := simFits()
		var sigma, kappa, peak, limit, peaks, chosen int
		at := math.Sqrt((1 - m.sigma) / m.kappa)
		for range n {
			samples, _ := m.draw(r)
			levels, _ := group(samples)
			l := newLadder(newCurve(uncontrolled(levels)))
			if l.interval(ofSigma, l.usl.sigma).holds(m.sigma) {
				sigma++
			}
			if l.interval(ofKappa, l.usl.kappa).holds(m.kappa) {
				kappa++
			}
			f := Analyze(samples, Options{})
			if f.Model == USL {
				chosen++
			}
			if f.Sigma != nil && !(f.Sigma.Lo <= f.Sigma.Value && f.Sigma.Value <= f.Sigma.Hi) {
				t.Fatalf("σ %+v", f.Sigma)
			}
			if f.Peak != nil {
				peaks++
				if f.Peak.N.holds(at) {
					peak++
				}
				if f.Limit.holds(at / loss(at, m.sigma, m.kappa)) {
					limit++
				}
			}
		}
		checkShare(t, "σ", sigma, n, 0.94, 0.96)
		checkShare(t, "κ", kappa, n, 0.94, 0.96)
		row := percent(n, sigma, kappa)
		if peaks > n*95/100 { // else the chosen ones are a selection
			checkShare(t, "peak", peak, peaks, 0.94, 0.965)
			checkShare(t, "speed-up at the peak", limit, peaks, 0.935, 0.965)
			row += " " + percent(peaks, peak, limit)
		} else {
			row += strings.Repeat(" ", 22)
		}
		return row + " " + percent(n, chosen)
	})
}

// TestCoverageNoFalsePeak simulates work without coherency cost.
func TestCoverageNoFalsePeak(t *testing.T) {
	skipShort(t)
	var truths []truth
	for _, n := range [][]int{upTo(8), upTo(16), {1, 2, 4, 8, 16, 32}} {
		for _, rounds := range []int{0, 5, 12} {
			truths = append(truths,
				truth{n: n, sigma: 0.05, rounds: rounds, run: 0.03},
				truth{n: n, sigma: 0.3, rounds: rounds, run: 0.03},
				truth{n: n, sigma: 0.98, rounds: rounds, run: 0.03})
		}
	}
	table(t, 3, fmt.Sprintf("%10s %10s %10s", "peak", "USL chosen", "σ covered"), truths, func(t *testing.T, m truth, r *rand.Rand) string {
		n := simFits()
		var peaks, usl, sigma int
		for range n {
			samples, _ := m.draw(r)
			f := Analyze(samples, Options{})
			if f.Peak != nil {
				peaks++
			}
			if f.Model == USL {
				usl++
			}
			if f.Sigma != nil && f.Sigma.holds(m.sigma) {
				sigma++
			}
		}
		checkShare(t, "peak", peaks, n, 0, 0.025)
		return percent(n, peaks, usl, sigma)
	})
}

// TestCoverageClock simulates work without contention whose clock falls by up to 15 %. Beside a control arm it is
// called contended no more often than by chance; without one always, which shows that the test would notice.
func TestCoverageClock(t *testing.T) {
	skipShort(t)
	var truths []truth
	for _, n := range [][]int{{1, 2, 4}, upTo(8), upTo(16)} {
		for _, rounds := range []int{0, 5, 12} {
			truths = append(truths, truth{n: n, rounds: rounds, run: 0.01, clock: 0.15})
		}
	}
	table(t, 4, fmt.Sprintf("%10s %10s", "control", "without"), truths, func(t *testing.T, m truth, r *rand.Rand) string {
		n := simFits()
		var contended, without int
		for range n {
			samples, control := m.draw(r)
			opt := Options{Axis: Gomaxprocs, Physical: 16, Logical: 16}
			if Analyze(samples, opt).Sigma != nil {
				without++
			}
			opt.Control = control
			if Analyze(samples, opt).Sigma != nil {
				contended++
			}
		}
		checkShare(t, "called contended", contended, n, 0, 0.025)
		if m.rounds > 0 && without < n*9/10 {
			t.Errorf("called contended without a control: %d of %d, want nearly all", without, n)
		}
		return percent(n, contended, without)
	})
}

// TestCoverageRisingNoise simulates runs that scatter five times as much at the largest N as at the smallest, as
// contended ones may. Least squares takes all runs to scatter alike: intervals cover less than they say where the
// noisy end decides, and more where the quiet one does, within bounds that this test knows.
func TestCoverageRisingNoise(t *testing.T) {
	skipShort(t)
	var truths []truth
	for _, rounds := range []int{5, 12} {
		truths = append(truths,
			truth{n: []int{1, 2, 4}, sigma: 0.1, rounds: rounds, run: 0.05, rising: true},
			truth{n: upTo(8), sigma: 0.1, kappa: 0.01, rounds: rounds, run: 0.05, rising: true},
			truth{n: upTo(16), sigma: 0.1, kappa: 0.01, rounds: rounds, run: 0.05, rising: true})
	}
	table(t, 5, fmt.Sprintf("%10s %10s", "σ", "κ"), truths, func(t *testing.T, m truth, r *rand.Rand) string {
		n := simFits()
		var sigma, kappa int
		for range n {
			samples, _ := m.draw(r)
			levels, _ := group(samples)
			l := newLadder(newCurve(uncontrolled(levels)))
			if !l.withKappa {
				if l.interval(ofSigma, l.amdahl.sigma).holds(m.sigma) {
					sigma++
				}
				continue
			}
			if l.interval(ofSigma, l.usl.sigma).holds(m.sigma) {
				sigma++
			}
			if l.interval(ofKappa, l.usl.kappa).holds(m.kappa) {
				kappa++
			}
		}
		checkShare(t, "σ", sigma, n, 0.90, 1)
		if len(m.n) < minUSL {
			return percent(n, sigma)
		}
		checkShare(t, "κ", kappa, n, 0.90, 1)
		return percent(n, sigma, kappa)
	})
}
