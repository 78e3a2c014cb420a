package history

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// eDivisive returns the change points that E-divisive means with exponent 1 finds: the split that makes the energy
// distance of its sides largest, over all segments, as long as a permutation test inside segments calls it certain
// (Matteson & James, JASA 109, 2014, sections 2 and 3; with both sides up to the segments' ends, as in the signal
// processing of MongoDB). It is what Detect is held against.
func eDivisive(r *rand.Rand, xs []float64, level float64) []int {
	bounds := []int{0, len(xs)}
	permutations := int(math.Ceil(1/level)) - 1
	for {
		at, q := bestSplit(xs, bounds)
		if at < 0 {
			return bounds[1 : len(bounds)-1]
		}
		shuffled := slices.Clone(xs)
		for range permutations {
			for i := range len(bounds) - 1 {
				part := shuffled[bounds[i]:bounds[i+1]]
				r.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
			}
			if _, other := bestSplit(shuffled, bounds); other >= q {
				return bounds[1 : len(bounds)-1] // more than a share of level
			}
		}
		bounds = append(bounds, at)
		slices.Sort(bounds)
	}
}

// bestSplit returns the split with the largest energy statistic of all segments, −1 where none is long enough.
func bestSplit(xs []float64, bounds []int) (at int, best float64) {
	at = -1
	for i := range len(bounds) - 1 {
		part := xs[bounds[i]:bounds[i+1]]
		n := len(part)
		if n < 2*MinStretch {
			continue
		}
		// Sums of distances inside the left side, between the sides, and inside the right side.
		left, between, right := 0.0, 0.0, 0.0
		for j := range part {
			for k := range j {
				right += math.Abs(part[j] - part[k])
			}
		}
		for k := 1; k < n; k++ { // part[k-1] goes over to the left
			toLeft, toRight := 0.0, 0.0
			for j, x := range part {
				if j < k {
					toLeft += math.Abs(x - part[k-1])
				} else {
					toRight += math.Abs(x - part[k-1])
				}
			}
			left, between, right = left+toLeft, between-toLeft+toRight, right-toRight
			if k < MinStretch || n-k < MinStretch {
				continue
			}
			a, b := float64(k), float64(n-k)
			q := a * b / (a + b) * (2*between/(a*b) - 2*left/(a*(a-1)) - 2*right/(b*(b-1)))
			if at < 0 || q > best {
				at, best = bounds[i]+k, q
			}
		}
	}
	return at, best
}

// Where both look for the same changes at the same level, Detect finds more of them than E-divisive means.
func TestAgainstEDivisive(t *testing.T) {
	kind := noise{run: 0.01, file: 0.008, runs: 12, heavy: true, outliers: 1. / 30}
	n := times(20, 400)
	excursion := step(60, 25, 0.03)
	for i := 32; i < 60; i++ {
		excursion[i] = 0
	}
	ours, theirs := 0, 0
	var rows []string
	for _, c := range []struct {
		name   string
		levels []float64
	}{
		{"nothing", flat(60)},
		{"2 % in the middle of 60", step(60, 30, 0.02)},
		{"4 %, 3 before the end of 60", step(60, 57, 0.04)},
		{"4 % in the middle of 10", step(10, 5, 0.04)},
		{"3 % there for 7 files of 60", excursion},
	} {
		var all [2]int
		want := 0
		for i := 1; i < len(c.levels); i++ {
			if c.levels[i] != c.levels[i-1] {
				want++
			}
		}
		for seed := range n {
			r := rand.New(rand.NewPCG(11, uint64(seed)))
			samples := kind.samples(r, c.levels)
			var logs []float64
			for _, s := range samples {
				logs = append(logs, s.Log)
			}
			for i, got := range [][]int{places(Detect(samples, levelOfTwenty, 0)), eDivisive(r, logs, levelOfTwenty)} {
				near := 0
				for k := 1; k < len(c.levels); k++ {
					if c.levels[k] != c.levels[k-1] && slices.ContainsFunc(got, func(at int) bool { return at >= k-1 && at <= k+1 }) {
						near++
					}
				}
				if want == 0 && len(got) > 0 || want > 0 && near == want {
					all[i]++
				}
			}
		}
		if want > 0 {
			ours, theirs = ours+all[0], theirs+all[1]
		}
		rows = append(rows, fmt.Sprintf("%-30s %5.1f %%  E-divisive %5.1f %%", c.name, share(all[0], n), share(all[1], n)))
	}
	t.Log("found, all within one file of their places; of nothing, anything\n" + strings.Join(rows, "\n"))
	if ours < theirs {
		t.Errorf("Detect found %d, E-divisive %d", ours, theirs)
	}
}
