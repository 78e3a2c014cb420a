package law

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// A grown program has a phase of s that nothing shortens and 1−s that grows with N, on cores of which each runs at
// clock(N) when N are busy. Rates scatter by run from run to run and by drift from round to round.
type grown struct {
	n          []int
	serial     float64
	clock      func(n int) float64
	run, drift float64
	rounds     int
}

// draw returns the runs on N, those of the same work on one, and those of a control that shares nothing.
func (g grown) draw(r *rand.Rand) (on, alone, control []Sample) {
	clock := g.clock
	if clock == nil {
		clock = func(int) float64 { return 1 }
	}
	noisy := func(x, common float64) float64 { return 1000 * x * math.Exp(common+g.run*r.NormFloat64()) }
	for round := 1; round <= max(1, g.rounds); round++ {
		common := g.drift * r.NormFloat64()
		for _, n := range g.n {
			k, c := float64(n), clock(n)
			on = append(on, Sample{n, noisy(k/(g.serial+(1-g.serial)/c), common), round})
			control = append(control, Sample{n, noisy(k*c, common), round})
			if n > 1 {
				alone = append(alone, Sample{n, noisy(k/(g.serial+k*(1-g.serial)), common), round})
			}
		}
	}
	return on, alone, control
}

func TestSerialShareInvertsGustafson(t *testing.T) {
	for _, serial := range []float64{0, 0.004, 0.2, 1} {
		for _, n := range []int{2, 16, 1024} {
			if got := SerialShare(Gustafson(serial, n), n, float64(n)); math.Abs(got-serial) > 1e-9 {
				t.Errorf("s=%v on %d: %v", serial, n, got)
			}
		}
	}
	if got := SerialShare(2, 4, 1); !math.IsNaN(got) {
		t.Errorf("a machine without a second core: %v", got)
	}
}

func TestAnalyzeWeakExact(t *testing.T) {
	for _, test := range []struct {
		about   string
		g       grown
		control bool
	}{
		{"as it is", grown{n: []int{1, 2, 4, 8}, serial: 0.2}, false},
		{"nothing serial", grown{n: []int{1, 2}, serial: 0}, false},
		{"all serial", grown{n: []int{1, 2, 4}, serial: 1, rounds: 3}, false},
		{"a falling clock", grown{n: []int{1, 2, 4}, serial: 0.1, rounds: 3, clock: func(n int) float64 { return 1 - 0.03*float64(n-1) }}, true},
	} {
		on, alone, control := test.g.draw(rand.New(rand.NewPCG(1, 1)))
		opt := Options{}
		if test.control {
			opt.Control = control
		}
		f := AnalyzeWeak(on, alone, opt)
		if f.Serial == nil || math.Abs(f.Serial.Value-test.g.serial) > 1e-9 || f.Refused != "" {
			t.Errorf("%s: %+v, %s", test.about, f.Serial, f.Refused)
			continue
		}
		last := f.Points[len(f.Points)-1]
		if want := Gustafson(test.g.serial, last.N); !test.control && (!near(last.Speedup.Value, want, 1e-9) || !near(last.Efficiency.Value, 1, 1e-9)) {
			t.Errorf("%s: %+v, want a scaled speed-up of %v at an efficiency of 1", test.about, last, want)
		}
		if test.g.rounds < 2 && !math.IsNaN(f.Serial.Lo) {
			t.Errorf("%s: an interval from single runs: %+v", test.about, f.Serial)
		}
	}
	// Without the control the clock counts as serial, and shows.
	on, alone, _ := grown{n: []int{1, 4}, serial: 0.1, clock: func(n int) float64 { return 1 - 0.03*float64(n-1) }}.draw(rand.New(rand.NewPCG(1, 1)))
	if f := AnalyzeWeak(on, alone, Options{}); !(f.Serial.Value > 0.12) {
		t.Errorf("%+v", f.Serial)
	}
}

