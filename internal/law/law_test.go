package law

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// exact returns samples without noise.
func exact(n []int, gamma, sigma, kappa float64) []Sample {
	var samples []Sample
	for _, n := range n {
		samples = append(samples, Sample{N: n, X: gamma * float64(n) / loss(float64(n), sigma, kappa)})
	}
	return samples
}

func near(got, want, relative float64) bool { return math.Abs(got-want) <= relative*math.Abs(want) }

func noted(f Fit, words string) bool {
	return slices.ContainsFunc(f.Notes, func(n string) bool { return strings.Contains(n, words) })
}

func TestExactDataGiveTheirLaw(t *testing.T) {
	for _, test := range []struct {
		n            []int
		sigma, kappa float64
		model        Model
	}{
		{[]int{1, 2, 4}, 0, 0, Linear},
		{[]int{1, 2, 4}, 0.1, 0, Amdahl},
		{[]int{2, 3, 7}, 0.1, 0, Amdahl},
		{[]int{1, 2, 4, 8}, 1, 0, Amdahl},
		{upTo(8), 0, 0, Linear},
		{upTo(8), 0.3, 0, Amdahl},
		{upTo(8), 0.02, 0.02, USL},
		{upTo(16), 0, 0.01, USL},
		{upTo(16), 1, 0.2, USL},
		{[]int{2, 4, 8, 16, 32, 64}, 0.02, 0.0005, USL},
		{[]int{1, 10, 100, 1000, 10_000, 100_000, 1_000_000}, 0.001, 1e-10, USL},
	} {
		f := Analyze(exact(test.n, 50, test.sigma, test.kappa), Options{Axis: Goroutines})
		if f.Model != test.model || !near(f.Gamma.Value, 50, 1e-6) {
			t.Errorf("%+v: model %s, γ %+v", test, f.Model, f.Gamma)
			continue
		}
		if f.Sigma != nil && !(math.Abs(f.Sigma.Value-test.sigma) < 1e-6) {
			t.Errorf("%+v: σ %+v", test, f.Sigma)
		}
		if f.Kappa != nil && !near(f.Kappa.Value, test.kappa, 1e-5) {
			t.Errorf("%+v: κ %+v", test, f.Kappa)
		}
	}
}

// The fraction of Karp and Flatt is σ + κN when speed-up is taken against γ, which X(1) is without noise.
func TestKarpFlattIsSigmaPlusKappaN(t *testing.T) {
	const sigma, kappa = 0.07, 0.003
	f := Analyze(exact(upTo(12), 9, sigma, kappa), Options{})
	for _, p := range f.Points {
		if p.N == 1 {
			if p.KarpFlatt != nil {
				t.Errorf("e(1) = %v, want none", *p.KarpFlatt)
			}
			continue
		}
		if want := sigma + kappa*float64(p.N); !near(p.KarpFlatt.Value, want, 1e-9) {
			t.Errorf("e(%d) = %v, want %v", p.N, p.KarpFlatt.Value, want)
		}
	}
	if f := Analyze(exact([]int{2, 4}, 9, sigma, kappa), Options{}); f.Points[1].KarpFlatt != nil {
		t.Error("e(N) given relative to a base of 2")
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		n       []int
		model   Model
		refused string
	}{
		{nil, "", "no run with"},
		{[]int{4}, "", "no law: 1 value of GOMAXPROCS within the 16 physical cores; Amdahl's law takes 3, the USL 5"},
		{[]int{1, 2}, "", "no law: 2 values of GOMAXPROCS within the 16 physical cores; Amdahl's law takes 3, the USL 5"},
		{[]int{1, 2, 4}, Amdahl, "Amdahl's law at most: 3 values of GOMAXPROCS within the 16 physical cores; coherency (κ) and a peak take 5"},
		{[]int{1, 2, 4, 8}, Amdahl, "Amdahl's law at most: 4 "},
		{[]int{1, 2, 4, 8, 16}, USL, ""},
		{upTo(maxLevels), USL, ""},
		{upTo(maxLevels + 1), "", "no law: 201 values"},
		{[]int{1, 2, 4, 32, 64}, Amdahl, "Amdahl's law at most: 3 "},
	} {
		kappa := 0.0
		if test.model == USL {
			kappa = 0.02
		}
		opt := Options{Axis: Gomaxprocs, Physical: 16, Logical: 32}
		if len(test.n) > 16 {
			opt.Physical, opt.Logical = 1000, 1000
		}
		f := Analyze(exact(test.n, 1, 0.05, kappa), opt)
		if f.Model != test.model || !strings.HasPrefix(f.Refused, test.refused) || test.refused == "" && f.Refused != "" {
			t.Errorf("%v: %q, refused %q; want %q, %q", test.n, f.Model, f.Refused, test.model, test.refused)
		}
		if len(f.Points) != len(test.n) {
			t.Errorf("%v: %d points", test.n, len(f.Points))
		}
		if (f.Peak != nil || f.Kappa != nil) && test.model != USL {
			t.Errorf("%v: κ %v, peak %v", test.n, f.Kappa, f.Peak)
		}
	}
}

