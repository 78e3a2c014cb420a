package history

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// long asks for the simulations in full: go test ./internal/history -run Simulated -long -v prints what is found where
// nothing changes, and what of the changes there are.
var long = flag.Bool("long", false, "run the simulations in full")

// skipShort leaves out what takes long under the race detector, which finds nothing in
// simulations.
func skipShort(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
}

// A noise is how the figures of files vary as real ones do: from run to run, which the interval of a file shows, and from
// file to file, which it does not.
type noise struct {
	run, file float64 // standard deviations of the log
	runs      int     // in a file
	heavy     bool    // tails of Student's t with 4 degrees of freedom, for both
	outliers  float64 // share of the files that some neighbour disturbed, by 3–15 % either way
	uneven    bool    // a third of the files were interrupted after three runs
	drift     float64 // correlation of what differs from file to file, from one to the next
}

func (n noise) String() string {
	text := fmt.Sprintf("run %.1f %%, file %.1f %%, %d runs", 100*n.run, 100*n.file, n.runs)
	for _, more := range []struct {
		is   bool
		text string
	}{{n.heavy, "heavy tails"}, {n.outliers > 0, fmt.Sprintf("1 file in %.0f disturbed", 1/n.outliers)}, {n.uneven, "uneven"}, {n.drift > 0, fmt.Sprintf("correlation %.1f", n.drift)}} {
		if more.is {
			text += ", " + more.text
		}
	}
	return text
}

// draw draws a number with standard deviation 1.
func (n noise) draw(r *rand.Rand) float64 {
	if !n.heavy {
		return r.NormFloat64()
	}
	chi2 := 0.0
	for range 4 {
		z := r.NormFloat64()
		chi2 += z * z
	}
	return r.NormFloat64() / math.Sqrt(chi2/4) / math.Sqrt2 // t(4) has variance 2
}

// samples draws a series whose levels, as logs, are given.
func (n noise) samples(r *rand.Rand, levels []float64) []Sample {
	out := make([]Sample, len(levels))
	session := n.draw(r)
	for i, level := range levels {
		if i > 0 {
			session = n.drift*session + math.Sqrt(1-n.drift*n.drift)*n.draw(r)
		}
		runs := n.runs
		if n.uneven && r.IntN(3) == 0 {
			runs = 3
		}
		sum, squares := 0.0, 0.0
		for range runs {
			x := n.run * n.draw(r)
			sum, squares = sum+x, squares+x*x
		}
		mean := sum / float64(runs)
		out[i] = Sample{Log: level + n.file*session + mean, Runs: runs}
		if runs > 1 {
			out[i].Var = (squares - sum*mean) / float64(runs-1) / float64(runs)
		}
		if r.Float64() < n.outliers {
			out[i].Log += math.Copysign(0.03+0.12*r.Float64(), r.Float64()-0.5)
		}
	}
	return out
}

// flat is n files without a change, and step with one of so much at a place.
func flat(n int) []float64 { return make([]float64, n) }

func step(n, at int, change float64) []float64 {
	levels := make([]float64, n)
	for i := at; i < n; i++ {
		levels[i] = math.Log1p(change)
	}
	return levels
}

// conditions are the kinds of noise that promises are kept under.
var conditions = []noise{
	{run: 0.003, file: 0.001, runs: 12},
	{run: 0.01, file: 0.005, runs: 12},
	{run: 0.03, file: 0.01, runs: 12},
	{run: 0.01, file: 0.01, runs: 5, heavy: true},
	{run: 0.01, file: 0.01, runs: 12, heavy: true, outliers: 1. / 30},
	{run: 0.02, file: 0.005, runs: 12, uneven: true, outliers: 1. / 20},
	{run: 0.01, file: 0.0, runs: 3},
	{run: 0.01, file: 0.01, runs: 1},
}

// times returns how often to simulate.
func times(short, full int) int {
	if *long {
		return full
	}
	return short
}

