package measure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"runbench/bench/strategy"
	"runbench/internal/child"
	"runbench/internal/host"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// A ceiling is measured in lanes. A lane has an instance of the workload to
// itself and runs its batches one after the other; lanes begin together, behind
// a gate, work on until all have done their share, and have nothing in common but
// the machine. As processes of one thread each they show what the hardware leaves to
// n of them; as goroutines of one process, what the Go runtime leaves of that.

// A span is the time of a batch, in ns since 1970: lanes in different processes
// must agree on where they overlapped. Runs are too short for the clock to be
// set in between more than seldom, and a span that goes backwards is refused.
type span struct{ Start, End int64 }

// laneRole is the name of a lane among the children of this program.
const laneRole = "lane"

// laneWork is what a lane did.
type laneWork struct {
	Batch int      `json:"batch"` // K
	Spans []span   `json:"spans"` // of the batches after those that warm up
	Share int      `json:"share"` // how many of them were its own to do; the others kept it at work beside lanes that still had some
	Until int64    `json:"until"` // ns since 1970, when it was relieved
	Notes []string `json:"notes,omitempty"`
}

// laneReport is what a lane that is a process tells: that it is ready, that its
// share is done, and what it did.
type laneReport struct {
	Ready bool      `json:"ready,omitempty"`
	Done  bool      `json:"done,omitempty"`
	Work  *laneWork `json:"work,omitempty"`
	Error string    `json:"error,omitempty"`
}

// A course is how lanes keep together: each calls ready once it is set up, begins
// when the gate opens, calls done after its share, and works on until relieved.
type course struct {
	ready    func() error
	gate     <-chan struct{}
	done     func() error
	relieved <-chan struct{}
}

// serveLane is the side of a lane's process.
func serveLane(w workloads.Workload, spec Spec, out io.Writer) error {
	report := json.NewEncoder(out)
	work, err := runLane(context.Background(), w, spec, course{
		ready: func() error {
			debug.FreeOSMemory() // see [Meter.Prepare]
			return report.Encode(laneReport{Ready: true})
		},
		gate:     child.Released(),
		done:     func() error { return report.Encode(laneReport{Done: true}) },
		relieved: child.Relieved(),
	})
	if err != nil {
		return report.Encode(laneReport{Error: err.Error()})
	}
	return report.Encode(laneReport{Work: &work})
}

// runLane sets an instance up, discards a first batch, and goes the course: behind
// the gate it warms up together with the other lanes, then has as many batches for
// its share as a run has.
func runLane(ctx context.Context, w workloads.Workload, spec Spec, c course) (work laneWork, err error) {
	in, stop, err := begin(ctx, w, spec)
	if err != nil {
		return laneWork{}, err
	}
	defer func() {
		if stopErr := stop(); err == nil {
			err = stopErr
		}
	}()
	m := NewMeter(in, strategy.Sequential, 1, w.Batch, false)
	if _, err := m.discard(ctx); err != nil {
		return laneWork{}, err
	}
	if err := c.ready(); err != nil {
		return laneWork{}, err
	}
	select {
	case <-c.gate:
	case <-ctx.Done():
		return laneWork{}, context.Cause(ctx)
	}
	opened := time.Now()
	one, err := m.warmUp(ctx, WarmUp(w, spec.RunTime))
	if err != nil {
		return laneWork{}, err
	}
	since := func(t time.Time) int64 { return opened.UnixNano() + int64(t.Sub(opened)) }
	work = laneWork{Batch: w.Batch, Share: batches(one, spec.RunTime), Notes: in.Notes}
	for {
		start := time.Now()
		if err := m.run(ctx); err != nil {
			return laneWork{}, err
		}
		work.Spans = append(work.Spans, span{since(start), since(time.Now())})
		if err := m.check(ctx); err != nil {
			return laneWork{}, err
		}
		if len(work.Spans) == work.Share {
			if err := c.done(); err != nil {
				return laneWork{}, err
			}
		}
		select {
		case <-c.relieved:
			work.Until = since(time.Now())
			return work, nil
		case <-ctx.Done():
			return laneWork{}, context.Cause(ctx)
		default:
		}
	}
}

