package host

import (
	"context"

	"runbench/internal/host/sysfs"
)

// running is this machine. The name of the system is read from os-release and
// not asked of gopsutil, which would run lsb_release; virtualisation is read
// from the kernel's files, because gopsutil takes any leftover /.dockerenv for
// Docker.
func running() system {
	return system{
		files:    sysfs.Root(),
		affinity: func(context.Context) (sysfs.CPUs, error) { return sysfs.Affinity() },
		cpu:      psCPU,
		logical:  psLogical,
		physical: psPhysical,
		memory:   psMemory,
		kernel:   psKernel,
		load:     psLoad,
	}
}
