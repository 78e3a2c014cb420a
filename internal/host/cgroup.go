package host

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"runbench/internal/host/sysfs"
)

// A Cgroup is the control group that limits the CPU time of the process. As in
// the Go runtime, its limit is that of the leaf, the group which the process is
// in; a tighter one of a group above it is told in Host.Notes.
type Cgroup struct {
	// Version is v1, v2 or none. Where both versions are mounted, it is the
	// one that has the CPU controller.
	Version Fact `json:"version"`
	// Path is the leaf within the hierarchy, as in /proc/self/cgroup.
	Path Fact `json:"path"`
	// Limited says whether there is a CPU quota; the three below are nil
	// where there is none.
	Limited *bool `json:"limited"`
	// QuotaMicros is the CPU time allowed in each period of PeriodMicros, in
	// microseconds.
	QuotaMicros  *int64 `json:"quota_us"`
	PeriodMicros *int64 `json:"period_us"`
	// QuotaCores is the quota divided by the period: how many CPUs may be
	// busy on average.
	QuotaCores *float64 `json:"quota_cores"`
}

// A cgroupLimit is a CPU quota in microseconds a period; a period of 0 stands
// for no limit.
type cgroupLimit struct{ quota, period int64 }

func (l cgroupLimit) cores() float64 { return float64(l.quota) / float64(l.period) }

// readCgroup finds the CPU cgroup as the Go runtime does
// (internal/runtime/cgroup), so that Usable agrees with it. Sources: man 7
// cgroups, Documentation/admin-guide/cgroup-v2.rst (cpu.max) and
// Documentation/scheduler/sched-bwc.rst (cpu.cfs_quota_us).
func (h *Host) readCgroup(fsys fs.FS) {
	version, leaf, err := cgroupOf(fsys)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			h.note("cgroup unknown: %v", err)
		}
		return
	}
	h.Cgroup.Version = version
	h.Cgroup.Path = leaf
	if version == "none" {
		h.Cgroup.Limited = new(false)
		return
	}
	mount, rel, err := cgroupMount(fsys, version, string(leaf))
	if err != nil {
		h.note("CPU quota unknown: %v", err)
		return
	}
	limit, err := limitOf(fsys, version, path.Join(mount, rel))
	if err != nil {
		h.note("CPU quota unknown: %v", err)
		return
	}
	limited := limit.period > 0
	h.Cgroup.Limited = &limited
	if limited {
		h.Cgroup.QuotaMicros = &limit.quota
		h.Cgroup.PeriodMicros = &limit.period
		h.Cgroup.QuotaCores = new(limit.cores())
	}
	h.noteParents(fsys, mount, rel, limit)
}

// noteParents looks for a group above the leaf with a tighter quota than limit.
func (h *Host) noteParents(fsys fs.FS, mount, rel string, limit cgroupLimit) {
	for rel != "/" && rel != "." && rel != "" {
		rel = path.Dir(rel)
		above, err := limitOf(fsys, h.Cgroup.Version, path.Join(mount, rel))
		if err != nil || above.period == 0 {
			continue
		}
		if limit.period == 0 || above.cores() < limit.cores() {
			limit = above
			h.note("cgroup %s above this one allows %.4g CPUs; Go does not take it into account", rel, above.cores())
		}
	}
}

// cgroupOf returns the version and the path of the CPU cgroup that
// /proc/self/cgroup names. A v1 hierarchy with the controller cpu goes before
// v2. Without cgroups in the kernel the file does not exist though the process
// has a directory: "none". The error wraps fs.ErrNotExist where not even that
// can be seen.
func cgroupOf(fsys fs.FS) (version, leaf Fact, err error) {
	data, err := fs.ReadFile(fsys, "proc/self/cgroup")
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := fs.Stat(fsys, "proc/self/stat"); err != nil {
			return "", "", err
		}
		return "none", "", nil
	}
	if err != nil {
		return "", "", err
	}
	version = "none"
	for line := range strings.Lines(string(data)) {
		// hierarchy:controller,controller:path
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(fields) < 3 || !strings.HasPrefix(fields[2], "/") {
			return "", "", fmt.Errorf("/proc/self/cgroup: %q, want id:controllers:/path", line)
		}
		if fields[0] == "0" {
			version, leaf = "v2", Fact(fields[2])
		} else if slices.Contains(strings.Split(fields[1], ","), "cpu") {
			return "v1", Fact(fields[2]), nil
		}
	}
	return version, leaf, nil
}

