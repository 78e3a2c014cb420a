package claims

import (
	"context"
	"errors"
	"fmt"
	"runtime/metrics"
	"time"

	"runbench/internal/rusage"
)

// Counts that the runtime keeps of this process.
const (
	countThreads    = "/sched/threads/total:threads"
	countGoroutines = "/sched/goroutines:goroutines"
	countCreated    = "/sched/goroutines-created:goroutines" // since the program started, those of the runtime's own included
	countWaiting    = "/sched/goroutines/waiting:goroutines"
	countInSyscalls = "/sched/goroutines/not-in-go:goroutines"
	countStackBytes = "/memory/classes/heap/stacks:bytes"
	countHeapBytes  = "/memory/classes/heap/objects:bytes"
)

// count returns the sum of the runtime's counts of these names.
func count(names ...string) float64 {
	samples := make([]metrics.Sample, len(names))
	for i, name := range names {
		samples[i].Name = name
	}
	metrics.Read(samples)
	sum := 0.0
	for _, s := range samples {
		sum += float64(s.Value.Uint64())
	}
	return sum
}

// eventually waits until reached is true. What is waited for is named for the
// error where ctx ends before.
func eventually(ctx context.Context, what string, reached func() bool) error {
	for !reached() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("a trial waited in vain until %s", what)
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// A reading is what the clocks showed at one moment: that on the wall, and that of
// the CPU time of this process.
type reading struct {
	wall time.Time
	cpu  time.Duration
	told bool // whether the system tells the CPU time
}

func readClocks() reading {
	u, ok := rusage.Self()
	return reading{wall: time.Now(), cpu: u.CPU, told: ok}
}

// cpuTime returns the CPU time that this process used from a to b.
func cpuTime(a, b reading) (time.Duration, error) {
	if !a.told || !b.told {
		return 0, errors.New("this system does not tell how much CPU time a process uses")
	}
	return b.cpu - a.cpu, nil
}

// coresUsed returns CPU time over wall time from a to b: how many cores this
// process had on average.
func coresUsed(a, b reading) (float64, error) {
	cpu, err := cpuTime(a, b)
	if err != nil {
		return 0, err
	}
	return float64(cpu) / float64(max(b.wall.Sub(a.wall), 1)), nil
}
