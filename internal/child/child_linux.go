package child

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// sysProcAttr has the kernel kill the child when the thread that started it ends,
// which is the child's own; see Process.begin.
func sysProcAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// polledInput returns standard input in non-blocking mode, so that waiting for
// its end occupies no thread: claims count threads, and goroutines in system calls.
func polledInput() *os.File {
	if syscall.SetNonblock(0, true) != nil {
		return os.Stdin
	}
	return os.NewFile(0, "stdin")
}

// onCPU calls f with this thread tied to one CPU, and reports whether it could: a
// child that f starts inherits the affinity, which is a thread's own and has to be
// set before the child's first instruction. The thread stays tied: it is the
// child's own and ends with it.
func onCPU(cpu int, f func()) bool {
	var one unix.CPUSet
	one.Set(cpu)
	if unix.SchedSetaffinity(0, &one) != nil {
		return false
	}
	f()
	return true
}
