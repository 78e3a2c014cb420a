package htmlreport

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"runbench/internal/resultfile"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		got  []float64
		want string
	}{
		{doublings(extent{0.9, 9}, 1, 6), "[1 2 4 8]"},
		{doublings(extent{425, 6606}, 425, 6), "[425 850 1700 3400]"},
		{doublings(extent{1, 1024}, 1, 6), "[1 4 16 64 256 1024]"},
		{doublings(extent{0.2, 3}, 1, 6), "[0.25 0.5 1 2]"},
		{ratios(extent{0.8, 2.1}, 6), "[1 2 1.5]"},
		{steps(extent{0.9e6, 60e6}, 6), "[1e+06 2e+06 5e+06 1e+07 2e+07 5e+07]"},
		{steps(extent{1, 1e6}, 4), "[1 100 10000 1e+06]"},
		{steps(extent{2.1e6, 5.2e6}, 6), "[3e+06 4e+06 5e+06]"},
		{steps(extent{3.2, 3.9}, 4), "[3.2 3.9]"},
	} {
		if got := fmt.Sprint(c.got); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// Whatever lies on an axis lies inside it, and ticks are few.
func TestScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64(), 1, 8).Draw(t, "values")
		var e extent
		e.add(values...)
		e = e.atLeast(2)
		if !(e.lo > 0) || !(e.hi/e.lo >= 2*(1-1e-9)) || math.IsInf(e.hi, 0) {
			t.Fatalf("extent %v", e)
		}
		s := newScale(e, 100, 0)
		for _, v := range values {
			if v < 1/mostValue || v > mostValue {
				continue
			}
			if at := s.at(v); !(at >= -1e-6 && at <= 100+1e-6) {
				t.Fatalf("%v lies at %v", v, at)
			}
		}
		for _, ticks := range [][]float64{doublings(e, 1, 6), ratios(e, 6), steps(e, 6)} {
			if len(ticks) > 13 {
				t.Fatalf("%d ticks", len(ticks))
			}
		}
	})
}

// The map is lightest where throughput is largest, evenly in doublings, and its text
// can be read everywhere.
func TestShading(t *testing.T) {
	s := newShading(extent{100, 1600})
	if got, want := s.of(1600).hex(), viridis[8].hex(); got != want {
		t.Errorf("the largest is %s, want %s", got, want)
	}
	if got, want := s.of(100).hex(), viridis[0].hex(); got != want {
		t.Errorf("the smallest is %s, want %s", got, want)
	}
	if got, want := s.of(400).hex(), viridis[4].hex(); got != want {
		t.Errorf("the middle of the doublings is %s, want %s", got, want)
	}
	// A surface where nothing happens is of one colour, nearly.
	flat := newShading(extent{980, 1000})
	if got := flat.of(980); math.Abs(got.g-viridis[8].g) > 10 {
		t.Errorf("2 %% less is %s", got.hex())
	}
	for i := range 101 {
		c := shadeAt(float64(i) / 100)
		if ratio := contrast(c); ratio < 4.5 {
			t.Errorf("text on %s has a contrast of %.2f, want 4.5", c.hex(), ratio)
		}
	}
}

// contrast is that of the text on c, by WCAG 2.2.
func contrast(c color) float64 {
	linear := func(v float64) float64 {
		if v /= 255; v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	l := 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
	if c.bright() {
		return (l + 0.05) / 0.05
	}
	return 1.05 / (l + 0.05)
}

func TestInert(t *testing.T) {
	for _, bad := range []string{"\x1b[31m", "a\u202eb", "a\u200bb", "a\u2028b", "\x00", "\u0085", "\ufeff", "\U000e0041"} {
		got := inert(bad)
		if strings.ContainsAny(got, "\x1b\u202e\u200b\u2028\x00\u0085\ufeff\U000e0041") {
			t.Errorf("inert(%q) = %q", bad, got)
		}
	}
	if got := inert("cpu/größe · 数据"); got != "cpu/größe · 数据" {
		t.Errorf("harmless text became %q", got)
	}
}

// The command line that a page gives means the same to a shell.
func TestReproduce(t *testing.T) {
	for _, c := range []struct {
		command []string
		gogc    string
		want    string
	}{
		{nil, "", "runbench --seed=7"},
		{[]string{"--budget", "2m"}, "", "runbench --seed=7 --budget 2m"},
		{[]string{"run", "cpu/*", "-o", "a b.txt"}, "", "runbench run --seed=7 'cpu/*' -o 'a b.txt'"},
		{[]string{"run", "--seed", "9"}, "off", "GOGC=off runbench run --seed 9"},
		{[]string{"exec", "--", "./prog", "it's"}, "", `runbench exec --seed=7 -- ./prog 'it'\''s'`},
		{[]string{"run", "$(rm -rf /)", ""}, "", "runbench run --seed=7 '$(rm -rf /)' ''"},
	} {
		f := &File{Name: "x/results.txt", Set: &resultfile.Set{Manifest: &resultfile.Manifest{Command: c.command, GOGC: c.gogc, Plan: resultfile.Plan{Seed: 7}}}}
		if got := reproduce(f)[0]; got != c.want {
			t.Errorf("%q: got %s, want %s", c.command, got, c.want)
		}
	}
}

// Labels of a plot do not overlap, and the last one is always there.
func TestPlotLabels(t *testing.T) {
	var cs []int
	for c := 1; c <= 4096; c = c*3/2 + 1 {
		cs = append(cs, c)
	}
	p := plot{x: axis{extent: extent{1, float64(cs[len(cs)-1])}, ticks: counts(cs)}, y: axis{extent: extent{1, 2}}}
	d := newDrawing(wide, 100, "")
	x := newScale(p.x.extent, 20, wide-20)
	p.xTicks(d, x, 50)
	text := d.b.String()
	free, shown := -1.0, 0
	for _, c := range cs {
		if !strings.Contains(text, ">"+itoa(c)+"</text>") {
			continue
		}
		shown++
		half := letter * float64(len(itoa(c))) / 2
		if at := x.at(float64(c)); at-half < free {
			t.Errorf("the label of %d overlaps the one before", c)
		} else {
			free = at + half
		}
	}
	if shown < 5 || !strings.Contains(text, ">"+itoa(slices.Max(cs))+"</text>") {
		t.Errorf("%d labels, with the last %v", shown, strings.Contains(text, itoa(slices.Max(cs))))
	}
}

// A run that was stopped says so on its page.
func TestUnfinished(t *testing.T) {
	text := sweptFile{physical: 2, logical: 2, procs: []int{1, 2}, counts: []int{1, 4}, rounds: 3, manifest: true, rate: usl(1000, 0, 0), workload: "made"}.text(t)
	page := pageFrom(t, text+"BenchmarkCPU/workload=made/strategy=po")
	for _, want := range []string{"The file has no end", "The last line of the file is cut off"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if !strings.Contains(page, time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC).Format("2 January 2006")) {
		t.Error("the page does not say when it was measured")
	}
}
