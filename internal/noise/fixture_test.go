package noise

import (
	"testing/fstest"
	"time"
)

// A tree is a fixture of the files of a machine.
type tree struct{ fstest.MapFS }

func newTree() tree { return tree{fstest.MapFS{}} }

// set writes one file, with the line end that the kernel writes.
func (t tree) set(name, content string) {
	t.MapFS[name] = &fstest.MapFile{Data: []byte(content + "\n"), Mode: 0o444}
}

// source returns the source of samples of the tree, on a machine where this
// process and its children have used so much CPU time.
func (t tree) source(own time.Duration) source {
	return source{
		files:  t.MapFS,
		groups: findCgroups(t.MapFS),
		times:  func() (cpuTimes, bool) { return procStat(t.MapFS, nil) },
		own:    func() (time.Duration, bool) { return own, true },
	}
}

// guest is a virtual machine of two CPUs and a quota of cgroup v2, in ticks of
// 10 ms and microseconds.
func guest() tree {
	t := newTree()
	t.set("proc/stat", "cpu  1000 200 300 40000 500 60 70 80 900 0\n"+
		"cpu0 500 100 150 20000 250 30 35 40 450 0\ncpu1 500 100 150 20000 250 30 35 40 450 0\n"+
		"intr 12345 0 9\nctxt 999\nbtime 1700000000\nprocesses 77\nprocs_running 1\nprocs_blocked 0")
	t.set("proc/pressure/cpu", "some avg10=0.00 avg60=0.12 avg300=0.30 total=5000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7")
	t.set("proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=100\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=50")
	t.set("proc/vmstat", "nr_free_pages 6000000\npswpin 10\npswpout 20\npgmajfault 3")
	t.set("proc/self/cgroup", "0::/pod/run")
	t.set("proc/self/mountinfo", "35 22 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
	t.set("sys/fs/cgroup/cpu.stat", "usage_usec 1\nuser_usec 1\nsystem_usec 0")
	t.set("sys/fs/cgroup/pod/cgroup.type", "domain")
	t.set("sys/fs/cgroup/pod/cpu.stat", "usage_usec 1\nnr_periods 1000\nnr_throttled 10\nthrottled_usec 5")
	t.set("sys/fs/cgroup/pod/run/cgroup.type", "domain")
	t.set("sys/fs/cgroup/pod/run/cpu.stat", "usage_usec 1\nnr_periods 100\nnr_throttled 0\nthrottled_usec 0")
	return t
}

// later is guest after 10 s in which we used 5 s of CPU time, others 1.8 s in
// all and the hypervisor took 0.4 s.
func later() tree {
	t := guest()
	t.set("proc/stat", "cpu  1500 200 460 41260 520 70 80 120 1000 0\ncpu0 1 1 1 1 1 1 1 1 1 1\ncpu1 1 1 1 1 1 1 1 1 1 1\nintr 12399")
	t.set("proc/pressure/cpu", "some avg10=0.00 avg60=0.12 avg300=0.30 total=7500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9")
	t.set("proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=200100\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=50")
	t.set("proc/vmstat", "pswpin 1010\npswpout 1020")
	t.set("sys/fs/cgroup/pod/cpu.stat", "usage_usec 1\nnr_periods 1100\nnr_throttled 15\nthrottled_usec 9")
	t.set("sys/fs/cgroup/pod/run/cpu.stat", "usage_usec 1\nnr_periods 200\nnr_throttled 1\nthrottled_usec 3")
	return t
}
