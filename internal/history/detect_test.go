package history

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// exact returns samples with these figures that the runs inside a file agree about to the last bit.
func exact(figures ...float64) []Sample {
	var out []Sample
	for _, x := range figures {
		out = append(out, Sample{Log: math.Log(x), Runs: 5})
	}
	return out
}

func places(d Detection) []int {
	var at []int
	for _, s := range d.Shifts {
		at = append(at, s.At)
	}
	return at
}

func TestDetect(t *testing.T) {
	for _, test := range []struct {
		name    string
		samples []Sample
		want    []int
	}{
		{"nothing", nil, nil},
		{"one", exact(5), nil},
		{"too few", exact(5, 5, 6, 6, 6), nil},
		{"constant", exact(5, 5, 5, 5, 5, 5, 5), nil},
		{"counts that step", exact(5, 5, 5, 6, 6, 6), []int{3}},
		{"counts that step twice", exact(5, 5, 5, 5, 6, 6, 6, 7, 7, 7, 7), []int{4, 7}},
		{"counts that return", exact(5, 5, 5, 5, 6, 6, 6, 5, 5, 5, 5), []int{4, 7}},
		{"counts of which one stands apart", exact(5, 5, 5, 5, 9, 5, 5, 5, 5), nil},
		{"counts of which two stand apart", exact(5, 5, 5, 5, 9, 9, 5, 5, 5, 5), nil},
		{"the first and the last stand apart", exact(9, 5, 5, 5, 5, 5, 5, 5, 9), nil},
		{"two at the end", exact(5, 5, 5, 5, 5, 5, 5, 5, 6, 6), nil},
		{"three at the end", exact(5, 5, 5, 5, 5, 5, 5, 6, 6, 6), []int{7}},
		{"three at the beginning", exact(5, 5, 5, 6, 6, 6, 6, 6, 6, 6), []int{3}},
		{"rounding errors", exact(0.1+0.2, 0.3, 0.1+0.2, 0.3, 0.3, 0.3, 0.1+0.2, 0.1+0.2, 0.1+0.2, 0.1+0.2), nil},
	} {
		d := Detect(test.samples, levelOfTwenty, 0)
		if got := places(d); !slices.Equal(got, test.want) {
			t.Errorf("%s: found at %v, want %v", test.name, got, test.want)
		}
		if len(test.samples) > 0 && len(d.Levels) != len(d.Shifts)+1 {
			t.Errorf("%s: %d levels of %d shifts", test.name, len(d.Levels), len(d.Shifts))
		}
	}
}

// What the runs inside files say of their noise keeps a few files that lie close by chance from looking certain.
func TestDetectBelievesTheRuns(t *testing.T) {
	samples := exact(100, 100.001, 100.002, 101, 101.001, 101.002)
	if got := places(Detect(samples, 0.01, 0)); !slices.Equal(got, []int{3}) {
		t.Fatalf("without noise found at %v, want [3]", got)
	}
	for i := range samples {
		samples[i].Var = 0.01 * 0.01
	}
	if got := places(Detect(samples, 0.01, 0)); got != nil {
		t.Errorf("with runs that scatter by 1 %% found at %v, want nothing", got)
	}
}

// A file of few runs counts for less.
func TestDetectWeighs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	samples := noise{run: 0.01, runs: 12}.samples(r, step(40, 20, 0.02))
	before := Detect(samples, 0.01, 0)
	for i := 30; i < 34; i++ {
		samples[i].Log += 0.02
		samples[i].Var = 0.03 * 0.03 // of the log, which is that of runs over their number
	}
	after := Detect(samples, 0.01, 0)
	if len(before.Shifts) != 1 || len(after.Shifts) != 1 || math.Abs(before.Levels[1]-after.Levels[1]) > 0.0005 {
		t.Errorf("four files of which the runs scatter by 3 %% moved the level from %v to %v", before.Levels, after.Levels)
	}
}

// Small changes are left out and counted.
func TestDetectLeast(t *testing.T) {
	samples := exact(1000, 1000, 1000, 1000, 1005, 1005, 1005, 1005, 1100, 1100, 1100, 1100)
	d := Detect(samples, 0.01, 0.01)
	if got := places(d); !slices.Equal(got, []int{8}) || d.Smaller != 1 {
		t.Errorf("found at %v and %d smaller, want [8] and 1", got, d.Smaller)
	}
}

