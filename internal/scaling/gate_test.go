package scaling

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestGateOutcomes(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	near := func(ratio float64) []float64 {
		x := math.Log(ratio)
		return []float64{x - 0.01, x, x + 0.01, x, x}
	}
	wide := []float64{-0.5, 0.5, 0.1, -0.1}
	cells := func(logs ...[]float64) [][]float64 { return logs }
	ten := []float64{10, 10.01, 9.99, 10}
	for _, test := range []struct {
		name    string
		c       Comparison
		want    Outcome
		flagged bool
	}{
		{"throughput falls", Comparison{Better: 1, Paired: near(0.8), Tolerance: 0.05}, OutcomeFail, true},
		{"throughput rises", Comparison{Better: 1, Paired: near(1.25), Tolerance: 0.05}, OutcomeBetter, true},
		{"time rises", Comparison{Better: -1, Paired: near(1.25), Tolerance: 0.05}, OutcomeFail, true},
		{"time falls", Comparison{Better: -1, Paired: near(0.8), Tolerance: 0.05}, OutcomeBetter, true},
		{"certain but small", Comparison{Better: 1, Paired: near(0.97), Tolerance: 0.05}, OutcomePass, false},
		{"certain, small, nothing tolerated", Comparison{Better: 1, Paired: near(0.97)}, OutcomeFail, true},
		{"no change", Comparison{Better: 1, Paired: near(1), Tolerance: 0.05}, OutcomePass, false},
		{"a little better", Comparison{Better: 1, Paired: near(1.05), Tolerance: 0.05}, OutcomePass, false},
		{"no change, nothing tolerated", Comparison{Better: 1, Paired: near(1)}, OutcomeInconclusive, false},
		{"scatters", Comparison{Better: 1, Paired: wide, Tolerance: 0.05}, OutcomeInconclusive, false},
		{"on the border", Comparison{Better: 1, Paired: near(1 / 1.05), Tolerance: 0.05}, OutcomeInconclusive, false},
		{"equal counts", Comparison{Better: -1, Paired: []float64{0, 0, 0}}, OutcomePass, false},
		{"one allocation more", Comparison{Better: -1, Paired: slices.Repeat([]float64{math.Log(11.0 / 10)}, 3), Tolerance: 0.05}, OutcomeFail, true},
		{"exactly as tolerated", Comparison{Better: -1, Paired: slices.Repeat([]float64{math.Log(1.05)}, 3), Tolerance: 0.05}, OutcomePass, false},
		{"differs by rounding", Comparison{Better: -1, Paired: []float64{2e-16, 2e-16, 2.1e-16}}, OutcomePass, false},
		{"one block", Comparison{Better: 1, Paired: []float64{-3}, Tolerance: 0.05}, OutcomeInconclusive, false},
		{"nothing", Comparison{Better: 1, Tolerance: 0.05}, OutcomeInconclusive, false},
		{"not a number", Comparison{Better: 1, Paired: []float64{-3, nan, -3}}, OutcomeInconclusive, false},
		{"infinite", Comparison{Better: 1, Paired: []float64{-3, -inf, -3}}, OutcomeInconclusive, false},
		{"no direction", Comparison{Paired: near(0.5)}, OutcomeInconclusive, false},
		{"negative tolerance", Comparison{Better: 1, Paired: near(0.5), Tolerance: -0.1}, OutcomeInconclusive, false},
		{"unknown tolerance", Comparison{Better: 1, Paired: near(0.5), Tolerance: nan}, OutcomeInconclusive, false},
		{"unpaired, falls", Comparison{Better: 1, Old: cells(ten), New: cells(near(9999)), Tolerance: 0.05}, OutcomeFail, true},
		{"unpaired, same", Comparison{Better: 1, Old: cells(ten, ten), New: cells(ten, ten), Tolerance: 0.05}, OutcomePass, false},
		{"unpaired, constant", Comparison{Better: -1, Old: cells([]float64{1, 1}), New: cells([]float64{1.2, 1.2}), Tolerance: 0.05}, OutcomeFail, true},
		{"unpaired, one run", Comparison{Better: 1, Old: cells(ten), New: cells([]float64{1}), Tolerance: 0.05}, OutcomeInconclusive, false},
		{"unpaired, a cell without runs", Comparison{Better: 1, Old: cells(ten, nil), New: cells(ten, ten)}, OutcomeInconclusive, false},
		{"unpaired, other cells", Comparison{Better: 1, Old: cells(ten), New: cells(ten, ten)}, OutcomeInconclusive, false},
		{"unpaired, not a number", Comparison{Better: 1, Old: cells(ten), New: cells([]float64{nan, 1})}, OutcomeInconclusive, false},
	} {
		g := Gate([]Comparison{test.c}, 0.05)[0]
		if g.Outcome != test.want || g.Flagged != test.flagged {
			t.Errorf("%s: %s, flagged %v; want %s, %v: %+v", test.name, g.Outcome, g.Flagged, test.want, test.flagged, g)
		}
	}
}

