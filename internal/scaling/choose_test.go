package scaling

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// chosen returns a surface whose rounds 1–4 hold every cell and in which 16 goroutines are best at P=2, followed by
// rounds 5–n that hold the given cells.
func chosen(n int, cells ...Cell) Surface {
	s := Surface{}
	for c, rate := range map[Cell]float64{
		{1, 1}: 100, {1, 2}: 100, {4, 1}: 300, {4, 2}: 500, {16, 1}: 310, {16, 2}: 600, {16, 4}: 700, {4, 4}: 500,
	} {
		for round := 1; round <= n; round++ {
			if round <= 4 || slices.Contains(cells, c) {
				s[c] = append(s[c], Observation{Round: round, Rate: rate * (1 + 0.001*float64((round*round+c.Goroutines)%3))})
			}
		}
	}
	return s
}

func TestChooseOn(t *testing.T) {
	chooseOn := []int{1, 2, 3, 4}
	needed := []Cell{{1, 1}, {16, 1}, {16, 2}, {16, 4}}
	three := []Cell{{1, 1}, {16, 1}, {16, 4}}
	incomplete := chosen(8, needed...)
	incomplete[Cell{1, 1}] = slices.DeleteFunc(incomplete[Cell{1, 1}], func(o Observation) bool { return o.Round == 6 })
	for _, test := range []struct {
		name                  string
		s                     Surface
		opt                   Options
		chosenOn, estimatedOn []int
		needed                []Cell
		warnings              []string
	}{
		{"all rounds used", chosen(8, needed...), Options{ChooseOn: chooseOn, PhysicalCores: 2}, chooseOn, []int{5, 6, 7, 8}, needed, nil},
		{"no hardware threads", chosen(8, three...), Options{ChooseOn: chooseOn}, chooseOn, []int{5, 6, 7, 8}, three, nil},
		{
			"two rounds left", chosen(6, needed...),
			Options{ChooseOn: chooseOn, PhysicalCores: 2},
			chooseOn,
			[]int{5, 6},
			needed,
			[]string{"2 rounds estimate"},
		},
		{"one round left", chosen(5, needed...), Options{ChooseOn: chooseOn, PhysicalCores: 2}, []int{2, 4}, []int{1, 3, 5}, needed, nil},
		{
			"nothing but the choice", chosen(4),
			Options{ChooseOn: chooseOn, PhysicalCores: 2},
			[]int{2, 4},
			[]int{1, 3},
			needed,
			[]string{"2 rounds estimate"},
		},
		{"none of the rounds has data", chosen(8, needed...), Options{ChooseOn: []int{20, 21}, PhysicalCores: 2}, []int{2, 4}, []int{1, 3, 5, 6, 7, 8}, needed, nil},
		{"one round chooses", chosen(6, needed...), Options{ChooseOn: []int{2}}, []int{2}, []int{1, 3, 4, 5, 6}, three, nil},
		{
			"a round that lacks a cell", incomplete,
			Options{ChooseOn: chooseOn, PhysicalCores: 2},
			chooseOn,
			[]int{5, 7, 8},
			needed,
			[]string{"incomplete rounds: 1 of 8"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := judge(t, test.s, test.opt)
			if j.Goroutines != 16 {
				t.Errorf("C† is %d, want 16", j.Goroutines)
			}
			if !slices.Equal(j.ChosenOn, test.chosenOn) || !slices.Equal(j.EstimatedOn, test.estimatedOn) {
				t.Errorf("chosen on %v, estimated on %v; want %v, %v", j.ChosenOn, j.EstimatedOn, test.chosenOn, test.estimatedOn)
			}
			if diff := cmp.Diff(test.needed, j.Needed()); diff != "" {
				t.Errorf("needed (-want +got):\n%s", diff)
			}
			if !slices.EqualFunc(j.Warnings, test.warnings, strings.Contains) {
				t.Errorf("warnings %q, want %q", j.Warnings, test.warnings)
			}
		})
	}
}

