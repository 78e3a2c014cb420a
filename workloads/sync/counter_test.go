package sync

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"runbench/bench/strategy"
	"runbench/workloads"
)

// A copy of sync/counter in which one add of all is lost, between reading the
// counter and writing it back, fails its check under every strategy.
func TestALostUpdateIsCaught(t *testing.T) {
	lossy := Counter
	lossy.Setup = func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		adds := counterSizes.Of(env.Params)
		var n atomic.Int64
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				for range adds - 2 {
					n.Add(1)
				}
				read := n.Load()
				n.Add(1)
				if i == counterBatch/2 {
					n.Store(read + 1) // the add in between is lost, and any others
					return nil
				}
				n.Add(1)
				return nil
			},
			Check: func(context.Context) error { return checkCounter(&n, adds) },
		}, nil
	}
	for _, s := range strategy.All() {
		in, err := lossy.Start(t.Context(), workloads.Env{Goroutines: 8, Params: workloads.Params{"size": "S"}})
		if err != nil {
			t.Fatal(err)
		}
		c := 8
		if s == strategy.Sequential {
			c = 1
		}
		if err := s.Run(t.Context(), c, lossy.Batch, in.Task); err != nil {
			t.Fatal(err)
		}
		if err := in.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "the counter is") {
			t.Errorf("%s: a lost update passed the check: %v", s.Name(), err)
		}
	}
}