func TestAnalyzeWeakRefuses(t *testing.T) {
	on, alone, _ := grown{n: []int{1, 2, 4, 8, 16}, serial: 0.1, rounds: 4, run: 0.001}.draw(rand.New(rand.NewPCG(2, 1)))
	f := AnalyzeWeak(on, nil, Options{})
	if f.Serial != nil || !strings.Contains(f.Refused, "on one core too") || !math.IsNaN(f.Points[1].Speedup.Value) {
		t.Errorf("nothing on one: %+v", f)
	}
	if f := AnalyzeWeak(nil, nil, Options{}); f.Serial != nil || f.Refused == "" {
		t.Errorf("nothing: %+v", f)
	}
	if f := AnalyzeWeak(on, alone, Options{Control: []Sample{{1, 10, 1}, {2, 9, 1}, {4, 9, 1}, {8, 9, 1}, {16, 9, 1}}}); f.Serial != nil || !strings.Contains(f.Refused, "shares nothing gains so little") {
		t.Errorf("a machine without further cores: %+v", f)
	}
	// Second threads of cores and more Ps than threads are shown and say nothing of the program.
	f = AnalyzeWeak(on, alone, Options{Physical: 4, Logical: 8})
	if len(f.Points) != 5 || f.Points[2].Serial == nil || f.Points[3].Serial != nil || f.Points[4].Serial != nil || len(f.Notes) != 2 {
		t.Errorf("%+v", f)
	}
	// A share that grows is said to be none.
	for i := range on {
		on[i].X *= math.Pow(0.97, float64(on[i].N))
	}
	f = AnalyzeWeak(on, alone, Options{})
	if len(f.Notes) == 0 || !strings.Contains(f.Notes[len(f.Notes)-1], "rather than a serial part") {
		t.Errorf("%+v", f.Notes)
	}
}

// Where others took a share of the machine, the intervals hold what the runs may have lost.
func TestWeakLost(t *testing.T) {
	on, alone, control := grown{n: []int{1, 2, 4}, serial: 0.3, rounds: 6, run: 0.001}.draw(rand.New(rand.NewPCG(4, 1)))
	quiet := AnalyzeWeak(on, alone, Options{Control: control})
	loud := AnalyzeWeak(on, alone, Options{Control: control, Lost: 0.1})
	if quiet.Serial.Value != loud.Serial.Value || !(loud.Serial.Lo < 0.22 && loud.Serial.Hi > 0.38) || !(quiet.Serial.Lo > 0.29 && quiet.Serial.Hi < 0.31) {
		t.Errorf("quiet %+v, loud %+v", quiet.Serial, loud.Serial)
	}
	q, l := quiet.Points[2], loud.Points[2]
	if !near(l.Speedup.Lo, 0.9*q.Speedup.Lo, 1e-9) || !near(l.Speedup.Hi, q.Speedup.Hi/0.9, 1e-9) || !near(l.Efficiency.Lo, 0.9*q.Efficiency.Lo, 1e-9) || !(l.Serial.Hi > q.Serial.Hi) {
		t.Errorf("quiet %+v, loud %+v", q, l)
	}
	if f := AnalyzeWeak(on, alone, Options{Lost: 1}); f.Serial == nil || f.Serial.Lo != 0 || f.Serial.Hi != 1 {
		t.Errorf("all of it: %+v", f.Serial)
	}
}

// The interval of the serial share covers 95 %, over a drift that is common to a round.
func TestWeakCoverage(t *testing.T) {
	trials := 1500
	if *long {
		trials = 20_000
	}
	for _, g := range []grown{
		{n: []int{1, 2}, serial: 0.2, run: 0.01, drift: 0.05, rounds: 8},
		{n: []int{1, 2, 4, 8}, serial: 0.05, run: 0.02, drift: 0.05, rounds: 5},
		{n: []int{1, 2, 4}, serial: 0.5, run: 0.005, rounds: 12, clock: func(n int) float64 { return 1 - 0.02*float64(n-1) }},
	} {
		r := rand.New(rand.NewPCG(7, 7))
		covered := 0
		for range trials {
			on, alone, control := g.draw(r)
			opt := Options{}
			if g.clock != nil {
				opt.Control = control
			}
			if f := AnalyzeWeak(on, alone, opt); f.Serial.holds(g.serial) {
				covered++
			}
		}
		share := float64(covered) / float64(trials)
		t.Logf("s=%v on %v, %d rounds: covered %.1f %%", g.serial, g.n, g.rounds, 100*share)
		// Four standard errors of the simulation, and half a per cent for a speed-up's curve.
		if slack := 4*math.Sqrt(0.05*0.95/float64(trials)) + 0.005; math.Abs(share-0.95) > slack {
			t.Errorf("%+v: covered %.3f", g, share)
		}
	}
}
