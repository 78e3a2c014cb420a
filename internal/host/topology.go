package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"runbench/internal/host/sysfs"
)

// Sources: Documentation/admin-guide/cputopology.rst,
// Documentation/ABI/testing/sysfs-devices-system-cpu and -devices-node.
const cpuDir = "sys/devices/system/cpu"

// readUsable finds the CPUs that are online and those that this process may
// use, and returns the latter. Where the affinity is not told they are all that
// are online, if Go counts as many at its start, and otherwise nobody's guess:
// nil.
func (h *Host) readUsable(ctx context.Context, sys system) sysfs.CPUs {
	online, err := sysfs.ReadCPUs(sys.files, cpuDir+"/online")
	if err == nil {
		h.OnlineCPUs = positive(len(online))
	} else if n, ok := ask(ctx, h, "number of CPUs", sys.logical); ok {
		h.OnlineCPUs = positive(n)
	}

	cpus, ok := ask(ctx, h, "CPU affinity", sys.affinity)
	switch {
	case ok:
		h.LogicalCores = len(cpus)
		h.Affinity = Fact(cpus.String())
		return cpus
	case len(online) == h.LogicalCores:
		return online
	}
	return nil
}

// readTopology finds how the usable CPUs are arranged.
func (h *Host) readTopology(ctx context.Context, sys system, cpus sysfs.CPUs, info cpuInfo) {
	packages, err := groups(sys.files, cpus, "package_cpus_list", "core_siblings_list")
	if err == nil {
		h.Packages = positive(len(packages))
	}

	cores, err := groups(sys.files, cpus, "core_cpus_list", "thread_siblings_list")
	switch {
	case err == nil:
		h.PhysicalCores = positive(len(cores))
	case errors.Is(err, fs.ErrNotExist):
		h.askCores(ctx, sys)
	default:
		h.note("physical cores unknown: %v", err)
	}

	switch active, err := sysfs.Int(sys.files, cpuDir+"/smt/active"); {
	case err == nil && (active == 0 || active == 1):
		h.SMT = new(active == 1)
	case len(cores) > 0:
		h.SMT = new(slices.ContainsFunc(cores, func(threads sysfs.CPUs) bool { return len(threads) > 1 }))
	}

	h.readKinds(ctx, sys, cpus, info)
	if nodes, err := sysfs.ReadCPUs(sys.files, "sys/devices/system/node/online"); err == nil {
		h.NUMANodes = positive(len(nodes))
	}
}

// askCores asks gopsutil for the physical cores of the whole machine. They are
// the usable ones only where all CPUs are usable, and a count above that of the
// logical CPUs is no count.
func (h *Host) askCores(ctx context.Context, sys system) {
	if h.OnlineCPUs == nil {
		return
	}
	if *h.OnlineCPUs != h.LogicalCores {
		h.note("physical cores unknown: no CPU topology in sysfs, and not all CPUs are usable")
		return
	}
	if n, ok := ask(ctx, h, "physical cores", sys.physical); ok && n <= h.LogicalCores {
		h.PhysicalCores = positive(n)
	}
}

// groups returns the sets of CPUs that share a core, or a package, with one of
// cpus. The kernel lists them in the file name of each CPU, or in old under its
// name before Linux 5.4. The lists are safer than core_id, which is unique only
// within a die or a cluster. The error is of the first CPU that has no good
// list, or fs.ErrNotExist if there are no CPUs.
func groups(fsys fs.FS, cpus sysfs.CPUs, name, old string) ([]sysfs.CPUs, error) {
	if len(cpus) == 0 {
		return nil, fs.ErrNotExist
	}
	var sets []sysfs.CPUs
	seen := make(map[int]bool)
	for _, cpu := range cpus {
		if seen[cpu] {
			continue
		}
		dir := fmt.Sprintf("%s/cpu%d/topology/", cpuDir, cpu)
		set, err := sysfs.ReadCPUs(fsys, dir+name)
		if errors.Is(err, fs.ErrNotExist) {
			set, err = sysfs.ReadCPUs(fsys, dir+old)
		}
		if err != nil {
			return nil, err
		}
		if !set.Has(cpu) {
			return nil, fmt.Errorf("/%s%s: %s, want CPU %d among them", dir, name, set, cpu)
		}
		for _, member := range set {
			seen[member] = true
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// readKinds finds whether the cores are of different kinds. Linux tells in two
// ways: perf has one event source for each kind of Intel core, and the
// scheduler's cpu_capacity differs. Equal capacities show like cores on Arm
// only; x86 has them on hybrid machines too.
func (h *Host) readKinds(ctx context.Context, sys system, cpus sysfs.CPUs, info cpuInfo) {
	kinds := eventSources(sys.files, cpus)
	uniform := false
	if len(kinds) == 0 {
		kinds = capacities(sys.files, cpus)
		uniform = len(kinds) == 1 && !info.x86
	}
	if len(kinds) == 0 {
		// Most systems have no such question, and no answer needs no note.
		if sys.kinds != nil {
			kinds, _ = sys.kinds(ctx)
			uniform = len(kinds) == 1
		}
	}
	if !uniform && len(kinds) < 2 && info.vendor == "GenuineIntel" {
		_, err := fs.Stat(sys.files, "sys/devices/cpu") // the one source where all cores are alike
		uniform = err == nil
	}
	switch {
	case len(kinds) > 1:
		h.Hybrid = new(true)
		h.CoreKinds = kinds
	case uniform:
		h.Hybrid = new(false)
	}
}

// eventSources returns the kinds that perf tells of, by /sys/devices/cpu_*/cpus.
func eventSources(fsys fs.FS, cpus sysfs.CPUs) (kinds []CoreKind) {
	for _, name := range []string{"cpu_core", "cpu_atom", "cpu_lowpower"} {
		all, err := sysfs.ReadCPUs(fsys, "sys/devices/"+name+"/cpus")
		if err != nil {
			continue
		}
		if set := all.And(cpus); len(set) > 0 {
			kinds = append(kinds, CoreKind{name, len(set), Fact(set.String())})
		}
	}
	return kinds
}

// capacities returns the kinds that cpu_capacity tells of, largest first; none
// unless it is told of every CPU.
func capacities(fsys fs.FS, cpus sysfs.CPUs) (kinds []CoreKind) {
	sets := make(map[int64]sysfs.CPUs)
	for _, cpu := range cpus {
		capacity, err := sysfs.Int(fsys, fmt.Sprintf("%s/cpu%d/cpu_capacity", cpuDir, cpu))
		if err != nil || capacity <= 0 {
			return nil
		}
		sets[capacity] = append(sets[capacity], cpu)
	}
	largest := slices.Sorted(maps.Keys(sets))
	slices.Reverse(largest)
	for _, capacity := range largest {
		set := sets[capacity]
		kinds = append(kinds, CoreKind{fmt.Sprintf("capacity %d of 1024", capacity), len(set), Fact(set.String())})
	}
	return kinds
}

// positive returns a pointer to n, or nil where a count is not one.
func positive(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}
