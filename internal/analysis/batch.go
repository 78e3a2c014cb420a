package analysis

import (
	"math"
	"slices"

	"runbench/internal/law"
	"runbench/internal/resultfile"
)

// batchOf returns K, how many tasks a batch has, which is one op: tasks per second
// times the seconds of an op. 0 where runs do not tell both, or differ by more than
// the digits that files have.
func batchOf(runs []resultfile.Run) int {
	var ks []float64
	for _, run := range runs {
		x, ok := run.Value(resultfile.TasksPerSec)
		ns, timed := run.Value(resultfile.NsPerOp)
		if ok && timed {
			ks = append(ks, x*ns/1e9)
		}
	}
	if len(ks) == 0 {
		return 0
	}
	slices.Sort(ks)
	k := ks[len(ks)/2]
	if lo, hi := ks[0], ks[len(ks)-1]; !(k >= 1) || k > math.MaxInt32 || lo < 0.99*k || hi > 1.01*k {
		return 0
	}
	return int(math.Round(k))
}

// withinBatch takes back what laws over goroutines claim beyond the tasks of a batch:
// no more of them can be in flight, so that more goroutines find nothing to do. Where
// the tasks are not known, or a program has its own (a batch of one), all stands.
func withinBatch(laws []Law, tasks int) []Law {
	if tasks <= 1 {
		return laws
	}
	for i := range laws {
		if l := &laws[i]; l.Axis == axisGoroutines && l.Limit != nil {
			l.limitTo(float64(max(tasks, l.Points[len(l.Points)-1].N)))
		}
	}
	return laws
}

// limitTo makes the limit of a law that of n and no more.
func (l *Law) limitTo(n float64) {
	switch {
	case l.Model == string(law.Amdahl):
		base := float64(l.Base)
		// The limit is (1/σ + base − 1)/base, as package law gives it.
		at := func(limit float64) float64 {
			sigma := 1 / (base*(limit-1) + 1)
			return n / base * (1 + sigma*(base-1)) / (1 + sigma*(n-1))
		}
		within := Part{Value: at(l.Limit.Value)}
		for _, bound := range []struct {
			from *float64
			to   **float64
			open float64 // where there is no bound: σ may be so small
		}{{l.Limit.Lo, &within.Lo, 1}, {l.Limit.Hi, &within.Hi, n / base}} {
			v := bound.open
			if bound.from != nil {
				v = at(*bound.from)
			}
			*bound.to = &v
		}
		l.Limit = &within
		l.Notes = append(l.Notes, "no more goroutines can work at once than a batch has tasks: the most that more would give is what the law gives at that number")
	case l.Peak != nil && l.Peak.Value > n:
		l.Peak, l.Limit = nil, nil
		l.Notes = append(l.Notes, "no peak: the law has it beyond the tasks of a batch, and no more goroutines can work at once")
	}
}
