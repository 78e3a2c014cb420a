package scaling

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rounds returns one observation a round with the given rates.
func rounds(rates ...float64) []Observation {
	obs := make([]Observation, len(rates))
	for i, rate := range rates {
		obs[i] = Observation{Round: i, Rate: rate}
	}
	return obs
}

// steady returns a surface with the same n rounds of near-constant rates in each cell.
func steady(n int, rates map[Cell]float64) Surface {
	wobble := []float64{1, 1.002, 0.999, 1.001, 0.998}
	s := Surface{}
	for c, rate := range rates {
		for round := range n {
			o := Observation{Round: round, Rate: rate * wobble[(round*round+c.Goroutines+c.Gomaxprocs)%len(wobble)]}
			s[c] = append(s[c], o)
		}
	}
	return s
}

func TestEffectOf(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		lo, hi float64
		want   Effect
	}{
		{1.2, 1.4, EffectHelps},
		{1.001, 1.06, EffectHelps},
		{0.6, 0.7, EffectHurts},
		{0.9, 0.999, EffectHurts},
		{0.99, 1.01, EffectNone},
		{1, 1, EffectNone},
		{1 / 1.05, 1.05, EffectNone},
		{1.01, 1.04, EffectNone},
		{0.96, 0.99, EffectNone},
		{0.95, 1.01, EffectInconclusive},
		{0.99, 1.06, EffectInconclusive},
		{1, 1.1, EffectInconclusive},
		{nan, nan, EffectInconclusive},
	} {
		if got := EffectOf(Estimate{Value: 1, Lo: test.lo, Hi: test.hi}); got != test.want {
			t.Errorf("[%v, %v] %s, want %s", test.lo, test.hi, got, test.want)
		}
	}
}

