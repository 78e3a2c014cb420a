package child

import (
	"os"
	"syscall"
)

// sysProcAttr has the kernel kill the child when the thread that started it
// ends. Go's threads live as long as the process unless a goroutine locked to
// one ends, which nothing here that starts children does.
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
