package rusage

import (
	"time"

	"golang.org/x/sys/windows"
)

func self() (Usage, bool) {
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(windows.CurrentProcess(), &created, &exited, &kernel, &user) != nil {
		return Usage{}, false
	}
	// Filetime differences are in units of 100 ns; Nanoseconds would move the
	// origin, which a duration does not have.
	ticks := func(f windows.Filetime) int64 { return int64(f.HighDateTime)<<32 | int64(f.LowDateTime) }
	return Usage{
		CPU:      time.Duration((ticks(kernel) + ticks(user)) * 100),
		Switches: -1, Voluntary: -1, Involuntary: -1,
	}, true
}
