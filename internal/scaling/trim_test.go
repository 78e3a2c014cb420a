package scaling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestTrimmed(t *testing.T) {
	upTo := func(n int) []float64 {
		logs := make([]float64, n)
		for i := range logs {
			logs[i] = float64((7*i)%n + 1) // 1 … n in another order; 7 divides none of the n below
		}
		return logs
	}
	// Of 1 … 16 two are trimmed at either end. The Winsorised squares are 6·5.5² + 2·(4.5² + 3.5² + 2.5² + 1.5² + 0.5²)
	// = 264, and √(264/(12·11)) = √2.
	mean, s := trimmed(upTo(16))
	if math.Abs(mean-8.5) > 1e-12 || math.Abs(s.se-math.Sqrt2) > 1e-12 || s.df != 11 {
		t.Errorf("1 … 16: %v, %+v; want 8.5, standard error √2 and 11 degrees of freedom", mean, s)
	}
	far := upTo(16)
	for i, x := range far {
		if x == 16 || x == 15 {
			far[i] = 1e9 * x
		}
	}
	if m, farther := trimmed(far); m != mean || farther != s {
		t.Errorf("with two of them far out: %v, %+v; want what it was, %v, %+v", m, farther, mean, s)
	}
	wantMean, want := meanSpread(upTo(15))
	if m, s := trimmed(upTo(15)); m != wantMean || s != want {
		t.Errorf("1 … 15: %v, %+v; want the plain mean's %v, %+v", m, s, wantMean, want)
	}
}

// TestCoverageTrimmed shows that intervals of trimmed means cover 95 % of the truth, on normal log-ratios and where one
// run in ten is disturbed, and what they cost and save in width.
func TestCoverageTrimmed(t *testing.T) {
	skipShort(t)
	var conditions []condition
	for _, n := range []int{16, 30, 60} {
		for _, disturbed := range []float64{0, 0.1} {
			conditions = append(conditions, condition{
				fmt.Sprintf("trimmed, %d rounds, %2.0f %% of runs disturbed", n, 100*disturbed),
				func(t *testing.T, r *rand.Rand) string { return coverTrimmed(t, r, n, disturbed) },
			})
		}
	}
	table(t, 10, fmt.Sprintf("%13s %22s", "covered", "width over plain mean"), conditions)
}

func coverTrimmed(t *testing.T, r *rand.Rand, n int, disturbed float64) string {
	run := func() float64 {
		log := 0.005 * r.NormFloat64()
		if r.Float64() < disturbed {
			log -= 0.05 * r.ExpFloat64()
		}
		return log
	}
	sims, covered := simSweeps(), 0
	var width, plain float64
	logs := make([]float64, n)
	for range sims {
		for i := range logs {
			logs[i] = run() - run()
		}
		e := TrimmedInterval(logs, 0)
		if e.holds(1) {
			covered++
		}
		width += e.HalfWidth()
		plain += Interval(logs, 0).HalfWidth()
	}
	share, ratio := float64(covered)/float64(sims), width/plain
	if disturbed == 0 {
		checkShare(t, "trimmed", share, sims, 0.94, 0.96)
		if ratio > 1.07 {
			t.Errorf("on normal logs the interval is %.2f of the plain one, want at most 1.07", ratio)
		}
	} else {
		// Cautious where it errs.
		checkShare(t, "trimmed", share, sims, 0.94, 0.985)
		if ratio > 0.75 {
			t.Errorf("with disturbed runs the interval is %.2f of the plain one, want at most 0.75", ratio)
		}
	}
	return fmt.Sprintf("%s %22.2f", percent(sims, covered), ratio)
}
