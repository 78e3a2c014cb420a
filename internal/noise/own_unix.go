//go:build unix

package noise

import (
	"time"

	"golang.org/x/sys/unix"
)

// ownTime returns the user and system time of this process and of the children
// it has waited for, with their own children (man 2 getrusage).
func ownTime() (time.Duration, bool) {
	var total int64
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var ru unix.Rusage
		if unix.Getrusage(who, &ru) != nil {
			return 0, false
		}
		total += unix.TimevalToNsec(ru.Utime) + unix.TimevalToNsec(ru.Stime)
	}
	return time.Duration(total), true
}
