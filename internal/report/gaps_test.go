package report

import (
	"strings"
	"testing"

	"runbench/internal/analysis"
)

// More than all of a speed-up is explained where it certainly is that, and only there.
func TestGapLegend(t *testing.T) {
	program := func(lo float64) []analysis.Workload {
		hi := lo + 0.2
		return []analysis.Workload{{}, {Gaps: &analysis.Gaps{Program: &analysis.Part{Value: lo + 0.1, Lo: &lo, Hi: &hi}}}}
	}
	for _, c := range []struct {
		lo   float64
		want bool
	}{{0.8, false}, {0.98, false}, {1.2, true}} {
		if got := strings.Contains(GapLegend(program(c.lo)), "more than 100 %"); got != c.want {
			t.Errorf("the program keeps at least %v: explained %v, want %v", c.lo, got, c.want)
		}
	}
}
