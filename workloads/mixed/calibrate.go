package mixed

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"time"

	"runbench/internal/hashchain"
	"runbench/workloads"
)

// stepTime returns how long a step of the hash chain takes on this machine, in
// nanoseconds. The first run of a sweep measures it and leaves it in the shared
// directory, so that all of its runs do the same work, however fast the machine
// is at that moment.
func stepTime(shared string) (float64, error) {
	path, err := workloads.SharedFile(shared, "spin-step-ns", func(path string) error {
		return os.WriteFile(path, strconv.AppendFloat(nil, measureStep(), 'g', 4, 64), 0o600)
	})
	if err != nil {
		return 0, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	ns, err := strconv.ParseFloat(string(text), 64)
	if err != nil || ns <= 0 {
		return 0, fmt.Errorf("%s: expected the nanoseconds of a step, found %q", path, text)
	}
	return ns, nil
}

// measureStep times a chain of about half a millisecond several times and takes the
// shortest, which was disturbed least.
func measureStep() float64 {
	const steps = 150_000
	best := time.Duration(math.MaxInt64)
	var end uint64 // where the next goes on, so that none can be left out
	for range 9 {
		start := time.Now()
		end = hashchain.Nth(end, steps)
		best = min(best, time.Since(start))
	}
	// Where the clock is coarse it may not have moved.
	return float64(max(best, time.Microsecond)) / steps
}

// steps returns how many steps of the chain take that long, at least one.
func steps(d time.Duration, stepNs float64) int {
	return max(1, int(math.Round(float64(d)/stepNs)))
}
