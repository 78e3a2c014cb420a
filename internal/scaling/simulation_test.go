package scaling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A simulator makes sweeps as a machine does: drift common to a round, lognormal noise from run to run, and noise of
// the batches nested inside a run, of which RelSE tells.
type simulator struct {
	*rand.Rand
	truth map[Cell]float64 // tasks/s
	run   float64          // standard deviation of ln rate between runs of a cell
}

const (
	simDrift   = 0.10 // standard deviation of ln rate between rounds
	simBatch   = 0.02 // standard deviation of ln rate between batches of a run
	simBatches = 16
)

func (m simulator) sweep(rounds int) Surface {
	drift := make([]float64, rounds)
	for i := range drift {
		drift[i] = simDrift * m.NormFloat64()
	}
	nested := simBatch / math.Sqrt(simBatches)
	s := make(Surface, len(m.truth))
	for _, c := range sortedCells(m.truth) {
		obs := make([]Observation, rounds)
		for round := range obs {
			noise := drift[round] + m.run*m.NormFloat64() + nested*m.NormFloat64()
			obs[round] = Observation{Round: round, Rate: m.truth[c] * math.Exp(noise), RelSE: nested, Batches: simBatches}
		}
		s[c] = obs
	}
	return s
}

// sortedCells fixes the order in which random numbers are drawn.
func sortedCells(truth map[Cell]float64) []Cell {
	var cells []Cell
	for c := range truth {
		cells = append(cells, c)
	}
	slices.SortFunc(cells, compareCells)
	return cells
}

// TestCoverage shows that 95 % intervals hold the true gains in 95 % of sweeps, the choice of C† included: 16
// goroutines are 5 % better than 4, so that noise decides between the two.
func TestCoverage(t *testing.T) {
	truth := map[Cell]float64{
		{1, 1}: 100, {1, 2}: 100,
		{4, 1}: 310, {4, 2}: 560,
		{16, 1}: 300, {16, 2}: 588,
	}
	const sweeps = 6000 // the share covered has a standard error of 0.28 %
	for _, rounds := range []int{8, 12, 30} {
		t.Run(fmt.Sprintf("rounds=%d", rounds), func(t *testing.T) {
			t.Parallel()
			m := simulator{rand.New(rand.NewPCG(1, uint64(rounds))), truth, 0.01}
			var covered [3]int
			chosen := map[int]int{}
			for range sweeps {
				j := judge(t, m.sweep(rounds), Options{})
				chosen[j.Goroutines]++
				one, top := truth[Cell{j.Goroutines, 1}], truth[Cell{j.Goroutines, 2}]
				for i, want := range []float64{one / 100, top / one, top / 100} {
					g := []*Gain{j.Concurrency, j.Parallelism, j.Total}[i]
					if g.Lo <= want && want <= g.Hi {
						covered[i]++
					}
				}
			}
			for i, name := range []string{"concurrency", "parallelism", "total"} {
				share := float64(covered[i]) / sweeps
				t.Logf("%s: %.2f %% covered", name, 100*share)
				if share < 0.94 || share > 0.96 {
					t.Errorf("%s: interval covers the truth in %.2f %% of sweeps, want 94–96 %%", name, 100*share)
				}
			}
			if chosen[4] < sweeps/10 || chosen[16] < sweeps/10 {
				t.Errorf("C† chosen: %v; want both counts often, or the choice is not put to the test", chosen)
			}
		})
	}
}

// TestKnownGainsAreRecovered checks estimate, verdict and recommendation against the truth of four kinds of work.
func TestKnownGainsAreRecovered(t *testing.T) {
	for _, test := range []struct {
		name                     string
		one, top                 float64 // rate of 8 goroutines at P=1 and P=2; one goroutine does 100 at either
		concurrency, parallelism Effect
		verdict                  Verdict
		recommend                Recommendation
	}{
		{"computes", 100, 197, EffectNone, EffectHelps, VerdictParallelism, Recommendation{8, 2}},
		{"waits", 780, 782, EffectHelps, EffectNone, VerdictConcurrency, Recommendation{8, 1}},
		{"mixed", 400, 700, EffectHelps, EffectHelps, VerdictBoth, Recommendation{8, 2}},
		{"contended", 99, 60, EffectNone, EffectHurts, VerdictNeither, Recommendation{1, 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			truth := map[Cell]float64{{1, 1}: 100, {1, 2}: 100, {8, 1}: test.one, {8, 2}: test.top}
			m := simulator{rand.New(rand.NewPCG(2, 1)), truth, 0.01}
			j := judge(t, m.sweep(12), Options{Cores: 2})
			for _, g := range []struct {
				name string
				*Gain
				want   float64
				effect Effect
			}{
				{"concurrency", j.Concurrency, test.one / 100, test.concurrency},
				{"parallelism", j.Parallelism, test.top / test.one, test.parallelism},
			} {
				if math.Abs(g.Value/g.want-1) > 0.015 || g.Effect != g.effect || g.Basis != BetweenRuns {
					t.Errorf("%s gain %+v, want %.2f that %s", g.name, *g.Gain, g.want, g.effect)
				}
			}
			if j.Verdict != test.verdict || j.Recommend != test.recommend {
				t.Errorf("verdict %s, recommends %+v; want %s, %+v", j.Verdict, j.Recommend, test.verdict, test.recommend)
			}
			if len(j.Warnings) > 0 {
				t.Errorf("warnings on complete data: %q", j.Warnings)
			}
		})
	}
}

// TestChoiceDoesNotFlatter measures many goroutine counts that are all equal. With choice and estimate on different
// rounds the gains are 1 on average; on three rounds, which both share, they are not, which shows that the test would
// notice a bias.
func TestChoiceDoesNotFlatter(t *testing.T) {
	truth := map[Cell]float64{{1, 1}: 100}
	for _, c := range []int{2, 4, 8, 16, 32, 64, 128, 256} {
		truth[Cell{c, 1}], truth[Cell{c, 2}] = 100, 100
	}
	const sweeps = 2000
	biases := func(rounds int) (mean, se [3]float64) {
		m := simulator{rand.New(rand.NewPCG(3, uint64(rounds))), truth, 0.08}
		var logs [3][]float64
		for range sweeps {
			j := judge(t, m.sweep(rounds), Options{})
			for i, g := range []*Gain{j.Concurrency, j.Parallelism, j.Total} {
				logs[i] = append(logs[i], math.Log(g.Value))
			}
		}
		for i := range logs {
			mean[i] = meanOf(logs[i])
			var squares float64
			for _, x := range logs[i] {
				squares += (x - mean[i]) * (x - mean[i])
			}
			se[i] = math.Sqrt(squares/(sweeps-1)) / math.Sqrt(sweeps)
		}
		return mean, se
	}
	for _, rounds := range []int{8, 9} {
		mean, se := biases(rounds)
		for i, name := range []string{"concurrency", "parallelism", "total"} {
			if math.Abs(mean[i]) > 3*se[i] {
				t.Errorf("%d rounds: mean log %s gain is %.5f, want 0 within 3 standard errors of %.5f", rounds, name, mean[i], se[i])
			}
		}
	}
	if mean, se := biases(3); mean[2] < 3*se[2] {
		t.Errorf("3 rounds: mean log total gain is %.5f ± %.5f; want a bias, or the test sees none", mean[2], se[2])
	}
}
