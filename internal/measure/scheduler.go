package measure

import (
	"math"
	"runtime/metrics"

	"runbench/internal/resultfile"
)

const (
	metricSched  = "/sched/latencies:seconds"
	metricThread = "/sched/threads/total:threads"
	metricCycles = "/gc/cycles/total:gc-cycles"
	metricGC     = "/cpu/classes/gc/total:cpu-seconds"
	metricCPU    = "/cpu/classes/total:cpu-seconds"
	metricIdle   = "/cpu/classes/idle:cpu-seconds"
)

// A period is what the scheduler and the collector did from before the first
// measured batch to after the last. A histogram is too dear to be read for every
// batch, and what the collector used is told at the end of its cycles only; so
// what the checks between batches do is in these figures.
type period struct{ before, after []metrics.Sample }

func newPeriod() period {
	names := []string{metricSched, metricThread, metricCycles, metricGC, metricCPU, metricIdle}
	return period{samplesOf(names...), samplesOf(names...)}
}

// begin is called right after a collection, or the share of the collector would
// hold a part of what was before.
func (p *period) begin() { metrics.Read(p.before) }
func (p *period) end()   { metrics.Read(p.after) }

func (p *period) values() []resultfile.Value {
	// The runtime keeps the threads it has started, so these are the most there
	// were, unless goroutines have ended while locked to theirs, which ends
	// these too.
	values := told(nil, resultfile.Threads, number(p.after[1].Value))
	before, after := histogram(p.before[0].Value), histogram(p.after[0].Value)
	for _, at := range []struct {
		unit string
		q    float64
	}{{resultfile.SchedP50Ns, 0.50}, {resultfile.SchedP99Ns, 0.99}, {resultfile.SchedMaxNs, 1}} {
		if v, ok := latencyQuantile(before, after, at.q); ok {
			values = told(values, at.unit, v*1e9)
		}
	}
	grown := func(i int) float64 { return number(p.after[i].Value) - number(p.before[i].Value) }
	return told(values, resultfile.GCShare, gcShare(grown(2), grown(3), grown(4), grown(5)))
}

// gcShare returns the collector's share of the CPU time that was used, from what
// the runtime's counts grew by, NaN where one is not known. They grow when a
// cycle ends, so they cover the time from the collection before the first batch
// to the last one that ended in the run; where none did, the share is 0, though
// one may have begun. Marking by Ps that had nothing else to do is in it.
func gcShare(cycles, gc, total, idle float64) float64 {
	switch {
	case math.IsNaN(cycles + gc + total + idle):
		return math.NaN()
	case cycles <= 0 || total <= idle:
		return 0
	}
	return min(1, max(0, gc/(total-idle)))
}

func histogram(v metrics.Value) *metrics.Float64Histogram {
	if v.Kind() != metrics.KindFloat64Histogram {
		return nil
	}
	return v.Float64Histogram()
}

// latencyQuantile returns the upper bound of the bucket in which the q-quantile
// of what was added to the histogram between before and after lies, in seconds;
// for q = 1 that of the last bucket to which anything was added. It returns
// false where nothing was added. Buckets end at +Inf; a quantile in the last one
// is given as that bucket's lower bound.
func latencyQuantile(before, after *metrics.Float64Histogram, q float64) (float64, bool) {
	if before == nil || after == nil {
		return 0, false
	}
	var total uint64
	for i := range after.Counts {
		total += after.Counts[i] - before.Counts[i]
	}
	if total == 0 {
		return 0, false
	}
	need := uint64(math.Ceil(q * float64(total)))
	var sum uint64
	for i := range after.Counts {
		sum += after.Counts[i] - before.Counts[i]
		if sum >= need {
			upper := after.Buckets[i+1]
			if math.IsInf(upper, 1) {
				upper = after.Buckets[i]
			}
			return upper, true
		}
	}
	return 0, false
}
