package scaling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A noise is how runs of a cell vary within a round, as real ones do: from run to run, and inside a run from batch to
// batch.
type noise struct {
	run    float64 // standard deviation of ln rate between runs
	batch  float64 // standard deviation of the time of a batch, over its mean
	skewed bool    // times of batches are shifted exponential in place of lognormal: most a little fast, a few slow
}

func (n noise) String() string {
	shape := "normal"
	if n.skewed {
		shape = "skewed"
	}
	return fmt.Sprintf("run %3.1f %%  batch %2.0f %% %s", 100*n.run, 100*n.batch, shape)
}

const (
	simDrift   = 0.10 // standard deviation of ln rate between rounds
	simBatches = 16
)

// log draws the log rate of a run that has a true rate of 1.
func (n noise) log(r *rand.Rand) float64 {
	var total float64 // time of all batches
	if n.skewed {
		// The sum of exponential times is minus the log of a product of uniform numbers.
		product := 1.0
		for range simBatches {
			product *= 1 - r.Float64()
		}
		total = simBatches*(1-n.batch) - n.batch*math.Log(product)
	} else {
		for range simBatches {
			total += math.Exp(n.batch * r.NormFloat64())
		}
	}
	return n.run*r.NormFloat64() - math.Log(total/simBatches)
}

// A simulator makes sweeps as a machine does: drift common to a round, and noise of each run.
type simulator struct {
	*rand.Rand
	truth map[Cell]float64 // tasks/s
	noise noise
	quiet noise // of the base (1,1), if not zero
}

// add puts the given cells into s, in rounds first to last.
func (m simulator) add(s Surface, cells []Cell, first, last int) {
	for round := first; round <= last; round++ {
		drift := simDrift * m.NormFloat64()
		for _, c := range cells {
			n := m.noise
			if (c == Cell{1, 1} && m.quiet != noise{}) {
				n = m.quiet
			}
			s[c] = append(s[c], Observation{
				Round: round, Rate: m.truth[c] * math.Exp(drift+n.log(m.Rand)),
				RelSE: n.batch / math.Sqrt(simBatches), Batches: simBatches,
			})
		}
	}
}

// sweep measures all cells in every round.
func (m simulator) sweep(rounds int) Surface {
	s := make(Surface, len(m.truth))
	m.add(s, sortedCells(m.truth), 1, rounds)
	return s
}

// simChooseOn are the rounds that choose C† in sweepNeeded.
var simChooseOn = []int{1, 2, 3, 4}

// sweepNeeded measures all cells in the rounds that choose C†, then as many rounds as asked for of the cells that the
// gains need.
func (m simulator) sweepNeeded(t *testing.T, rounds int) Surface {
	s := m.sweep(len(simChooseOn))
	cells := judge(t, s, Options{ChooseOn: simChooseOn}).Needed()
	m.add(s, cells, len(simChooseOn)+1, len(simChooseOn)+rounds)
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
			m := simulator{Rand: rand.New(rand.NewPCG(2, 1)), truth: truth, noise: noise{run: 0.01, batch: 0.02}}
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
