package scaling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestCoverageFarScore: in fleets whose figures are normal, any is called far in at most alpha of all.
func TestCoverageFarScore(t *testing.T) {
	skipShort(t)
	const alpha = 0.05
	var conditions []condition
	for _, n := range []int{5, 9, 20, 100, 1000} {
		for _, measures := range []int{1, 40} {
			fleets := 300
			switch large := n*measures > 4000; {
			case *long && !large:
				fleets = 10_000
			case *long: // each draws as much as ten of the others
				fleets = 1000
			case large:
				continue
			}
			name := fmt.Sprintf("%4d machines, %2d measures", n, measures)
			conditions = append(conditions, condition{name, func(t *testing.T, r *rand.Rand) string {
				bound := FarScore(n, n*measures, alpha)
				far := 0
				for range fleets {
					found := false
					for range measures {
						group := make([]Estimate, n)
						for i := range group {
							group[i] = point(0.01*r.NormFloat64(), 1)
						}
						_, scores := Score(group)
						for _, s := range scores {
							found = found || math.Abs(s) > bound
						}
					}
					if found {
						far++
					}
				}
				share := float64(far) / float64(fleets)
				if margin := 3 * math.Sqrt(alpha*(1-alpha)/float64(fleets)); share > alpha+margin {
					t.Errorf("a false outlier in %.2f %% of fleets, want at most %.0f %%", 100*share, 100*alpha)
				}
				return fmt.Sprintf("%8.1f %s", bound, percent(fleets, far))
			}})
		}
	}
	table(t, 22, fmt.Sprintf("%8s %13s", "bound", "false"), conditions)
}

func TestScore(t *testing.T) {
	var group []Estimate
	for i := range 20 {
		group = append(group, point(0.01*float64(i%5-2), 1))
	}
	group[7] = point(math.Log(0.7), 1)
	group = append(group, Estimate{Value: math.NaN()})
	median, scores := Score(group)
	if math.Abs(median-1) > 0.011 || !(scores[7] < -15) || !math.IsNaN(scores[20]) {
		t.Errorf("median %v, score of a third less %v, of nothing %v", median, scores[7], scores[20])
	}
	for i, s := range scores[:20] {
		if i != 7 && math.Abs(s) > 3 {
			t.Errorf("score %v of a usual figure", s)
		}
	}
	if median, scores := Score(group[:MinGroup-1]); !math.IsNaN(median) || !math.IsNaN(scores[0]) {
		t.Errorf("%d figures make a group: %v, %v", MinGroup-1, median, scores)
	}
	// Figures that are all the same, each known to a per cent.
	for i := range group[:20] {
		group[i] = Estimate{Value: 1, Lo: 0.99, Hi: 1.01, Rounds: 10, Basis: BetweenRuns}
	}
	group[3].Value = 1.01
	if _, scores := Score(group); !(math.Abs(scores[3]) < 3) {
		t.Errorf("a figure within its own interval has a score of %v", scores[3])
	}
}
