package scaling

import "testing"

// What scatters by a few percent can be known to 2 %, what scatters by a fifth
// cannot, and two rounds say nothing of either.
func TestReachable(t *testing.T) {
	for _, test := range []struct {
		scatter float64 // of the parallelism gain between rounds
		rounds  int
		want    bool
	}{
		{0.01, 8, true}, {0.05, 8, true}, {0.2, 8, false}, {0.2, 4, false}, {0.2, 2, true},
	} {
		s := make(Surface)
		for round := 1; round <= test.rounds; round++ {
			up := 1.0
			if round%2 == 0 {
				up = 1 + 2*test.scatter
			}
			s[Cell{1, 1}] = append(s[Cell{1, 1}], Observation{Round: round, Rate: 100})
			s[Cell{8, 1}] = append(s[Cell{8, 1}], Observation{Round: round, Rate: 100})
			s[Cell{8, 2}] = append(s[Cell{8, 2}], Observation{Round: round, Rate: 190 * up})
		}
		j := judge(t, s, Options{Cores: 2})
		if got := j.Reachable(0.02); got != test.want {
			t.Errorf("scatter %v over %d rounds: %v, want %v", test.scatter, test.rounds, got, test.want)
		}
	}
}
