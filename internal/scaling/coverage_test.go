package scaling

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// long asks for the simulations in full: go test ./internal/scaling -run Coverage -long -v prints a table of what
// the intervals cover.
var long = flag.Bool("long", false, "run the simulations of coverage in full")

// skipShort leaves out what takes long under the race detector, which finds nothing in
// simulations.
func skipShort(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
}

// simSweeps returns how many sweeps to simulate: with the full number the share covered of 95 % has a standard error
// of 0.15 %.
func simSweeps() int {
	if *long {
		return 21_200
	}
	return 2000
}

// checkShare fails t where a share of n simulations lies outside [lo, hi]. The short form widens these by three
// standard errors of the share.
func checkShare(t *testing.T, name string, share float64, n int, lo, hi float64) {
	t.Helper()
	margin := 0.0
	if !*long {
		margin = 3 * math.Sqrt(0.95*0.05/float64(n))
	}
	if share < lo-margin || share > hi+margin {
		t.Errorf("%s: %.2f %% of %d, want %.1f–%.1f %% (give or take %.2f %%)", name, 100*share, n, 100*lo, 100*hi, 100*margin)
	}
}

// A condition is one line of a table of simulations; run returns what the line says.
type condition struct {
	name string
	run  func(t *testing.T, r *rand.Rand) string
}

// table runs conditions in parallel, each with a seed of its own, and logs what they return below the head.
func table(t *testing.T, seed uint64, head string, conditions []condition) {
	rows := make([]string, len(conditions))
	t.Run("table", func(t *testing.T) {
		for i, c := range conditions {
			t.Run(strings.Join(strings.Fields(c.name), "_"), func(t *testing.T) {
				t.Parallel()
				rows[i] = fmt.Sprintf("%-66s %s", c.name, c.run(t, rand.New(rand.NewPCG(seed, uint64(i)))))
			})
		}
	})
	t.Logf("\n%-66s %s\n%s", "", head, strings.Join(rows, "\n"))
}

// percent spells counts of n as percentages.
func percent(n int, counts ...int) string {
	var words []string
	for _, c := range counts {
		words = append(words, fmt.Sprintf("%11.2f %%", 100*float64(c)/float64(n)))
	}
	return strings.Join(words, " ")
}

// holds reports whether the interval of e holds a value.
func (e Estimate) holds(value float64) bool { return e.Lo <= value && value <= e.Hi }

// gainNames are the gains as gainsOf returns them.
var gainNames = []string{"concurrency", "parallelism", "total"}

func gainsOf(j Judgement) []*Gain { return []*Gain{j.Concurrency, j.Parallelism, j.Total} }

// simTruth leaves the choice of C† to noise: 16 goroutines are 5 % better than 4.
var simTruth = map[Cell]float64{
	{1, 1}: 100,
	{4, 1}: 310, {4, 2}: 560,
	{16, 1}: 300, {16, 2}: 588,
}

// trueGains returns the gains at a goroutine count.
func trueGains(truth map[Cell]float64, goroutines int) []float64 {
	base, one, top := truth[Cell{1, 1}], truth[Cell{goroutines, 1}], truth[Cell{goroutines, 2}]
	return []float64{one / base, top / one, top / base}
}

