package noise

import (
	"io/fs"

	"runbench/internal/host"
)

// A quota is what the CPU quota of a cgroup did since the group was made.
type quota struct {
	periods   int64 // periods in which the group had something to run
	throttled int64 // those of them in which it used up its quota and had to stop
}

// cgroups are the groups whose quotas hold for this process.
type cgroups struct {
	dirs []string // the leaf first
	// whole says that these are all there are: no group out of sight can
	// throttle this process.
	whole bool
}

// findCgroups finds the groups. The v2 file cgroup.type exists in every group
// but the root (Documentation/admin-guide/cgroup-v2.rst), so that a mount
// without it shows the hierarchy from its root on.
func findCgroups(fsys fs.FS) cgroups {
	version, dirs, err := host.CgroupDirs(fsys)
	if err != nil || len(dirs) == 0 {
		return cgroups{whole: err == nil && version == "none"}
	}
	root := dirs[len(dirs)-1]
	if _, err := fs.Stat(fsys, root+"/cpu.stat"); err != nil {
		return cgroups{dirs: dirs}
	}
	_, err = fs.Stat(fsys, root+"/cgroup.type")
	return cgroups{dirs: dirs, whole: version == "v2" && err != nil}
}

// read returns the quotas of the groups that have the CPU controller, nil where
// nothing is known. v1 and v2 have the two counters by the same names in
// cpu.stat (Documentation/scheduler/sched-bwc.rst, section Statistics). A group
// without a quota counts no periods.
func (c cgroups) read(fsys fs.FS) []quota {
	var quotas []quota
	if c.whole {
		quotas = []quota{}
	}
	for _, dir := range c.dirs {
		if values, ok := counters(fsys, dir+"/cpu.stat", "nr_periods", "nr_throttled"); ok {
			quotas = append(quotas, quota{periods: values[0], throttled: values[1]})
		}
	}
	return quotas
}

// throttledShare returns in which share of its periods a group was throttled,
// the worst one's where there are several. It is nil where unknown, or where
// groups came or went.
func throttledShare(a, b []quota) *float64 {
	if a == nil || b == nil || len(a) != len(b) {
		return nil
	}
	worst := 0.0
	for i := range a {
		periods, throttled := b[i].periods-a[i].periods, b[i].throttled-a[i].throttled
		if periods < 0 || throttled < 0 {
			return nil
		}
		if periods > 0 {
			worst = max(worst, float64(throttled)/float64(periods))
		}
	}
	return &worst
}