// Where nothing changes, a share of the series that is at most the level, give or take what the number of simulations
// leaves open, has a change, at the level that one of twenty series gets and at one that leaves more to count. Where
// files stand apart by chance, three in a row now and then do so alike, and are a level to anybody: the more files there
// are, the oftener.
func TestSimulatedFalseAlarms(t *testing.T) {
	skipShort(t)
	for _, level := range []float64{0.01, DefaultAlpha / 20} {
		for _, n := range []int{6, 10, 20, 60, 200} {
			var rows []string
			for i, noise := range conditions {
				series := min(times(int(10/level), int(200/level)), times(3000, 60_000)) * 60 / max(60, n)
				r := rand.New(rand.NewPCG(uint64(n), uint64(i)))
				found := 0
				for range series {
					if d := Detect(noise.samples(r, flat(n)), level, 0); len(d.Shifts) > 0 {
						found++
					}
				}
				want := level * float64(series)
				inARow := float64(n*series) * math.Pow(noise.outliers, MinStretch) / 4
				if most := want + inARow + 3*math.Sqrt(want+inARow) + 1; float64(found) > most {
					t.Errorf("%d files, %s: %d of %d flat series have a change at level %v, want at most %.0f", n, noise, found, series, level, most)
				}
				rows = append(rows, fmt.Sprintf("%-60s %6.2f", noise, float64(found)/want))
			}
			t.Logf("%d files, level %v: false alarms over those allowed\n%s", n, level, strings.Join(rows, "\n"))
		}
	}
}

// found says how a search for known changes went.
type found struct {
	exact, near, other int // simulations with each change at its place; within one of it; with anything else besides
}

// search looks for the changes of levels so many times.
func search(noise noise, levels []float64, level float64, times int, seed uint64) (f found) {
	var places []int
	for i := 1; i < len(levels); i++ {
		if levels[i] != levels[i-1] {
			places = append(places, i)
		}
	}
	for i := range times {
		d := Detect(noise.samples(rand.New(rand.NewPCG(seed, uint64(i))), levels), level, 0)
		exact, near := 0, 0
		for _, p := range places {
			if slices.ContainsFunc(d.Shifts, func(s Shift) bool { return s.At == p }) {
				exact++
			}
			if slices.ContainsFunc(d.Shifts, func(s Shift) bool { return s.At >= p-1 && s.At <= p+1 }) {
				near++
			}
		}
		if exact == len(places) {
			f.exact++
		}
		if near == len(places) {
			f.near++
		}
		if len(d.Shifts) > near {
			f.other++
		}
	}
	return f
}

// levelOfTwenty is the level of one series of twenty, as the ten workloads of the default sweep in two units are.
const levelOfTwenty = DefaultAlpha / 20

// A 4 % step in 60 files is found within one file of its place, and nothing else, at least 19 times of 20.
func TestSimulatedStep(t *testing.T) {
	var rows []string
	n := times(200, 4000)
	for i, noise := range conditions {
		for _, at := range []int{10, 30, 50} {
			f := search(noise, step(60, at, 0.04), levelOfTwenty, n, uint64(10*i+at))
			rows = append(rows, fmt.Sprintf("%-60s at %d: exact %5.1f %%, ±1 %5.1f %%, others %4.2f %%", noise, at, share(f.exact, n), share(f.near, n), share(f.other, n)))
			least := 0.95
			if scatter := math.Hypot(noise.file, noise.run/math.Sqrt(float64(noise.runs))); scatter > 0.04/3.5 {
				least = 0.9 // neighbours of the place look much alike
			}
			if float64(f.near) < least*float64(n) || float64(f.other) > (1.02-least)*float64(n) {
				t.Errorf("%s, at %d: found within one of it in %d of %d, and others in %d", noise, at, f.near, n, f.other)
			}
		}
	}
	t.Log("\n" + strings.Join(rows, "\n"))
}

func share(k, n int) float64 { return 100 * float64(k) / float64(n) }

