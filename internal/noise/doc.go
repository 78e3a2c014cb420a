// Package noise watches what disturbs a measurement while it goes on: other
// programs, the hypervisor, the CPU quota of a cgroup, a shortage of memory.
//
// The system keeps counters of all these since it was booted. [Take] reads them
// into a [Sample], and [Between] says what happened from one sample to the next:
//
//	before := noise.Take()
//	measure()
//	quiet := len(noise.Between(before, noise.Take()).Disturbed()) == 0
//
// Samples are to be taken when no child process is alive. The CPU time of a
// child is known only once it has been waited for; until then it would count
// as that of another program.
//
// What the system does not tell is nil, and said to be unknown. Linux tells
// most; macOS what other programs use, if the program was built with cgo;
// Windows nothing, because it does not add up the CPU time of children.
package noise
