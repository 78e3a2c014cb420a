package mixed

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"runbench/internal/child"
	"runbench/internal/hashchain"
	"runbench/workloads"
)

func TestMain(m *testing.M) {
	child.Main() // the server that fetch-parse talks to
	os.Exit(m.Run())
}

func start(t *testing.T, w workloads.Workload, params workloads.Params) *workloads.Instance {
	t.Helper()
	in, err := w.Start(t.Context(), workloads.Env{Goroutines: 1, Params: params, Dir: t.TempDir(), Shared: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// The work of a task with cpu is checked like the reply it is for.
func TestFetchParseComputes(t *testing.T) {
	in := start(t, FetchParse, workloads.Params{"cpu": "0.05"})
	defer in.Close()
	if len(in.Notes) != 2 || !strings.Contains(in.Notes[0], "105µs") {
		t.Errorf("notes %q, want that a task computes for 2ms·0.05/0.95", in.Notes)
	}
	for n := range fetchParseBatch {
		if err := in.Task(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if in.Check(t.Context()) == nil {
		t.Error("the results of the batch before passed for new ones")
	}
}

// The timetable has as many events as a batch has, and the shares make up the load.
func TestTimetable(t *testing.T) {
	events, share := 0, 0.0
	for _, d := range devices {
		if devicesPeriods%d.period != 0 {
			t.Errorf("%s: %d periods do not fit in a batch", d.name, d.period)
		}
		events += devicesPeriods / d.period
		share += d.share
	}
	if events != devicesBatch || share != 1 {
		t.Errorf("%d events and a share of %v, want %d and 1", events, share, devicesBatch)
	}
}

// One loop and a goroutine a device handle the same events; lateness and missed
// deadlines are counted from the events' due times.
func TestDevices(t *testing.T) {
	in := start(t, Devices, workloads.Params{"size": "S"})
	for _, goroutines := range []int{1, len(devices)} {
		if err := in.Run(t.Context(), goroutines); err != nil {
			t.Fatal(err)
		}
		if err := in.Check(t.Context()); err != nil {
			t.Errorf("%d goroutines: %v", goroutines, err)
		}
		figures, err := in.Figures()
		if err != nil || figures["late-max-ns"] <= 0 || figures["late-p99-ns"] > figures["late-max-ns"] {
			t.Errorf("figures %v, %v", figures, err)
		}
	}
	if in.Check(t.Context()) == nil {
		t.Error("the results of the batch before passed for new ones")
	}
	if err := in.Run(t.Context(), 3); err == nil {
		t.Error("three goroutines for four devices were no error")
	}
}

func TestDevicesCheck(t *testing.T) {
	for what, handle := range map[string][]int{"all": {0, 1}, "left out": {0}, "repeated": {0, 1, 1}, "twice the same": {0, 0}, "out of order": {1, 0}} {
		d := newDesk(time.Microsecond, 0.25, 3)
		past := time.Now().Add(-time.Second)
		for _, l := range d.lines {
			events := handle
			if l.name != "keyboard" {
				events = nil
				for event := range l.events {
					events = append(events, event)
				}
			}
			for _, event := range events {
				l.serve(t.Context(), past, event)
			}
		}
		if err := d.check(t.Context()); (err == nil) != (what == "all") {
			t.Errorf("%s: %v", what, err)
		}
		if what == "all" && d.missed != devicesBatch {
			t.Errorf("%d deadlines missed, want %d: all were due long ago", d.missed, devicesBatch)
		}
	}
}

// Runs that are given up end early and leave no goroutine behind.
func TestGivenUp(t *testing.T) {
	reason := errors.New("given up")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	for _, w := range []workloads.Workload{Devices, Pipeline} {
		in := start(t, w, workloads.Params{"size": "S"})
		for _, goroutines := range []int{1, 4} {
			if err := in.Run(ctx, goroutines); !errors.Is(err, reason) {
				t.Errorf("%s on %d goroutines: got %v, want %v", w.Name, goroutines, err, reason)
			}
		}
	}
}

func TestPipeline(t *testing.T) {
	for fan, counts := range map[string][]int{"none": {1, 4}, "out": {1, 4, 5, 8, 40}} {
		in := start(t, Pipeline, workloads.Params{"size": "S", "fan": fan})
		for _, goroutines := range counts {
			if err := in.Run(t.Context(), goroutines); err != nil {
				t.Fatal(err)
			}
			if err := in.Check(t.Context()); err != nil {
				t.Errorf("fan=%s on %d goroutines: %v", fan, goroutines, err)
			}
		}
		if in.Check(t.Context()) == nil {
			t.Error("the results of the batch before passed for new ones")
		}
		if err := in.Run(t.Context(), 3); err == nil {
			t.Error("three goroutines for four stages were no error")
		}
	}
	if err := start(t, Pipeline, nil).Run(t.Context(), 8); err == nil {
		t.Error("eight goroutines without fan=out were no error")
	}
}

// A stage left out and an item lost in favour of another are noticed.
func TestPipelineCheck(t *testing.T) {
	want := func(p *pipeline, item uint64) uint64 {
		for stage := range pipelineStages {
			item = p.work(stage, item)
		}
		return item
	}
	p := &pipeline{unit: pipelineSizes.S}
	p.loop(t.Context())
	p.sum += want(p, 3) - want(p, 4)
	if p.check(t.Context()) == nil {
		t.Error("an item that came twice in place of another passed the check")
	}
	p.loop(t.Context())
	p.sum += hashchain.Nth(3, p.unit) - want(p, 3)
	if p.check(t.Context()) == nil {
		t.Error("an item that only the first stage worked on passed the check")
	}
}
