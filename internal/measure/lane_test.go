package measure

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"runbench/internal/resultfile"
	"runbench/workloads"
)

func TestJoint(t *testing.T) {
	const ms = 1e6
	every := func(from, wall, gap, n int64) (spans []span) {
		for range n {
			spans = append(spans, span{from * ms, (from + wall) * ms})
			from += wall + gap
		}
		return spans
	}
	lane := func(share int, spans []span) laneWork { return laneWork{Batch: 10, Spans: spans, Share: share} }
	for _, test := range []struct {
		name  string
		lanes []laneWork
		rate  float64 // tasks/s at 10 tasks a batch
		err   string
	}{
		{name: "alike", lanes: []laneWork{lane(5, every(0, 10, 0, 5)), lane(5, every(0, 10, 0, 5))}, rate: 2000},
		{name: "one slower", lanes: []laneWork{lane(4, every(0, 10, 0, 7)), lane(3, every(0, 20, 0, 3))}, rate: 1500},
		{name: "checks in between are not in the rate", lanes: []laneWork{lane(5, every(0, 10, 90, 5)), lane(5, every(0, 10, 40, 9))}, rate: 2000},
		// While the second lane warmed up the first one was twice as fast, though its
		// share was done by then.
		{name: "one warm late", lanes: []laneWork{lane(2, append(every(0, 5, 0, 4), every(20, 10, 0, 4)...)), lane(4, every(20, 10, 0, 4))}, rate: 2000},
		// When the first one's share was done, and the second one's too, the second
		// had a last batch almost to itself.
		{name: "one ends late", lanes: []laneWork{lane(4, every(0, 10, 0, 4)), lane(4, append(every(0, 10, 0, 4), every(40, 5, 0, 1)...))}, rate: 2000},
		// What was under way when all shares were done is slow for being told to stop.
		{name: "told to stop", lanes: []laneWork{lane(4, append(every(0, 10, 0, 4), every(40, 30, 0, 1)...)), lane(4, append(every(5, 10, 0, 4), every(45, 30, 0, 1)...))}, rate: 2000},
		{name: "no batch wholly inside", lanes: []laneWork{lane(1, every(0, 100, 0, 2)), lane(1, every(50, 100, 0, 1))}, rate: 200},
		{name: "none ends inside", lanes: []laneWork{lane(1, append(every(0, 10, 0, 1), every(10, 100, 0, 1)...)), lane(1, every(50, 10, 0, 2))}, rate: 1100},
		{name: "in a check meanwhile", lanes: []laneWork{{Batch: 10, Spans: every(0, 10, 0, 1), Share: 1, Until: 40 * ms}, lane(1, every(20, 10, 0, 1))}, rate: 2000},
		{name: "backwards", lanes: []laneWork{lane(1, []span{{10, 5}})}, err: "clock"},
		{name: "far apart", lanes: []laneWork{lane(1, every(0, 10, 0, 1)), lane(1, every(1000, 10, 0, 1))}, err: "clock"},
	} {
		o, err := joint(test.lanes)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s: got %v, want %q", test.name, err, test.err)
			}
			continue
		}
		if rate, _ := value(o, resultfile.TasksPerSec); err != nil || math.Abs(rate-test.rate) > 1e-6 {
			t.Errorf("%s: %v tasks/s, %v; want %v", test.name, rate, err, test.rate)
		}
	}
}

// A lane whose share is done works on beside the others until it is relieved.
func TestLaneWorksOn(t *testing.T) {
	checked, done := 0, 0
	relieved := make(chan struct{})
	w := workloads.Workload{
		Name: "cpu/counted", Batch: 1,
		Setup: func(context.Context, workloads.Env) (*workloads.Instance, error) {
			return &workloads.Instance{
				Task: func(context.Context, int) error { return nil },
				Check: func(context.Context) error {
					if checked++; checked == 6 {
						close(relieved)
					}
					return nil
				},
			}, nil
		},
	}
	gate := make(chan struct{})
	close(gate)
	// So short a run has one batch, after one that warms up and one before the gate.
	work, err := runLane(t.Context(), w, Spec{Goroutines: 1, RunTime: 1}, course{
		ready: func() error { return nil }, gate: gate, done: func() error { done++; return nil }, relieved: relieved,
	})
	if err != nil || work.Share != 1 || len(work.Spans) != 4 || done != 1 {
		t.Errorf("a share of %d in %d batches, done %d times, %v; want 1 in 4, once", work.Share, len(work.Spans), done, err)
	}
}

// Both ceilings are measured in real processes, and what goes wrong in one lane
// is the run's error.
func TestLanes(t *testing.T) {
	for _, strategy := range []string{resultfile.Processes, resultfile.Apart} {
		s := spec(t, "cpu/fine")
		s.Strategy, s.RunTime = strategy, 5*time.Millisecond
		o, err := Process(t.Context(), s, time.Minute)
		if err != nil {
			t.Fatalf("%s: %v", strategy, err)
		}
		rate, _ := value(o, resultfile.TasksPerSec)
		ns, _ := value(o, resultfile.NsPerOp)
		if o.Batches < 2 || !(rate > 0) || math.Abs(8/ns*1e9/rate-1) > 1e-9 || !slices.Contains(o.Notes, "a note") {
			t.Errorf("%s: %+v", strategy, o)
		}
		for workload, want := range map[string]string{
			"cpu/fails": "no such row", "cpu/wrong": "the sum is 7", "cpu/setup": "no such file", "cpu/exit": "exit status 7", "cpu/crash": "no such page",
		} {
			s := s
			s.Workload, s.Scratch = workload, t.TempDir()
			if _, err := Process(t.Context(), s, time.Minute); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s, %s: got %v, want one line with %q", strategy, workload, err, want)
			}
		}
		s.Workload, s.Scratch = "cpu/hang", t.TempDir()
		if _, err := Process(t.Context(), s, 300*time.Millisecond); !errors.Is(err, ErrHung) {
			t.Errorf("%s: got %v, want %v", strategy, err, ErrHung)
		}
	}
}