// Three single runs that fall short of N, though not as Amdahl's law has it, do not make a linear law: it says so.
func TestLinearForWantOfKnowledge(t *testing.T) {
	f := Analyze(exact([]int{1, 2, 4}, 1, 0.05, 0.02), Options{})
	if f.Model != Linear || !strings.Contains(f.Refused, "; no contention (σ) told from noise, but up to ") {
		t.Errorf("model %s, refused %q", f.Model, f.Refused)
	}
}

func TestPeaks(t *testing.T) {
	for _, test := range []struct {
		name         string
		last         int
		sigma, kappa float64
		peak         bool
		extrapolated bool
		note         string
	}{
		{"inside", 16, 0.1, 0.01, true, false, ""},                          // 9.5
		{"beyond", 8, 0.1, 0.01, true, true, ""},                            // 9.5
		{"far", 16, 0.1, 0.0005, false, false, "more than twice"},           // 42
		{"none", 16, 0.1, 0, false, false, "no coherency"},                  //
		{"from the start", 16, 0.5, 0.9, false, false, "throughput falls "}, // 0.75
	} {
		f := Analyze(exact(upTo(test.last), 1, test.sigma, test.kappa), Options{Axis: Goroutines})
		if (f.Peak != nil) != test.peak || test.peak && f.Peak.Extrapolated != test.extrapolated || !noted(f, test.note) {
			t.Errorf("%s: peak %+v, notes %q", test.name, f.Peak, f.Notes)
		}
		if f.Peak != nil {
			at := math.Sqrt((1 - test.sigma) / test.kappa)
			if !near(f.Peak.N.Value, at, 1e-4) || !near(f.Limit.Value, at/loss(at, test.sigma, test.kappa), 1e-4) {
				t.Errorf("%s: peak %+v, limit %+v; want N=%v", test.name, f.Peak, f.Limit, at)
			}
		}
	}
}

func TestLimitIsThatOfAmdahl(t *testing.T) {
	for base, want := range map[int]float64{1: 10, 2: 5.5} { // X(∞)/X(1) = 1/σ; X(2)/X(1) = 2/1.1
		f := Analyze(exact([]int{base, 4, 8, 16}, 1, 0.1, 0), Options{})
		if f.Limit == nil || !near(f.Limit.Value, want, 1e-6) {
			t.Errorf("base %d: limit %+v, want %v", base, f.Limit, want)
		}
	}
}

func TestSegments(t *testing.T) {
	samples := exact([]int{1, 2, 4, 8, 16}, 1, 0.1, 0)
	samples[3].X, samples[4].X = samples[2].X*1.2, samples[2].X*1.1 // SMT, oversubscribed
	for _, test := range []struct {
		opt  Options
		cut  []string
		fits bool
	}{
		{Options{Axis: Gomaxprocs, Physical: 4, Logical: 8}, []string{"GOMAXPROCS 8: more than the 4 physical", "GOMAXPROCS 16: more than the 8 logical"}, true},
		{Options{Axis: Gomaxprocs, Physical: 4, Logical: 4}, []string{"GOMAXPROCS 8, 16: more than the 4 logical"}, true},
		{Options{Axis: Gomaxprocs, Logical: 4}, []string{"GOMAXPROCS 8, 16: more than the 4 logical", "SMT"}, true},
		{Options{Axis: Gomaxprocs, Physical: 4}, []string{"GOMAXPROCS 8, 16"}, true},
		{Options{Axis: Gomaxprocs}, []string{"number of cores is not known"}, false},
		{Options{Axis: Goroutines, Physical: 4, Logical: 8}, nil, false},
	} {
		f := Analyze(samples, test.opt)
		if len(f.Points) != 5 {
			t.Errorf("%+v: %d points", test.opt, len(f.Points))
		}
		for _, words := range test.cut {
			if !noted(f, words) {
				t.Errorf("%+v: notes %q, want %q", test.opt, f.Notes, words)
			}
		}
		if exact := f.Sigma != nil && near(f.Sigma.Value, 0.1, 1e-6); exact != test.fits {
			t.Errorf("%+v: σ %+v", test.opt, f.Sigma)
		}
	}
}