// Units, direction of time and direction of the figure do not matter.
func TestDetectSymmetries(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(7, seed))
		samples := conditions[int(seed)%len(conditions)].samples(r, step(30, 12, 0.05))
		want := Detect(samples, 0.01, 0)

		scaled, mirrored, reversed := slices.Clone(samples), slices.Clone(samples), slices.Clone(samples)
		slices.Reverse(reversed)
		for i := range samples {
			scaled[i].Log += math.Log(1e9)
			mirrored[i].Log = -mirrored[i].Log
		}
		if got := places(Detect(scaled, 0.01, 0)); !slices.Equal(got, places(want)) {
			t.Errorf("seed %d: in another unit found at %v, want %v", seed, got, places(want))
		}
		if got := places(Detect(mirrored, 0.01, 0)); !slices.Equal(got, places(want)) {
			t.Errorf("seed %d: of the inverse found at %v, want %v", seed, got, places(want))
		}
		back := places(Detect(reversed, 0.01, 0))
		for i := range back {
			back[i] = len(samples) - back[i]
		}
		slices.Reverse(back)
		if !slices.Equal(back, places(want)) {
			t.Errorf("seed %d: backwards found at %v, want %v", seed, back, places(want))
		}
	}
}

// The partition is the best there is: no other of all that are allowed costs less.
func TestPartitionIsTheBest(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(3, seed))
		levels := step(14, 4+int(seed)%6, 0.05*float64(seed%3))
		tr := newTrack(noise{run: 0.01, file: 0.01, runs: 5}.samples(r, levels))
		worth := func(cuts []int) float64 {
			bounds, sum := tr.bounds(cuts), penalty*float64(len(cuts))
			for i := range len(bounds) - 1 {
				sum += tr.cost(bounds[i], bounds[i+1])
			}
			return sum
		}
		best := math.Inf(1)
		var all func(cuts []int, from int)
		all = func(cuts []int, from int) {
			best = min(best, worth(cuts))
			for k := from + MinStretch; k <= len(levels)-MinStretch; k++ {
				all(append(slices.Clone(cuts), k), k)
			}
		}
		all(nil, 0)
		if got := worth(tr.partition()); math.Abs(got-best) > 1e-6 {
			t.Errorf("seed %d: the partition %v costs %v, the best %v", seed, tr.partition(), got, best)
		}
	}
}

// What is left after the search does not depend on the origin of the noise: between files or within.
func TestBetweenFiles(t *testing.T) {
	for i, file := range []float64{0, 0.005, 0.02} {
		r := rand.New(rand.NewPCG(5, uint64(i)))
		samples := noise{run: 0.02, file: file, runs: 10}.samples(r, step(400, 200, 0.2))
		logs := make([]float64, len(samples))
		for i, s := range samples {
			logs[i] = s.Log
		}
		got := math.Sqrt(betweenFiles(logs, withinFiles(samples)))
		if math.Abs(got-file) > 0.003 {
			t.Errorf("between files %.4f, want %.4f", got, file)
		}
	}
}

// A series that a database's nightly benchmark gave: 82 of the values that Apache Otava's tests hold, where its authors
// see a file that stands apart at 10, steps at 15 or 16 and at 71, and a slope between them.
func TestDetectKnownSeries(t *testing.T) {
	values := []float64{
		26705, 26475, 26641, 26806, 26835, 26911, 26564, 26812, 26874, 26682, 15672, 26745, 26460, 26977, 26851, 23412, 23547, 23674, 23519, 23670, 23662,
		23462, 23750, 23717, 23524, 23588, 23687, 23793, 23937, 23715, 23570, 23730, 23690, 23699, 23670, 23860, 23988, 23652, 23681, 23798, 23728, 23604,
		23523, 23412, 23685, 23773, 23771, 23718, 23409, 23739, 23674, 23597, 23682, 23680, 23711, 23660, 23990, 23938, 23742, 23703, 23536, 24363, 24414,
		24483, 24509, 24944, 24235, 24560, 24236, 24667, 24730, 28346, 28437, 28436, 28057, 28217, 28456, 28427, 28398, 28250, 28331, 28222,
	}
	d := Detect(exact(values...), 0.01, 0.01)
	if got, want := places(d), []int{15, 61, 71}; !slices.Equal(got, want) {
		t.Errorf("found at %v, want %v", got, want)
	}
	apart := 0
	for _, is := range d.Outlier {
		if is {
			apart++
		}
	}
	if !d.Outlier[10] || apart > 4 {
		t.Errorf("that at 10 stands apart: %v, of %d that do", d.Outlier[10], apart)
	}
}
