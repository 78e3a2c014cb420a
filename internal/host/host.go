// Package host tells what machine this is: its CPUs, caches and memory, the
// operating system, and what limits the process in using them.
//
// Most facts can be missing: a container hides files, a virtual machine makes
// them up, a system other than Linux has no sysfs. A fact that could not be
// got is unknown, a nil pointer, an empty [Fact] or an empty slice, and never a
// guess. Unknown is null in JSON and the word "unknown" in text.
//
// gopsutil tells what is the same on every system. On Linux the kernel's own
// files are read for what it lacks or gets wrong: topology, caches, cgroups,
// frequency scaling, virtualisation. On Linux, macOS and Windows no other program
// is run.
package host

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"runtime"

	"runbench/internal/host/cache"
)

// A Fact is a word or a short phrase about the machine; empty where unknown.
type Fact string

// String returns the fact, or "unknown".
func (f Fact) String() string {
	if f == "" {
		return "unknown"
	}
	return string(f)
}

// MarshalJSON writes an unknown fact as null.
func (f Fact) MarshalJSON() ([]byte, error) {
	if f == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(f))
}

// A Host is what is known of the machine and of what this process may use of
// it. "Usable CPUs" are the logical CPUs in the affinity of the process;
// counts of cores, packages and caches are over those.
type Host struct {
	// CPUModel is the brand string of the CPU, without surrounding space: the
	// same words that "go test -bench" prints after "cpu:".
	CPUModel  Fact `json:"cpu_model"`
	CPUVendor Fact `json:"cpu_vendor"`

	// Packages is the number of sockets that hold usable CPUs.
	Packages *int `json:"packages"`
	// PhysicalCores is the number of cores that hold usable CPUs.
	PhysicalCores *int `json:"physical_cores"`
	// LogicalCores is the number of usable CPUs, always known and at least 1.
	LogicalCores int `json:"logical_cores"`
	// OnlineCPUs is the number of logical CPUs that the machine runs, usable
	// or not.
	OnlineCPUs *int `json:"online_cpus"`
	// SMT says whether cores run more than one hardware thread. A virtual
	// machine may not be told that its CPUs are threads of one core.
	SMT *bool `json:"smt"`
	// Hybrid says whether there are cores of different kinds. It is false only
	// where the system tells that all are alike.
	Hybrid *bool `json:"hybrid"`
	// CoreKinds are the kinds of cores of a hybrid machine.
	CoreKinds []CoreKind `json:"core_kinds"`
	// Caches are those of the usable CPUs, from L1 up.
	Caches []cache.Cache `json:"caches"`
	// LastLevel is the one of Caches that is nearest to the memory, the larger
	// where two kinds of cores have one each. It is nil where any cache is not
	// fully told, for that may be the one.
	LastLevel *cache.Cache `json:"last_level_cache"`
	// NUMANodes is the number of memory nodes of the machine.
	NUMANodes *int `json:"numa_nodes"`

	// MemoryBytes is the memory that the operating system manages, a little
	// less than is built in. A limit of a container is not in it.
	MemoryBytes *int64 `json:"memory_bytes"`
	// TransparentHugePages is always, madvise or never.
	TransparentHugePages Fact `json:"transparent_huge_pages"`

	OS     Fact   `json:"os"`
	Kernel Fact   `json:"kernel"`
	GOOS   string `json:"goos"`
	GOARCH string `json:"goarch"`

	// Virtualization is "bare metal" or "virtual machine".
	Virtualization Fact `json:"virtualization"`
	// Hypervisor names what runs the virtual machine: kvm, xen, hyper-v, …
	Hypervisor Fact `json:"hypervisor"`
	// Container names what holds the process: docker, podman, kubernetes, …,
	// "none" where it runs in the machine's own namespaces.
	Container Fact `json:"container"`

	// Affinity lists the usable CPUs, as in "0-3,8".
	Affinity Fact   `json:"affinity"`
	Cgroup   Cgroup `json:"cgroup"`

	// ScalingGovernor is the cpufreq governor of the usable CPUs; where they
	// differ, all of them with commas between.
	ScalingGovernor Fact `json:"scaling_governor"`
	// ScalingDriver is the cpufreq driver, as in intel_pstate.
	ScalingDriver Fact `json:"scaling_driver"`
	// Turbo says whether the system lets CPUs clock above their base
	// frequency.
	Turbo *bool `json:"turbo"`
	// ClockSource is what the kernel tells the time by, as in tsc.
	ClockSource Fact `json:"clock_source"`

	GoVersion string `json:"go_version"`
	// GOMAXPROCS is the setting at the time of Collect.
	GOMAXPROCS int `json:"gomaxprocs"`
	// GOMAXPROCSDefault is what Go would choose on its own: see Usable.
	GOMAXPROCSDefault int `json:"gomaxprocs_default"`

	// LoadAverage is nil where unknown.
	LoadAverage *Load `json:"load_average"`

	// Notes say, a sentence each, why a fact is unknown or needs care.
	Notes []string `json:"notes"`
}

