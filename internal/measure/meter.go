package measure

import (
	"context"
	"fmt"
	"maps"
	"math"
	"runtime/metrics"
	"slices"
	"time"

	"runbench/bench/strategy"
	"runbench/internal/quantile"
	"runbench/internal/resultfile"
	"runbench/internal/rusage"
	"runbench/workloads"
)

// A Meter times batches of one cell and keeps account of what they cost. It is
// for one goroutine.
//
// Only the strategy's Run is inside the timed region. CPU time, context
// switches and allocations are read right before and right after it, so what
// the check of a batch costs is in none of the figures.
type Meter struct {
	in       *workloads.Instance
	strategy strategy.Strategy
	c, k     int
	task     strategy.Task

	walls    []time.Duration // of the measured batches
	spent    spent
	latency  []time.Duration // of each task of the batch under way; nil where tasks do not wait
	samples  []time.Duration // of all tasks of the measured batches
	queue    queue           // of tasks in flight, where latencies are recorded
	harness  time.Duration   // of a batch of empty tasks
	sched    *metrics.Float64Histogram
	counters map[string]float64
	figures  map[string]float64
}

// spent is what the process has used.
type spent struct {
	cpu           time.Duration
	switches      int64
	bytes, allocs uint64
	started       uint64 // goroutines
}

// The runtime's own counts; see the package documentation of runtime/metrics.
// Small pointer-free allocations are counted apart from the others.
const (
	metricBytes  = "/gc/heap/allocs:bytes"
	metricAllocs = "/gc/heap/allocs:objects"
	metricTiny   = "/gc/heap/tiny/allocs:objects"
	metricSched  = "/sched/latencies:seconds"
	metricThread = "/sched/threads/total:threads"
	metricStarts = "/sched/goroutines-created:goroutines"
)

// NewMeter returns a meter for batches of k tasks with c of them in flight.
// latencies says whether the time of each task is to be recorded, which costs
// two readings of the clock a task. An instance that has Run in place of Task
// needs no strategy, and has no latencies.
func NewMeter(in *workloads.Instance, s strategy.Strategy, c, k int, latencies bool) *Meter {
	m := &Meter{in: in, strategy: s, c: c, k: k, task: in.Task}
	if latencies && in.Task != nil {
		m.latency = make([]time.Duration, k)
		m.task = m.timed(in.Task)
	}
	return m
}

// timed returns task with its time left in latency[i], and seen by the queue.
func (m *Meter) timed(task strategy.Task) strategy.Task {
	return func(ctx context.Context, i int) error {
		m.queue.enter()
		start := time.Now()
		err := task(ctx, i)
		m.latency[i] = time.Since(start)
		m.queue.leave()
		return err
	}
}

// run runs a batch, unchecked.
func (m *Meter) run(ctx context.Context) error {
	if m.in.Serial != nil {
		if err := m.in.Serial(ctx); err != nil {
			return err
		}
	}
	if m.in.Run != nil {
		return m.in.Run(ctx, m.c)
	}
	return m.strategy.Run(ctx, m.c, m.k, m.task)
}

// check checks the batch just run.
func (m *Meter) check(ctx context.Context) error {
	if err := m.in.Check(ctx); err != nil {
		return fmt.Errorf("check failed: %w", err)
	}
	return nil
}

// discard runs a first batch, which is checked and counts for nothing.
func (m *Meter) discard(ctx context.Context) error {
	if err := m.run(ctx); err != nil {
		return err
	}
	return m.check(ctx)
}

// Prepare measures what it costs to hand out a batch of empty tasks, then runs
// a first batch, which is checked and discarded.
func (m *Meter) Prepare(ctx context.Context) error {
	if m.task != nil {
		if err := m.handOut(ctx); err != nil {
			return err
		}
	}
	if err := m.discard(ctx); err != nil {
		return err
	}
	m.queue.reset()
	m.sched = schedLatencies()
	if _, err := m.readFigures(); err != nil {
		return err
	}
	return m.readCounters(func(unit string, v float64) { m.counters[unit] = -v })
}

// handOut measures what it costs to hand out a batch of empty tasks.
func (m *Meter) handOut(ctx context.Context) error {
	empty := strategy.Task(func(context.Context, int) error { return nil })
	if m.latency != nil {
		empty = m.timed(empty)
	}
	// The first of the three starts threads; the median is neither that one
	// nor one that was interrupted.
	var costs [3]time.Duration
	for i := range costs {
		start := time.Now()
		if err := m.strategy.Run(ctx, m.c, m.k, empty); err != nil {
			return err
		}
		costs[i] = time.Since(start)
	}
	slices.Sort(costs[:])
	m.harness = costs[1]
	return nil
}

// Batch times one batch and checks its result.
func (m *Meter) Batch(ctx context.Context) (time.Duration, error) {
	before := readSpent()
	start := time.Now()
	err := m.run(ctx)
	wall := time.Since(start)
	after := readSpent()
	if err != nil {
		return 0, err
	}
	if err := m.check(ctx); err != nil {
		return 0, err
	}
	m.walls = append(m.walls, wall)
	m.samples = append(m.samples, m.latency...)
	m.spent.cpu += after.cpu - before.cpu
	m.spent.switches += after.switches - before.switches
	m.spent.bytes += after.bytes - before.bytes
	m.spent.allocs += after.allocs - before.allocs
	m.spent.started += after.started - before.started
	return wall, nil
}

