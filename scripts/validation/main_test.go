package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestChoose(t *testing.T) {
	names := func(sections []section) string {
		var s []string
		for _, section := range sections {
			s = append(s, section.name)
		}
		return strings.Join(s, " ")
	}
	for only, want := range map[string]string{
		"":                "aa serial ceiling waiting doors kennedy shapes hog",
		"gotest":          "gotest",
		"waiting, aa":     "aa waiting",
		"doors hog,doors": "doors hog",
	} {
		got, err := choose(only)
		if err != nil || names(got) != want {
			t.Errorf("%q: %s, %v; want %s", only, names(got), err, want)
		}
	}
	if _, err := choose("aa,nonsense"); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("got %v, want an error that names the section", err)
	}
}

// Of a mean the jackknife gives the standard error that everyone knows, and its
// intervals cover a figure that is no mean.
func TestJackknife(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	xs := make([]float64, 12)
	covered := 0
	const trials = 4000
	for range trials {
		sum := 0.0
		for i := range xs {
			xs[i] = 5 + rng.NormFloat64()
			sum += xs[i]
		}
		e := jackknife(len(xs), func(without int) float64 {
			s, n := 0.0, 0
			for i, x := range xs {
				if i != without {
					s += x
					n++
				}
			}
			return 1 / (s / float64(n))
		})
		if math.Abs(e.Value-float64(len(xs))/sum) > 1e-12 {
			t.Fatalf("the estimate is %v, want %v", e.Value, float64(len(xs))/sum)
		}
		if e.Lo <= 0.2 && 0.2 <= e.Hi {
			covered++
		}
	}
	// Standard error 0.34 %.
	if share := float64(covered) / trials; share < 0.935 || share > 0.965 {
		t.Errorf("%.1f %% of the intervals cover the truth", 100*share)
	}
}

func TestReport(t *testing.T) {
	r := &report{started: time.Now()}
	r.begin("A section")
	r.holds(true, "a", "1", "1", "")
	r.holds(false, "b", "2", "3", "2.5 … 3.5")
	r.tell("c", "", "7", "")
	r.note("A note about %d things.", 3)
	r.took(2 * time.Second)
	text := r.text()
	for _, want := range []string{"1 of 2 lines hold", "## A section", "| b | 2 | 3 | 2.5 … 3.5 | **no** |", "| c |  | 7 |  | – |", "A note about 3 things.", "(2 s)"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if r.missed() != 1 {
		t.Errorf("%d lines are missed, want 1", r.missed())
	}
}
