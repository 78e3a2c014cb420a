package measure

import (
	"fmt"
	"time"

	"runbench/internal/scaling"
)

// unsettled says why a run with batches of these times was in no steady state:
// still warming up, or slowed down on the way. It is "" where the batches show
// nothing of the kind, as far as they are enough to tell.
func unsettled(walls []time.Duration) string {
	times := make([]float64, len(walls))
	for i, w := range walls {
		times[i] = float64(w)
	}
	shift, found := scaling.FindShift(times)
	switch {
	case !found:
		return ""
	case shift.Ratio > 1:
		return fmt.Sprintf("never settled: from batch %d of %d on the batches took %.0f %% longer", shift.At+1, len(walls), 100*(shift.Ratio-1))
	}
	return fmt.Sprintf("never settled: from batch %d of %d on the batches took %.0f %% less time", shift.At+1, len(walls), 100*(1-shift.Ratio))
}