// TestCoverageGains shows that 95 % intervals hold the true gains in 95 % of sweeps, the choice of C† included. In the
// form "needed" 4 rounds choose and further ones, as many as the table says, estimate; in "alternating" every second
// round chooses, so that 5 rounds leave 3 to estimate. With a quiet base its runs scatter much less than the others.
func TestCoverageGains(t *testing.T) {
	skipShort(t)
	some := []noise{{0.01, 0.05, false}, {0.003, 0.10, true}}
	all := some
	if *long {
		all = nil
		for _, run := range []float64{0.003, 0.01, 0.03} {
			for _, batch := range []float64{0.01, 0.05, 0.10} {
				all = append(all, noise{run, batch, false}, noise{run, batch, true})
			}
		}
	}
	var conditions []condition
	for _, rounds := range []int{5, 8, 12, 30} {
		for _, n := range all {
			conditions = append(conditions, coverGains(simulator{truth: simTruth, noise: n}, rounds, true))
		}
		for _, n := range some {
			conditions = append(conditions, coverGains(simulator{truth: simTruth, noise: n}, rounds, false))
		}
		quiet := simulator{truth: simTruth, noise: noise{0.01, 0.10, true}, quiet: noise{0.003, 0.01, true}}
		conditions = append(conditions, coverGains(quiet, rounds, true))
	}
	table(t, 1, fmt.Sprintf("%13s %13s %13s", gainNames[0], gainNames[1], gainNames[2]), conditions)
}

func coverGains(m simulator, rounds int, needed bool) condition {
	form, opt, estimating := "alternating", Options{}, (rounds+1)/2
	if needed {
		form, opt, estimating = "needed", Options{ChooseOn: simChooseOn}, rounds
	}
	name := fmt.Sprintf("%2d rounds %-11s %v", rounds, form, m.noise)
	if m.quiet != (noise{}) {
		name += ", quiet base"
	}
	return condition{name, func(t *testing.T, r *rand.Rand) string {
		m.Rand = r
		n := simSweeps()
		covered := make([]int, len(gainNames))
		chosen := map[int]int{}
		for range n {
			var s Surface
			if needed {
				s = m.sweepNeeded(t, rounds)
			} else {
				s = m.sweep(rounds)
			}
			j := judge(t, s, opt)
			if len(j.EstimatedOn) != estimating {
				t.Fatalf("estimated on %v, want %d rounds", j.EstimatedOn, estimating)
			}
			chosen[j.Goroutines]++
			truth := trueGains(m.truth, j.Goroutines)
			for i, g := range gainsOf(j) {
				if g.holds(truth[i]) {
					covered[i]++
				}
			}
		}
		for i, name := range gainNames {
			checkShare(t, name, float64(covered[i])/float64(n), n, 0.94, 0.96)
		}
		if chosen[4] < n/50 || chosen[16] < n/50 {
			t.Errorf("C† chosen: %v; want both counts often, or the choice is not put to the test", chosen)
		}
		return percent(n, covered...)
	}}
}

// TestCoverageNoticesNarrowIntervals puts the normal quantile in place of that of t, which over 5 rounds covers 88 %:
// the bounds of these tests would tell.
func TestCoverageNoticesNarrowIntervals(t *testing.T) {
	skipShort(t)
	r := rand.New(rand.NewPCG(2, 1))
	n, covered := simSweeps(), 0
	for range n {
		logs := make([]float64, 5)
		for i := range logs {
			logs[i] = r.NormFloat64()
		}
		e := Interval(logs, 0)
		if math.Abs(math.Log(e.Value)) <= e.HalfWidth()*1.96/quantile(DefaultConfidence, 4) {
			covered++
		}
	}
	if share := float64(covered) / float64(n); share > 0.94-3*math.Sqrt(0.95*0.05/float64(n)) {
		t.Errorf("covers %.2f %%, want so little that the bounds notice", 100*share)
	}
}

// TestCoverageStopRule stops at the first round after which the gains are precise to 2 %, or at the last round that
// the budget allows: the intervals then hold the truth in at least 93 % of sweeps. The gains are those of cells whose
// runs scatter alike; of a sweep over goroutines only there is one, and nothing but its own width stops it.
func TestCoverageStopRule(t *testing.T) {
	skipShort(t)
	limits := []int{6, 10, 15, 20, 30, 40}
	deviations := []float64{0.01, 0.02, 0.03}
	if *long {
		deviations = []float64{0.003, 0.005, 0.0075, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04}
	}
	var conditions []condition
	for _, gains := range []int{1, 3} {
		for _, sd := range deviations {
			conditions = append(conditions, condition{
				fmt.Sprintf("stop at 2 %%, run %.2f %%, %d gains", 100*sd, gains),
				func(t *testing.T, r *rand.Rand) string { return coverStopRule(t, r, gains, sd, limits) },
			})
		}
	}
	head := ""
	for _, limit := range limits {
		head += fmt.Sprintf("%3d rounds at most  ", limit)
	}
	table(t, 3, head+"(covered, worst gain; rounds)", conditions)
}

