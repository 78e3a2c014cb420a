package schedtrace

import (
	"time"

	"golang.org/x/exp/trace"
)

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