func TestVerdictAndSentence(t *testing.T) {
	gain := func(lo, hi float64) *Gain {
		e := Estimate{Value: math.Sqrt(lo * hi), Lo: lo, Hi: hi, Rounds: 6, Basis: BetweenRuns}
		return &Gain{Estimate: e, Effect: EffectOf(e)}
	}
	helps, more, hurts, none := gain(1.9, 2), gain(5, 6), gain(0.6, 0.7), gain(0.99, 1.01)
	little := gain(1.2, 1.4)
	open := gain(0.8, 1.3)      // could help
	harmless := gain(0.9, 1.02) // cannot help
	bare := &Gain{Estimate: point(0, 1), Effect: EffectInconclusive}
	for _, test := range []struct {
		name                            string
		concurrency, parallelism, total *Gain
		verdict                         Verdict
		sentence                        string
	}{
		{"both", more, helps, more, VerdictBoth, "overlap first, then cores: the work waits and computes"},
		{"both, cores more", helps, more, more, VerdictBoth, "cores first, then overlap: the work computes and waits"},
		{"waits", more, none, more, VerdictConcurrency, "needs goroutines, not cores: the work waits"},
		{"waits, cores cannot help", more, harmless, more, VerdictConcurrency, "needs goroutines, not cores: the work waits"},
		{
			"waits, cores hurt", more, hurts, more, VerdictConcurrency,
			"needs goroutines, and one core: the work waits, and more cores get in its way",
		},
		{
			"waits, one core", more, nil, more, VerdictConcurrency,
			"needs goroutines: the work waits; what cores add was not measured",
		},
		{"computes", none, helps, helps, VerdictParallelism, "needs cores: the work computes"},
		{"computes, overlap cannot help", harmless, helps, helps, VerdictParallelism, "needs cores: the work computes"},
		{
			"computes, goroutines cost", hurts, helps, helps, VerdictParallelism,
			"needs cores: the work computes, and on one core goroutines only cost",
		},
		{
			"computes, goroutines cost more", hurts, little, hurts, VerdictParallelism,
			"best left to one goroutine: cores win back only part of what more goroutines cost",
		},
		{
			"computes, goroutines cost as much", hurts, little, none, VerdictParallelism,
			"one goroutine does about as well: cores win back what more goroutines cost, and no more for certain",
		},
		{
			"computes, shares", none, little, little, VerdictParallelism,
			"cores help, but deliver only 1.3 of 2: look for what the goroutines share",
		},
		{
			"computes, no base", nil, helps, nil, VerdictParallelism,
			"needs cores: the work computes; what goroutines add was not measured",
		},
		{"neither", none, none, none, VerdictNeither, "neither goroutines nor cores help: one goroutine does as well"},
		{
			"neither alone", gain(1.03, 1.045), gain(1.03, 1.045), gain(1.06, 1.09), VerdictNeither,
			"goroutines and cores help a little together, and neither does alone",
		},
		{
			"neither, one core", none, nil, none, VerdictNeither,
			"goroutines do not help: one does as well; what cores add was not measured",
		},
		{
			"neither, no base", nil, none, nil, VerdictNeither,
			"cores do not help: one does as well; what goroutines add was not measured",
		},
		{
			"goroutines hurt", hurts, none, hurts, VerdictNeither,
			"best left to one goroutine: more of them get in each other's way",
		},
		{
			"parallelism hurts", none, hurts, hurts, VerdictNeither,
			"parallelism hurts: on several cores the goroutines get in each other's way",
		},
		{
			"both hurt", hurts, hurts, hurts, VerdictNeither,
			"best left to one goroutine: more of them get in each other's way, and cores make it worse",
		},
		{
			"open", open, open, open, VerdictInconclusive,
			"whether goroutines or cores help could not be told: the runs scatter too much, measure more rounds",
		},
		{
			"no interval", bare, bare, bare, VerdictInconclusive,
			"whether goroutines or cores help could not be told: measure more rounds",
		},
		{
			"concurrency open", open, none, open, VerdictInconclusive,
			"cores do not help; whether goroutines do could not be told: the runs scatter too much, measure more rounds",
		},
		{
			"concurrency open, cores help", open, helps, helps, VerdictInconclusive,
			"cores help; whether goroutines help at one core could not be told: the runs scatter too much, measure more rounds",
		},
		{
			"concurrency open, one core", open, nil, open, VerdictInconclusive,
			"whether goroutines help could not be told: the runs scatter too much, measure more rounds",
		},
		{
			"parallelism open", none, open, open, VerdictInconclusive,
			"goroutines do not help at one core; whether cores do could not be told: the runs scatter too much, measure more rounds",
		},
		{
			"parallelism open, goroutines help", more, open, more, VerdictInconclusive,
			"goroutines help; whether cores add to it could not be told: the runs scatter too much, measure more rounds",
		},
		{
			"parallelism open, no base", nil, open, nil, VerdictInconclusive,
			"whether cores help could not be told: the runs scatter too much, measure more rounds",
		},
		{
			"nothing", nil, nil, nil, VerdictInconclusive,
			"cannot be told from these cells: measure one goroutine and several, at one core and at all of them",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := Judgement{Concurrency: test.concurrency, Parallelism: test.parallelism, Total: test.total, Goroutines: 8, Gomaxprocs: 2}
			j.Verdict = verdict(j.Concurrency, j.Parallelism)
			if j.Verdict != test.verdict {
				t.Errorf("verdict %s, want %s", j.Verdict, test.verdict)
			}
			if got := sentence(j, 0, 2, Estimate{Value: 1.9, Lo: 1.88, Hi: 1.92}); got != test.sentence {
				t.Errorf("sentence %q\n    want %q", got, test.sentence)
			}
		})
	}
}

