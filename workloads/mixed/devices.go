package mixed

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"runbench/internal/hashchain"
	"runbench/internal/quantile"
	"runbench/workloads"
)

// A device has an event every period that must be handled before the next one.
type device struct {
	name   string
	period int     // in the shortest period
	share  float64 // of the load that its events make
}

// devices are those of a desk, the shortest period first. At the default of 8 ms
// that is a mouse of 125 reports a second, a screen of 62 frames and a keyboard
// that repeats 31 times.
var devices = []device{
	{name: "disk", period: 1, share: 0.25},
	{name: "mouse", period: 1, share: 0.20},
	{name: "screen", period: 2, share: 0.50},
	{name: "keyboard", period: 4, share: 0.05},
}

const (
	devicesPeriods = 8 // of the shortest in a batch: two of the longest
	devicesBatch   = 8 + 8 + 4 + 2
)

var devicesSizes = workloads.Sizes{S: 1, W: 8, A: 64}

// Devices is what an operating system does: it serves a keyboard, a mouse, a screen
// and a disk, all at once, on one core.
var Devices = workloads.Workload{
	Name:       "mixed/devices",
	Isolates:   "many things that happen at their own times and take little computing: to deal with all of them is structure, not speed",
	Expect:     "concurrency and parallelism 1×: the timetable sets the pace; no deadline missed, at one core and one goroutine as at many, as long as the load stays well below one core",
	Definition: "the example of Pike, \"Concurrency is not Parallelism\" (Waza 2012): drivers of keyboard, mouse, screen and disk; as periodic tasks with deadlines at the end of their periods, all due at once when a batch begins (Liu & Layland, JACM 1973, the critical instant); periods of 32, 8, 16 and 8 ms, a fifth of one core busy; one goroutine: an event loop in order of due times",
	Advice:     "give each source of events a goroutine of its own and let it block; look for more cores only when deadlines are missed",
	Related:    []string{"io/latency", "mixed/fetch-parse"},
	Batch:      devicesBatch,
	Cooperates: true,
	Goroutines: func(workloads.Params) []int { return []int{1, len(devices)} },
	Parameters: []workloads.Parameter{
		workloads.FloatParameter("load", 0.2, 0.001, 4, "share of one core that handling all events takes; above 1 one core cannot meet the deadlines"),
		devicesSizes.Parameter("the shortest period in ms; what an event takes goes with it"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		stepNs, err := stepTime(env.Shared)
		if err != nil {
			return nil, err
		}
		d := newDesk(time.Duration(devicesSizes.Of(env.Params))*time.Millisecond, env.Params.Float("load"), stepNs)
		return &workloads.Instance{
			Notes:    []string{d.note(stepNs)},
			Run:      d.run,
			Check:    d.check,
			Counters: d.counters,
			Figures:  d.figures,
		}, nil
	},
}

// A desk is the devices at work.
type desk struct {
	lines  []*line
	missed int             // deadlines
	late   []time.Duration // of the events since figures was called
}

// A line is a device at work.
type line struct {
	device
	period time.Duration // from event to event, and from event to deadline
	events int           // in a batch
	steps  int           // of the hash chain that handling one takes
	hash   uint64        // where that chain ends
	digest uint64        // of the events handled, in their order
	late   []time.Duration
}

func newDesk(shortest time.Duration, load, stepNs float64) *desk {
	d := &desk{}
	for _, dev := range devices {
		l := &line{device: dev, period: time.Duration(dev.period) * shortest, events: devicesPeriods / dev.period}
		l.steps = steps(time.Duration(float64(l.period)*load*dev.share), stepNs)
		l.hash = hashchain.Nth(uint64(dev.period), l.steps)
		l.late = make([]time.Duration, 0, l.events)
		d.lines = append(d.lines, l)
	}
	return d
}

func (d *desk) note(stepNs float64) string {
	text := "an event takes about"
	for i, l := range d.lines {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" %v (%s)", time.Duration(float64(l.steps)*stepNs).Round(10*time.Microsecond), l.name)
	}
	return text + fmt.Sprintf(": steps of the hash chain at %.3g ns, as measured at the beginning of the sweep", stepNs)
}

// run serves all events of a batch.
func (d *desk) run(ctx context.Context, goroutines int) error {
	start := time.Now()
	switch goroutines {
	case 1:
		d.loop(ctx, start)
	case len(d.lines):
		var wg sync.WaitGroup
		for _, l := range d.lines {
			wg.Go(func() {
				for event := range l.events {
					if !l.serve(ctx, start, event) {
						return
					}
				}
			})
		}
		wg.Wait()
	default:
		return fmt.Errorf("the devices run on 1 goroutine or on %d, found %d", len(d.lines), goroutines)
	}
	return context.Cause(ctx)
}

// loop serves the events of all devices one after the other, the next that is due
// first, and of those due together the one whose deadline is first.
func (d *desk) loop(ctx context.Context, start time.Time) {
	next := make([]int, len(d.lines))
	for range devicesBatch {
		first, due := 0, time.Duration(math.MaxInt64)
		for i, l := range d.lines {
			if at := time.Duration(next[i]) * l.period; next[i] < l.events && at < due {
				first, due = i, at
			}
		}
		if !d.lines[first].serve(ctx, start, next[first]) {
			return
		}
		next[first]++
	}
}

// serve waits until the event is due and handles it. It returns false when ctx ends
// before.
func (l *line) serve(ctx context.Context, start time.Time, event int) bool {
	due := start.Add(time.Duration(event) * l.period)
	if wait := time.Until(due); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return false
	}
	l.digest = digest(l.digest, event, hashchain.Nth(uint64(l.device.period), l.steps))
	l.late = append(l.late, time.Since(due))
	return true
}

// digest returns what becomes of a digest when one more event was handled: it
// depends on which events were handled before, and in which order.
func digest(before uint64, event int, hash uint64) uint64 {
	return hashchain.Nth((before^hash)+uint64(event), 1)
}

// check reports whether every device had each of its events handled, once and in
// order. A deadline that was missed is counted and no error: it says something of
// the machine, not of the result.
func (d *desk) check(context.Context) error {
	var err error
	for _, l := range d.lines {
		var want uint64
		for event := range l.events {
			want = digest(want, event, l.hash)
		}
		if l.digest != want || len(l.late) != l.events {
			err = fmt.Errorf("%s: %d events handled, want %d, each once and in order", l.name, len(l.late), l.events)
		}
		for _, late := range l.late {
			if late > l.period {
				d.missed++
			}
		}
		d.late = append(d.late, l.late...)
		l.digest, l.late = 0, l.late[:0]
	}
	return err
}

func (d *desk) counters() (map[string]float64, error) {
	return map[string]float64{"missed/op": float64(d.missed)}, nil
}

// figures returns how long after they were due events had been handled.
func (d *desk) figures() (map[string]float64, error) {
	if len(d.late) == 0 {
		return nil, nil
	}
	slices.Sort(d.late)
	p99 := quantile.Of(d.late, 0.99)
	last := d.late[len(d.late)-1]
	d.late = d.late[:0]
	return map[string]float64{"late-p99-ns": float64(p99), "late-max-ns": float64(last)}, nil
}
