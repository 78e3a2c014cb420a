package noise

import "runbench/internal/host/sysfs"

func systemTimes() (cpuTimes, bool) { return procStat(sysfs.Root()) }
