package scaling

import (
	"math"
	"math/rand/v2"
	"testing"
)

// drawn returns a surface of so many rounds whose cells have the given rates, with a spread from run to run.
func drawn(r *rand.Rand, rounds int, spread float64, rates map[Cell]float64) Surface {
	s := make(Surface)
	for c, x := range rates {
		for round := 1; round <= rounds; round++ {
			s[c] = append(s[c], Observation{Round: round, Rate: x * math.Exp(spread*r.NormFloat64())})
		}
	}
	return s
}

func TestFindCOST(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, test := range []struct {
		about string
		rates map[Cell]float64
		cores int
		want  *COST
	}{
		{"more goroutines on one core", map[Cell]float64{{1, 1}: 10, {4, 1}: 40, {8, 1}: 60, {4, 2}: 40, {8, 2}: 60}, 2, &COST{Cell: Cell{4, 1}}},
		{"fewer cores before fewer goroutines", map[Cell]float64{{1, 1}: 10, {2, 1}: 7, {8, 1}: 12, {2, 2}: 14, {8, 2}: 20}, 2, &COST{Cell: Cell{8, 1}}},
		{"a costly program needs many cores", map[Cell]float64{{1, 1}: 10, {8, 1}: 3, {8, 2}: 6, {8, 4}: 11.5, {8, 8}: 22}, 8, &COST{Cell: Cell{8, 4}}},
		{"never", map[Cell]float64{{1, 1}: 10, {8, 1}: 9.5, {8, 2}: 4, {1, 2}: 20}, 2, &COST{Never: true, Cell: Cell{8, 1}}},
		{"a difference that does not matter", map[Cell]float64{{1, 1}: 10, {8, 1}: 10.2}, 2, &COST{Never: true, Cell: Cell{8, 1}}},
		{"more Ps than cores", map[Cell]float64{{1, 1}: 10, {8, 2}: 9, {8, 4}: 20}, 2, &COST{Never: true, Cell: Cell{8, 2}}},
		{"no loop", map[Cell]float64{{8, 1}: 10, {8, 2}: 20}, 2, nil},
		{"nothing beside it", map[Cell]float64{{1, 1}: 10, {1, 2}: 20}, 2, nil},
		{"goroutines unknown", map[Cell]float64{{0, 1}: 10, {0, 2}: 20}, 2, nil},
	} {
		got := FindCOST(drawn(r, 8, 0.005, test.rates), test.cores, 0)
		switch {
		case (got == nil) != (test.want == nil):
			t.Errorf("%s: %+v", test.about, got)
		case got != nil && (got.Never != test.want.Never || got.Cell != test.want.Cell):
			t.Errorf("%s: %+v, want %+v", test.about, got, test.want)
		}
	}
	if got := FindCOST(drawn(r, 1, 0, map[Cell]float64{{1, 1}: 10, {2, 2}: 20}), 2, 0); got == nil || !got.Never {
		t.Errorf("single runs without a spread make nothing certain: %+v", got)
	}
	// What others may have taken of either side is in the interval, as in that of a gain.
	twice := drawn(r, 8, 0.005, map[Cell]float64{{1, 1}: 10, {2, 2}: 20})
	if few, many := FindCOST(twice, 2, 0.3), FindCOST(twice, 2, 0.6); few.Never || !many.Never {
		t.Errorf("twice as fast with 30 %% lost: %+v; with 60 %%: %+v", few, many)
	}
}

// Of forty configurations that are all as fast as the loop, one is called faster in at most 5 % of sweeps.
func TestCOSTIsSeldomFoundByChance(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	rates := make(map[Cell]float64)
	for c := 1; c <= 10; c++ {
		for p := 1; p <= 4; p++ {
			rates[Cell{c, p}] = 10
		}
	}
	const trials = 400
	found := 0
	for range trials {
		if !FindCOST(drawn(r, 6, 0.1, rates), 4, 0).Never {
			found++
		}
	}
	// Two standard errors of the simulation above 5 %.
	if share := float64(found) / trials; share > 0.05+2*math.Sqrt(0.05*0.95/trials) {
		t.Errorf("found in %.1f %% of sweeps", 100*share)
	}
}
