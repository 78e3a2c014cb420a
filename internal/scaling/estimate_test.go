package scaling

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameTo compares floats to a relative margin and takes NaN for equal.
func sameTo(margin float64) cmp.Options {
	return cmp.Options{cmpopts.EquateApprox(margin, 0), cmpopts.EquateNaNs()}
}

func TestInterval(t *testing.T) {
	nan := math.NaN()
	// Mean 2, s = 1, t(2, 0.975) = 4.302653, t(2, 0.95) = 2.919986 (any table of the t distribution).
	logs := []float64{1, 2, 3}
	for _, test := range []struct {
		name       string
		logs       []float64
		confidence float64
		want       Estimate
	}{
		{"95 %", logs, 0, Estimate{math.Exp(2), math.Exp(2 - 4.302653/math.Sqrt(3)), math.Exp(2 + 4.302653/math.Sqrt(3)), 3, BetweenRuns}},
		{"90 %", logs, 0.9, Estimate{math.Exp(2), math.Exp(2 - 2.919986/math.Sqrt(3)), math.Exp(2 + 2.919986/math.Sqrt(3)), 3, BetweenRuns}},
		{"no spread", []float64{0, 0}, 0, Estimate{1, 1, 1, 2, BetweenRuns}},
		{"one", []float64{0}, 0, Estimate{1, nan, nan, 1, NoInterval}},
		{"none", nil, 0, Estimate{nan, nan, nan, 0, NoInterval}},
	} {
		if diff := cmp.Diff(test.want, Interval(test.logs, test.confidence), sameTo(1e-6)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestMeanAndRatio(t *testing.T) {
	nan := math.NaN()
	s := Surface{
		{1, 1}: rounds(100, 400),
		{2, 1}: {{Round: 1, Rate: 800}, {Round: 0, Rate: 200}, {Round: 2, Rate: 7}},
		{4, 1}: {{Round: 5, Rate: 400}},
	}
	if got := s.Mean(Cell{1, 1}); math.Abs(got.Value-200) > 1e-9 || got.Rounds != 2 || got.Basis != BetweenRuns {
		t.Errorf("mean is %+v, want 200 over 2 rounds", got)
	}
	if got := s.Mean(Cell{9, 9}); !math.IsNaN(got.Value) || got.Rounds != 0 || got.Basis != NoInterval {
		t.Errorf("mean of a cell that was not measured is %+v", got)
	}
	for _, test := range []struct {
		name     string
		num, den Cell
		want     Estimate
	}{
		{"paired", Cell{2, 1}, Cell{1, 1}, Estimate{2, 2, 2, 2, BetweenRuns}},
		{"no shared round", Cell{4, 1}, Cell{1, 1}, Estimate{2, nan, nan, 0, NoInterval}},
		{"not measured", Cell{9, 9}, Cell{1, 1}, Estimate{nan, nan, nan, 0, NoInterval}},
	} {
		if diff := cmp.Diff(test.want, s.Ratio(test.num, test.den, 0), sameTo(1e-9)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	rounds, logs := s.LogRatio(Cell{2, 1}, Cell{1, 1})
	if want := math.Log(2); !slices.Equal(rounds, []int{0, 1}) || !cmp.Equal(logs, []float64{want, want}, sameTo(1e-9)) {
		t.Errorf("log-ratios %v in rounds %v, want %v in rounds 0 and 1", logs, rounds, want)
	}
}

// TestRepeatedRunsInARound counts them as one run with less spread.
func TestRepeatedRunsInARound(t *testing.T) {
	s := Surface{{1, 1}: {{Rate: 50, RelSE: 0.01, Batches: 9}, {Rate: 200, RelSE: 0.01, Batches: 9}}}
	// se = 0.01·√2/2, df = 8+8; t(16, 0.975) = 2.119905.
	half := 2.119905 * 0.01 / math.Sqrt2
	want := Estimate{100, 100 * math.Exp(-half), 100 * math.Exp(half), 1, WithinRun}
	if diff := cmp.Diff(want, s.Mean(Cell{1, 1}), sameTo(1e-6)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s[Cell{1, 1}][0].Batches = 1
	if got := s.Mean(Cell{1, 1}); got.Basis != NoInterval {
		t.Errorf("one batch knows no spread, but the mean is %+v", got)
	}
}

func TestAxes(t *testing.T) {
	s := Surface{{64, 2}: rounds(1), {1, 4}: rounds(1), {8, 2}: rounds(1), {1, 1}: rounds(1), {3, 3}: nil}
	if got := Goroutines(s); !slices.Equal(got, []int{1, 8, 64}) {
		t.Errorf("goroutines %v", got)
	}
	if got := Procs(s); !slices.Equal(got, []int{1, 2, 4}) {
		t.Errorf("procs %v", got)
	}
}

func TestWaitCeiling(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		c         int
		wait, cpu float64
		want      float64
	}{
		{8, 9, 1, 8},
		{64, 9, 1, 10},
		{8, 0, 1, 1},
		{8, 1, 0, 8},
		{1, 9, 1, 1},
		{8, inf, 1, 8},
		{8, 1, inf, nan},
		{8, 0, 0, nan},
		{0, 1, 1, nan},
		{8, -1, 1, nan},
		{8, nan, 1, nan},
		{8, 1, nan, nan},
	} {
		if got := WaitCeiling(test.c, test.wait, test.cpu); !cmp.Equal(got, test.want, cmpopts.EquateNaNs()) {
			t.Errorf("WaitCeiling(%d, %v, %v) = %v, want %v", test.c, test.wait, test.cpu, got, test.want)
		}
	}
}
