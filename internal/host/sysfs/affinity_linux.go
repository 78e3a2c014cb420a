package sysfs

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Affinity returns the CPUs on which the calling thread may run, the same
// question the Go runtime asks at its start (sched_getaffinity(2)). A cpuset
// cgroup is part of the answer, a CPU quota is not.
func Affinity() (CPUs, error) {
	set := unix.NewCPUSet(maxCPU + 1)
	if err := unix.SchedGetaffinityDynamic(0, set); err != nil {
		return nil, fmt.Errorf("sched_getaffinity: %w", err)
	}
	cpus := make(CPUs, 0, set.Count())
	for cpu := 0; len(cpus) < cap(cpus); cpu++ {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	if len(cpus) == 0 {
		return nil, fmt.Errorf("sched_getaffinity: empty set")
	}
	return cpus, nil
}
