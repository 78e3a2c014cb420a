package schedtrace

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

// A tracker follows every goroutine and every P through the events of a trace.
type tracker struct {
	opt Options

	begun, ended bool
	cut          string
	start, now   trace.Time // of what is counted

	goroutines map[trace.GoID]*goroutine
	procs      map[trace.ProcID]*proc
	threads    map[trace.ThreadID]bool
	running    int        // goroutines
	runSince   trace.Time // that many

	facts    Facts
	wait     histogram // runnable
	slice    histogram // running
	blocked  map[string]*Blocked
	gcSince  trace.Time
	gcActive bool
	pauses   map[trace.GoID]trace.Time // since when the world is stopped, by who stops it
	assists  map[trace.GoID]trace.Time

	lanes  *bins // of Ps
	ways   *bins // of goroutines
	order  []int64
	names  map[int64]string
	marks  []time.Duration
	intern map[string]string
}

// A goroutine is what is known of one.
type goroutine struct {
	id    trace.GoID
	name  string
	state trace.GoState
	since trace.Time

	counts   bool         // among those that run; its name may become known only then
	proc     trace.ProcID // where it runs, or ran last
	ran      bool
	moved    bool
	ready    cause
	readied  trace.ProcID // where it was made runnable
	blockFor string       // what it waits for
	way      way
}

// A cause is why a goroutine is runnable.
type cause uint8

const (
	unknown cause = iota
	created
	woken
	preempted
	yielded
	returned // from a system call, without a P
)

// A way says whether a goroutine has a lane of its own.
type way uint8

const (
	undecided way = iota
	drawn
	passedOver
)

// A proc is what is known of a P.
type proc struct {
	g     *goroutine // that runs on it, or is in a system call from it; nil for none
	state State
	since trace.Time
}

func newTracker(opt Options) *tracker {
	k := &tracker{
		opt:        opt,
		goroutines: make(map[trace.GoID]*goroutine),
		procs:      make(map[trace.ProcID]*proc),
		intern:     make(map[string]string),
	}
	k.reset(0)
	return k
}

// reset begins to count at a time.
func (k *tracker) reset(at trace.Time) {
	k.start, k.now, k.runSince = at, at, at
	k.facts = Facts{Procs: k.facts.Procs}
	k.wait, k.slice = histogram{}, histogram{}
	k.threads = make(map[trace.ThreadID]bool)
	k.blocked = make(map[string]*Blocked)
	k.pauses, k.assists = make(map[trace.GoID]trace.Time), make(map[trace.GoID]trace.Time)
	k.lanes, k.ways = newBins(k.opt.Columns), newBins(k.opt.Columns)
	k.order, k.marks, k.names = nil, nil, make(map[int64]string)
	for _, g := range k.goroutines {
		g.ran, g.moved, g.way = g.state == trace.GoRunning, false, undecided
	}
	if k.running > 0 {
		k.facts.MaxRunning = k.running
	}
}

// event takes the next event.
func (k *tracker) event(ev trace.Event) {
	if ev.Kind() == trace.EventSync {
		return
	}
	if !k.begun {
		k.begun = true
		k.reset(ev.Time())
	}
	k.now = ev.Time()
	if t := ev.Thread(); t != trace.NoThread {
		k.threads[t] = true
	}
	switch ev.Kind() {
	case trace.EventStateTransition:
		st := ev.StateTransition()
		switch st.Resource.Kind {
		case trace.ResourceGoroutine:
			k.goroutine(ev, st)
		case trace.ResourceProc:
			k.proc(st)
		}
	case trace.EventMetric:
		if m := ev.Metric(); m.Name == "/sched/gomaxprocs:threads" {
			k.facts.Procs = max(k.facts.Procs, int(m.Value.Uint64()))
		}
	case trace.EventRangeBegin, trace.EventRangeActive:
		k.rangeBegins(ev)
	case trace.EventRangeEnd:
		k.rangeEnds(ev)
	case trace.EventLog:
		k.log(ev.Log())
	}
}

func (k *tracker) log(l trace.Log) {
	if l.Category != category {
		return
	}
	switch l.Message {
	case begin:
		k.reset(k.now)
	case end:
		k.ended = true
	case mark:
		k.marks = append(k.marks, k.now.Sub(k.start))
	}
}

