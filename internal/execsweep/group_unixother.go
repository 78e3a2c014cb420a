//go:build unix && !linux

package execsweep

import "syscall"

// ownGroup puts a program and its children into a process group of their own, so
// that all of them can be killed, and Ctrl-C reaches us alone.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
