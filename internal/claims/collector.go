package claims

import (
	"context"
	"fmt"
	"math/bits"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"sync"
	"time"

	"runbench/internal/timetext"
)

const (
	// allocated is how much a trial allocates, and live how much of it is reachable
	// at once, in bytes: many times what the heap may grow between two collections
	// where GOGC is 100, and little enough for any machine where it is off.
	allocated = 96 << 20
	live      = 4 << 20

	// The largest share of the time in which the world may stand still at P=1, and
	// the smallest that makes the claim false. What lies between tells nothing. At
	// more Ps the same work takes less time and each collection stops the world as
	// often, so that the share there depends on the number of cores.
	pauseBound = 0.2
	pauseFails = 0.5
)

var collector = Claim{
	ID:        18,
	Statement: "The runtime collects garbage beside your goroutines, on the same Ps: it takes a share of the CPU and stops the world for moments only.",
	Expected:  "at every GOMAXPROCS collections end, with a share of the CPU above 0 and at P=1 pauses below 20 % of the time; with GOGC=off there are none",
	Lesson:    "Garbage costs cores and not only memory: the collector runs where your goroutines would, and those that allocate much have to assist.",
	Experiment: fmt.Sprintf("As many goroutines as there are Ps allocate %d MiB of small objects together, of which %d MiB are reachable at any time. ", allocated>>20, live>>20) +
		"Collections, their share of the CPU time that was used, that of assists (marking that a goroutine has to do before it may allocate) and the times in which the world was stopped are read from runtime/metrics and runtime/debug afterwards. " +
		"The settings of the environment apply. The contrast is the same with GOGC=off and without a memory limit.",
	Sources: []string{
		"Hudson, Getting to Go: The Journey of Go's Garbage Collector (2018)",
		"runtime/mgc.go: gcStart, gcMarkDone, gcBgMarkWorker",
		"runtime/mgcpacer.go: gcBackgroundUtilization",
		"runtime/mgcmark.go: gcAssistAlloc",
	},
	Workloads:   []string{"mem/alloc", "cpu/json"},
	Disturbance: Hurt,
	Arms: func(cores int) []Arm {
		var arms []Arm
		for _, procs := range doublings(cores) {
			arms = append(arms, Arm{Name: procsName(procs), Procs: procs, Run: collectorTrial})
		}
		return append(arms, Arm{Name: "off", Procs: cores, Env: []string{"GOGC=off", "GOMEMLIMIT=off"}, Run: collectorTrial})
	},
	Judge: judgeCollector,
}

// doublings returns 1, 2, 4, … and the number of cores itself.
func doublings(cores int) []int {
	var list []int
	for n := range bits.Len(uint(cores)) {
		list = append(list, 1<<n)
	}
	return slices.Compact(append(list, max(1, cores)))
}

func judgeCollector(cores int, t Trials) Finding {
	sure := true
	for _, procs := range doublings(cores) {
		arm := procsName(procs)
		cycles, share := t.Spread(arm, "cycles"), t.Spread(arm, "share")
		if cycles.Min == 0 {
			return holdsIf(false, fmt.Sprintf("no collection while %d MiB were allocated at %s", allocated>>20, arm))
		}
		sure = sure && share.Min > 0
	}
	first, last := procsName(1), procsName(max(1, cores))
	measured := fmt.Sprintf("%s of the CPU at %s", t.Spread(first, "share").Text(percent), first)
	if last != first {
		measured += fmt.Sprintf(", %s at %s", t.Spread(last, "share").Text(percent), last)
	}
	off := t.Spread("off", "cycles")
	measured += fmt.Sprintf("; assists %s; stopped %s of the time, at most %s; cycles %s, with GOGC=off %s",
		percent(t.Spread(last, "assists").Median), decimals(t.Spread(last, "pauses").Median),
		timetext.Nanoseconds(t.Spread(last, "longest-ns").Median), number(0, "")(t.Spread(last, "cycles").Median), off.Text(number(0, "")))
	switch {
	case !sure, off.Max > 0, t.Spread(first, "pauses").Median >= pauseFails:
		return holdsIf(false, measured)
	case t.Spread(first, "pauses").Median > pauseBound:
		return untold(measured, "a machine on which no other program runs")
	}
	return holdsIf(true, measured)
}

// decimals formats a small share of 1.
func decimals(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

// An object is what a trial allocates: 64 bytes with a pointer, so that the
// collector has something to look at.
type object struct {
	self *object
	_    [56 / 8]uint64
}

// collectorTrial allocates and says what the collector did meanwhile. What it took
// of the CPU is known where a collection has ended only.
func collectorTrial(context.Context) (Sample, error) {
	const size = 64
	procs := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	start := time.Now()
	for range procs {
		wg.Go(func() {
			reachable := make([]*object, max(1, live/size/procs))
			for i := range allocated / size / procs {
				o := new(object)
				o.self = o
				reachable[i%len(reachable)] = o
			}
		})
	}
	wg.Wait()
	wall := since(start)

	used := []metrics.Sample{
		{Name: "/gc/cycles/automatic:gc-cycles"},
		{Name: "/cpu/classes/gc/total:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"},
		{Name: "/cpu/classes/total:cpu-seconds"},
		{Name: "/cpu/classes/idle:cpu-seconds"},
	}
	metrics.Read(used)
	sample := Sample{"cycles": float64(used[0].Value.Uint64())}
	gc, assist := used[1].Value.Float64(), used[2].Value.Float64()
	if busy := used[3].Value.Float64() - used[4].Value.Float64(); busy > 0 {
		sample["share"], sample["assists"] = gc/busy, assist/busy
	}
	var stats debug.GCStats
	debug.ReadGCStats(&stats)
	sample["pauses"] = float64(stats.PauseTotal) / wall
	if len(stats.Pause) > 0 {
		sample["longest-ns"] = float64(slices.Max(stats.Pause))
	}
	return sample, nil
}
