//go:build !linux && !darwin && !windows

package host

import "runbench/internal/host/sysfs"

// running is this machine, as far as gopsutil tells.
func running() system {
	return system{
		files:    sysfs.Root(),
		cpu:      psCPU,
		logical:  psLogical,
		physical: psPhysical,
		memory:   psMemory,
		os:       psPlatform,
		kernel:   psKernel,
		load:     psLoad,
	}
}
