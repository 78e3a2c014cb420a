package mem

import (
	"math"
	"runtime/debug"
	"testing"

	"runbench/workloads"
)

// The counts that the Benchmarks Game's reference output for binary-trees gives:
// its check of a tree of depth 4 is 31, of depth 10 is 2047.
func TestTreesAreWhole(t *testing.T) {
	for depth, want := range map[int]int{0: 1, 4: 31, 10: 2047} {
		if got := growTree(depth).count(); got != want || treeNodes(depth) != want {
			t.Errorf("a tree of depth %d has %d nodes by count, %d by formula, want %d", depth, got, treeNodes(depth), want)
		}
	}
}

func TestAllocCheckCatchesATaskLeftOut(t *testing.T) {
	in := start(t, Alloc)
	do(t, in, allocBatch-1)
	if in.Check(t.Context()) == nil {
		t.Error("a batch without its last task passed the check")
	}
}

// settings returns GOGC and the memory limit, and leaves them as they are.
func settings() (percent int, limit int64) {
	percent = debug.SetGCPercent(100)
	debug.SetGCPercent(percent)
	return percent, debug.SetMemoryLimit(-1)
}

// The collector is paused from the first instance to the last, in whatever order
// they are closed, under a limit, and runs as before afterwards.
func TestCollectorIsPausedAndBroughtBack(t *testing.T) {
	percent, limit := settings()
	off := func() *workloads.Instance {
		in, err := Alloc.Start(t.Context(), workloads.Env{Goroutines: 1, Params: workloads.Params{"size": "S", "gc": "off"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(in.Notes) == 0 {
			t.Error("no note of the memory limit")
		}
		return in
	}
	first, second := off(), off()
	for i, in := range []*workloads.Instance{first, second} {
		p, l := settings()
		if p != -1 || l == math.MaxInt64 || l < collectorRoom {
			t.Errorf("%d instances closed: GOGC is %d, the memory limit %d", i, p, l)
		}
		do(t, in, allocBatch)
		if err := in.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
	if p, l := settings(); p != percent || l != limit {
		t.Errorf("afterwards GOGC is %d and the memory limit %d, were %d and %d", p, l, percent, limit)
	}
}
