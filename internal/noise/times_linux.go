package noise

import "runbench/internal/host/sysfs"

func systemTimes() (cpuTimes, bool) {
	usable, _ := sysfs.Affinity() // nil where it is not told
	return procStat(sysfs.Root(), usable)
}
