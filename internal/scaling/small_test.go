package scaling

import "testing"

// A concurrency gain of 3 %, however certain, does not turn "needs cores" into "needs both".
func TestSmallGainsMakeNoVerdict(t *testing.T) {
	s := make(Surface)
	for round := 1; round <= 12; round++ {
		wobble := 1 + 0.001*float64(round%3)
		add := func(c, p int, rate float64) {
			s[Cell{c, p}] = append(s[Cell{c, p}], Observation{Round: round, Rate: rate * wobble})
		}
		add(1, 1, 100)
		add(1, 2, 100)
		add(2, 1, 103+0.1*float64(round%2)+3.0*float64(round%4)/3)
		add(2, 2, 190)
	}
	j, err := Judge(s, Options{Cores: 2})
	if err != nil {
		t.Fatal(err)
	}
	if j.Concurrency.Lo <= 1 || j.Concurrency.Value >= 1.05 {
		t.Fatalf("the concurrency gain is %+v, want one above 1 and below 1.05", *j.Concurrency)
	}
	if j.Verdict != VerdictParallelism {
		t.Errorf("verdict %s, want %s", j.Verdict, VerdictParallelism)
	}
}