// A CoreKind is one kind of the cores of a hybrid machine.
type CoreKind struct {
	// Name is the system's word for the kind: cpu_core and cpu_atom (Intel),
	// capacity N of 1024 (Arm), Performance and Efficiency (Apple).
	Name string `json:"name"`
	// CPUs is the number of logical CPUs of this kind.
	CPUs int `json:"cpus"`
	// List says which they are, as in "0-15".
	List Fact `json:"list"`
}

// A Load is the number of runnable tasks (on Linux with those in
// uninterruptible sleep), averaged over 1, 5 and 15 minutes.
type Load struct {
	One     float64 `json:"1m"`
	Five    float64 `json:"5m"`
	Fifteen float64 `json:"15m"`
}

// Collect looks at the machine. It never fails: what it could not get is
// unknown in the result, with the reason in Notes where there is one to tell,
// and so is what was left when ctx ended. It takes no samples and does not
// wait.
func Collect(ctx context.Context) Host { return collect(ctx, running()) }

func collect(ctx context.Context, sys system) Host {
	h := Host{
		LogicalCores: runtime.NumCPU(),
		GOOS:         runtime.GOOS,
		GOARCH:       runtime.GOARCH,
		GoVersion:    runtime.Version(),
		GOMAXPROCS:   runtime.GOMAXPROCS(0),
		Notes:        []string{},
	}
	info := readCPUInfo(sys.files)
	h.readCPU(ctx, sys, info)
	cpus := h.readUsable(ctx, sys)
	h.readTopology(ctx, sys, cpus, info)
	h.readCaches(sys, cpus)
	h.readMemory(ctx, sys)
	h.readOS(ctx, sys)
	h.readVirtualization(ctx, sys, info)
	h.readContainer(sys.files)
	h.readCgroup(sys.files)
	h.readClocks(sys.files, cpus)
	if load, ok := ask(ctx, &h, "load average", sys.load); ok {
		h.LoadAverage = &load
	}
	h.GOMAXPROCSDefault = h.Usable()
	return h
}

// Usable is the number of CPUs that this process can keep busy, the same
// number that Go computes as its default GOMAXPROCS: the CPUs of the affinity,
// or the CPU quota of the cgroup rounded up, but not below 2, where that is
// less (runtime.defaultGOMAXPROCS since Go 1.25). It is at least 1.
func (h Host) Usable() int {
	n := max(1, h.LogicalCores)
	if q := h.Cgroup.QuotaCores; q != nil && *q < float64(n) {
		n = min(n, max(2, int(math.Ceil(*q))))
	}
	return n
}

// LastLevelCache returns the size in bytes of one last-level cache that the
// CPUs of this process share; see [cache.LastLevel], which does not bring the
// rest of this package along.
func LastLevelCache() (bytes int64, ok bool) { return cache.LastLevel() }

// note adds a sentence to Notes.
func (h *Host) note(format string, args ...any) {
	h.Notes = append(h.Notes, fmt.Sprintf(format, args...))
}