// The further threads of cores have a law of their own, from all physical cores on, with nothing beyond them.
func TestSMTSegment(t *testing.T) {
	opt := Options{Axis: Gomaxprocs, Segment: SMT, Physical: 4, Logical: 8}
	samples := append(exact([]int{1, 2}, 70, 0, 0), exact(upTo(16)[3:], 100, 0.3, 0.005)...)
	f := Analyze(samples, opt)
	if f.Model != USL || !near(f.Sigma.Value, 0.3, 1e-3) || f.Base != 4 || len(f.Points) != 5 || f.Refused != "" {
		t.Errorf("%+v", f)
	}
	if f.Limit != nil || f.Gamma != nil || f.Peak != nil || !noted(f, "no peak within the 8") || !noted(f, "what they add to 4") {
		t.Errorf("claims beyond the threads: %+v", f)
	}
	f = Analyze(exact([]int{1, 2, 4, 8, 16}, 100, 0, 0), opt)
	if f.Model != "" || f.Refused != "no law: 2 values of GOMAXPROCS from the 4 physical cores to their 8 threads; Amdahl's law takes 3, the USL 5" || !near(f.Points[1].Speedup.Value, 2, 1e-9) {
		t.Errorf("%+v", f)
	}
	if f = Analyze(exact(upTo(8), 100, 0, 0), Options{Axis: Gomaxprocs, Segment: SMT}); f.Model != "" || len(f.Points) != 0 {
		t.Errorf("no core count is known: %+v", f)
	}
}

func TestSpeedups(t *testing.T) {
	// The second round is twice as fast: paired, the speed-up is exact; not blocked, it is hardly known.
	samples := []Sample{{1, 10, 1}, {2, 18, 1}, {1, 20, 2}, {2, 36, 2}}
	p := Analyze(samples, Options{}).Points[1]
	if !near(p.Speedup.Lo, 1.8, 1e-9) || !near(p.Speedup.Hi, 1.8, 1e-9) || !near(p.Efficiency.Value, 0.9, 1e-9) || p.Runs != 2 {
		t.Errorf("paired: %+v", p)
	}
	for i := range samples {
		samples[i].Round = 0
	}
	// Two variances of ln²2/4 on one degree of freedom each: t(2) = 4.3027.
	p = Analyze(samples, Options{}).Points[1]
	if half := 4.302653 * math.Ln2 / math.Sqrt2; !near(p.Speedup.Value, 1.8, 1e-9) || !near(p.Speedup.Hi, 1.8*math.Exp(half), 1e-5) {
		t.Errorf("Welch: %+v", p)
	}
	p = Analyze(samples[:2], Options{}).Points[1]
	if !near(p.Speedup.Value, 1.8, 1e-9) || !math.IsNaN(p.Speedup.Lo) || !math.IsNaN(p.X.Hi) || !math.IsNaN(p.KarpFlatt.Lo) {
		t.Errorf("one run: %+v", p)
	}
}

// Incomplete rounds, drift and all, give the same law as complete ones when nothing but drift disturbs.
func TestDriftCancels(t *testing.T) {
	var samples []Sample
	for round := 1; round <= 6; round++ {
		for _, s := range exact(upTo(6), 1, 0.1, 0.01) {
			if (s.N+round)%3 != 0 {
				samples = append(samples, Sample{s.N, s.X * math.Exp(float64(round*round)/10), round})
			}
		}
	}
	f := Analyze(samples, Options{})
	if f.Model != USL || !near(f.Sigma.Value, 0.1, 1e-6) || !near(f.Kappa.Value, 0.01, 1e-6) || f.Sigma.Hi-f.Sigma.Lo > 1e-5 {
		t.Errorf("model %s, σ %+v, κ %+v", f.Model, f.Sigma, f.Kappa)
	}
}