// TestGateFigures compares with the formulas of Welch's test written out, and with P = 0.024366 for t = 2.9488 and
// df = 3.5503, by Simpson's rule on the density.
func TestGateFigures(t *testing.T) {
	old, now := []float64{1, 2, 2}, []float64{3, 4, 5, 8}
	g := Gate([]Comparison{{Name: "x", Better: -1, Old: [][]float64{old}, New: [][]float64{now}}}, 0.05)[0]
	mean := 5 - 5.0/3
	se := math.Sqrt(14.0/3/4 + 1.0/3/3)
	df := se * se * se * se / (math.Pow(14.0/3/4, 2)/3 + math.Pow(1.0/9, 2)/2)
	half := quantile(0.95, df) * se
	want := Estimate{math.Exp(mean), math.Exp(mean - half), math.Exp(mean + half), 0, BetweenRuns}
	if diff := cmp.Diff(want, g.Estimate, sameTo(1e-9)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if math.Abs(g.P-0.024366) > 1e-6 || g.Name != "x" || math.Abs(g.P+g.PBetter-1) > 1e-9 || g.Adjusted < g.P {
		t.Errorf("%+v", g)
	}
}

func TestHolm(t *testing.T) {
	for _, test := range []struct{ ps, want []float64 }{
		{nil, nil},
		{[]float64{0.04}, []float64{0.04}},
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}}, // R: p.adjust(p, "holm")
		{[]float64{0.5, 0.5, 1}, []float64{1, 1, 1}},
	} {
		if diff := cmp.Diff(test.want, holm(test.ps), cmpopts.EquateEmpty(), sameTo(1e-12)); diff != "" {
			t.Errorf("holm(%v) (-want +got):\n%s", test.ps, diff)
		}
	}
}

// TestGateMirrors swaps old and new, and with it fail and better.
func TestGateMirrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "comparisons")
		logs := rapid.SliceOfN(rapid.Float64Range(-0.2, 0.2), 0, 6)
		var there, back []Comparison
		for range n {
			c := Comparison{
				Better: rapid.SampledFrom([]int{-1, 1}).Draw(t, "better"), Tolerance: rapid.Float64Range(0, 0.1).Draw(t, "tolerance"),
				Paired: logs.Draw(t, "paired"), Old: [][]float64{logs.Draw(t, "old")}, New: [][]float64{logs.Draw(t, "new")},
			}
			there = append(there, c)
			c.Old, c.New, c.Paired = c.New, c.Old, slices.Clone(c.Paired)
			for i := range c.Paired {
				c.Paired[i] *= -1
			}
			back = append(back, c)
		}
		a, b := Gate(there, 0.05), Gate(back, 0.05)
		for i := range a {
			if math.Abs(a[i].P-b[i].PBetter) > 1e-9 || math.Abs(a[i].Adjusted-b[i].AdjustedBetter) > 1e-9 {
				t.Fatalf("%+v, swapped %+v", a[i], b[i])
			}
			if (a[i].Outcome == OutcomeFail) != (b[i].Outcome == OutcomeBetter) {
				t.Fatalf("%s, swapped %s", a[i].Outcome, b[i].Outcome)
			}
			beyond := math.Log1p(a[i].Delta)
			if a[i].Outcome == OutcomeFail && !(float64(a[i].Better)*math.Log(a[i].Value) < -beyond) {
				t.Fatalf("fails by less than is tolerated: %+v", a[i])
			}
			if a[i].Outcome == OutcomeFail && !a[i].Flagged {
				t.Fatalf("fails only after correction: %+v", a[i])
			}
		}
	})
}

func TestTolerance(t *testing.T) {
	for _, test := range []struct{ asked, aa, want float64 }{{0.05, 0.02, 0.05}, {0.05, 0.08, 0.08}, {0.05, math.NaN(), 0.05}} {
		if got := Tolerance(test.asked, test.aa); got != test.want {
			t.Errorf("Tolerance(%v, %v) = %v, want %v", test.asked, test.aa, got, test.want)
		}
	}
}

func TestAAHalfWidth(t *testing.T) {
	// s = 0.01, t(2, 0.975) = 4.302653.
	got, want := AAHalfWidth([]float64{1, 1.01, 1.02}), math.Expm1(4.302653*0.01*math.Sqrt(2.0/3))
	if math.Abs(got/want-1) > 1e-6 {
		t.Errorf("A/A half-width %v, want %v", got, want)
	}
	for _, logs := range [][]float64{nil, {1}} {
		if got := AAHalfWidth(logs); !math.IsNaN(got) {
			t.Errorf("A/A half-width of %v is %v, want NaN", logs, got)
		}
	}
	if got := AAHalfWidth([]float64{1, 1}); got != 0 {
		t.Errorf("A/A half-width without spread is %v, want 0", got)
	}
}
