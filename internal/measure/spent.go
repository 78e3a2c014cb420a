package measure

import (
	"math"
	"runtime/metrics"

	"runbench/internal/resultfile"
	"runbench/internal/rusage"
)

// The runtime's own counts; see the package documentation of runtime/metrics.
// Small pointer-free allocations are counted apart from the others. Of the waits
// for mutexes the runtime takes the time of one in eight, and counts it eightfold.
const (
	metricBytes  = "/gc/heap/allocs:bytes"
	metricAllocs = "/gc/heap/allocs:objects"
	metricTiny   = "/gc/heap/tiny/allocs:objects"
	metricStarts = "/sched/goroutines-created:goroutines"
	metricMutex  = "/sync/mutex/wait/total:seconds"
)

// spent is what the process has used since it started, or between two readings;
// NaN for what the runtime or the system does not tell.
type spent struct {
	cpu                              float64 // ns
	switches, voluntary, involuntary float64 // of context
	bytes, allocs                    float64
	started                          float64 // goroutines
	mutexWait                        float64 // ns
}

// An account adds up what batches use. It keeps what it reads into, so that
// reading allocates nothing, which would be counted in turn.
type account struct {
	samples []metrics.Sample
	opened  spent
	total   spent
}

func newAccount() account {
	return account{samples: samplesOf(metricBytes, metricAllocs, metricTiny, metricStarts, metricMutex)}
}

// open begins a batch's part. The system is asked last and in close first, so
// that its figures do not hold what asking the runtime costs.
func (a *account) open() {
	a.readRuntime(&a.opened)
	readSystem(&a.opened)
}

// close ends it.
func (a *account) close() {
	var now spent
	readSystem(&now)
	a.readRuntime(&now)
	from := &a.opened
	a.total.cpu += now.cpu - from.cpu
	a.total.switches += now.switches - from.switches
	a.total.voluntary += now.voluntary - from.voluntary
	a.total.involuntary += now.involuntary - from.involuntary
	a.total.bytes += now.bytes - from.bytes
	a.total.allocs += now.allocs - from.allocs
	a.total.started += now.started - from.started
	a.total.mutexWait += now.mutexWait - from.mutexWait
}

func (a *account) readRuntime(s *spent) {
	metrics.Read(a.samples)
	s.bytes = number(a.samples[0].Value)
	s.allocs = number(a.samples[1].Value) + number(a.samples[2].Value)
	s.started = number(a.samples[3].Value)
	s.mutexWait = number(a.samples[4].Value) * 1e9
}

func readSystem(s *spent) {
	unknown := math.NaN()
	s.cpu, s.switches, s.voluntary, s.involuntary = unknown, unknown, unknown, unknown
	u, ok := rusage.Self()
	if !ok {
		return
	}
	s.cpu = float64(u.CPU)
	if u.Switches >= 0 {
		s.switches, s.voluntary, s.involuntary = float64(u.Switches), float64(u.Voluntary), float64(u.Involuntary)
	}
}

// values returns what one of n batches used.
func (a *account) values(n float64) []resultfile.Value {
	t := &a.total
	var values []resultfile.Value
	if t.cpu > 0 { // some systems count in ticks longer than a run
		values = told(values, resultfile.CPUNsPerOp, t.cpu/n)
	}
	values = told(values, resultfile.SwitchesPerOp, t.switches/n)
	values = told(values, resultfile.VoluntaryPerOp, t.voluntary/n)
	values = told(values, resultfile.InvoluntaryPerOp, t.involuntary/n)
	values = told(values, resultfile.MutexWaitNsPerOp, t.mutexWait/n)
	values = told(values, resultfile.BytesPerOp, t.bytes/n)
	values = told(values, resultfile.AllocsPerOp, t.allocs/n)
	return told(values, resultfile.GoroutinesPerOp, t.started/n)
}

// told appends a value, unless it is NaN and so not known.
func told(values []resultfile.Value, unit string, v float64) []resultfile.Value {
	if math.IsNaN(v) {
		return values
	}
	return append(values, resultfile.Value{Unit: unit, Value: v})
}

func samplesOf(names ...string) []metrics.Sample {
	samples := make([]metrics.Sample, len(names))
	for i, name := range names {
		samples[i].Name = name
	}
	return samples
}

// number returns a metric's value, NaN where the runtime has no such metric. The
// runtime calculates some counts as differences of others that it reads a moment
// apart; where one of these came out below zero it is zero.
func number(v metrics.Value) float64 {
	switch v.Kind() {
	case metrics.KindUint64:
		return float64(max(0, int64(v.Uint64())))
	case metrics.KindFloat64:
		return v.Float64()
	}
	return math.NaN()
}
