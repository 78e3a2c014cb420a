package schedtrace

import (
	"time"

	"golang.org/x/exp/trace"
)

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
	k.giveWay(g)
	if g.way == drawn {
		k.ways.add(int64(g.id), start, end, int64(g.id), state)
	}
}

// giveWay gives a goroutine a lane of its own, if there are any left.
func (k *tracker) giveWay(g *goroutine) {
	if g.way == undecided {
		if g.way = passedOver; len(k.order) < mostGoroutines {
			g.way = drawn
			k.order = append(k.order, int64(g.id))
			k.remember(g)
		}
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

// drawing reports whether the timelines show what happens now.
func (k *tracker) drawing() bool {
	at := k.now.Sub(k.start) - k.opt.From
	return at >= 0 && (k.opt.For == 0 || at < k.opt.For)
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
