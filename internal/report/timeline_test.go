package report

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"runbench/internal/schedtrace"
)

// turns is a trace of two goroutines that take turns on one P, and of the same two
// side by side.
func turns() []Panel {
	const ms = time.Millisecond
	run := func(g int64) schedtrace.Cell {
		return schedtrace.Cell{{Goroutine: g, State: schedtrace.Running, Time: ms}}
	}
	queue := func(g int64) schedtrace.Cell {
		return schedtrace.Cell{{Goroutine: g, State: schedtrace.Runnable, Time: ms}}
	}
	names := map[int64]string{7: "main.work", 8: "main.<work>\x1b[31m", 2: "runtime.bgsweep"}
	one := &schedtrace.Trace{
		Facts: schedtrace.Facts{
			Span: 4 * ms, Procs: 1, Threads: 3, Created: 2, Ended: 2, Ran: 2, MaxRunning: 1, MeanRunning: 0.98, Starts: 2, Preempted: 2,
			RunSlice:     schedtrace.Distribution{Count: 4, Total: 4 * ms, P50: ms, P90: ms, P99: ms, Max: ms},
			RunnableWait: schedtrace.Distribution{Count: 4, Total: 4 * ms, P50: ms, P90: ms, P99: ms, Max: ms},
			Blocked:      []schedtrace.Blocked{{Reason: "chan receive", Count: 2, Total: 3 * ms}},
		},
		Names: names,
		Procs: schedtrace.Timeline{Column: ms, Lanes: []schedtrace.Lane{{ID: 0, Cells: []schedtrace.Cell{run(7), run(8), run(7), {{Goroutine: 2, State: schedtrace.Running, Time: ms / 4}}}}}},
		Goroutines: schedtrace.Timeline{Column: ms, Lanes: []schedtrace.Lane{
			{ID: 7, Cells: []schedtrace.Cell{run(7), queue(7), run(7), {{Goroutine: 7, State: schedtrace.Waiting, Time: ms}}}},
			{ID: 8, Cells: []schedtrace.Cell{queue(8), run(8), nil, {{Goroutine: 8, State: schedtrace.Syscall, Time: ms}}}},
		}},
	}
	two := &schedtrace.Trace{
		Facts: schedtrace.Facts{Span: 2 * ms, Procs: 2, Threads: 4, Created: 2, Ended: 2, Ran: 2, MaxRunning: 2, MeanRunning: 1.5, Starts: 2, StartsElsewhere: 1, Syscalls: 3, SyscallTime: ms, SyscallsHandedOver: 1, GC: schedtrace.GC{Cycles: 1, Active: ms, Assists: 2, Pauses: 2, MaxPause: ms / 20}},
		Names: names,
		Procs: schedtrace.Timeline{Column: ms, Lanes: []schedtrace.Lane{
			{ID: 0, Cells: []schedtrace.Cell{run(7), run(7)}},
			{ID: 1, Cells: []schedtrace.Cell{run(8), nil}},
		}},
		Goroutines: schedtrace.Timeline{Column: ms, Lanes: []schedtrace.Lane{{ID: 7, Cells: []schedtrace.Cell{run(7), run(7)}}, {ID: 8, Cells: []schedtrace.Cell{run(8), nil}}}},
	}
	created := 2
	return []Panel{{Title: "GOMAXPROCS=1", Trace: one, Created: &created}, {Title: "GOMAXPROCS=2", Trace: two}}
}

func TestTimelines(t *testing.T) {
	for name, style := range map[string]Style{"timeline": {Width: 60}, "timeline-color": {Width: 60, Color: true}} {
		var b strings.Builder
		if err := errors.Join(Timelines(&b, turns(), style), Overlap(&b, turns(), 2, style), SchedulerFacts(&b, turns(), style)); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.String())
	}
}

// Two columns of a picture are as wide as the one millisecond that they stand for,
// however many columns there are.
func TestSliceSharesOut(t *testing.T) {
	p := turns()[0].Trace.Procs
	for _, columns := range []int{1, 3, 4, 7, 100} {
		var sum time.Duration
		for i := range columns {
			for _, s := range slice(p, p.Lanes[0], 4*time.Millisecond, i, columns) {
				sum += s.Time
			}
		}
		want := 3*time.Millisecond + time.Millisecond/4
		if d := (sum - want).Abs(); d > time.Duration(columns) { // each may round by one
			t.Errorf("%d columns hold %v, want %v", columns, sum, want)
		}
	}
}

func TestTimelinesSVG(t *testing.T) {
	var b strings.Builder
	if err := TimelinesSVG(&b, "a <title> & \"more\"", turns()); err != nil {
		t.Fatal(err)
	}
	golden(t, "timeline-svg", b.String())
	text := b.String()
	for _, bad := range []string{"<work>", "\x1b", "<script", "http://", "https://", "url("} {
		if strings.Contains(strings.Replace(text, "http://www.w3.org/2000/svg", "", 1), bad) {
			t.Errorf("the picture holds %q", bad)
		}
	}
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, span := range []time.Duration{1, 3, 999, 1e6, 266e6, time.Hour} {
		all := ticks(span, 6)
		if all[0] != 0 || all[len(all)-1] > span || len(all) > 7 {
			t.Errorf("%v: ticks at %v", span, all)
		}
	}
}
