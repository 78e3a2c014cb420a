package schedtrace

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"golang.org/x/exp/trace"
)

// trace returns what was read, up to the last event.
func (k *tracker) trace() *Trace {
	k.ended = false // so that what is open at the end is drawn
	k.flush()
	f := k.facts
	f.Span = k.now.Sub(k.start)
	f.Threads = len(k.threads)
	f.Procs = max(f.Procs, len(k.lanes.lanes))
	var sum time.Duration
	for n, d := range f.Running {
		sum += time.Duration(n) * d
	}
	if f.Span > 0 {
		f.MeanRunning = float64(sum) / float64(f.Span)
	}
	f.RunnableWait, f.RunSlice = k.wait.distribution(), k.slice.distribution()
	f.Blocked = []Blocked{}
	for _, b := range k.blocked {
		f.Blocked = append(f.Blocked, *b)
	}
	slices.SortFunc(f.Blocked, func(a, b Blocked) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Reason, b.Reason))
	})

	span := f.Span - k.opt.From
	if k.opt.For > 0 {
		span = min(span, k.opt.For)
	}
	for id := range f.Procs {
		if k.lanes.lanes[int64(id)] == nil {
			k.lanes.lanes[int64(id)] = []Cell{}
		}
	}
	return &Trace{
		Facts: f, Marks: k.marks, Names: k.names, Cut: k.cut,
		Procs:      k.lanes.timeline(k.opt.From, max(0, span), nil),
		Goroutines: k.ways.timeline(k.opt.From, max(0, span), slices.DeleteFunc(k.order, func(id int64) bool { return RuntimeOwn(k.names[id]) })),
	}
}

// flush counts what goes on still.
func (k *tracker) flush() {
	k.count(0)
	// In order, as the first to be drawn have the lanes.
	for _, id := range slices.Sorted(maps.Keys(k.goroutines)) {
		g := k.goroutines[id]
		d := k.now.Sub(max(g.since, k.start))
		k.draw(g, k.now)
		if g.state == trace.GoRunning && !g.counts && !traces(g.name) {
			k.facts.GC.Workers += d
		}
		if g.system() {
			continue
		}
		switch {
		case g.state == trace.GoRunning:
			k.slice.add(d)
		case g.state == trace.GoWaiting && g.since > k.start:
			k.waited(g, d) // what waited all the time has no part in this
		case g.called:
			k.facts.SyscallTime += d
			if p := k.procs[g.proc]; p == nil || p.g != g {
				k.facts.SyscallsHandedOver++
			}
		}
	}
	for id, p := range k.procs {
		k.drawProc(id, p)
	}
	if k.gcActive {
		k.facts.GC.Active += k.now.Sub(max(k.gcSince, k.start))
	}
}
