package io

import (
	"fmt"
	"time"
)

// waits keeps account of how long the tasks of a batch waited, and over all
// batches.
type waits struct {
	least    time.Duration // that a task must wait
	achieved [latencyBatch]time.Duration
	total    time.Duration
}

// check reports the first task that did not wait as long as it must, and adds the
// waits of the batch up.
func (w *waits) check() error {
	for i, d := range w.achieved {
		if d < w.least {
			return fmt.Errorf("task %d waited %v, want at least %v", i, d, w.least)
		}
		w.total += d
	}
	clear(w.achieved[:])
	return nil
}

func (w *waits) counters() (map[string]float64, error) {
	return map[string]float64{"wait-ns/op": float64(w.total)}, nil
}
