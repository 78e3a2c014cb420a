package measure

import (
	"context"
	"math"
	"strings"
	"testing"

	"runbench/workloads"
)

// The dial does the asked share of tasks twice, over many batches, and
// gives every task its turn.
func TestDial(t *testing.T) {
	for _, percent := range []float64{1, 2, 5, 10, 33.3, 100} {
		w := workloads.Workload{Name: "cpu/x", Batch: 64, Idempotent: true}
		ran := make([]int, w.Batch)
		in, err := slower(w, &workloads.Instance{
			Task:  func(_ context.Context, i int) error { ran[i]++; return nil },
			Check: right,
		}, percent)
		if err != nil {
			t.Fatal(err)
		}
		const batches = 400
		for range batches {
			for i := range w.Batch {
				if err := in.Task(t.Context(), i); err != nil {
					t.Fatal(err)
				}
			}
			if err := in.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		sum := 0
		for i, n := range ran {
			sum += n
			if n == batches && percent >= 2 {
				t.Errorf("%v %%: task %d was never done twice", percent, i)
			}
		}
		extra := float64(sum - batches*w.Batch)
		if want := percent / 100 * batches * float64(w.Batch); math.Abs(extra-want) > 3 {
			t.Errorf("%v %%: %v tasks were done twice, want %v", percent, extra, want)
		}
		if len(in.Notes) != 1 || !strings.Contains(in.Notes[0], "slower on purpose") {
			t.Errorf("notes %q", in.Notes)
		}
	}
}

func TestDialRefusesWhatDoingTwiceChanges(t *testing.T) {
	if _, err := slower(workloads.Workload{Name: "sync/x", Batch: 8}, &workloads.Instance{}, 5); err == nil {
		t.Error("a workload that is not idempotent was made slower")
	}
}
