package noise

import (
	"runtime"
	"time"

	"github.com/shirou/gopsutil/v3/cpu"
)

// systemTimes asks gopsutil, which calls host_statistics. That needs cgo; a
// program built without it does not know.
func systemTimes() (cpuTimes, bool) {
	all, err := cpu.Times(false)
	if err != nil || len(all) != 1 {
		return cpuTimes{}, false
	}
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	return cpuTimes{
		busy: seconds(all[0].User + all[0].System + all[0].Nice),
		idle: seconds(all[0].Idle),
		cpus: runtime.NumCPU(),
	}, true
}
