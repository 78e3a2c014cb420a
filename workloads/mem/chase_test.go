package mem

import (
	"testing"

	"runbench/workloads"
)

// start returns an instance of w in class S whose first batch has passed its
// check.
func start(t *testing.T, w workloads.Workload) *workloads.Instance {
	t.Helper()
	in, err := w.Start(t.Context(), workloads.Env{Goroutines: 1, Params: workloads.Params{"size": "S"}})
	if err != nil {
		t.Fatal(err)
	}
	do(t, in, w.Batch)
	if err := in.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	return in
}

// do does the first n tasks, and more of them.
func do(t *testing.T, in *workloads.Instance, n int, more ...int) {
	t.Helper()
	for i := range n {
		more = append(more, i)
	}
	for _, i := range more {
		if err := in.Task(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever walks goes on through several rounds, and one that did not walk, or
// walked twice, stands on the wrong node.
func TestChaseCheckCatchesWalksLeftOutAndRepeated(t *testing.T) {
	for what, more := range map[string][]int{"left out": nil, "done twice": {3, chaseBatch - 1}} {
		in := start(t, Chase)
		for range 2 * chaseRound {
			do(t, in, chaseBatch)
			if err := in.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		do(t, in, chaseBatch-1, more...)
		if in.Check(t.Context()) == nil {
			t.Errorf("a batch with a walk %s passed the check", what)
		}
	}
}