func coverStopRule(t *testing.T, r *rand.Rand, gains int, sd float64, limits []int) string {
	const precision = 0.02
	last := limits[len(limits)-1]
	n := simSweeps()
	if *long {
		n *= 5 // the bound is close
	}
	covered := make([][3]int, len(limits))
	total := make([]int, len(limits)) // rounds
	for range n {
		var logs [3][]float64
		for round, stopped := 1, false; round <= last && !stopped; round++ {
			base, one, top := sd*r.NormFloat64(), sd*r.NormFloat64(), sd*r.NormFloat64()
			for i, x := range []float64{one - base, top - one, top - base}[:gains] {
				logs[i] = append(logs[i], x)
			}
			if round < min(MinRounds, limits[0]) {
				continue
			}
			var j Judgement
			for i, gain := range []**Gain{&j.Concurrency, &j.Parallelism, &j.Total}[:gains] {
				*gain = &Gain{Estimate: Interval(logs[i], 0)}
			}
			stopped = j.Precise(precision)
			for k, limit := range limits {
				if limit < round || limit > round && !stopped {
					continue
				}
				total[k] += round
				for i, gain := range gainsOf(j)[:gains] {
					if gain.holds(1) {
						covered[k][i]++
					}
				}
			}
		}
	}
	row := ""
	for k, limit := range limits {
		worst := float64(slices.Min(covered[k][:gains])) / float64(n)
		checkShare(t, fmt.Sprintf("at most %d rounds", limit), worst, n, 0.93, 0.96)
		row += fmt.Sprintf("%8.2f %% %5.1f    ", 100*worst, float64(total[k])/float64(n))
	}
	return row
}

// TestCoverageChoiceDoesNotFlatter measures many goroutine counts that are all equal. With choice and estimate on
// different rounds the gains are 1 on average; on three rounds, which both share, they are not, which shows that the
// test would notice a bias.
func TestCoverageChoiceDoesNotFlatter(t *testing.T) {
	skipShort(t)
	truth := map[Cell]float64{{1, 1}: 100}
	for _, c := range []int{2, 4, 8, 16, 32, 64, 128, 256} {
		truth[Cell{c, 1}], truth[Cell{c, 2}] = 100, 100
	}
	n := simSweeps()
	biases := func(r *rand.Rand, rounds int, needed bool) (mean, se [3]float64) {
		m := simulator{Rand: r, truth: truth, noise: noise{run: 0.08, batch: 0.02, skewed: true}}
		var logs [3][]float64
		for range n {
			var j Judgement
			if needed {
				j = judge(t, m.sweepNeeded(t, rounds), Options{ChooseOn: simChooseOn})
			} else {
				j = judge(t, m.sweep(rounds), Options{})
			}
			for i, g := range gainsOf(j) {
				logs[i] = append(logs[i], math.Log(g.Value))
			}
		}
		for i := range logs {
			var s spread
			mean[i], s = meanSpread(logs[i])
			se[i] = s.se
		}
		return mean, se
	}
	bias := func(rounds int, needed bool) condition {
		name := fmt.Sprintf("8 equal counts, %d rounds alternating", rounds)
		if needed {
			name = fmt.Sprintf("8 equal counts, %d rounds needed", rounds)
		}
		return condition{name, func(t *testing.T, r *rand.Rand) string {
			mean, se := biases(r, rounds, needed)
			row := ""
			for i, gain := range gainNames {
				row += fmt.Sprintf("%+7.3f ±%.3f %% ", 100*mean[i], 100*se[i])
				if math.Abs(mean[i]) > 3*se[i] {
					t.Errorf("mean log %s gain is %.5f, want 0 within 3 standard errors of %.5f", gain, mean[i], se[i])
				}
			}
			return row
		}}
	}
	table(t, 4, "mean log gain (true: 0) ± standard error", []condition{
		bias(8, false), bias(9, false), bias(2, true), bias(8, true),
		{"8 equal counts, 3 rounds, choice and estimate on all", func(t *testing.T, r *rand.Rand) string {
			mean, se := biases(r, 3, false)
			if mean[2] < 3*se[2] {
				t.Errorf("mean log total gain is %.5f ± %.5f; want a bias, or the test sees none", mean[2], se[2])
			}
			return fmt.Sprintf("%32s%+7.3f ±%.3f %% ", "", 100*mean[2], 100*se[2])
		}},
	})
}

