package claims

import (
	"math"
	"time"

	"runbench/internal/hashchain"
)

// unitSteps makes a unit of work take some hundred nanoseconds: short against all
// that is measured with it, long against a look at the clock.
const unitSteps = 100

// spinFor computes for d of wall time, however much of that it gets a core for.
func spinFor(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
		spinUnits(1)
	}
}

// calibrate returns how many units of work take about d here, at least one. It
// takes some milliseconds itself.
func calibrate(d time.Duration) (units int) {
	// Half a millisecond is long against the resolution of most clocks.
	const least = 500 * time.Microsecond
	probe, took := 100, time.Duration(0)
	for {
		if took = timeUnits(probe); took >= least {
			break
		}
		probe *= 2
	}
	// The quickest was disturbed least.
	for range 8 {
		took = min(took, timeUnits(probe))
	}
	// Where the clock is coarse it may not have moved.
	took = max(took, time.Microsecond)
	return max(1, int(math.Round(float64(d)*float64(probe)/float64(took))))
}

func timeUnits(units int) time.Duration {
	start := time.Now()
	spinUnits(units)
	return time.Since(start)
}

// spinUnits does so many units of work, the same however long they take.
func spinUnits(units int) {
	h := uint64(0)
	for range units {
		h = spinUnit(h)
	}
}

// spinUnit is a unit of work. Its call is where a goroutine that spins gives way
// even under GODEBUG=asyncpreemptoff=1: a function that calls another one checks
// first whether its stack must grow, and the runtime asks for a preemption by way
// of that check. A small function that calls none has no check, whether it is
// inlined or not, and that is why the computing is one call further down.
//
//go:noinline
func spinUnit(h uint64) uint64 { return hashchain.Nth(h, unitSteps) }
