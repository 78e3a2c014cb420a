package measure

import (
	"context"
	"fmt"
	"math"

	"runbench/workloads"
)

// slower makes an instance percent slower, by doing that share of its tasks
// twice: more work of the same kind, so that a known slowdown is there to be
// found, at any C and P. Which tasks those are moves on from batch to batch, so
// that over many of them every task has its turn, the costly ones too.
func slower(w workloads.Workload, in *workloads.Instance, percent float64) (*workloads.Instance, error) {
	if !w.Idempotent || in.Serial != nil {
		return nil, fmt.Errorf("%s cannot be made slower: what a batch does cannot be done twice, in part", w.Name)
	}
	share := percent / 100
	// The tasks done twice are evenly spaced; where the first one is moves on by
	// the golden ratio, whose multiples fill the unit interval most evenly
	// (Knuth, TAOCP vol. 3, 6.4, theorem S).
	phase := 0.0
	dialled := *in
	dialled.Task = func(ctx context.Context, i int) error {
		if at := phase + float64(i)*share; int(at+share) > int(at) {
			if err := in.Task(ctx, i); err != nil {
				return err
			}
		}
		return in.Task(ctx, i)
	}
	// Check is called between batches, while no task runs.
	dialled.Check = func(ctx context.Context) error {
		_, phase = math.Modf(phase + (math.Sqrt(5)-1)/2)
		return in.Check(ctx)
	}
	dialled.Notes = append(dialled.Notes, fmt.Sprintf("made %g %% slower on purpose", percent))
	return &dialled, nil
}