// TestCoverageGaps holds the intervals of the gaps against the truth: 4 cores of which the machine leaves 3.6, the
// runtime 3.4 and the program 2.5.
func TestCoverageGaps(t *testing.T) {
	skipShort(t)
	const base, hw, free, work = 100.0, 360.0, 340.0, 250.0
	truth := []float64{3.6, 3.4, 2.5, 0.9, free / hw, work / free}
	var conditions []condition
	for _, rounds := range []int{5, 8, 12, 30} {
		for _, n := range []noise{{0.003, 0.10, true}, {0.01, 0.05, false}, {0.03, 0.01, true}} {
			conditions = append(conditions, condition{
				fmt.Sprintf("gaps, %d rounds, %v", rounds, n),
				func(t *testing.T, r *rand.Rand) string {
					arms := map[Cell]float64{{1, 1}: base, {2, 1}: hw, {3, 1}: free, {4, 1}: work}
					m := simulator{Rand: r, truth: arms, noise: n}
					covered := make([]int, len(truth))
					sweeps := simSweeps()
					for range sweeps {
						s := m.sweep(rounds)
						g := FindGaps(4, s[Cell{1, 1}], s[Cell{2, 1}], s[Cell{3, 1}], s[Cell{4, 1}])
						for i, e := range []Estimate{g.Hardware, g.Go, g.Measured, g.Machine, g.Runtime, g.Program} {
							if e.holds(truth[i]) {
								covered[i]++
							}
						}
					}
					for i, c := range covered {
						checkShare(t, fmt.Sprintf("estimate %d", i), float64(c)/float64(sweeps), sweeps, 0.94, 0.96)
					}
					return percent(sweeps, covered...)
				},
			})
		}
	}
	table(t, 5, fmt.Sprintf("%13s %13s %13s %13s %13s %13s", "hardware", "go", "measured", "machine", "runtime", "program"), conditions)
}

// TestCoverageAA compares equal sweeps: the A/A half-width of one holds the difference to the other in 95 % of pairs.
func TestCoverageAA(t *testing.T) {
	skipShort(t)
	var conditions []condition
	for _, rounds := range []int{5, 12, 30} {
		conditions = append(conditions, condition{fmt.Sprintf("A/A, %d rounds", rounds), func(t *testing.T, r *rand.Rand) string {
			n, within := simSweeps(), 0
			for range n {
				var arms [2][]float64
				for range rounds {
					for i := range arms {
						arms[i] = append(arms[i], 0.02*r.NormFloat64())
					}
				}
				if math.Abs(meanOf(arms[1])-meanOf(arms[0])) <= math.Log1p(AAHalfWidth(arms[0])) {
					within++
				}
			}
			checkShare(t, "A/A", float64(within)/float64(n), n, 0.94, 0.96)
			return percent(n, within)
		}})
	}
	table(t, 6, "within", conditions)
}
