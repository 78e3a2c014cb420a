//go:build unix

package execsweep

import (
	"os"
	"syscall"
)

// killGroup kills a program and all that is left of its process group.
func killGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }

// peak returns the largest resident set, in bytes, of a program that has ended or
// of one of those it waited for; false where it is not known.
//
// Until it becomes another program a new process shares our memory, and the
// kernel takes our own peak over into its account (exec_mmap in Linux's
// fs/exec.c). A peak no larger than ours is therefore none of the program.
func peak(state *os.ProcessState) (bytes int64, ok bool) {
	var own syscall.Rusage
	used, ok := state.SysUsage().(*syscall.Rusage)
	if !ok || syscall.Getrusage(syscall.RUSAGE_SELF, &own) != nil || used.Maxrss <= own.Maxrss {
		return 0, false
	}
	return int64(used.Maxrss) * peakUnit, true
}
