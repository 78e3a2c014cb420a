package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"

	"runbench/internal/host/sysfs"
)

// A tree is a fixture of the files of a machine.
type tree struct{ fstest.MapFS }

func newTree() tree { return tree{fstest.MapFS{}} }

// set writes one file, with the line end that the kernel writes.
func (t tree) set(name, content string) {
	t.MapFS[name] = &fstest.MapFile{Data: []byte(content + "\n"), Mode: 0o444}
}

func (t tree) link(name, target string) {
	t.MapFS[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
}

func (t tree) dir(name string) {
	t.MapFS[name] = &fstest.MapFile{Mode: fs.ModeDir | 0o555}
}

// initNamespaces puts the process into the first namespaces of the kernel.
func (t tree) initNamespaces() {
	t.link("proc/self/ns/pid", initPID)
	t.link("proc/self/ns/cgroup", initCgroup)
}

// topology writes the lists of the CPUs that share a core and a package.
func (t tree) topology(cpu int, core, pkg string) {
	dir := fmt.Sprintf("sys/devices/system/cpu/cpu%d/topology/", cpu)
	t.set(dir+"core_cpus_list", core)
	t.set(dir+"package_cpus_list", pkg)
}

// cache writes one entry of a CPU's caches.
func (t tree) cache(cpu, index, level int, kind, size, sharers string) {
	dir := fmt.Sprintf("sys/devices/system/cpu/cpu%d/cache/index%d/", cpu, index)
	t.set(dir+"level", fmt.Sprint(level))
	t.set(dir+"type", kind)
	t.set(dir+"size", size)
	t.set(dir+"shared_cpu_list", sharers)
}

// x86 writes /proc/cpuinfo for n CPUs.
func (t tree) x86(n int, vendor, model, flags string) {
	var b strings.Builder
	for cpu := range n {
		fmt.Fprintf(&b, "processor\t: %d\nvendor_id\t: %s\nmodel name\t: %s\nstepping\t: unknown\nflags\t\t: %s\n\n", cpu, vendor, model, flags)
	}
	t.set("proc/cpuinfo", b.String())
}

// bareMetal has two sockets of four cores of two threads, which the firmware
// numbers 0-7 and 8-15, and a quota of 3.5 CPUs under one of 2.
func bareMetal() system {
	t := newTree()
	t.x86(16, "GenuineIntel", "Intel(R) Xeon(R) Gold 6226 CPU @ 2.70GHz  ", "fpu vme sse2")
	t.set("sys/devices/system/cpu/online", "0-15")
	t.set("sys/devices/system/cpu/smt/active", "1")
	t.set("sys/devices/system/cpu/intel_pstate/no_turbo", "1")
	t.set("sys/devices/cpu/type", "4")
	t.set("sys/devices/system/node/online", "0-1")
	for cpu := range 16 {
		socket := cpu / 4 % 2
		core := fmt.Sprintf("%d,%d", cpu%8, cpu%8+8)
		pkg := []string{"0-3,8-11", "4-7,12-15"}[socket]
		t.topology(cpu, core, pkg)
		t.cache(cpu, 0, 1, "Data", "32K", core)
		t.cache(cpu, 1, 1, "Instruction", "32K", core)
		t.cache(cpu, 2, 2, "Unified", "1024K", core)
		t.cache(cpu, 3, 3, "Unified", "19712K", pkg)
		dir := fmt.Sprintf("sys/devices/system/cpu/cpu%d/cpufreq/", cpu)
		t.set(dir+"scaling_governor", "performance")
		t.set(dir+"scaling_driver", "intel_pstate")
	}
	t.set("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc")
	t.set("sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet acpi_pm ")
	t.set("sys/class/dmi/id/sys_vendor", "Dell Inc.")
	t.set("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never")
	t.set("etc/os-release", "NAME=\"Ubuntu\"\nPRETTY_NAME=\"Ubuntu 26.04 LTS\"")
	t.initNamespaces()
	t.set("proc/self/cgroup", "0::/bench.slice/run.scope")
	t.set("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n35 22 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate")
	t.set("sys/fs/cgroup/bench.slice/cpu.max", "200000 100000")
	t.set("sys/fs/cgroup/bench.slice/run.scope/cpu.max", "350000 100000")
	return t.system("0-15")
}

// guest is a virtual machine of which one CPU is out of reach, without cpufreq
// and with a cgroup v2 that has no CPU controller.
func guest() system {
	t := newTree()
	t.x86(4, "AuthenticAMD", "AMD EPYC 7B13", "fpu vme hypervisor")
	t.set("sys/devices/system/cpu/online", "0-3")
	for cpu := range 4 {
		core := []string{"0-1", "2-3"}[cpu/2]
		t.topology(cpu, core, "0-3")
		t.set(fmt.Sprintf("sys/devices/system/cpu/cpu%d/cpu_capacity", cpu), "1024")
		t.cache(cpu, 0, 1, "Data", "32K", core)
		t.cache(cpu, 1, 2, "Unified", "512K", core)
	}
	t.set("sys/devices/system/clocksource/clocksource0/current_clocksource", "kvm-clock")
	t.set("sys/devices/system/clocksource/clocksource0/available_clocksource", "kvm-clock tsc acpi_pm")
	t.set("sys/class/dmi/id/product_name", "Google Compute Engine")
	t.set("usr/lib/os-release", "NAME='Alpine Linux'")
	t.initNamespaces()
	t.set(".dockerenv", "")
	t.set("proc/self/cgroup", "0::/user.slice")
	t.set("proc/self/mountinfo", "35 22 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
	t.dir("sys/fs/cgroup/user.slice")
	return t.system("0-2")
}

// container is Docker on cgroup v1 with a quota of 1.5 CPUs.
func container() system {
	t := newTree()
	t.x86(4, "AuthenticAMD", "AMD Ryzen 5", "fpu vme")
	t.set("sys/devices/system/cpu/online", "0-3")
	for cpu := range 4 {
		t.topology(cpu, fmt.Sprint(cpu), "0-3")
	}
	t.set("sys/devices/system/cpu/cpufreq/boost", "1")
	t.link("proc/self/ns/pid", "pid:[4026532500]")
	t.link("proc/self/ns/cgroup", initCgroup)
	t.set("proc/self/cgroup", "11:memory:/docker/4f5e\n4:cpu,cpuacct:/docker/4f5e\n1:name=systemd:/docker/4f5e\n0::/")
	t.set("proc/self/mountinfo", "40 30 0:30 /docker/4f5e /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n41 30 0:31 /docker/4f5e /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct")
	t.set("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000")
	t.set("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000")
	return t.system("0-3")
}

// bare is an Arm board whose kernel has no cgroups and tells little.
func bare() system {
	t := newTree()
	t.set("proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 48.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n")
	t.set("proc/self/stat", "1 (x) R")
	t.set("sys/devices/system/cpu/online", "0-3")
	for cpu := range 4 {
		t.set(fmt.Sprintf("sys/devices/system/cpu/cpu%d/cpu_capacity", cpu), "1024")
	}
	s := t.system("0-3")
	s.physical = func(context.Context) (int, error) { return 4, nil }
	s.cpu = func(context.Context) (cpuNames, error) { return cpuNames{"Neoverse-N1", "ARM"}, nil }
	s.load = func(context.Context) (Load, error) { return Load{}, errors.New("no load here") }
	return s
}

// hybrid has four fast cores of two threads and eight slow ones, which share
// their L2 by fours.
func hybrid() system {
	t := newTree()
	t.x86(16, "GenuineIntel", "12th Gen Intel(R) Core(TM) i7-1260P", "fpu vme")
	t.set("sys/devices/system/cpu/online", "0-15")
	t.set("sys/devices/cpu_core/cpus", "0-7")
	t.set("sys/devices/cpu_atom/cpus", "8-15")
	for cpu := range 16 {
		core, l1, l2, l2sharers := fmt.Sprintf("%d-%d", cpu&^1, cpu|1), "48K", "1280K", fmt.Sprintf("%d-%d", cpu&^1, cpu|1)
		if cpu >= 8 {
			core, l1, l2, l2sharers = fmt.Sprint(cpu), "32K", "2048K", fmt.Sprintf("%d-%d", cpu&^3, cpu|3)
		}
		t.topology(cpu, core, "0-15")
		t.cache(cpu, 0, 1, "Data", l1, core)
		t.cache(cpu, 1, 2, "Unified", l2, l2sharers)
		t.cache(cpu, 2, 3, "Unified", "18432K", "0-15")
		governor := "powersave"
		if cpu >= 8 {
			governor = "performance"
		}
		t.set(fmt.Sprintf("sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", cpu), governor)
	}
	t.set("sys/devices/system/cpu/intel_pstate/no_turbo", "0")
	t.set("proc/self/cgroup", "0::/")
	t.set("proc/self/mountinfo", "35 22 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
	t.set("sys/fs/cgroup/cgroup.procs", "")
	return t.system("0-15")
}

// system completes the files with what gopsutil and the affinity call would
// tell.
func (t tree) system(affinity string) system {
	return system{
		files:    t.MapFS,
		affinity: func(context.Context) (sysfs.CPUs, error) { return sysfs.ParseCPUs(affinity) },
		memory:   func(context.Context) (uint64, error) { return 24684092 << 10, nil },
		kernel:   func(context.Context) (Fact, error) { return "6.18.0-test", nil },
		load:     func(context.Context) (Load, error) { return Load{0.5, 0.25, 0.125}, nil },
	}
}
