package mem

import (
	"context"
	"fmt"
	"sync/atomic"

	"runbench/workloads"
)

// countersBatch is as many counters of four bytes as lie on a cache line of 64:
// every task has a counter of its own, and whichever tasks run at once, under any
// strategy and at any C, theirs can be on one line.
const countersBatch = 16

// counterSizes keep below the 2³² that a counter holds.
var counterSizes = workloads.Sizes{S: 256, W: 1 << 18, A: 1 << 22}

// counting returns a workload in which task i adds to counters[i] alone. The adds
// are atomic because plain ones gather in a core's store buffer while the line is
// away, and then hide how often it moves.
func counting(counters []*atomic.Uint32, adds int) *workloads.Instance {
	return &workloads.Instance{
		Task: func(_ context.Context, i int) error {
			c := counters[i]
			for range adds {
				c.Add(1)
			}
			return nil
		},
		Check: func(context.Context) error {
			for i, c := range counters {
				if got := c.Swap(0); got != uint32(adds) {
					return fmt.Errorf("counter %d is %d, want %d", i, got, adds)
				}
			}
			return nil
		},
	}
}
