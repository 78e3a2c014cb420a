package claims

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"sync"
	"sync/atomic"
	"time"

	"runbench/internal/hashchain"
	"runbench/internal/timetext"
)

const (
	// The devices' events are due every 32 ms (even numbers) and every 64 ms (odd
	// ones), and are to be handled before the next is due.
	deviceCount  = 64
	devicePeriod = 32 * time.Millisecond
	deviceSpan   = 4 * devicePeriod

	// deviceLoad is the share of a core that the events of all devices take
	// together, and overLoad what one core cannot do.
	deviceLoad = 0.2
	overLoad   = 2

	pipelineItems   = 256
	pipelineWorkers = 8
)

var devices = Claim{
	ID:        3,
	Statement: "The same program gives the same result at any GOMAXPROCS, and one core serves many devices without missing a deadline.",
	Expected:  "one result at every P, that of a plain loop; no deadline missed by 64 devices that keep 0.2 of a core busy, at P=1; deadlines missed at a load of 2, where they must be",
	Lesson:    "Write the program for the structure of the problem and leave the number of cores to the machine; look for more cores when deadlines are missed.",
	Experiment: "A pipeline sends 256 numbers through 8 workers and hashes what comes out, at P = 1, 2, the number of cores and twice that; each trial does the same in a plain loop. " +
		"At P=1, 64 devices with a goroutine each have events every 32 or 64 ms for 128 ms, all at once to begin with; each must be handled before the next is due. " +
		"Handling takes 0.2 of a core, and in another trial 2 cores, to show what a missed deadline looks like. " +
		"The claim holds if all results are equal and half of the trials or more miss no deadline; it fails if results differ, or if every trial misses some though it had a core to itself.",
	Sources: []string{
		"Pike, Concurrency is not Parallelism (Waza 2012)",
		"Liu & Layland, Scheduling Algorithms for Multiprogramming in a Hard-Real-Time Environment (JACM 1973)",
		"runtime/time.go: timeSleep",
	},
	Workloads:   []string{"mixed/devices", "mixed/pipeline"},
	Disturbance: Hurt,
	Arms: func(cores int) []Arm {
		arms := []Arm{
			{Name: "devices", Procs: 1, Run: serveDevices(deviceLoad)},
			{Name: "overload", Procs: 1, Run: serveDevices(overLoad), Trials: 1},
		}
		for _, procs := range resultProcs(cores) {
			arms = append(arms, Arm{Name: procsName(procs), Procs: procs, Run: pipelineResult, Trials: 2})
		}
		return arms
	},
	Judge: judgeDevices,
}

// resultProcs returns the values of GOMAXPROCS at which results are compared.
func resultProcs(cores int) []int { return append([]int{1}, simultaneousProcs(cores)...) }

func judgeDevices(cores int, t Trials) Finding {
	results, trials := make(map[float64]bool), 0
	procs := resultProcs(cores)
	for _, p := range procs {
		for _, s := range t[procsName(p)] {
			results[s["pipeline-hash"]], results[s["loop-hash"]] = true, true
			trials++
		}
	}
	events, missed := t.Spread("devices", "handled-events"), t.Spread("devices", "missed-events")
	late, busy := t.Spread("devices", "latest-ns"), t.Spread("devices", "used-cores")
	over, given := t.Spread("overload", "missed-events"), t.Spread("overload", "used-cores")
	measured := fmt.Sprintf("%s missed of %s events, %s of a core, latest after %s; at load %d %s missed; ",
		missed.Text(number(0, "")), events.Text(number(0, "")), busy.Text(number(2, "")), timetext.Nanoseconds(late.Max), overLoad, over.Text(number(0, "")))
	if len(results) == 1 {
		measured += fmt.Sprintf("1 result at P=1 to %d", procs[len(procs)-1])
	} else {
		measured = fmt.Sprintf("%d results in %d trials; ", len(results), trials) + measured
	}
	switch {
	case len(results) > 1:
		return holdsIf(false, measured)
	case missed.Min > 0 && given.Max < 0.9:
		// Not every system tells what other programs use. What this one got when it
		// wanted all of a core does.
		return untold(measured, fmt.Sprintf("a core of its own: under the load of %d it got %s of one", overLoad, given.Text(number(2, ""))))
	case missed.Min > 0:
		return holdsIf(false, measured)
	case over.Min == 0:
		return untold(measured, "a load that one core cannot carry")
	case missed.Median > 0:
		return untold(measured, "a machine that stalls less")
	}
	return holdsIf(true, measured)
}

// serveDevices returns a trial that serves the devices, whose events take the given
// share of a core together.
func serveDevices(load float64) func(context.Context) (Sample, error) {
	return func(context.Context) (Sample, error) {
		// A device needs its event's time once a period, and half of the devices
		// have twice the period of the others.
		each := time.Duration(load * float64(devicePeriod) / (deviceCount * 0.75))
		units := calibrate(each)
		var handled, missed atomic.Int32
		var latest atomic.Int64
		before := readClocks()
		start := time.Now()
		var all sync.WaitGroup
		for device := range deviceCount {
			period := devicePeriod * time.Duration(1+device%2)
			all.Go(func() {
				for at := time.Duration(0); at < deviceSpan; at += period {
					time.Sleep(time.Until(start.Add(at)))
					spinUnits(units)
					late := time.Since(start.Add(at))
					handled.Add(1)
					if late > period {
						missed.Add(1)
					}
					raise(&latest, int64(late))
				}
			})
		}
		all.Wait()
		// Under way until the last period has passed: what is idle counts, too.
		time.Sleep(time.Until(start.Add(deviceSpan)))
		used, err := coresUsed(before, readClocks())
		if err != nil {
			return nil, err
		}
		return Sample{
			"handled-events": float64(handled.Load()),
			"missed-events":  float64(missed.Load()),
			"latest-ns":      float64(latest.Load()),
			"used-cores":     used,
		}, nil
	}
}

// raise sets most to v if that is more.
func raise(most *atomic.Int64, v int64) {
	for old := most.Load(); v > old && !most.CompareAndSwap(old, v); old = most.Load() {
	}
}

// pipelineResult is a trial that sends numbers through a pipeline, and through a
// plain loop.
func pipelineResult(context.Context) (Sample, error) {
	type item struct {
		index int
		value uint64
	}
	todo, done := make(chan item), make(chan item)
	go func() {
		defer close(todo)
		for i := range pipelineItems {
			todo <- item{i, uint64(i)}
		}
	}()
	var workers sync.WaitGroup
	for range pipelineWorkers {
		workers.Go(func() {
			for it := range todo {
				it.value = hashchain.Nth(it.value, 10*unitSteps)
				done <- it
			}
		})
	}
	go func() { workers.Wait(); close(done) }()
	var piped, looped [pipelineItems]uint64
	for it := range done {
		piped[it.index] = it.value
	}
	for i := range looped {
		looped[i] = hashchain.Nth(uint64(i), 10*unitSteps)
	}
	return Sample{"pipeline-hash": digest(piped[:]), "loop-hash": digest(looped[:])}, nil
}

// digest returns a hash of values that a float64 holds exactly.
func digest(values []uint64) float64 {
	h := fnv.New64a()
	var b [8]byte
	for _, v := range values {
		binary.LittleEndian.PutUint64(b[:], v)
		h.Write(b[:])
	}
	return float64(h.Sum64() >> 11)
}