// goroutine takes a change of a goroutine's state.
func (k *tracker) goroutine(ev trace.Event, st trace.StateTransition) {
	id := st.Resource.Goroutine()
	from, to := st.Goroutine()
	g := k.goroutines[id]
	if g == nil {
		g = &goroutine{id: id, state: from, since: k.now, proc: trace.NoProc, readied: trace.NoProc}
		k.goroutines[id] = g
	}
	k.learnName(g, ev, st, from)
	if from == to || g.state == to {
		return // said again, at the beginning of a generation
	}
	k.leaves(g, ev, st, to)
	g.state, g.since = to, k.now
	switch to {
	case trace.GoRunning:
		k.runs(g, ev.Proc(), from)
	case trace.GoSyscall:
		if from == trace.GoRunning {
			k.facts.Syscalls += counted(g)
			k.occupy(g, g.proc, Syscall)
		}
	case trace.GoRunnable:
		g.readied = ev.Proc()
	case trace.GoWaiting:
		g.blockFor = k.interned(st.Reason)
	case trace.GoNotExist:
		delete(k.goroutines, id)
	}
}

// counted is 1 for a goroutine that counts, and 0 for one of the runtime's own.
func counted(g *goroutine) int {
	if g.system() {
		return 0
	}
	return 1
}

// leaves counts the state that a goroutine leaves.
func (k *tracker) leaves(g *goroutine, ev trace.Event, st trace.StateTransition, to trace.GoState) {
	d := k.now.Sub(max(g.since, k.start))
	k.draw(g, k.now)
	system := g.system()
	switch g.state {
	case trace.GoNotExist:
		g.ready = created
		k.facts.Created += counted(g)
	case trace.GoRunnable:
		if !system && to == trace.GoRunning {
			k.wait.add(d)
		}
	case trace.GoRunning:
		k.stops(g, d)
		switch {
		case to == trace.GoNotExist:
			k.facts.Ended += counted(g)
		case to == trace.GoRunnable && st.Reason == "runtime.Gosched":
			g.ready = yielded
			k.facts.Yielded += counted(g)
		case to == trace.GoRunnable:
			g.ready = preempted
			k.facts.Preempted += counted(g)
		}
	case trace.GoSyscall:
		k.vacate(g)
		if !system {
			k.facts.SyscallTime += d
		}
		if to == trace.GoRunnable {
			g.ready = returned
			k.facts.SyscallsHandedOver += counted(g)
		}
	case trace.GoWaiting:
		g.ready = woken
		if !system {
			k.waited(g, d)
		}
	}
}

func (k *tracker) waited(g *goroutine, d time.Duration) {
	if g.blockFor == "" {
		return // it waited before the trace began, which does not tell what for
	}
	b := k.blocked[g.blockFor]
	if b == nil {
		b = &Blocked{Reason: g.blockFor}
		k.blocked[g.blockFor] = b
	}
	b.Count++
	b.Total += d
}

// runs counts that a goroutine begins to run on a P.
func (k *tracker) runs(g *goroutine, p trace.ProcID, from trace.GoState) {
	if !g.system() {
		g.counts = true
		k.count(+1)
		k.placed(g, p, from)
	}
	g.proc = p
	k.occupy(g, p, Running)
}

// placed counts where a goroutine runs, seen from where it was made runnable.
func (k *tracker) placed(g *goroutine, p trace.ProcID, from trace.GoState) {
	switch {
	case !g.ran:
		k.facts.Ran++
	case !g.moved && g.proc != trace.NoProc && g.proc != p:
		g.moved = true
		k.facts.Moved++
	}
	g.ran = true
	if from != trace.GoRunnable {
		return
	}
	elsewhere := 0
	if g.readied != p {
		elsewhere = 1
	}
	switch {
	case g.ready == preempted:
		k.facts.PreemptedElsewhere += elsewhere
	case g.ready == created && g.readied != trace.NoProc:
		k.facts.Starts++
		k.facts.StartsElsewhere += elsewhere
	case g.ready == woken && g.readied == trace.NoProc:
		k.facts.WakesByPoller++
	case g.ready == woken:
		k.facts.Wakes++
		k.facts.WakesElsewhere += elsewhere
	}
}

// stops counts that a goroutine has run for d.
func (k *tracker) stops(g *goroutine, d time.Duration) {
	k.vacate(g)
	switch {
	case g.counts:
		g.counts = false
		k.count(-1)
	case !traces(g.name):
		k.facts.GC.Workers += d
	}
	if g.system() {
		return
	}
	k.slice.add(d)
}

// count changes how many goroutines run.
func (k *tracker) count(by int) {
	d := k.now.Sub(max(k.runSince, k.start))
	for len(k.facts.Running) <= k.running {
		k.facts.Running = append(k.facts.Running, 0)
	}
	k.facts.Running[k.running] += d
	k.runSince = k.now
	k.running = max(0, k.running+by)
	k.facts.MaxRunning = max(k.facts.MaxRunning, k.running)
}

