package doctor

import (
	"testing/fstest"
	"time"

	"runbench/internal/host"
	"runbench/internal/noise"
)

// files makes a file tree of names and contents.
func files(contents map[string]string) fstest.MapFS {
	tree := fstest.MapFS{}
	for name, content := range contents {
		tree[name] = &fstest.MapFile{Data: []byte(content + "\n"), Mode: 0o444}
	}
	return tree
}

// quiet are the facts of a machine with nothing to change.
func quiet() facts {
	calm := noise.Noise{
		Wall: time.Second, CPUs: new(4), Steal: new(0.0), Foreign: new(0.01), ForeignResolution: new(0.04),
		Throttled: new(0.0), Pressure: new(0.002), MemoryPressure: new(0.0), Swapped: new(0.0),
	}
	return facts{
		goos: "linux",
		host: host.Host{
			CPUModel: "Test CPU", GOOS: "linux", GOARCH: "amd64", GoVersion: "go1.26.8",
			LogicalCores: 4, PhysicalCores: new(4), OnlineCPUs: new(4), SMT: new(false),
			Virtualization: "bare metal", Container: "none", Affinity: "0-3",
			Cgroup:          host.Cgroup{Version: "v2", Path: "/", Limited: new(false)},
			ScalingGovernor: "performance", ScalingDriver: "intel_pstate", Turbo: new(false), ClockSource: "tsc",
			TransparentHugePages: "madvise", LoadAverage: &host.Load{One: 0.05},
		},
		watches: []watched{{"at rest", calm}},
		clock:   Clock{Source: "tsc", Read: 40 * time.Nanosecond, Step: 20 * time.Nanosecond},
		sleeps: []Sleep{
			{"sleep", 100 * time.Microsecond, 1080 * time.Microsecond, 1120 * time.Microsecond},
			{"sleep", time.Millisecond, 1085 * time.Microsecond, 1140 * time.Microsecond},
			{"timer", 2 * time.Millisecond, 2100 * time.Microsecond, 2300 * time.Microsecond},
		},
		memory:  memory{total: new(int64(16 << 30)), available: new(int64(12 << 30)), swapUsed: new(int64(0))},
		battery: new(false),
	}
}

// busy are the facts of a container in which nearly everything is wrong.
func busy() facts {
	f := quiet()
	f.host.Virtualization, f.host.Hypervisor, f.host.Container = "virtual machine", "kvm", "kubernetes"
	f.host.OnlineCPUs, f.host.Affinity, f.host.PhysicalCores, f.host.SMT = new(8), "0-3", new(2), new(true)
	f.host.Cgroup = host.Cgroup{Version: "v2", Path: "/", Limited: new(true), QuotaCores: new(2.5)}
	f.host.ScalingGovernor, f.host.ScalingDriver, f.host.Turbo = "schedutil", "acpi-cpufreq", new(true)
	f.host.TransparentHugePages, f.host.LoadAverage = "always", &host.Load{One: 6.5}
	f.cgroupDir = "/sys/fs/cgroup"
	f.watches = []watched{
		{"at rest", noise.Noise{
			Wall: time.Second, CPUs: new(8), Steal: new(0.02), Foreign: new(0.9), ForeignResolution: new(0.08),
			Throttled: new(0.0), Pressure: new(0.3), MemoryPressure: new(0.0), Swapped: new(0.0),
		}},
		{"in the A/A trial", noise.Noise{
			Wall: 7 * time.Second, CPUs: new(8), Steal: new(0.07), Foreign: new(1.25), ForeignResolution: new(0.01),
			Throttled: new(0.25), Pressure: new(0.8), MemoryPressure: new(0.04), Swapped: new(3.0),
		}},
	}
	f.clock = Clock{Source: "hpet", Read: 1400 * time.Nanosecond, Step: 70 * time.Nanosecond}
	f.sleeps[2].P99 = 14 * time.Millisecond
	f.memory = memory{total: new(int64(16 << 30)), available: new(int64(1 << 30)), swapUsed: new(int64(2 << 30))}
	f.battery = new(true)
	f.settings = []setting{{"GOGC", "off"}, {"GODEBUG", "gctrace=1\x1b[2J"}}
	return f
}

// nothing are the facts where no fact is known.
func nothing() facts {
	f := quiet()
	f.host = host.Host{LogicalCores: 2, GOOS: "plan9", GOARCH: "386", GoVersion: "go1.26.8"}
	f.goos = "plan9"
	f.watches[0].noise = noise.Noise{Wall: time.Second}
	f.clock.Source = ""
	f.memory, f.battery = memory{}, nil
	return f
}

// trialOf returns a trial with the given log-ratios at GOMAXPROCS 1 and 4.
func trialOf(one, four []float64) *Trial {
	t := &Trial{
		Workload: "known/control", Seed: 7, RunTime: 100 * time.Millisecond,
		Equal: []Equal{{Gomaxprocs: 1, Logs: one}, {Gomaxprocs: 4, Logs: four}},
	}
	for i := range t.Equal {
		t.Equal[i].judge()
	}
	return t
}