// cgroupMount returns where the hierarchy that holds leaf is mounted, as a path
// in a file tree, and the path of leaf below that (man 5 proc_pid_mountinfo).
func cgroupMount(fsys fs.FS, version Fact, leaf string) (mount, rel string, err error) {
	data, err := fs.ReadFile(fsys, "proc/self/mountinfo")
	if err != nil {
		return "", "", err
	}
	for line := range strings.Lines(string(data)) {
		// id parent major:minor root mountpoint options tag… - type source superoptions
		left, right, ok := strings.Cut(line, " - ")
		mounted, super := strings.Fields(left), strings.Fields(right)
		if !ok || len(mounted) < 6 || len(super) < 3 {
			continue
		}
		switch version {
		case "v1":
			ok = super[0] == "cgroup" && slices.Contains(strings.Split(super[2], ","), "cpu")
		default:
			ok = super[0] == "cgroup2"
		}
		if !ok {
			continue
		}
		rel, ok := below(leaf, unescape(mounted[3]))
		if !ok {
			continue
		}
		return strings.TrimPrefix(unescape(mounted[4]), "/"), rel, nil
	}
	return "", "", fmt.Errorf("/proc/self/mountinfo: no mount of cgroup %s that holds %s", version, leaf)
}

// below returns the path of leaf below root. It is false where leaf is not
// under root or lies outside the cgroup namespace, which the kernel writes
// as /.. .
func below(leaf, root string) (rel string, ok bool) {
	if root != "/" {
		after, found := strings.CutPrefix(leaf, root)
		if !found || after != "" && after[0] != '/' {
			return "", false
		}
		leaf = after
	}
	return leaf, leaf != "/.." && !strings.HasPrefix(leaf, "/../")
}

// unescape undoes the octal escapes, as in \040 for a space, that the kernel
// writes in mountinfo.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+4 <= len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// limitOf reads the CPU quota of the group with the directory dir. A directory
// without the file is the root, or a group without the controller: no limit.
func limitOf(fsys fs.FS, version Fact, dir string) (cgroupLimit, error) {
	if _, err := fs.Stat(fsys, dir); err != nil {
		return cgroupLimit{}, err
	}
	read := limitV2
	if version == "v1" {
		read = limitV1
	}
	limit, err := read(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return cgroupLimit{}, nil
	}
	return limit, err
}

// limitV1 reads the quota, -1 for none, and the period from a file each.
func limitV1(fsys fs.FS, dir string) (cgroupLimit, error) {
	quota, err := sysfs.Int(fsys, dir+"/cpu.cfs_quota_us")
	if err != nil || quota == -1 {
		return cgroupLimit{}, err
	}
	period, err := sysfs.Int(fsys, dir+"/cpu.cfs_period_us")
	if err != nil {
		return cgroupLimit{}, fmt.Errorf("quota without period: %v", err)
	}
	if quota <= 0 || period <= 0 {
		return cgroupLimit{}, fmt.Errorf("/%s: quota %d and period %d, want both positive", dir, quota, period)
	}
	return cgroupLimit{quota, period}, nil
}

// limitV2 reads "quota period" or "max period".
func limitV2(fsys fs.FS, dir string) (cgroupLimit, error) {
	s, err := sysfs.String(fsys, dir+"/cpu.max")
	if err != nil {
		return cgroupLimit{}, err
	}
	first, second, _ := strings.Cut(s, " ")
	period, err := strconv.ParseInt(second, 10, 64)
	if err != nil || period <= 0 {
		return cgroupLimit{}, fmt.Errorf("/%s/cpu.max: %q, want a quota and a period", dir, s)
	}
	if first == "max" {
		return cgroupLimit{}, nil
	}
	quota, err := strconv.ParseInt(first, 10, 64)
	if err != nil || quota <= 0 {
		return cgroupLimit{}, fmt.Errorf("/%s/cpu.max: %q, want a quota and a period", dir, s)
	}
	return cgroupLimit{quota, period}, nil
}
