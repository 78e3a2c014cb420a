package measure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"runbench/bench/strategy"
	"runbench/internal/child"
	"runbench/internal/host"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// A ceiling is measured in lanes. A lane has an instance of the workload to
// itself and runs its batches one after the other; lanes begin together, behind
// a gate, and share nothing but the machine. As processes of one thread each
// they show what the hardware leaves to n of them; as goroutines of one process,
// what the Go runtime leaves of that.

// A span is the time of a batch, in ns since 1970: lanes in different processes
// must agree on where they overlapped. Runs are too short for the clock to be
// set in between more than seldom, and a span that goes backwards is refused.
type span struct{ Start, End int64 }

// laneRole is the name of a lane among the children of this program.
const laneRole = "lane"

// laneReport is what a lane that is a process tells: that it is ready, then
// what it did.
type laneReport struct {
	Ready bool          `json:"ready,omitempty"`
	Batch int           `json:"batch,omitempty"` // K
	Spans []span        `json:"spans,omitempty"`
	Warm  time.Duration `json:"warm,omitempty"` // ns from when all work on
	Notes []string      `json:"notes,omitempty"`
	Error string        `json:"error,omitempty"`
}

// serveLane is the side of a lane's process.
func serveLane(w workloads.Workload, spec Spec, out io.Writer) error {
	report := json.NewEncoder(out)
	spans, notes, err := runLane(context.Background(), w, spec, func() error {
		runtime.GC()
		return report.Encode(laneReport{Ready: true})
	}, child.Released())
	if err != nil {
		return report.Encode(laneReport{Error: err.Error()})
	}
	return report.Encode(laneReport{Batch: w.Batch, Spans: spans, Warm: WarmUp(w, spec.RunTime), Notes: notes})
}

// runLane sets an instance up, discards a first batch, says that it is ready,
// waits for the gate, and runs batches for as long as spec says, and before that to
// warm up together with the other lanes.
func runLane(ctx context.Context, w workloads.Workload, spec Spec, ready func() error, gate <-chan struct{}) (spans []span, notes []string, err error) {
	in, stop, err := begin(ctx, w, spec)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if stopErr := stop(); err == nil {
			err = stopErr
		}
	}()
	m := NewMeter(in, strategy.Sequential, 1, w.Batch, false)
	if _, err := m.discard(ctx); err != nil {
		return nil, nil, err
	}
	if err := ready(); err != nil {
		return nil, nil, err
	}
	select {
	case <-gate:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	opened := time.Now()
	since := func(t time.Time) int64 { return opened.UnixNano() + int64(t.Sub(opened)) }
	for end := WarmUp(w, spec.RunTime) + spec.RunTime; len(spans) < 2 || time.Since(opened) < end; {
		start := time.Now()
		if err := m.run(ctx); err != nil {
			return nil, nil, err
		}
		spans = append(spans, span{since(start), since(time.Now())})
		if err := m.check(ctx); err != nil {
			return nil, nil, err
		}
	}
	return spans, in.Notes, nil
}

// goroutineLanes measures the Go ceiling in this process, which must be at the
// cell's GOMAXPROCS already.
func goroutineLanes(ctx context.Context, w workloads.Workload, spec Spec) (Outcome, error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	n := spec.Goroutines
	lanes := make([][]span, n)
	gate := make(chan struct{})
	arrived := make(chan struct{}, n)
	specs := make([]Spec, n)
	for i := range specs {
		own, err := laneSpec(spec, i)
		if err != nil {
			return Outcome{}, err
		}
		specs[i] = own
	}
	var notes []string
	var wg sync.WaitGroup
	for i, own := range specs {
		wg.Go(func() {
			spans, about, err := runLane(ctx, w, own, func() error { arrived <- struct{}{}; return nil }, gate)
			if err != nil {
				fail(err)
			}
			lanes[i] = spans
			if i == 0 {
				notes = about
			}
		})
	}
	for range n {
		select {
		case <-arrived:
		case <-ctx.Done():
		}
	}
	runtime.GC()
	close(gate)
	wg.Wait()
	if ctx.Err() != nil {
		return Outcome{}, context.Cause(ctx)
	}
	return joint(w.Batch, lanes, WarmUp(w, spec.RunTime), notes)
}

