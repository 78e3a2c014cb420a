package noise

import "time"

// A Noise is what happened to the machine from one sample to a later one. Every
// fact but Wall is nil where it is unknown.
type Noise struct {
	// Wall is the time between the samples, in nanoseconds.
	Wall time.Duration `json:"wall"`
	// CPUs is the number of CPUs that the process may use: those of the machine
	// that are online, or of its affinity where that is fewer. Steal and Foreign are
	// over these.
	CPUs *int `json:"cpus"`
	// Steal is the share, 0 to 1, of the machine's CPU time in which the
	// hypervisor ran something else though a CPU here had work. It is 0 on bare
	// metal, and under a hypervisor that does not report it.
	Steal *float64 `json:"steal"`
	// Foreign is the CPU time that was used by anything but this process and
	// its children, in cores: 0.5 is half of one core all the time. It is the
	// busy time of the machine less our own, so that the kernel's own threads
	// and interrupts are in it. It is not below 0.
	Foreign *float64 `json:"foreign"`
	// ForeignResolution is how far Foreign may be off, in cores. Most kernels
	// count the CPU time of the machine by looking once a tick at what each CPU
	// is doing, and /proc/stat rounds to 10 ms; it is one such tick a CPU over
	// Wall, and large where Wall is short.
	ForeignResolution *float64 `json:"foreign_resolution"`
	// Throttled is the share, 0 to 1, of the periods of this process's cgroup in
	// which it used up its CPU quota and was stopped until the next; that of
	// the group above it where that is worse. It is 0 without a quota.
	Throttled *float64 `json:"throttled"`
	// Pressure is the share, 0 to 1, of Wall in which some task of the machine
	// waited for a CPU. Our own runs cause it too, whenever they have more
	// threads to run than there are CPUs, so that it disturbs nothing by itself.
	Pressure *float64 `json:"pressure"`
	// MemoryPressure is the share, 0 to 1, of Wall in which some task of the
	// machine waited for memory to be freed or read back.
	MemoryPressure *float64 `json:"memory_pressure"`
	// Swapped is how many pages a second moved to and from swap space.
	Swapped *float64 `json:"swapped"`
}

// Between says what happened from a to b. A counter that ran backwards makes
// its fact unknown: the kernel lets that happen when CPUs go off line. Where b
// is not later than a, nothing is known.
func Between(a, b Sample) Noise {
	wall := b.at.Sub(a.at)
	if wall <= 0 {
		return Noise{}
	}
	n := Noise{
		Wall:           wall,
		Throttled:      throttledShare(a.quotas, b.quotas),
		Pressure:       share(a.cpuPressure, b.cpuPressure, wall),
		MemoryPressure: share(a.memoryPressure, b.memoryPressure, wall),
	}
	if a.swapped != nil && b.swapped != nil && *b.swapped >= *a.swapped {
		n.Swapped = new(float64(*b.swapped-*a.swapped) / wall.Seconds())
	}
	n.times(a, b)
	return n
}

// times takes what the CPU times tell.
func (n *Noise) times(a, b Sample) {
	if a.times == nil || b.times == nil {
		return
	}
	n.CPUs = new(b.times.cpus)
	busy, idle := b.times.busy-a.times.busy, b.times.idle-a.times.idle
	if busy < 0 || idle < 0 {
		return
	}
	if s, t := a.times.steal, b.times.steal; s != nil && t != nil {
		n.Steal = share(s, t, busy+idle+*t-*s)
	}
	if a.own != nil && b.own != nil && *b.own >= *a.own {
		n.Foreign = new(max(0, (busy-(*b.own-*a.own)).Seconds()/n.Wall.Seconds()))
		n.ForeignResolution = new(float64(b.times.cpus) * tick.Seconds() / n.Wall.Seconds())
	}
}

// share returns by how much a counter grew, as a share of whole, at most 1. It
// is nil where the counter is unknown or ran backwards, or whole is nothing.
func share(a, b *time.Duration, whole time.Duration) *float64 {
	if a == nil || b == nil || *b < *a || whole <= 0 {
		return nil
	}
	return new(min(1, float64(*b-*a)/float64(whole)))
}

// Sum returns what happened over all of ns: the sum of the wall times, and each
// fact weighted with the wall time of those that know it. Foreign is cut off at
// 0 in each of them, so that many short ones together show a little more than
// one over the whole time.
func Sum(ns []Noise) Noise {
	var sum Noise
	for _, n := range ns {
		sum.Wall += n.Wall
		if n.CPUs != nil && (sum.CPUs == nil || *n.CPUs > *sum.CPUs) {
			sum.CPUs = n.CPUs
		}
	}
	sum.Steal = weighted(ns, func(n Noise) *float64 { return n.Steal })
	sum.Foreign = weighted(ns, func(n Noise) *float64 { return n.Foreign })
	sum.ForeignResolution = weighted(ns, func(n Noise) *float64 { return n.ForeignResolution })
	sum.Throttled = weighted(ns, func(n Noise) *float64 { return n.Throttled })
	sum.Pressure = weighted(ns, func(n Noise) *float64 { return n.Pressure })
	sum.MemoryPressure = weighted(ns, func(n Noise) *float64 { return n.MemoryPressure })
	sum.Swapped = weighted(ns, func(n Noise) *float64 { return n.Swapped })
	return sum
}

// weighted returns the mean of a fact over those that know it, weighted with
// their wall times; nil where none does.
func weighted(ns []Noise, fact func(Noise) *float64) *float64 {
	var total float64
	var wall time.Duration
	for _, n := range ns {
		if v := fact(n); v != nil {
			total += *v * float64(n.Wall)
			wall += n.Wall
		}
	}
	if wall == 0 {
		return nil
	}
	return new(total / float64(wall))
}
