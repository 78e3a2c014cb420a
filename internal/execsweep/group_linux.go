package execsweep

import (
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// canPin says whether a program can be limited to CPUs here.
const canPin = true

// ownGroup puts a program and its children into a process group of their own, so
// that all of them can be killed, and Ctrl-C reaches us alone. The kernel kills
// the program when the thread that started it ends; a guard kills the others.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// pin ties the calling thread to CPUs, and with it the program that it starts next:
// affinity is a thread's own and has to be there at the program's first
// instruction.
func pin(cpus []int) error {
	set := unix.NewCPUSet(slices.Max(cpus) + 1)
	for _, cpu := range cpus {
		set.Set(cpu)
	}
	return unix.SchedSetaffinityDynamic(0, set)
}

// peakUnit is what the largest resident set is counted in (man 2 getrusage), in
// bytes.
const peakUnit = 1 << 10
