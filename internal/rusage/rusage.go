// Package rusage reads what the operating system charges this process for.
package rusage

import "time"

// A Usage is what a process has used since it started. Context switches are -1
// where the system does not tell.
type Usage struct {
	CPU         time.Duration // user and system time of all threads
	Switches    int64         // context switches of both kinds
	Voluntary   int64         // those in which a thread had to wait for something
	Involuntary int64         // those in which the kernel gave a thread's CPU to another
}

// Self returns this process's usage, and false where the system does not tell.
// On Linux the CPU time is exact to the nanosecond clock the kernel accounts
// with (sum_exec_runtime), scaled between user and system.
func Self() (Usage, bool) { return self() }
