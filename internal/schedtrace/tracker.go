package schedtrace

import (
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
	called   bool // is in a system call that began within what is counted
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
		g.ran, g.moved, g.called, g.way = g.state == trace.GoRunning, false, false, undecided
		if g.ran {
			k.facts.Ran += counted(g)
		}
	}
	if k.running > 0 {
		k.facts.MaxRunning = k.running
	}
}

// mostProcs is what GOMAXPROCS is taken to be at most: a larger number in a trace
// is a broken one.
const mostProcs = 1 << 12

// event takes the next event.
func (k *tracker) event(ev trace.Event) {
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
			k.facts.Procs = max(k.facts.Procs, int(min(m.Value.Uint64(), mostProcs)))
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
	if from == trace.GoNotExist && !g.system() && k.drawing() {
		k.giveWay(g) // in the order in which they are started, whenever they run
	}
	switch to {
	case trace.GoRunning:
		k.runs(g, ev.Proc(), from)
	case trace.GoSyscall:
		if from == trace.GoRunning {
			g.called = true
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
		if g.called && !system {
			k.facts.SyscallTime += d
		}
		switch to {
		case trace.GoRunnable:
			g.ready = returned
			if g.called {
				k.facts.SyscallsHandedOver += counted(g)
			}
		case trace.GoNotExist: // what C had called has returned to it
			k.facts.Ended += counted(g)
		}
		g.called = false
	case trace.GoWaiting:
		g.ready = woken
		if !system {
			k.waited(g, d)
		}
	}
}

func (k *tracker) waited(g *goroutine, d time.Duration) {
	if g.blockFor == "" {
		return // it waited before the trace began, or for its turn as a coroutine: the trace does not tell what for
	}
	b := k.blocked[g.blockFor]
	if b == nil {
		b = &Blocked{Reason: g.blockFor}
		k.blocked[g.blockFor] = b
	}
	b.Count++
	b.Total += d
}

func (k *tracker) interned(s string) string {
	if old, ok := k.intern[s]; ok {
		return old
	}
	s = strings.Clone(s)
	k.intern[s] = s
	return s
}
