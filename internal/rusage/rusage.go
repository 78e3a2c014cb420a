// Package rusage reads what the operating system charges this process for.
package rusage

import "time"

// A Usage is what a process has used since it started.
type Usage struct {
	CPU      time.Duration // user and system time of all threads
	Switches int64         // context switches, voluntary and not; -1 where the system does not tell
}

// Self returns this process's usage, and false where the system does not tell.
// On Linux the CPU time is exact to the nanosecond clock the kernel accounts
// with (sum_exec_runtime), scaled between user and system.
func Self() (Usage, bool) { return self() }
