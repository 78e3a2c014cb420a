package child

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// sysProcAttr has the kernel kill the child when the thread that started it
// ends. Go's threads live as long as the process unless a goroutine locked to
// one ends: see onCPU for the one case.
func sysProcAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// standardInput returns standard input in non-blocking mode, so that waiting
// for its end occupies no thread: threads are counted in every run.
func standardInput() *os.File {
	if syscall.SetNonblock(0, true) != nil {
		return os.Stdin
	}
	return os.NewFile(0, "stdin")
}

// onCPU calls f on a thread that may run on one CPU only, and reports whether it
// could: a child that f starts inherits the affinity, which is a thread's own
// and has to be set before the child's first instruction. Where the thread
// cannot be given its affinity back, which the kernel has no reason to refuse, it
// is kept for this goroutine and ends with it, and so do the children started on
// it.
func onCPU(cpu int, f func()) bool {
	runtime.LockOSThread()
	var before, one unix.CPUSet
	one.Set(cpu)
	if unix.SchedGetaffinity(0, &before) != nil || unix.SchedSetaffinity(0, &one) != nil {
		runtime.UnlockOSThread()
		return false
	}
	f()
	if unix.SchedSetaffinity(0, &before) == nil {
		runtime.UnlockOSThread()
	}
	return true
}