// TestNeededStays has rounds 2 and 4 choose another count than 1–4 together: what further rounds hold is decided by all
// four, before there are such rounds and after.
func TestNeededStays(t *testing.T) {
	s := Surface{
		{1, 1}: rounds(100, 100, 100, 100),
		{4, 1}: rounds(200, 400, 200, 400),
		{8, 1}: rounds(400, 410, 400, 410),
	}
	opt := Options{ChooseOn: []int{0, 1, 2, 3}}
	want := []Cell{{1, 1}, {8, 1}}
	for round, goroutines := range []int{4: 4, 5: 4, 6: 8, 7: 8} {
		if goroutines == 0 {
			continue
		}
		j := judge(t, s, opt)
		if j.Goroutines != goroutines || !slices.Equal(j.Needed(), want) {
			t.Errorf("%d rounds: C† is %d, needed are %v; want %d and %v", round, j.Goroutines, j.Needed(), goroutines, want)
		}
		if slices.ContainsFunc(j.Warnings, func(w string) bool { return strings.Contains(w, "incomplete") }) {
			t.Errorf("%d rounds: warnings %q", round, j.Warnings)
		}
		for _, c := range want {
			s[c] = append(s[c], Observation{Round: round, Rate: 100})
		}
	}
}

// TestNothingToChoose lets every round estimate where there is one count, and needs what there is.
func TestNothingToChoose(t *testing.T) {
	for _, test := range []struct {
		rates  map[Cell]float64
		needed []Cell
	}{
		{map[Cell]float64{{1, 1}: 100, {8, 1}: 100, {8, 2}: 190, {1, 2}: 100}, []Cell{{1, 1}, {8, 1}, {8, 2}}},
		{map[Cell]float64{{1, 1}: 100, {1, 2}: 100}, []Cell{{1, 1}, {1, 2}}},
		{map[Cell]float64{{0, 1}: 100, {0, 2}: 100}, []Cell{{0, 1}, {0, 2}}},
		{map[Cell]float64{{8, 1}: 100, {8, 2}: 100}, []Cell{{8, 1}, {8, 2}}},
	} {
		j := judge(t, steady(6, test.rates), Options{ChooseOn: []int{0, 1, 2}})
		if j.ChosenOn != nil || len(j.EstimatedOn) != 6 {
			t.Errorf("%v: chosen on %v, estimated on %v; want none and all", test.rates, j.ChosenOn, j.EstimatedOn)
		}
		if !slices.Equal(j.Needed(), test.needed) {
			t.Errorf("%v: needed %v, want %v", test.rates, j.Needed(), test.needed)
		}
	}
}

// Cells are held against the best one in the rounds they share: one that was dropped
// early was spared the neighbour that came later.
func TestRecommendInSharedRounds(t *testing.T) {
	s := Surface{}
	for round := range 9 {
		two := 198.0
		if round >= 3 {
			two = 120
		}
		s[Cell{1, 1}] = append(s[Cell{1, 1}], Observation{Round: round, Rate: 100})
		s[Cell{2, 2}] = append(s[Cell{2, 2}], Observation{Round: round, Rate: two})
		if round < 3 {
			s[Cell{8, 2}] = append(s[Cell{8, 2}], Observation{Round: round, Rate: 199})
		}
	}
	if got, want := recommend(newGrid(s)), (Recommendation{2, 2}); got != want {
		t.Errorf("recommends %+v, want %+v", got, want)
	}
	l := judge(t, s, Options{}).Levels
	if two, eight := l[Cell{2, 2}]/l[Cell{1, 1}], l[Cell{8, 2}]/l[Cell{1, 1}]; math.Abs(two-1.98) > 1e-9 || math.Abs(eight-1.99) > 1e-9 {
		t.Errorf("levels of %v and %v over one goroutine, want 1.98 and 1.99", two, eight)
	}
}
