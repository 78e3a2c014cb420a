package doctor

import (
	"fmt"
	"slices"
	"time"
)

// A Clock is what reading the time takes.
type Clock struct {
	Source string        `json:"source"`  // the kernel's clock source; empty where unknown
	Read   time.Duration `json:"read_ns"` // time of one time.Now, ns: the median over readings
	Step   time.Duration `json:"step_ns"` // smallest step seen between two readings, ns
}

const (
	clockRepeats = 201
	clockReads   = 100 // readings a repeat: together they take long enough to be timed
)

// measureClock reads the clock many times; it takes a few milliseconds.
func measureClock(source string) Clock {
	c := Clock{Source: source, Step: time.Hour}
	times := make([]time.Time, clockReads)
	var reads []time.Duration
	for range clockRepeats {
		for i := range times {
			times[i] = time.Now()
		}
		reads = append(reads, times[clockReads-1].Sub(times[0])/(clockReads-1))
		for i := range clockReads - 1 {
			if step := times[i+1].Sub(times[i]); step > 0 {
				c.Step = min(c.Step, step)
			}
		}
	}
	c.Read, _ = quantiles(reads)
	return c
}

// quantiles returns the median and the 99th percentile of at least one value,
// by nearest rank. It sorts ds.
func quantiles(ds []time.Duration) (median, p99 time.Duration) {
	slices.Sort(ds)
	return ds[(len(ds)-1)/2], ds[(len(ds)*99+99)/100-1]
}

// A clock that is read in user space (vDSO) takes tens of nanoseconds; a system
// call or a device takes from some hundred to several thousand. Batches take
// milliseconds, against which goodStep is nothing.
const (
	goodRead = 200 * time.Nanosecond
	slowRead = time.Microsecond
	goodStep = time.Microsecond
)

// clockSource looks at what the kernel tells the time by
// (Documentation/timers/timekeeping.rst).
func (f facts) clockSource() Finding {
	c := f.clock
	r := Finding{Level: Good, Subject: "clock"}
	source := "source unknown"
	if c.Source != "" {
		source = c.Source
	}
	r.Found = fmt.Sprintf("%s, %s a reading, smallest step %s", source, short(c.Read), short(c.Step))
	r.Meaning = "times of single tasks are good to about this"
	switch {
	case c.Read > slowRead || c.Step > 1000*goodStep:
		r.Level = Warning
	case c.Read > goodRead || c.Step > goodStep:
		r.Level = Note
	default:
		return r
	}
	r.Meaning = "timing single tasks takes time itself: latencies of short tasks are not to be believed"
	switch {
	case f.goos != "linux":
		r.Change = "nothing: the system has no other clock"
	case c.Source == "tsc":
		r.Change = "nothing: there is no faster clock source"
	default:
		r.Change = "as root, if the file available_clocksource beside it has tsc: echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource"
	}
	return r
}
