package sync

import (
	"testing"

	"runbench/bench/strategy"
	"runbench/workloads"
)

// The first two steps from 0 are the increment, and the multiplier times it plus
// the increment, modulo 2⁶⁴.
func TestGenerator(t *testing.T) {
	for _, test := range []struct {
		x    uint64
		n    int
		want uint64
	}{
		{7, 0, 7},
		{0, 1, 1442695040888963407},
		{1, 1, 7806831264735756412},
		{0, 2, 1876011003808476466},
	} {
		if got := lcg(test.x, test.n); got != test.want {
			t.Errorf("%d steps from %d lead to %d, want %d", test.n, test.x, got, test.want)
		}
	}
	for _, n := range []int{0, 1, 2, 3, 40, 63, 64, 65, 1000} {
		for _, x := range []uint64{0, 1, 1 << 63} {
			if got, want := lcgSkip(x, uint64(n)), lcg(x, n); got != want {
				t.Errorf("skipping %d steps from %d leads to %#x, want %#x", n, x, got, want)
			}
		}
	}
}

// Every number comes up, about equally often.
func TestPick(t *testing.T) {
	for _, n := range []int{1, 3, 64} {
		const each = 1000
		count := make([]int, n)
		x := uint64(1)
		for range n * each {
			x = lcg(x, sectionOutside)
			count[pick(x, n)]++
		}
		for k, got := range count {
			if got < each*8/10 || got > each*12/10 {
				t.Errorf("%d of %d came %d times in %d", k, n, got, n*each)
			}
		}
		if got := pick(^uint64(0), n); got != n-1 {
			t.Errorf("the highest number picks %d of %d", got, n)
		}
	}
}

// The changes of a batch are as many as their share, and evenly spread.
func TestMix(t *testing.T) {
	for _, perMille := range []int{0, 1, 10, 333, 500, 999, 1000} {
		for _, sections := range []int{7, 10, 1000} {
			total := 0
			for i := range sectionBatch {
				m := newMix(perMille, i, sections)
				own := 0
				for range sections {
					if m.change() {
						own++
					}
				}
				if low := sections * perMille / 1000; own < low || own > low+1 {
					t.Errorf("task %d has %d changes in %d sections at %d in 1,000", i, own, sections, perMille)
				}
				total += own
			}
			if want := changes(perMille, sections); total != want {
				t.Errorf("%d changes in a batch of %d sections a task at %d in 1,000, want %d", total, sections, perMille, want)
			}
		}
	}
}

// guarded are the workloads whose tasks change state that they share.
var guarded = []workloads.Workload{Counter, Mutex, RWMutex, Sharded, SyncMap}

// start returns an instance of w in class S, with parameters as given in
// pairs.
func start(t *testing.T, w workloads.Workload, pairs ...string) *workloads.Instance {
	t.Helper()
	params := workloads.Params{"size": "S"}
	for i := 0; i < len(pairs); i += 2 {
		params[pairs[i]] = pairs[i+1]
	}
	in, err := w.Start(t.Context(), workloads.Env{Goroutines: 1, Params: params})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// do does tasks in order.
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

func TestChecksCatchTasksLeftOutAndRepeated(t *testing.T) {
	for _, w := range guarded {
		for what, more := range map[string][]int{"left out": nil, "done twice": {3, w.Batch - 1}} {
			in := start(t, w)
			do(t, in, w.Batch)
			if err := in.Check(t.Context()); err != nil {
				t.Fatalf("%s: %v", w.Name, err)
			}
			do(t, in, w.Batch-1, more...)
			if in.Check(t.Context()) == nil {
				t.Errorf("%s: a batch with a task %s passed the check", w.Name, what)
			}
		}
	}
}

func TestCheckOwnCatchesAWrongGenerator(t *testing.T) {
	tasks := make([]own, sectionBatch)
	fill := func() {
		for i := range tasks {
			tasks[i] = own{x: lcg(uint64(i), 6*sectionOutside), sections: 6}
		}
	}
	fill()
	if err := checkOwn(tasks, 6, sectionOutside); err != nil {
		t.Error(err)
	}
	fill()
	tasks[9].x++
	if checkOwn(tasks, 6, sectionOutside) == nil {
		t.Error("a generator that is off by one passed the check")
	}
}

// Whatever the parameters, also at their ends, batches come out right.
func TestParametersAtTheirEnds(t *testing.T) {
	for _, test := range []struct {
		w     workloads.Workload
		name  string
		value []string
	}{
		{Mutex, "inside", []string{"2", "3", "20", "99", "100"}},
		{RWMutex, "writes", []string{"0", "1", "1000"}},
		{Sharded, "shards", []string{"1", "3", "65536"}},
		{Sharded, "stay", []string{"1", "3", "1000000"}},
		{SyncMap, "stores", []string{"0", "1", "1000"}},
	} {
		for _, v := range test.value {
			in := start(t, test.w, test.name, v)
			for range 2 {
				if err := strategy.Default.Run(t.Context(), 4, test.w.Batch, in.Task); err != nil {
					t.Fatal(err)
				}
				if err := in.Check(t.Context()); err != nil {
					t.Errorf("%s?%s=%s: %v", test.w.Name, test.name, v, err)
				}
			}
		}
	}
}
