package host

import (
	"context"
	"errors"

	"golang.org/x/sys/windows/registry"

	"runbench/internal/host/sysfs"
)

// running is this machine. gopsutil asks WMI for the CPU's name and for the
// number of physical cores, which takes far longer than all else together: the
// name is read from the registry and the number is unknown. Windows has no load
// average.
func running() system {
	return system{
		files:   sysfs.Root(),
		cpu:     registryCPU,
		logical: psLogical,
		physical: func(context.Context) (int, error) {
			return 0, errors.New("only a slow WMI query tells them on Windows")
		},
		memory: psMemory,
		os:     psPlatform,
		kernel: psKernel,
	}
}

// registryCPU reads the names that the system entered for the first CPU at
// boot.
func registryCPU(context.Context) (names cpuNames, err error) {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `HARDWARE\DESCRIPTION\System\CentralProcessor\0`, registry.QUERY_VALUE)
	if err != nil {
		return cpuNames{}, err
	}
	defer key.Close()
	model, _, err := key.GetStringValue("ProcessorNameString")
	if err != nil {
		return cpuNames{}, err
	}
	vendor, _, err := key.GetStringValue("VendorIdentifier")
	if err != nil {
		return cpuNames{}, err
	}
	return cpuNames{trimmed(model), trimmed(vendor)}, nil
}
