package host

import (
	"io/fs"

	"runbench/internal/host/sysfs"
)

// Spread returns the CPUs to give to n processes that are to get in each
// other's way as little as may be: one hardware thread of each usable core
// first, then the others. It is nil where that is not known, or where n is more
// than the usable CPUs.
func Spread(n int) []int {
	cpus, err := sysfs.Affinity()
	if err != nil {
		return nil
	}
	return spread(sysfs.Root(), cpus, n)
}

func spread(fsys fs.FS, cpus sysfs.CPUs, n int) []int {
	cores, err := groups(fsys, cpus, "core_cpus_list", "thread_siblings_list")
	if err != nil || n > len(cpus) {
		return nil
	}
	var order []int
	for thread := 0; len(order) < n; thread++ {
		for _, core := range cores {
			// The kernel lists the whole core; not all of it may be usable.
			if usable := core.And(cpus); thread < len(usable) {
				order = append(order, usable[thread])
			}
		}
	}
	return order[:n]
}