// A poor gain from cores is put down to whoever certainly lost it.
func TestOwnerForCertain(t *testing.T) {
	about := func(v float64) Estimate { return Estimate{Value: v, Lo: v - 0.05, Hi: v + 0.05} }
	unknown := Estimate{Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	for _, test := range []struct {
		name    string
		gaps    *Gaps
		control Estimate
		want    string
	}{
		{"nobody tells", nil, unknown, "look for what the goroutines share"},
		{"the control arm doubles", nil, about(1.95), "look for what the goroutines share"},
		{"the control arm may do as poorly", nil, about(1.48), "look for what the goroutines share"},
		{"the control arm does as poorly", nil, about(1.25), "the control arm, which shares nothing, gets no more than 1.2 out of the machine"},
		{
			"the machine", &Gaps{Hardware: about(1.3), Go: about(1.3), Machine: about(0.65), Runtime: about(0.98), Program: about(0.9)}, about(1.95),
			"separate processes get no more than 1.3 out of the machine",
		},
		{
			"the runtime", &Gaps{Hardware: about(1.9), Go: about(1.5), Machine: about(0.96), Runtime: about(0.8), Program: about(0.9)}, about(1.95),
			"the Go runtime takes the most (collector, allocator, scheduler): goroutines that share nothing get 1.5",
		},
		{
			"the program", &Gaps{Hardware: about(1.9), Go: about(1.9), Machine: about(0.96), Runtime: about(0.98), Program: about(0.6)}, about(1.95),
			"look for what the goroutines share: without sharing they get 1.9",
		},
		{
			"the runtime, but not for certain",
			&Gaps{Hardware: about(1.9), Go: about(1.5), Machine: about(0.96), Runtime: Estimate{Value: 0.8, Lo: 0.6, Hi: 1.1}, Program: about(0.9)}, about(1.95),
			"look for what the goroutines share: without sharing they get 1.5",
		},
		{
			"nobody for certain", &Gaps{Hardware: about(1.9), Go: about(1.9), Machine: about(0.96), Runtime: about(0.98), Program: about(0.97)}, about(1.95),
			"whether the machine, the runtime or the program takes the rest could not be told",
		},
	} {
		if got := owner(test.gaps, 2, test.control); got != test.want {
			t.Errorf("%s: %q\n    want %q", test.name, got, test.want)
		}
	}
}

func TestUsableCores(t *testing.T) {
	for _, test := range []struct{ procs, physical, goroutines, want int }{
		{8, 0, 64, 8},
		{8, 4, 64, 4},
		{8, 4, 2, 2},
		{8, 16, 64, 8},
		{8, 0, 0, 8},
	} {
		if got := usableCores(test.procs, test.physical, test.goroutines); got != test.want {
			t.Errorf("usableCores(%d, %d, %d) = %d, want %d", test.procs, test.physical, test.goroutines, got, test.want)
		}
	}
}

// TestEdges judges surfaces that lack something.
func TestEdges(t *testing.T) {
	full := map[Cell]float64{
		{1, 1}: 100, {1, 2}: 100,
		{4, 1}: 100, {4, 2}: 190,
		{8, 1}: 100, {8, 2}: 180,
	}
	type want struct {
		goroutines, gomaxprocs  int
		chosenOn, estimatedOn   []int
		concurrency, total      float64 // 0: no such gain
		parallelism, atPhysical float64
		verdict                 Verdict
		recommend               Recommendation
		warnings                []string // what each warning has to contain
	}
	for _, test := range []struct {
		name string
		s    Surface
		opt  Options
		want want
	}{
		{
			name: "complete", s: steady(8, full),
			want: want{4, 2, []int{1, 3, 5, 7}, []int{0, 2, 4, 6}, 1, 1.9, 1.9, 0, VerdictParallelism, Recommendation{4, 2}, nil},
		},
		{
			name: "odd number of rounds", s: steady(5, full),
			want: want{4, 2, []int{1, 3}, []int{0, 2, 4}, 1, 1.9, 1.9, 0, VerdictParallelism, Recommendation{4, 2}, nil},
		},
		{
			name: "four rounds", s: steady(4, full),
			want: want{
				4, 2,
				[]int{1, 3},
				[]int{0, 2},
				1, 1.9, 1.9, 0, VerdictParallelism,
				Recommendation{4, 2},
				[]string{"2 rounds estimate the gains"},
			},
		},
		{
			name: "three rounds", s: steady(3, full),
			want: want{
				4, 2,
				[]int{0, 1, 2},
				[]int{0, 1, 2},
				1, 1.9, 1.9, 0, VerdictParallelism,
				Recommendation{4, 2},
				[]string{"may flatter"},
			},
		},
		{
			name: "one round, nothing known inside the runs", s: steady(1, full),
			want: want{
				4, 2,
				[]int{0},
				[]int{0},
				1, 1.9, 1.9, 0, VerdictInconclusive,
				Recommendation{4, 2},
				[]string{"may flatter", "gains without an interval"},
			},
		},
		{
			name: "one count above 1", s: steady(4, map[Cell]float64{{1, 1}: 100, {8, 1}: 800, {8, 2}: 800}),
			want: want{8, 2, nil, []int{0, 1, 2, 3}, 8, 8, 1, 0, VerdictConcurrency, Recommendation{8, 1}, nil},
		},
		{
			name: "a round without a base, another without a candidate",
			s: func() Surface {
				s := steady(8, full)
				s[Cell{1, 1}] = s[Cell{1, 1}][1:]
				s[Cell{8, 2}] = s[Cell{8, 2}][:7]
				return s
			}(),
			want: want{
				4, 2,
				[]int{2, 4, 6},
				[]int{1, 3, 5, 7},
				1, 1.9, 1.9, 0, VerdictParallelism,
				Recommendation{4, 2},
				[]string{"incomplete rounds: 1 of 8"},
			},
		},
		{
			name: "cells that share no round",
			s: Surface{
				{1, 1}: rounds(100, 101), {8, 1}: {{Round: 2, Rate: 200}, {Round: 3, Rate: 202}}, {8, 2}: {{Round: 4, Rate: 402}},
			},
			want: want{
				8, 2, nil, nil, 2, 4, 2, 0, VerdictInconclusive,
				Recommendation{8, 2},
				[]string{"incomplete rounds: 5 of 5", "no round has all cells"},
			},
		},
		{
			name: "no goroutine count of 1", s: steady(4, map[Cell]float64{{8, 1}: 100, {8, 2}: 190, {8, 4}: 380}),
			want: want{8, 4, nil, []int{0, 1, 2, 3}, 0, 0, 3.8, 0, VerdictParallelism, Recommendation{8, 4}, nil},
		},
		{
			name: "no goroutine count at all", s: steady(4, map[Cell]float64{{0, 1}: 100, {0, 2}: 190}),
			want: want{0, 2, nil, []int{0, 1, 2, 3}, 0, 0, 1.9, 0, VerdictParallelism, Recommendation{0, 2}, nil},
		},
		{
			name: "one goroutine only", s: steady(4, map[Cell]float64{{1, 1}: 100, {1, 2}: 100}),
			want: want{1, 2, nil, []int{0, 1, 2, 3}, 0, 1, 1, 0, VerdictNeither, Recommendation{1, 1}, nil},
		},
		{
			name: "one P, which is 1", s: steady(8, map[Cell]float64{{1, 1}: 100, {4, 1}: 400, {8, 1}: 800}),
			want: want{8, 1, []int{1, 3, 5, 7}, []int{0, 2, 4, 6}, 8, 8, 0, 0, VerdictConcurrency, Recommendation{8, 1}, nil},
		},
		{
			name: "one P, which is not 1", s: steady(8, map[Cell]float64{{1, 4}: 100, {4, 4}: 400, {8, 4}: 800}),
			want: want{8, 4, []int{1, 3, 5, 7}, nil, 0, 0, 0, 0, VerdictInconclusive, Recommendation{8, 4}, nil},
		},
		{
			name: "a single cell", s: steady(4, map[Cell]float64{{1, 1}: 100}),
			want: want{1, 1, nil, nil, 0, 0, 0, 0, VerdictInconclusive, Recommendation{1, 1}, nil},
		},
		{
			name: "oversubscribed", opt: Options{Cores: 2},
			s: steady(4, map[Cell]float64{{1, 1}: 100, {8, 1}: 100, {8, 2}: 190, {8, 4}: 300}),
			want: want{
				8, 2, nil,
				[]int{0, 1, 2, 3},
				1, 1.9, 1.9, 0, VerdictParallelism,
				Recommendation{8, 2},
				[]string{"logical cores (2) are oversubscribed"},
			},
		},
		{
			name: "nothing but oversubscribed", opt: Options{Cores: 2},
			s: steady(4, map[Cell]float64{{8, 4}: 100, {8, 8}: 190}),
			want: want{
				8, 4, nil, nil, 0, 0, 0, 0, VerdictInconclusive,
				Recommendation{8, 4},
				[]string{"every cell has more Ps"},
			},
		},
		{
			name: "hardware threads", opt: Options{Cores: 4, PhysicalCores: 2},
			s:    steady(4, map[Cell]float64{{1, 1}: 100, {8, 1}: 100, {8, 2}: 190, {8, 4}: 240}),
			want: want{8, 4, nil, []int{0, 1, 2, 3}, 1, 2.4, 2.4, 1.9, VerdictParallelism, Recommendation{8, 4}, nil},
		},
		{
			name: "a count missing at P=1, another at the largest P",
			s:    steady(4, map[Cell]float64{{1, 1}: 100, {2, 1}: 300, {4, 1}: 100, {4, 2}: 150, {8, 2}: 190}),
			want: want{
				4, 2, nil,
				[]int{0, 1, 2, 3},
				1, 1.5, 1.5, 0, VerdictParallelism,
				Recommendation{2, 1},
				[]string{"incomplete grid: 2 goroutine counts were not measured"},
			},
		},
		{
			name: "cells without observations are not there",
			s: func() Surface {
				s := steady(4, map[Cell]float64{{1, 1}: 100, {8, 1}: 800, {8, 2}: 800})
				s[Cell{16, 4}] = nil
				return s
			}(),
			want: want{8, 2, nil, []int{0, 1, 2, 3}, 8, 8, 1, 0, VerdictConcurrency, Recommendation{8, 1}, nil},
		},
		{
			name: "two runs in a round",
			s: func() Surface {
				s := steady(4, map[Cell]float64{{1, 1}: 100, {8, 1}: 800, {8, 2}: 800})
				s[Cell{1, 1}] = append(s[Cell{1, 1}], s[Cell{1, 1}]...)
				return s
			}(),
			want: want{
				8, 2, nil,
				[]int{0, 1, 2, 3},
				8, 8, 1, 0, VerdictConcurrency,
				Recommendation{8, 1},
				[]string{"1 cell was run more than once in a round"},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := judge(t, test.s, test.opt)
			value := func(g *Gain) float64 {
				if g == nil {
					return 0
				}
				return math.Round(g.Value*20) / 20
			}
			got := want{
				j.Goroutines, j.Gomaxprocs, j.ChosenOn, j.EstimatedOn,
				value(j.Concurrency), value(j.Total), value(j.Parallelism), value(j.AtPhysical),
				j.Verdict, j.Recommend, test.want.warnings,
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			found := slices.EqualFunc(j.Warnings, test.want.warnings, strings.Contains)
			if !found {
				t.Errorf("warnings %q\n    want %q", j.Warnings, test.want.warnings)
			}
			if _, ok := test.s[Cell{1, 1}]; ok == math.IsNaN(j.Base.Value) {
				t.Errorf("base is %v, (1,1) measured: %v", j.Base, ok)
			}
			if j.Sentence == "" || strings.ContainsAny(j.Sentence, "\n") {
				t.Errorf("sentence %q, want one line", j.Sentence)
			}
		})
	}
}

// TestOneRound takes its intervals from inside the runs.
func TestOneRound(t *testing.T) {
	s := Surface{
		{1, 1}: {{Rate: 100, RelSE: 0.003, Batches: 10}},
		{8, 1}: {{Rate: 200, RelSE: 0.004, Batches: 10}},
		{8, 2}: {{Rate: 200, RelSE: 0.004, Batches: 10}},
	}
	j := judge(t, s, Options{})
	// se = √(0.003²+0.004²) = 0.005; df = 9·25²/(9²+16²) = 16.691; t(16.691, 0.975) = 2.112791 (Simpson's rule on the density).
	want := Estimate{2, 2 * math.Exp(-0.005*2.112791), 2 * math.Exp(0.005*2.112791), 1, WithinRun}
	if diff := cmp.Diff(want, j.Concurrency.Estimate, sameTo(1e-7)); diff != "" {
		t.Errorf("concurrency gain (-want +got):\n%s", diff)
	}
	if j.Verdict != VerdictConcurrency || len(j.Warnings) != 1 || !strings.Contains(j.Warnings[0], "run-to-run variation is unseen") {
		t.Errorf("verdict %s with warnings %q", j.Verdict, j.Warnings)
	}

	s[Cell{8, 2}][0].RelSE = 0
	j = judge(t, s, Options{})
	if j.Concurrency.Basis != WithinRun || j.Parallelism.Basis != NoInterval || j.Parallelism.Effect != EffectInconclusive {
		t.Errorf("concurrency %+v, parallelism %+v; want no interval where a spread is unknown", *j.Concurrency, *j.Parallelism)
	}
	if j.Verdict != VerdictInconclusive {
		t.Errorf("verdict %s, want inconclusive", j.Verdict)
	}
}

// TestChoiceTakesTheSmallestWithinFivePercent has exact ties on both sides of the border.
func TestChoiceTakesTheSmallestWithinFivePercent(t *testing.T) {
	for _, test := range []struct {
		second float64
		want   int
	}{{95, 4}, {94.9, 8}, {100, 4}, {200, 4}} {
		s := Surface{
			{1, 1}: rounds(1, 1, 1, 1),
			{4, 1}: rounds(test.second, test.second, test.second, test.second),
			{8, 1}: rounds(100, 100, 100, 100),
		}
		if j := judge(t, s, Options{}); j.Goroutines != test.want || j.Recommend.Goroutines != test.want {
			t.Errorf("4 goroutines at %v, 8 at 100: C† is %d, recommended %d, want %d",
				test.second, j.Goroutines, j.Recommend.Goroutines, test.want)
		}
	}
}

// TestRecommendSeesThroughDrift recommends the better cell although it ran only in the slow rounds.
func TestRecommendSeesThroughDrift(t *testing.T) {
	s := Surface{
		{1, 1}: rounds(100, 100, 50, 50),
		{4, 1}: {{Round: 2, Rate: 80}, {Round: 3, Rate: 80}},
		{8, 1}: rounds(120, 120, 60, 60),
	}
	if got, want := judge(t, s, Options{}).Recommend, (Recommendation{4, 1}); got != want {
		t.Errorf("recommends %+v, want %+v", got, want)
	}
}

func TestUnusableInput(t *testing.T) {
	one := Surface{{1, 1}: rounds(100)}
	rate := func(x float64) Surface { return Surface{{1, 1}: rounds(100), {8, 2}: rounds(100, 100, x)} }
	for _, test := range []struct {
		name string
		s    Surface
		opt  Options
		want string
	}{
		{"nil", nil, Options{}, "no observations, want at least one run of one cell"},
		{"empty cells", Surface{{1, 1}: nil}, Options{}, "no observations, want at least one run of one cell"},
		{"NaN rate", rate(math.NaN()), Options{}, "cell goroutines=8/gomaxprocs=2, round 2: rate is NaN tasks/s, want a positive, finite number"},
		{"zero rate", rate(0), Options{}, "round 2: rate is 0 tasks/s"},
		{"negative rate", rate(-1), Options{}, "round 2: rate is -1 tasks/s"},
		{"infinite rate", rate(math.Inf(1)), Options{}, "round 2: rate is +Inf tasks/s"},
		{"negative spread", Surface{{1, 1}: {{Rate: 1, RelSE: -1}}}, Options{}, "relative standard error is -1"},
		{"NaN spread", Surface{{1, 1}: {{Rate: 1, RelSE: math.NaN()}}}, Options{}, "relative standard error is NaN"},
		{"negative batches", Surface{{1, 1}: {{Rate: 1, Batches: -1}}}, Options{}, "-1 batches, want at least 0"},
		{"no P", Surface{{1, 0}: rounds(1)}, Options{}, "cell goroutines=1/gomaxprocs=0: want goroutines of at least 1"},
		{"negative C", Surface{{-1, 1}: rounds(1)}, Options{}, "cell goroutines=-1/gomaxprocs=1: want goroutines of at least 1"},
		{"C known and unknown", Surface{{0, 1}: rounds(1), {1, 1}: rounds(1)}, Options{}, "with and without a goroutine count"},
		{"confidence", one, Options{Confidence: 95}, "confidence is 95, want a number between 0 and 1"},
		{"NaN confidence", one, Options{Confidence: math.NaN()}, "confidence is NaN"},
		{"cores", one, Options{Cores: -1}, "-1 logical and 0 physical cores, want at least 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Judge(test.s, test.opt)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
