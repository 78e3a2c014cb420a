//go:build !linux

package child

import (
	"os"
	"syscall"
)

// sysProcAttr asks for nothing: only Linux can tie a child's life to its
// parent's. Elsewhere the end of standard input does it alone.
func sysProcAttr() *syscall.SysProcAttr { return nil }

func polledInput() *os.File { return os.Stdin }

// onCPU does nothing: no other system lets a thread be tied to a CPU through
// what this package uses.
func onCPU(int, func()) bool { return false }