func TestLackOfFit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	m := truth{n: upTo(8), sigma: 0.1, rounds: 10, run: 0.01}
	samples, _ := m.draw(r)
	if f := Analyze(samples, Options{}); f.LackOfFit == nil || *f.LackOfFit < 0.01 || noted(f, "lack of fit") {
		t.Errorf("lack of fit %v, notes %q", f.LackOfFit, f.Notes)
	}
	socket := func(factor float64) Fit {
		other := slices.Clone(samples)
		for i, s := range other {
			if s.N > 4 {
				other[i].X *= factor
			}
		}
		return Analyze(other, Options{})
	}
	if f := socket(0.97); f.LackOfFit == nil || *f.LackOfFit > 0.05 || !noted(f, "lack of fit") || f.Model == "" {
		t.Errorf("lack of fit %v, notes %q, refused %q", *f.LackOfFit, f.Notes, f.Refused)
	}
	if f := socket(0.5); f.LackOfFit == nil || *f.LackOfFit > 1e-6 || !strings.HasPrefix(f.Refused, "no law: the points lie farther") || f.Peak != nil {
		t.Errorf("lack of fit %v, refused %q, peak %+v", *f.LackOfFit, f.Refused, f.Peak)
	}
	if f := Analyze(exact(upTo(8), 1, 0.1, 0), Options{}); f.LackOfFit != nil {
		t.Errorf("lack of fit %v without repeats", *f.LackOfFit)
	}
}

// Work that computes levels off at the cores, however many goroutines there are. Amdahl's law does not describe that.
func TestCornerIsNoLaw(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	var samples []Sample
	for round := 1; round <= 12; round++ {
		for _, s := range []Sample{{N: 1, X: 100}, {N: 2, X: 199}, {N: 8, X: 200}} {
			samples = append(samples, Sample{s.N, s.X * math.Exp(0.005*r.NormFloat64()), round})
		}
	}
	f := Analyze(samples, Options{Axis: Goroutines})
	if f.Model != "" || f.Sigma != nil || f.Gamma != nil || !strings.HasPrefix(f.Refused, "no law: the points lie farther from Amdahl's") || f.LackOfFit == nil {
		t.Errorf("%+v", f)
	}
}

func TestFasterThanLinearIsNoted(t *testing.T) {
	var samples []Sample
	for _, n := range upTo(8) {
		samples = append(samples, Sample{N: n, X: math.Pow(float64(n), 1.2)})
	}
	if f := Analyze(samples, Options{}); f.Model != Linear || !noted(f, "faster than N") {
		t.Errorf("model %s, notes %q", f.Model, f.Notes)
	}
}

func TestControl(t *testing.T) {
	opt := Options{Axis: Gomaxprocs, Physical: 8, Logical: 8}
	clock := func(s []Sample) []Sample {
		for i := range s {
			s[i].X *= 1 - 0.02*float64(s[i].N)
		}
		return s
	}
	samples := clock(exact(upTo(8), 50, 0, 0))
	if f := Analyze(samples, opt); f.Model == Linear {
		t.Error("a falling clock shows as nothing even without a control")
	}
	opt.Control = clock(exact(upTo(8), 7, 0, 0))
	if f := Analyze(samples, opt); f.Model != Linear || !near(f.Gamma.Value, 49, 1e-6) || !noted(f, "control") {
		t.Errorf("model %s, γ %+v, notes %q", f.Model, f.Gamma, f.Notes)
	}
	f := Analyze(clock(exact(upTo(8), 50, 0.1, 0.02)), opt)
	if f.Model != USL || !near(f.Sigma.Value, 0.1, 1e-5) || !near(f.Kappa.Value, 0.02, 1e-5) || !near(f.Points[7].Speedup.Value, samples[7].X*49/samples[0].X/49/loss(8, 0.1, 0.02), 1e-6) {
		t.Errorf("model %s, σ %+v, κ %+v, S(8) %+v", f.Model, f.Sigma, f.Kappa, f.Points[7].Speedup)
	}
	opt.Control = opt.Control[:4]
	if f := Analyze(samples, opt); !noted(f, "GOMAXPROCS 5, 6, 7, 8: no control") || !strings.Contains(f.Refused, "4 values") {
		t.Errorf("refused %q, notes %q", f.Refused, f.Notes)
	}
	opt.Control = []Sample{{N: 16, X: 3}, {N: 1, X: math.NaN()}}
	if f := Analyze(samples, opt); !noted(f, "not used") || !noted(f, "control: 1 run") || f.Model == Linear {
		t.Errorf("model %s, notes %q", f.Model, f.Notes)
	}
	opt.Axis = Goroutines
	if f := Analyze(samples, opt); !noted(f, "not used") {
		t.Errorf("notes %q", f.Notes)
	}
}

