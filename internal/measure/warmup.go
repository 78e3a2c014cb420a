package measure

import (
	"time"

	"runbench/workloads"
)

// warmUp is how long batches run before others are measured, unless the workload
// says that it settles later. On two virtual cores of a Xeon computing, locks and
// HTTP on loopback reach within 2 % of their later speed in 20 ms, in which
// batches of a few milliseconds gain 4–9 %.
const warmUp = 20 * time.Millisecond

// WarmUp returns how long a run that measures w for so long discards batches
// before: for as long as w takes to settle, but for no longer than it then
// measures, so that a short sweep stays short.
func WarmUp(w workloads.Workload, runTime time.Duration) time.Duration {
	return min(max(warmUp, w.Settles), runTime)
}

// repeat calls batch until the times it returns add up to d.
func repeat(d time.Duration, batch func() (time.Duration, error)) error {
	for d > 0 {
		took, err := batch()
		if err != nil {
			return err
		}
		d -= max(took, 1) // a clock that stands still must not hold it up for good
	}
	return nil
}