// What is found of changes that are hard to find, which the documentation tells of.
func TestSimulatedHardChanges(t *testing.T) {
	excursion := step(60, 25, 0.04)
	for i := 35; i < 60; i++ {
		excursion[i] = 0
	}
	short := step(60, 25, 0.04)
	for i := 29; i < 60; i++ {
		short[i] = 0
	}
	both := step(60, 20, 0.04)
	for i := 40; i < 60; i++ {
		both[i] = math.Log1p(0.08)
	}
	calm := noise{run: 0.01, file: 0.005, runs: 12, heavy: true}
	middling := calm
	middling.outliers = 1. / 30
	n := times(100, 2000)
	var rows []string
	for _, c := range []struct {
		name   string
		levels []float64
		noise  noise
		least  float64 // share found within one file
	}{
		{"4 % in 60, 3 before the end", step(60, 57, 0.04), calm, 0.9},
		{"4 % in 60, 3 before the end", step(60, 57, 0.04), middling, 0.45},
		{"4 % in 60, 4 before the end", step(60, 56, 0.04), middling, 0.75},
		{"4 % in 60, 5 before the end", step(60, 55, 0.04), middling, 0.85},
		{"2 % in 60, 3 before the end", step(60, 57, 0.02), calm, 0},
		{"2 % in 60, 10 before the end", step(60, 50, 0.02), middling, 0.8},
		{"4 % in 60, there for 10 files", excursion, middling, 0.9},
		{"4 % in 60, there for 4 files", short, calm, 0.9},
		{"4 % in 60, there for 4 files", short, middling, 0.75},
		{"4 % and 4 % more", both, middling, 0.95},
		{"4 % in the middle of 6", step(6, 3, 0.04), calm, 0},
		{"4 % in the middle of 10", step(10, 5, 0.04), middling, 0.3},
		{"4 % in the middle of 20", step(20, 10, 0.04), middling, 0.95},
	} {
		f := search(c.noise, c.levels, levelOfTwenty, n, 1)
		rows = append(rows, fmt.Sprintf("%-32s %-72s exact %5.1f %%, ±1 %5.1f %%, others %4.2f %%", c.name, c.noise, share(f.exact, n), share(f.near, n), share(f.other, n)))
		if float64(f.near) < c.least*float64(n) {
			t.Errorf("%s, %s: found in %d of %d, want %.0f %%", c.name, c.noise, f.near, n, 100*c.least)
		}
	}
	// A ramp is a flight of steps; and what files have in common with those next to them is a change of a kind.
	ramp := make([]float64, 60)
	for i := range ramp {
		ramp[i] = min(1, max(0, float64(i-15)/30)) * math.Log1p(0.04)
	}
	steps, oneWay := 0, 0
	for i := range n {
		d := Detect(middling.samples(rand.New(rand.NewPCG(2, uint64(i))), ramp), levelOfTwenty, 0)
		steps += len(d.Shifts)
		if len(d.Shifts) > 0 && !slices.ContainsFunc(d.Shifts, func(s Shift) bool { return s.Log < 0 }) {
			oneWay++
		}
	}
	rows = append(rows, fmt.Sprintf("%-32s %.1f steps, all upwards in %.0f %%", "4 % over 30 files", float64(steps)/float64(n), share(oneWay, n)))
	if oneWay < n*9/10 {
		t.Errorf("a ramp of 4 %% shows as steps upwards in %d of %d", oneWay, n)
	}
	for _, rho := range []float64{0.3, 0.6} {
		f := search(noise{run: 0.003, file: 0.01, runs: 12, drift: rho}, flat(60), levelOfTwenty, 5*n, 3)
		rows = append(rows, fmt.Sprintf("%-32s something in %.2f %%", fmt.Sprintf("nothing, files correlated by %.1f", rho), share(f.other, 5*n)))
	}
	t.Log("\n" + strings.Join(rows, "\n"))
}

// The bounds of a place hold it as often as they say, where the step is clear and where it is not.
func TestSimulatedBoundsOfPlace(t *testing.T) {
	n := times(400, 10_000)
	for i, size := range []float64{0.01, 0.02, 0.04} {
		found, held, width := 0, 0, 0
		for k := range n {
			d := Detect(noise{run: 0.01, file: 0.008, runs: 10}.samples(rand.New(rand.NewPCG(uint64(i), uint64(k))), step(60, 30, size)), 0.01, 0)
			if len(d.Shifts) != 1 {
				continue
			}
			s := d.Shifts[0]
			found++
			width += s.To - s.From + 1
			if s.From <= 30 && 30 <= s.To {
				held++
			}
		}
		t.Logf("a step of %v: found in %.1f %%, its bounds hold it in %.1f %%, on average %.1f places", size, share(found, n), share(held, found), float64(width)/float64(found))
		if found > n/2 && float64(held) < 0.93*float64(found) {
			t.Errorf("bounds of a step of %v hold it in %d of %d", size, held, found)
		}
	}
}

// The interval of a change holds it as often as it says where it is clear that there is one.
func TestSimulatedIntervals(t *testing.T) {
	n := times(1000, 20_000)
	held := 0
	for k := range n {
		d := Detect(noise{run: 0.01, file: 0.008, runs: 10, heavy: true}.samples(rand.New(rand.NewPCG(9, uint64(k))), step(40, 20, 0.06)), 0.01, 0)
		if len(d.Shifts) == 1 && math.Abs(d.Shifts[0].Log-math.Log1p(0.06)) <= d.Shifts[0].Half {
			held++
		}
	}
	t.Logf("intervals of a 6 %% step hold it in %.1f %%", share(held, n))
	if share(held, n) < 93 || share(held, n) > 98 {
		t.Errorf("intervals of a 6 %% step hold it in %.1f %%", share(held, n))
	}
}
