package schedtrace

import (
	"strings"

	"golang.org/x/exp/trace"
)

// The names that the parser gives to what is counted.
const (
	markPhase  = "GC concurrent mark phase"
	markAssist = "GC mark assist"
	stopped    = "stop-the-world"
)

// rangeBegins takes the beginning of something that lasts, or the news that it is
// under way.
func (k *tracker) rangeBegins(ev trace.Event) {
	switch r := ev.Range(); {
	case r.Name == markPhase:
		if !k.gcActive {
			k.gcActive, k.gcSince = true, k.now
		}
	case r.Name == markAssist:
		if g := r.Scope.Goroutine(); k.assists[g] == 0 {
			k.assists[g] = k.now
		}
	case strings.HasPrefix(r.Name, stopped):
		k.pauses[ev.Goroutine()] = k.now
	}
}

func (k *tracker) rangeEnds(ev trace.Event) {
	gc := &k.facts.GC
	switch r := ev.Range(); {
	case r.Name == markPhase:
		gc.Cycles++
		if k.gcActive {
			gc.Active += k.now.Sub(max(k.gcSince, k.start))
		}
		k.gcActive = false
	case r.Name == markAssist:
		g := r.Scope.Goroutine()
		if since, ok := k.assists[g]; ok {
			gc.Assists++
			gc.Assist += k.now.Sub(since)
		}
		delete(k.assists, g)
	case strings.HasPrefix(r.Name, stopped):
		if since, ok := k.pauses[ev.Goroutine()]; ok {
			d := k.now.Sub(since)
			gc.Pauses++
			gc.Pause += d
			gc.MaxPause = max(gc.MaxPause, d)
		}
		delete(k.pauses, ev.Goroutine())
	}
}