func TestNoMeasurements(t *testing.T) {
	good := exact(upTo(8), 1, 0.1, 0.01)
	want := Analyze(good, Options{})
	bad := append([]Sample{{1, math.NaN(), 0}, {2, math.Inf(1), 0}, {3, 0, 0}, {4, -1, 0}, {0, 5, 0}, {-3, 5, 0}, {2, math.Inf(-1), 0}}, good...)
	got := Analyze(bad, Options{})
	if !noted(got, "7 runs without") {
		t.Errorf("notes %q", got.Notes)
	}
	got.Notes = got.Notes[1:]
	if d := cmp.Diff(want, got, cmpopts.EquateNaNs()); d != "" {
		t.Error(d)
	}
	if f := Analyze(bad[:7], Options{}); f.Refused == "" || f.Points != nil {
		t.Errorf("%+v", f)
	}
}

// drawSamples draws any samples, sensible or not.
func drawSamples(t *rapid.T, label string) []Sample {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Sample {
		return Sample{
			N: rapid.OneOf(rapid.IntRange(-1, 20), rapid.IntRange(1, math.MaxInt)).Draw(t, "n"),
			X: rapid.OneOf(rapid.Float64Range(0.5, 20), rapid.Float64(),
				rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.SmallestNonzeroFloat64, math.MaxFloat64, 7})).Draw(t, "x"),
			Round: rapid.IntRange(0, 4).Draw(t, "round"),
		}
	}), 0, 40).Draw(t, label)
}

// TestAnything checks that no samples whatsoever make Analyze panic, and what holds of every fit.
func TestAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opt := Options{
			Axis:     rapid.SampledFrom([]Axis{Gomaxprocs, Goroutines, ""}).Draw(t, "axis"),
			Physical: rapid.SampledFrom([]int{0, 4, 100}).Draw(t, "physical"),
			Logical:  rapid.SampledFrom([]int{0, 8, 100}).Draw(t, "logical"),
		}
		if rapid.Bool().Draw(t, "controlled") {
			opt.Control = drawSamples(t, "control")
		}
		samples := drawSamples(t, "samples")
		f := Analyze(samples, opt)
		for name, e := range map[string]*Estimate{"γ": f.Gamma, "σ": f.Sigma, "κ": f.Kappa, "limit": f.Limit} {
			if e != nil && !(e.Lo <= e.Value && e.Value <= e.Hi) {
				t.Fatalf("%s %+v", name, *e)
			}
		}
		if f.Sigma != nil && (f.Sigma.Lo < 0 || f.Sigma.Hi > 1) || f.Kappa != nil && f.Kappa.Lo < 0 {
			t.Fatalf("σ %+v, κ %+v", f.Sigma, f.Kappa)
		}
		if f.Peak != nil && (f.Kappa == nil || !(f.Kappa.Lo > 0) || !f.Peak.N.holds(f.Peak.N.Value) || f.Peak.N.Lo < 1) {
			t.Fatalf("peak %+v, κ %+v", f.Peak, f.Kappa)
		}
		if (f.Model == "") != (strings.HasPrefix(f.Refused, "no law") || strings.HasPrefix(f.Refused, "no run")) || (f.Model == "") != (f.Gamma == nil) {
			t.Fatalf("model %q, γ %v, refused %q", f.Model, f.Gamma, f.Refused)
		}
		slices.Reverse(samples)
		if d := cmp.Diff(f, Analyze(samples, opt), cmpopts.EquateNaNs()); d != "" {
			t.Fatalf("another order of samples: %s", d)
		}
		_, _ = FitX(samples)
		_, _ = FitXQuadratic(samples)
		AnalyzeWeak(samples, samples, opt)
	})
}

// The unit of X does not matter to the law.
func TestUnitOfX(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.Float64Range(1e-6, 1e6).Draw(t, "unit")
		m := truth{n: upTo(8), sigma: rapid.Float64Range(0, 0.9).Draw(t, "σ"), kappa: rapid.Float64Range(0, 0.1).Draw(t, "κ"), rounds: 4, run: 0.02}
		samples, _ := m.draw(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)))
		f := Analyze(samples, Options{})
		for i := range samples {
			samples[i].X *= unit
		}
		g := Analyze(samples, Options{})
		if f.Model == "" && g.Model == "" {
			return // lack of fit, by chance
		}
		if f.Model != g.Model || !near(g.Gamma.Value, unit*f.Gamma.Value, 1e-5) {
			t.Fatalf("%s γ %+v became %s %+v", f.Model, f.Gamma, g.Model, g.Gamma)
		}
		if f.Sigma != nil && !(math.Abs(f.Sigma.Lo-g.Sigma.Lo) < 1e-4 && math.Abs(f.Sigma.Hi-g.Sigma.Hi) < 1e-4) {
			t.Fatalf("σ %+v became %+v", f.Sigma, g.Sigma)
		}
	})
}
