package measure

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"runbench/internal/resultfile"
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
	for _, test := range []struct {
		name  string
		lanes [][]span
		warm  time.Duration
		rate  float64 // tasks/s at 10 tasks a batch
		err   string
	}{
		{name: "alike", lanes: [][]span{every(0, 10, 0, 5), every(0, 10, 0, 5)}, rate: 2000},
		{name: "one slower", lanes: [][]span{every(0, 10, 0, 6), every(0, 20, 0, 3)}, rate: 1500},
		{name: "checks in between are not in the rate", lanes: [][]span{every(0, 10, 90, 5), every(0, 10, 40, 9)}, rate: 2000},
		// While the second lane had not begun the first one was twice as fast.
		{name: "late", lanes: [][]span{append(every(0, 5, 0, 4), every(20, 10, 0, 4)...), every(20, 10, 0, 4)}, rate: 2000},
		{name: "warming up together", lanes: [][]span{append(every(0, 20, 0, 2), every(40, 10, 0, 4)...), append(every(10, 15, 0, 2), every(40, 10, 0, 4)...)}, warm: 30 * time.Millisecond, rate: 2000},
		{name: "never warm", lanes: [][]span{every(0, 10, 0, 2), every(0, 10, 0, 2)}, warm: 20 * time.Millisecond, err: "never at work"},
		{name: "no batch wholly inside", lanes: [][]span{every(0, 100, 0, 1), every(50, 100, 0, 1)}, rate: 200},
		{name: "no overlap", lanes: [][]span{every(0, 10, 0, 2), every(100, 10, 0, 2)}, err: "lane 0 was never at work"},
		{name: "backwards", lanes: [][]span{{{10, 5}}}, err: "clock"},
	} {
		o, err := joint(10, test.lanes, test.warm, nil)
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

// Both ceilings are measured in real processes, and what goes wrong in one lane
// is the run's error.
func TestLanes(t *testing.T) {
	for _, strategy := range []string{resultfile.Processes, resultfile.Apart} {
		s := spec(t, "cpu/fine")
		s.Strategy, s.RunTime = strategy, 200*time.Millisecond
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