// Finish reads the counters that are read once a run.
func (m *Meter) Finish() error {
	figures, err := m.readFigures()
	if err != nil {
		return err
	}
	m.figures = figures
	return m.readCounters(func(unit string, v float64) { m.counters[unit] += v })
}

func (m *Meter) readFigures() (map[string]float64, error) {
	if m.in.Figures == nil {
		return nil, nil
	}
	return m.in.Figures()
}

func (m *Meter) readCounters(each func(unit string, v float64)) error {
	if m.counters == nil {
		m.counters = make(map[string]float64)
	}
	if m.in.Counters == nil {
		return nil
	}
	values, err := m.in.Counters()
	if err != nil {
		return err
	}
	for unit, v := range values {
		each(unit, v)
	}
	return nil
}

// Batches returns how many batches were measured.
func (m *Meter) Batches() int { return len(m.walls) }

// Measured returns the time spent inside timed regions.
func (m *Meter) Measured() time.Duration { return total(m.walls) }

// Marks returns the doubts about the run, after Finish.
func (m *Meter) Marks() []string {
	var marks []string
	if m.latency != nil {
		if why := m.queue.littleHolds(m.c, total(m.samples)); why != "" {
			marks = append(marks, why)
		}
	}
	if why := unsettled(m.walls); why != "" {
		marks = append(marks, why)
	}
	return marks
}

func total(ds []time.Duration) time.Duration {
	var sum time.Duration
	for _, d := range ds {
		sum += d
	}
	return sum
}

// Values returns the run's measurements after Finish; what the system does not
// tell is left out.
func (m *Meter) Values() []resultfile.Value {
	n := float64(len(m.walls))
	wall := float64(m.Measured())
	values := []resultfile.Value{
		{Unit: resultfile.NsPerOp, Value: wall / n},
		{Unit: resultfile.TasksPerSec, Value: float64(m.k) * n / (wall / 1e9)},
	}
	add := func(unit string, v float64) {
		values = append(values, resultfile.Value{Unit: unit, Value: v})
	}
	if m.spent.cpu > 0 {
		add(resultfile.CPUNsPerOp, float64(m.spent.cpu)/n)
	}
	if len(m.samples) > 0 {
		slices.Sort(m.samples)
		add(resultfile.InFlight, float64(m.queue.area)/wall)
		add(resultfile.MeanNs, float64(total(m.samples))/float64(len(m.samples)))
		add(resultfile.P50Ns, float64(quantile.Of(m.samples, 0.50)))
		add(resultfile.P99Ns, float64(quantile.Of(m.samples, 0.99)))
	}
	for _, unit := range slices.Sorted(maps.Keys(m.counters)) {
		add(unit, m.counters[unit]/n)
	}
	for _, unit := range slices.Sorted(maps.Keys(m.figures)) {
		add(unit, m.figures[unit])
	}
	if threads, ok := threadCount(); ok {
		add(resultfile.Threads, float64(threads))
	}
	if m.spent.switches >= 0 {
		add(resultfile.SwitchesPerOp, float64(m.spent.switches)/n)
	}
	if p99, ok := latencyQuantile(m.sched, schedLatencies(), 0.99); ok {
		add(resultfile.SchedP99Ns, p99*1e9)
	}
	add(resultfile.BytesPerOp, float64(m.spent.bytes)/n)
	add(resultfile.AllocsPerOp, float64(m.spent.allocs)/n)
	add(resultfile.GoroutinesPerOp, float64(m.spent.started)/n)
	if len(m.walls) > 1 {
		add(resultfile.BatchCV, variation(m.walls))
	}
	if m.task != nil {
		add(resultfile.HarnessNsPerOp, float64(m.harness))
	}
	return values
}

// variation returns the standard deviation of the batch times over their mean.
func variation(walls []time.Duration) float64 {
	var sum, squares float64
	for _, w := range walls {
		sum += float64(w)
	}
	mean := sum / float64(len(walls))
	for _, w := range walls {
		squares += (float64(w) - mean) * (float64(w) - mean)
	}
	return math.Sqrt(squares/float64(len(walls)-1)) / mean
}

func readSpent() spent {
	var s spent
	if u, ok := rusage.Self(); ok {
		s.cpu, s.switches = u.CPU, u.Switches
	}
	samples := [4]metrics.Sample{{Name: metricBytes}, {Name: metricAllocs}, {Name: metricTiny}, {Name: metricStarts}}
	metrics.Read(samples[:])
	s.bytes = samples[0].Value.Uint64()
	s.allocs = samples[1].Value.Uint64() + samples[2].Value.Uint64()
	s.started = samples[3].Value.Uint64()
	return s
}

// threadCount returns how many threads the runtime has. It keeps those it has
// started, so at the end of a run this is the most there were, unless goroutines
// have ended while locked to theirs, which ends these too.
func threadCount() (uint64, bool) {
	s := []metrics.Sample{{Name: metricThread}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 {
		return 0, false
	}
	return s[0].Value.Uint64(), true
}

func schedLatencies() *metrics.Float64Histogram {
	s := []metrics.Sample{{Name: metricSched}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindFloat64Histogram {
		return nil
	}
	return s[0].Value.Float64Histogram()
}

// latencyQuantile returns the upper bound of the bucket in which the q-quantile
// of what was added to the histogram between before and after lies, in seconds.
// It returns false where nothing was added. Buckets end at +Inf; a quantile in
// the last one is given as that bucket's lower bound.
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
