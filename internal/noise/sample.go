package noise

import (
	"io/fs"
	"sync"
	"time"

	"runbench/internal/host/sysfs"
)

// A Sample is what the counters of the system showed at one moment. The zero
// Sample knows nothing. Samples are compared within one process only.
type Sample struct {
	at    time.Time
	times *cpuTimes      // of all CPUs
	own   *time.Duration // CPU time of this process and of the children it has waited for

	cpuPressure    *time.Duration // time in which some task waited for a CPU
	memoryPressure *time.Duration // time in which some task waited for memory

	quotas  []quota // of this process's cgroup and of those above it
	swapped *int64  // pages moved to and from swap space
}

// cpuTimes are times of all CPUs together, since boot.
type cpuTimes struct {
	busy  time.Duration  // running anything
	idle  time.Duration  // running nothing
	steal *time.Duration // wanting to run while the hypervisor ran something else
	cpus  int            // how many CPUs are online
}

// A source is where a sample comes from. A nil function tells nothing.
type source struct {
	files  fs.FS
	groups cgroups
	times  func() (cpuTimes, bool)
	own    func() (time.Duration, bool)
}

// running is this machine. Where the process's cgroup is mounted is looked up
// once: it takes longer than all else together.
var running = sync.OnceValue(func() source {
	files := sysfs.Root()
	return source{files: files, groups: findCgroups(files), times: systemTimes, own: ownTime}
})

// Take reads the counters. It takes well below a millisecond on machines of up
// to some hundred CPUs, and never fails: what cannot be read is unknown. It is
// safe for concurrent use.
func Take() Sample { return running().take() }

func (s source) take() Sample {
	return Sample{
		at:             time.Now(),
		times:          told(s.times),
		own:            told(s.own),
		cpuPressure:    pressure(s.files, "cpu"),
		memoryPressure: pressure(s.files, "memory"),
		quotas:         s.groups.read(s.files),
		swapped:        swapped(s.files),
	}
}

// told returns what f tells, nil where it tells nothing.
func told[T any](f func() (T, bool)) *T {
	if f == nil {
		return nil
	}
	v, ok := f()
	if !ok {
		return nil
	}
	return &v
}
