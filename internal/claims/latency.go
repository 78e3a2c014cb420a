package claims

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"runbench/internal/quantile"
	"runbench/internal/timetext"
)

const (
	// latencyTask is how long a task computes where all Ps are busy, and latencyPhase
	// for how long tasks arrive at each load.
	latencyTask  = time.Millisecond
	latencyPhase = 200 * time.Millisecond

	// overloadFactor is how much longer the mean wait is at 1.2 than at 0.5, at the
	// least. It is tens of times as long.
	overloadFactor = 5
)

// latencyLoads are the three shares of what the machine can do that are asked of it.
var latencyLoads = [3]float64{0.5, 0.9, 1.2}

var latency = Claim{
	ID:        20,
	Statement: "How long a runnable goroutine waits for a P grows with the load, slowly at first and without end beyond what the machine can do.",
	Expected:  fmt.Sprintf("the mean waits at load 0.5, 0.9 and 1.2 of what all Ps can do grow in that order, and that at 1.2 is at least %d× that at 0.5", overloadFactor),
	Lesson:    "Keep Ps below about nine tenths busy where answers count, and watch the metric /sched/latencies:seconds, which has these waits.",
	Experiment: "How much all Ps together can compute in a second is measured first, with all of them busy. " +
		fmt.Sprintf("Then tasks of %v are started as goroutines for %v at each load, at times that do not depend on when earlier ones end: the gaps are exponential, drawn with a fixed seed. ", latencyTask, latencyPhase) +
		"Each task measures how long after its go statement it runs, which is the time it was runnable. The means of the three loads decide: they do not depend on the order in which those that wait get their turn. " +
		"The quantiles do: the scheduler often runs the newest first, so that beyond what the machine can do some hardly wait and others all the longer.",
	Sources: []string{
		"Kleinrock, Queueing Systems, volume II (1976): conservation law",
		"runtime/proc.go: newproc, schedule, casgstatus",
		"runtime/metrics: /sched/latencies:seconds",
	},
	Workloads:   []string{"io/http-open"},
	Disturbance: Swayed,
	Arms:        func(cores int) []Arm { return []Arm{{Procs: max(1, cores), Run: latencyTrial}} },
	Judge:       judgeLatency,
}

func latencyKey(load float64, what string) string { return fmt.Sprintf("%.1f-%s-ns", load, what) }

func judgeLatency(_ int, t Trials) Finding {
	of := func(what string) (low, high, over Spread) {
		return t.Spread("", latencyKey(latencyLoads[0], what)), t.Spread("", latencyKey(latencyLoads[1], what)), t.Spread("", latencyKey(latencyLoads[2], what))
	}
	text := func(s Spread) string { return timetext.Nanoseconds(s.Median) }
	low, high, over := of("mean")
	low50, high50, over50 := of("p50")
	low99, high99, over99 := of("p99")
	measured := fmt.Sprintf("mean wait %s at 0.5, %s at 0.9, %s at 1.2; p50/p99 %s/%s, %s/%s, %s/%s",
		text(low), text(high), over.Text(timetext.Nanoseconds), text(low50), text(low99), text(high50), text(high99), text(over50), text(over99))
	switch {
	case over.Median >= overloadFactor*low.Median && low.Median < high.Median && high.Median < over.Median:
		return holdsIf(true, measured)
	case over.Median <= low.Median:
		return holdsIf(false, measured)
	}
	return untold(measured, "a machine on which no other program runs")
}

func latencyTrial(context.Context) (Sample, error) {
	procs := runtime.GOMAXPROCS(0)
	work := taskWork(procs)
	sample := Sample{}
	for _, load := range latencyLoads {
		waits := offer(load, procs, work)
		slices.Sort(waits)
		sample[latencyKey(load, "mean")] = mean(waits)
		sample[latencyKey(load, "p50")] = float64(quantile.Of(waits, 0.5))
		sample[latencyKey(load, "p99")] = float64(quantile.Of(waits, 0.99))
	}
	return sample, nil
}

// mean returns the mean in nanoseconds of durations, of which there is one at least.
func mean(list []time.Duration) float64 {
	var sum time.Duration
	for _, d := range list {
		sum += d
	}
	return float64(sum) / float64(len(list))
}

// taskWork returns what a P computes in the time of a task while all of them
// compute: cores that share something are slower together than alone. It is
// measured several times, of which the quickest was disturbed least.
func taskWork(procs int) (units int) {
	const window = 15 * time.Millisecond
	piece := calibrate(latencyTask / 20)
	perProc := 0.0 // pieces a nanosecond
	for range 4 {
		var pieces atomic.Int64
		start := time.Now()
		together(procs, func() {
			for time.Since(start) < window {
				spinUnits(piece)
				pieces.Add(1)
			}
		})
		perProc = max(perProc, float64(pieces.Load())/float64(procs)/since(start))
	}
	return int(float64(piece) * perProc * float64(latencyTask))
}

// offer starts tasks at a load and returns how long each was runnable before it
// ran, once all have ended.
func offer(load float64, procs int, work int) []time.Duration {
	starts := arrivals(int(load*float64(procs)*float64(latencyPhase/latencyTask)), latencyPhase)
	waits := make([]time.Duration, len(starts))
	var wg sync.WaitGroup
	start := time.Now()
	for i, due := range starts {
		if early := due - time.Since(start); early > 0 {
			time.Sleep(early)
		}
		started := time.Now()
		wg.Go(func() {
			waits[i] = time.Since(started)
			spinUnits(work)
		})
	}
	wg.Wait()
	return waits
}

// arrivals returns n times with exponential gaps, stretched so that the last is at
// the end and the load is just what it is to be.
func arrivals(n int, end time.Duration) []time.Duration {
	random := rand.New(rand.NewPCG(20, 26))
	sums := make([]float64, n)
	sum := 0.0
	for i := range sums {
		sum += random.ExpFloat64()
		sums[i] = sum
	}
	times := make([]time.Duration, n)
	for i := range times {
		times[i] = time.Duration(sums[i] / sum * float64(end))
	}
	return times
}