// occupy puts a goroutine onto a P.
func (k *tracker) occupy(g *goroutine, id trace.ProcID, state State) {
	if id == trace.NoProc {
		return
	}
	p := k.procs[id]
	if p == nil {
		p = &proc{}
		k.procs[id] = p
	}
	k.drawProc(id, p)
	p.g, p.state, p.since = g, state, k.now
}

// vacate takes a goroutine off its P, if it still has that.
func (k *tracker) vacate(g *goroutine) {
	if p := k.procs[g.proc]; p != nil && p.g == g {
		k.drawProc(g.proc, p)
		p.g = nil
	}
}

// proc takes a change of a P's state: one that goes idle has nobody on it, and a
// goroutine in a system call has lost it.
func (k *tracker) proc(st trace.StateTransition) {
	id := st.Resource.Proc()
	if k.procs[id] == nil {
		k.procs[id] = &proc{}
	}
	if _, to := st.Proc(); to != trace.ProcRunning {
		k.drawProc(id, k.procs[id])
		k.procs[id].g = nil
	}
}

// drawProc draws who was on the P until now.
func (k *tracker) drawProc(id trace.ProcID, p *proc) {
	if p.g == nil || traces(p.g.name) {
		return
	}
	if start, end, ok := k.visible(p.since, k.now); ok {
		k.lanes.add(int64(id), start, end, int64(p.g.id), p.state)
		k.remember(p.g)
	}
}

// draw draws what the goroutine did until a time.
func (k *tracker) draw(g *goroutine, until trace.Time) {
	if g.way == passedOver || g.system() {
		return
	}
	state, alive := stateOf(g.state)
	start, end, ok := k.visible(g.since, until)
	if !alive || !ok {
		return
	}
	if g.way == undecided {
		if g.way = passedOver; len(k.order) < mostGoroutines {
			g.way = drawn
			k.order = append(k.order, int64(g.id))
			k.remember(g)
		}
	}
	if g.way == drawn {
		k.ways.add(int64(g.id), start, end, int64(g.id), state)
	}
}

func stateOf(s trace.GoState) (State, bool) {
	switch s {
	case trace.GoRunning:
		return Running, true
	case trace.GoSyscall:
		return Syscall, true
	case trace.GoRunnable:
		return Runnable, true
	case trace.GoWaiting:
		return Waiting, true
	}
	return 0, false
}

// visible returns the part of a span that lies in the timelines, from their start.
func (k *tracker) visible(from, to trace.Time) (start, end time.Duration, ok bool) {
	if !k.begun || k.ended {
		return 0, 0, false
	}
	start, end = from.Sub(k.start)-k.opt.From, to.Sub(k.start)-k.opt.From
	start = max(0, start)
	if k.opt.For > 0 {
		end = min(end, k.opt.For)
	}
	return start, end, end > start
}

// mostNames is how many goroutines' names are kept for the timelines.
const mostNames = 4096

func (k *tracker) remember(g *goroutine) {
	if len(k.names) < mostNames && g.name != "" {
		k.names[int64(g.id)] = g.name
	}
}

func (k *tracker) interned(s string) string {
	if old, ok := k.intern[s]; ok {
		return old
	}
	s = strings.Clone(s)
	k.intern[s] = s
	return s
}

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
	slices.SortFunc(f.Blocked, func(a, b Blocked) int { return int(b.Total - a.Total) })

	span := f.Span - k.opt.From
	if k.opt.For > 0 {
		span = min(span, k.opt.For)
	}
	for id := range f.Procs {
		if k.lanes.lanes[int64(id)] == nil {
			k.lanes.lanes[int64(id)] = []Cell{}
		}
	}
	t := &Trace{
		Facts: f, Marks: k.marks, Names: k.names, Cut: k.cut,
		Procs:      k.lanes.timeline(k.opt.From, max(0, span), nil),
		Goroutines: k.ways.timeline(k.opt.From, max(0, span), slices.DeleteFunc(k.order, func(id int64) bool { return RuntimeOwn(k.names[id]) })),
	}
	for i := range t.Goroutines.Lanes {
		t.Goroutines.Lanes[i].Name = k.names[t.Goroutines.Lanes[i].ID]
	}
	return t
}

// flush counts what goes on still.
func (k *tracker) flush() {
	k.count(0)
	for _, g := range k.goroutines {
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
		case g.state == trace.GoSyscall && g.since > k.start:
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