// processLanes measures the hardware ceiling: a process a lane, each on a CPU of
// its own where the system allows that.
func processLanes(ctx context.Context, program string, spec Spec) (Outcome, error) {
	n := spec.Goroutines
	cpus := host.Spread(n)
	pinned := len(cpus) == n
	lanes := make([]*child.Process, 0, n)
	defer func() {
		for _, p := range lanes {
			p.Stop()
		}
	}()
	for i := range n {
		own, err := laneSpec(spec, i)
		if err != nil {
			return Outcome{}, err
		}
		own.Goroutines, own.Gomaxprocs = 1, 1
		var p *child.Process
		ok := false
		if len(cpus) == n {
			p, ok, err = child.StartOn(cpus[i], program, laneRole, own, "GOMAXPROCS=1")
		} else {
			p, err = child.StartProgram(program, laneRole, own, "GOMAXPROCS=1")
		}
		if err != nil {
			return Outcome{}, err
		}
		pinned = pinned && ok
		lanes = append(lanes, p)
		defer context.AfterFunc(ctx, p.Signal)()
	}
	for _, p := range lanes {
		if _, err := hear(p); err != nil {
			return Outcome{}, err
		}
	}
	for _, p := range lanes {
		if err := p.Release(); err != nil {
			// It is gone: what it said last tells more than a broken pipe.
			if _, why := hear(p); why != nil {
				err = why
			}
			return Outcome{}, err
		}
	}
	spans := make([][]span, n)
	var batch int
	var warm time.Duration
	var notes []string
	for i, p := range lanes {
		report, err := hear(p)
		if err != nil {
			return Outcome{}, err
		}
		batch, spans[i], warm, notes = report.Batch, report.Spans, report.Warm, report.Notes
	}
	if !pinned {
		notes = append(notes, "hardware ceiling: the processes could not be pinned to CPUs of their own")
	}
	return joint(batch, spans, warm, notes)
}

// hear reads a lane's next report.
func hear(p *child.Process) (laneReport, error) {
	var report laneReport
	line, err := p.Out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &report)
	}
	switch {
	case err != nil:
		if waitErr := p.Wait(); waitErr != nil {
			err = waitErr
		}
		return report, fmt.Errorf("a process of the hardware ceiling ended without a result: %w", err)
	case report.Error != "":
		return report, errors.New(report.Error)
	}
	return report, nil
}

// laneSpec returns spec for lane i, with a scratch directory of its own.
func laneSpec(spec Spec, i int) (Spec, error) {
	spec.Scratch = filepath.Join(spec.Scratch, "lane"+strconv.Itoa(i))
	return spec, os.Mkdir(spec.Scratch, 0o700)
}

// joint returns the throughput of lanes over the time in which all of them were
// at work, from when they had been so for the time warm: the sum, over lanes, of its
// tasks in that time over how much of it its batches took. A batch that lies partly
// inside counts by that part. The checks between batches are in neither.
func joint(batch int, lanes [][]span, warm time.Duration, notes []string) (Outcome, error) {
	from, to := lanes[0][0].Start, lanes[0][len(lanes[0])-1].End
	for _, spans := range lanes {
		from, to = max(from, spans[0].Start), min(to, spans[len(spans)-1].End)
	}
	from += int64(warm)
	rate, batches := 0.0, 0
	var busy float64
	for i, spans := range lanes {
		done, inside := 0.0, 0.0 // batches, ns
		for _, s := range spans {
			if s.End <= s.Start {
				return Outcome{}, errors.New("the clock was set while the ceiling was measured")
			}
			if overlap := float64(min(s.End, to) - max(s.Start, from)); overlap > 0 {
				done += overlap / float64(s.End-s.Start)
				inside += overlap
				batches++
			}
		}
		if inside == 0 {
			return Outcome{}, fmt.Errorf("lane %d was never at work together with the other %d", i, len(lanes)-1)
		}
		rate += float64(batch) * done / (inside / 1e9)
		busy = max(busy, inside)
	}
	return Outcome{
		Batches: batches, Measured: time.Duration(busy), Notes: notes,
		Values: []resultfile.Value{
			{Unit: resultfile.NsPerOp, Value: 1e9 * float64(batch) / rate},
			{Unit: resultfile.TasksPerSec, Value: rate},
		},
	}, nil
}
