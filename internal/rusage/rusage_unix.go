//go:build unix

package rusage

import (
	"time"

	"golang.org/x/sys/unix"
)

func self() (Usage, bool) {
	var ru unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &ru) != nil {
		return Usage{}, false
	}
	return Usage{
		CPU:         time.Duration(unix.TimevalToNsec(ru.Utime) + unix.TimevalToNsec(ru.Stime)),
		Switches:    int64(ru.Nvcsw) + int64(ru.Nivcsw),
		Voluntary:   int64(ru.Nvcsw),
		Involuntary: int64(ru.Nivcsw),
	}, true
}
