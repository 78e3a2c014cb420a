package host

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"runbench/internal/host/sysfs"
)

// running is this machine. The size of the memory and the version of the
// system come from sysctl(3), because gopsutil runs vm_stat and sw_vers.
func running() system {
	return system{
		files:    sysfs.Root(),
		cpu:      psCPU,
		logical:  psLogical,
		physical: psPhysical,
		kinds:    performanceLevels,
		memory:   func(context.Context) (uint64, error) { return unix.SysctlUint64("hw.memsize") },
		os:       macOS,
		kernel:   psKernel,
		guest:    underHypervisor,
		load:     psLoad,
	}
}

func macOS(context.Context) (Fact, error) {
	version, err := unix.Sysctl("kern.osproductversion")
	if err != nil {
		return "", err
	}
	return Fact("macOS " + version), nil
}

// underHypervisor reads kern.hv_vmm_present, which is 1 in a virtual machine.
func underHypervisor(context.Context) (bool, error) {
	present, err := unix.SysctlUint32("kern.hv_vmm_present")
	return present == 1, err
}

// performanceLevels reads the hw.perflevelN sysctls of Apple silicon, fastest
// level first. Macs before macOS 12 or with Intel CPUs have none.
func performanceLevels(context.Context) ([]CoreKind, error) {
	n, err := unix.SysctlUint32("hw.nperflevels")
	if err != nil {
		return nil, err
	}
	var kinds []CoreKind
	for i := range n {
		level := fmt.Sprintf("hw.perflevel%d", i)
		name, err := unix.Sysctl(level + ".name")
		if err != nil {
			return nil, err
		}
		cpus, err := unix.SysctlUint32(level + ".logicalcpu")
		if err != nil {
			return nil, err
		}
		kinds = append(kinds, CoreKind{Name: name, CPUs: int(cpus)})
	}
	return kinds, nil
}
