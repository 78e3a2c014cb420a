package scaling

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFindGaps(t *testing.T) {
	nan := math.NaN()
	none := Estimate{nan, nan, nan, 0, NoInterval}
	exact := func(value float64) Estimate { return Estimate{value, value, value, 3, BetweenRuns} }
	base, hw, free, work := rounds(100, 50, 200), rounds(360, 180, 720), rounds(324, 162, 648), rounds(162, 81, 324)
	for _, test := range []struct {
		name                 string
		hardware, free, work []Observation
		want                 Gaps
	}{
		{"all arms", hw, free, work, Gaps{4, exact(3.6), exact(3.24), exact(1.62), exact(0.9), exact(0.9), exact(0.5)}},
		{"no hardware ceiling", nil, free, work, Gaps{4, none, exact(3.24), exact(1.62), none, none, exact(0.5)}},
		{"no Go ceiling", hw, nil, work, Gaps{4, exact(3.6), none, exact(1.62), exact(0.9), none, none}},
		{"workload not measured", hw, free, nil, Gaps{4, exact(3.6), exact(3.24), none, exact(0.9), exact(0.9), none}},
	} {
		got := FindGaps(4, base, test.hardware, test.free, test.work)
		if diff := cmp.Diff(test.want, got, sameTo(1e-9)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	if got := FindGaps(4, nil, hw, free, work); !math.IsNaN(got.Measured.Value) || got.Program != FindGaps(4, base, hw, free, work).Program {
		t.Errorf("without a base: %+v; want no speed-ups, and the same program", got)
	}
}

func TestGapsMultiplyUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "rounds")
		draw := func(name string) []Observation {
			return rounds(rapid.SliceOfN(rapid.Float64Range(10, 1000), n, n).Draw(t, name)...)
		}
		g := FindGaps(rapid.IntRange(1, 64).Draw(t, "cores"), draw("base"), draw("hardware"), draw("go"), draw("measured"))
		product, want := g.Machine.Value*g.Runtime.Value*g.Program.Value, g.Measured.Value/g.Ideal
		if math.Abs(product/want-1) > 1e-12 {
			t.Fatalf("Machine × Runtime × Program = %v, Measured/Ideal = %v", product, want)
		}
	})
}
