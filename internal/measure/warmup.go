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

// WarmUp returns how long a run that measures w for so long runs batches before,
// which count for nothing: for as long as w takes to settle, but for no more than
// twice as long as it measures, so that a quick look stays one.
func WarmUp(w workloads.Workload, runTime time.Duration) time.Duration {
	return min(max(warmUp, w.Settles), 2*runTime)
}
