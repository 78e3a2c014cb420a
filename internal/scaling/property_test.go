package scaling

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// drawSurface draws a surface, complete or not.
func drawSurface(t *rapid.T) Surface {
	return drawGrid(t, rapid.SampledFrom([]float64{0, 0, 0.1}).Draw(t, "missing"))
}

// drawGrid draws a surface over a grid of counts and procs that starts with C=1 and P=1. Round 0 is complete; of later
// rounds the given share of cells is missing.
func drawGrid(t *rapid.T, missing float64) Surface {
	counts := rapid.SampledFrom([][]int{{1, 2}, {1, 8, 64}, {1, 2, 4, 16}}).Draw(t, "counts")
	procs := rapid.SampledFrom([][]int{{1}, {1, 2}, {1, 2, 4}}).Draw(t, "procs")
	rounds := rapid.IntRange(1, 9).Draw(t, "rounds")
	s := Surface{}
	for _, c := range counts {
		for _, p := range procs {
			rate := rapid.Float64Range(10, 1000).Draw(t, "rate")
			for round := range rounds {
				if round > 0 && rapid.Float64Range(0, 1).Draw(t, "fate") < missing {
					continue
				}
				s[Cell{c, p}] = append(s[Cell{c, p}], Observation{
					Round:   round,
					Rate:    rate * rapid.Float64Range(0.8, 1.25).Draw(t, "noise"),
					RelSE:   rapid.SampledFrom([]float64{0, 0.001, 0.02}).Draw(t, "relSE"),
					Batches: rapid.IntRange(0, 30).Draw(t, "batches"),
				})
			}
		}
	}
	return s
}

// scaled returns s with every rate multiplied by the factor of its round.
func (s Surface) scaled(factor func(round int) float64) Surface {
	out := Surface{}
	for c, obs := range s {
		out[c] = slices.Clone(obs)
		for i := range out[c] {
			out[c][i].Rate *= factor(out[c][i].Round)
		}
	}
	return out
}

func judge(t interface{ Fatal(...any) }, s Surface, opt Options) Judgement {
	j, err := Judge(s, opt)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// sameButRounding compares figures to nine digits, takes NaN for equal, leaves out the base, and has levels compared
// with each other.
var sameButRounding = cmp.Options{
	cmpopts.EquateApprox(1e-9, 0),
	cmpopts.EquateNaNs(),
	cmp.AllowUnexported(Judgement{}),
	cmpopts.IgnoreFields(Judgement{}, "Base"),
	cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Levels" }, cmp.Transformer("OverTheBest", overTheBest)),
}

// overTheBest returns the levels as shares of the largest, in a form that is not compared by this again.
func overTheBest(levels map[Cell]float64) map[string]float64 {
	best := 0.0
	for _, x := range levels {
		best = max(best, x)
	}
	shares := make(map[string]float64)
	for c, x := range levels {
		shares[c.String()] = x / best
	}
	return shares
}

func TestTotalIsProduct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := judge(t, drawSurface(t), Options{})
		if j.Concurrency == nil || j.Total == nil {
			t.Fatalf("gains missing: %+v", j)
		}
		product, rounds := j.Concurrency.Value, j.Concurrency.Rounds
		if j.Parallelism != nil {
			product *= j.Parallelism.Value
			if j.Parallelism.Rounds != rounds {
				t.Fatalf("parallelism over %d rounds, concurrency over %d", j.Parallelism.Rounds, rounds)
			}
		}
		if math.Abs(j.Total.Value/product-1) > 1e-12 || j.Total.Rounds != rounds {
			t.Fatalf("total %v, product of the gains %v over %d rounds", *j.Total, product, rounds)
		}
	})
}

func TestIntervalHoldsValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := judge(t, drawSurface(t), Options{})
		for _, g := range []*Gain{j.Concurrency, j.Parallelism, j.Total} {
			if g == nil {
				continue
			}
			if bare := math.IsNaN(g.Lo) && math.IsNaN(g.Hi); bare != (g.Basis == NoInterval) {
				t.Fatalf("basis does not fit the interval: %+v", *g)
			}
			if g.Basis != NoInterval && !(g.Lo <= g.Value && g.Value <= g.Hi) {
				t.Fatalf("value outside its interval: %+v", *g)
			}
		}
	})
}

func TestScaledClockChangesBaseOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSurface(t)
		factor := rapid.Float64Range(1e-3, 1e3).Draw(t, "factor")
		want, got := judge(t, s, Options{}), judge(t, s.scaled(func(int) float64 { return factor }), Options{})
		if diff := cmp.Diff(want, got, sameButRounding); diff != "" {
			t.Fatalf("rates × %v changed the judgement (-want +got):\n%s", factor, diff)
		}
		if got, want := got.Base.Value, want.Base.Value*factor; math.Abs(got/want-1) > 1e-9 {
			t.Fatalf("base is %v, want %v", got, want)
		}
	})
}

func TestDriftCancels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSurface(t)
		drift := rapid.SliceOfN(rapid.Float64Range(0.5, 2), 9, 9).Draw(t, "drift")
		want, got := judge(t, s, Options{}), judge(t, s.scaled(func(round int) float64 { return drift[round] }), Options{})
		if diff := cmp.Diff(want, got, sameButRounding); diff != "" {
			t.Fatalf("drift between rounds changed the judgement (-want +got):\n%s", diff)
		}
	})
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSurface(t)
		if rapid.Bool().Draw(t, "repeats") {
			s[Cell{1, 1}] = append(s[Cell{1, 1}], Observation{Rate: 77}, Observation{Rate: 78, RelSE: 0.01, Batches: 9})
		}
		shuffled := Surface{}
		for c, obs := range s {
			shuffled[c] = rapid.Permutation(obs).Draw(t, "order")
		}
		want, got := judge(t, s, Options{}), judge(t, shuffled, Options{})
		if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmp.AllowUnexported(Judgement{})); diff != "" {
			t.Fatalf("order of observations changed the judgement (-want +got):\n%s", diff)
		}
	})
}

// TestRecommendation searches complete surfaces cell by cell for what Judge has to recommend.
func TestRecommendation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawGrid(t, 0)
		const cores = 2
		best := 0.0
		for c := range s {
			if c.Gomaxprocs <= cores {
				best = max(best, s.Mean(c).Value)
			}
		}
		want := Recommendation{math.MaxInt, 0}
		for c := range s {
			if c.Gomaxprocs <= cores && s.Mean(c).Value >= 0.95*best && compareCells(c, Cell(want)) < 0 {
				want = Recommendation(c)
			}
		}
		if got := judge(t, s, Options{Cores: cores}).Recommend; got != want {
			t.Fatalf("recommends %+v, want %+v", got, want)
		}
	})
}
