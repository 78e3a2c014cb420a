package measure

import (
	"context"
	"fmt"
	"maps"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"runbench/bench/strategy"
	"runbench/internal/quantile"
	"runbench/internal/resultfile"
	"runbench/workloads"
)

// A Meter times batches of one cell and keeps account of what they cost. It is
// for one goroutine.
//
// Only the strategy's Run is inside the timed region. CPU time, context
// switches, allocations and the like are read right before and right after it, so
// what the check of a batch costs is in none of those figures.
type Meter struct {
	in       *workloads.Instance
	strategy strategy.Strategy
	c, k     int
	task     strategy.Task

	walls    []time.Duration // of the measured batches
	account  account         // of what they used
	period   period          // from before the first to after the last
	census   census          // of goroutines in the first, discarded batch
	latency  []time.Duration // of each task of the batch under way; nil where tasks do not wait
	samples  []time.Duration // of all tasks of the measured batches
	queue    queue           // of tasks in flight, where latencies are recorded
	harness  time.Duration   // of a batch of empty tasks
	counters map[string]float64
	figures  map[string]float64
}

// NewMeter returns a meter for batches of k tasks with c of them in flight.
// latencies says whether the time of each task is to be recorded, which costs
// two readings of the clock a task. An instance that has Run in place of Task
// needs no strategy, and has no latencies.
func NewMeter(in *workloads.Instance, s strategy.Strategy, c, k int, latencies bool) *Meter {
	m := &Meter{
		in: in, strategy: s, c: c, k: k, task: in.Task,
		account: newAccount(), period: newPeriod(), census: newCensus(),
	}
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

// discard runs a batch, which is checked and counts for nothing, and returns how
// long it took.
func (m *Meter) discard(ctx context.Context) (time.Duration, error) {
	start := time.Now()
	if err := m.run(ctx); err != nil {
		return 0, err
	}
	took := time.Since(start)
	return took, m.check(ctx)
}

// warmUp runs batches, one at least, until they took the time d together. They are
// checked and count for nothing. It returns how long the last one took: what a run
// has room for is settled by a batch that is not measured.
func (m *Meter) warmUp(ctx context.Context, d time.Duration) (last time.Duration, err error) {
	for spent := time.Duration(0); spent == 0 || spent < d; spent += last {
		if last, err = m.discard(ctx); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// Prepare measures what it costs to hand out a batch of empty tasks, then runs
// batches for the time warm, as warmUp does. The first is watched.
//
// What setting up left behind is collected first, and its memory given back at
// once, which the runtime would else do bit by bit for seconds: its timer keeps a
// thread in the network poller meanwhile, which costs work on several cores what
// [child.RegisterMeasuring] says. The discarded batches take back what they need.
// Work that allocates much may have the runtime give memory back all the same, as
// in any program.
func (m *Meter) Prepare(ctx context.Context, warm time.Duration) (last time.Duration, err error) {
	debug.FreeOSMemory()
	if m.task != nil {
		if err := m.handOut(ctx); err != nil {
			return 0, err
		}
	}
	start := time.Now()
	if err := m.census.during(func() error { return m.run(ctx) }); err != nil {
		return 0, err
	}
	last = time.Since(start)
	if err := m.check(ctx); err != nil { // unwatched
		return 0, err
	}
	if last < warm {
		if last, err = m.warmUp(ctx, warm-last); err != nil {
			return 0, err
		}
	}
	m.queue.reset()
	// What the batches so far left behind is collected now, not inside those that
	// count, and is in no counter.
	runtime.GC()
	if _, err := m.readFigures(); err != nil {
		return 0, err
	}
	return last, m.readCounters(func(unit string, v float64) { m.counters[unit] = -v })
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

// Batch times one batch and checks its result. The first is called right after
// Prepare.
func (m *Meter) Batch(ctx context.Context) error {
	if len(m.walls) == 0 {
		m.period.begin()
	}
	m.account.open()
	start := time.Now()
	err := m.run(ctx)
	wall := time.Since(start)
	m.account.close()
	if err != nil {
		return err
	}
	if err := m.check(ctx); err != nil {
		return err
	}
	m.walls = append(m.walls, wall)
	m.samples = append(m.samples, m.latency...)
	return nil
}

// Finish reads what is read once a run.
func (m *Meter) Finish() error {
	m.period.end()
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
	values = append(values, m.account.values(n)...)
	add := func(unit string, v float64) {
		values = append(values, resultfile.Value{Unit: unit, Value: v})
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
	values = append(values, m.period.values()...)
	values = append(values, m.census.values()...)
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