// goroutineLanes measures the Go ceiling in this process, which must be at the
// cell's GOMAXPROCS already.
func goroutineLanes(ctx context.Context, w workloads.Workload, spec Spec) (Outcome, error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	n := spec.Goroutines
	lanes := make([]laneWork, n)
	gate, relieved := make(chan struct{}), make(chan struct{})
	arrived := make(chan struct{}, n)
	var undone atomic.Int64 // lanes; a coordinator would take a P from one
	undone.Store(int64(n))
	c := course{
		ready: func() error { arrived <- struct{}{}; return nil },
		gate:  gate,
		done: func() error {
			if undone.Add(-1) == 0 {
				close(relieved)
			}
			return nil
		},
		relieved: relieved,
	}
	specs := make([]Spec, n)
	for i := range specs {
		own, err := laneSpec(spec, i)
		if err != nil {
			return Outcome{}, err
		}
		specs[i] = own
	}
	var wg sync.WaitGroup
	for i, own := range specs {
		wg.Go(func() {
			work, err := runLane(ctx, w, own, c)
			if err != nil {
				fail(err)
			}
			lanes[i] = work
		})
	}
	for range n {
		select {
		case <-arrived:
		case <-ctx.Done():
		}
	}
	debug.FreeOSMemory() // see [Meter.Prepare]
	close(gate)
	wg.Wait()
	if ctx.Err() != nil {
		return Outcome{}, context.Cause(ctx)
	}
	return joint(lanes)
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
	work, err := together(lanes)
	if err != nil {
		return Outcome{}, err
	}
	out, err := joint(work)
	if !pinned {
		out.Notes = append(out.Notes, "hardware ceiling: the processes could not be pinned to CPUs of their own")
	}
	return out, err
}

// together leads lanes over their course and returns what they did.
func together(lanes []*child.Process) ([]laneWork, error) {
	work := make([]laneWork, len(lanes))
	hearAll := func() error { // the next report of each
		for i, p := range lanes {
			report, err := hear(p)
			if err != nil {
				return err
			}
			if report.Work != nil {
				work[i] = *report.Work
			}
		}
		return nil
	}
	tellAll := func(tell func(*child.Process) error) error {
		for _, p := range lanes {
			if err := tell(p); err != nil {
				// It is gone: what it said last tells more than a broken pipe.
				if _, why := hear(p); why != nil {
					err = why
				}
				return err
			}
		}
		return nil
	}
	if err := hearAll(); err != nil { // that it is ready
		return nil, err
	}
	if err := tellAll((*child.Process).Release); err != nil {
		return nil, err
	}
	if err := hearAll(); err != nil { // that its share is done
		return nil, err
	}
	if err := tellAll((*child.Process).Relieve); err != nil {
		return nil, err
	}
	return work, hearAll()
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

// joint returns the throughput of lanes from when all of them were warm until all
// had done their share, all of which time all were at work: the sum, over lanes, of
// its tasks in that time over how much of it its batches took. A batch under way at
// the beginning counts by the part inside. One under way at the end counts where a
// lane has no other: in it the lane is told that it may stop, and the thread that
// hears so holds the one P of its process until the runtime takes that back, some
// 10 ms later. The checks between batches are in neither.
func joint(lanes []laneWork) (Outcome, error) {
	first := lanes[0]
	from, to := first.Spans[0].Start, first.Spans[first.Share-1].End
	for _, l := range lanes {
		from, to = max(from, l.Spans[0].Start), max(to, l.Spans[l.Share-1].End)
	}
	rate, batches := 0.0, 0
	var busy float64
	for _, l := range lanes {
		if slices.ContainsFunc(l.Spans, func(s span) bool { return s.End <= s.Start }) {
			return Outcome{}, errors.New("the clock was set while the ceiling was measured")
		}
		done, inside, n := l.within(from, to, false)
		if n == 0 {
			done, inside, n = l.within(from, to, true)
		}
		if n == 0 && to <= l.Until {
			// It was in a check for all of so short a time.
			done, inside, n = l.within(l.Spans[0].Start, l.Until, true)
		}
		if n == 0 {
			return Outcome{}, errors.New("a lane was never at work together with the others: the clock was set while the ceiling was measured")
		}
		batches += n
		rate += float64(l.Batch) * done / (inside / 1e9)
		busy = max(busy, inside)
	}
	return Outcome{
		Batches: batches, Measured: time.Duration(busy), Notes: first.Notes,
		Values: []resultfile.Value{
			{Unit: resultfile.NsPerOp, Value: 1e9 * float64(first.Batch) / rate},
			{Unit: resultfile.TasksPerSec, Value: rate},
		},
	}, nil
}

// within returns how many batches a lane did from a time to another, in parts too, how
// long they took in that time, in ns, and how many there were. Open says whether one
// that was under way at the end is among them.
func (l laneWork) within(from, to int64, open bool) (done, took float64, n int) {
	for _, s := range l.Spans {
		overlap := float64(min(s.End, to) - max(s.Start, from))
		if overlap <= 0 || s.End > to && !open {
			continue
		}
		done += overlap / float64(s.End-s.Start)
		took += overlap
		n++
	}
	return done, took, n
}
