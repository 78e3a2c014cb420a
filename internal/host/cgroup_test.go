package host

import (
	"strings"
	"testing"
)

func TestCgroup(t *testing.T) {
	const v2Mount = "30 1 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string // Cgroup.String, then the quota
		note  string
	}{
		{
			"nothing visible",
			nil,
			"unknown, unknown", "",
		},
		{
			"no CPU controller anywhere",
			map[string]string{"proc/self/cgroup": "3:memory:/a"},
			"none, none", "",
		},
		{
			"both versions, the CPU controller in v1",
			map[string]string{
				"proc/self/cgroup":        "1:cpu:/\n0::/x",
				"proc/self/mountinfo":     "31 1 0:31 / /cg/unified rw - cgroup2 cgroup2 rw\n32 1 0:32 / /cg/cpu rw - cgroup cgroup rw,cpu",
				"cg/cpu/cpu.cfs_quota_us": "-1", "cg/cpu/cpu.cfs_period_us": "100000",
			},
			"v1 /, none", "",
		},
		{
			"cpuset and cpuacct are not cpu",
			map[string]string{
				"proc/self/cgroup":    "2:cpuset:/a\n1:cpuacct:/a\n0::/b",
				"proc/self/mountinfo": v2Mount, "sys/fs/cgroup/b/cpu.max": "max 100000",
			},
			"v2 /b, none", "",
		},
		{
			"root of the mount is a part of the path",
			map[string]string{
				"proc/self/cgroup":    "0::/pod/ctr/leaf",
				"proc/self/mountinfo": "30 1 0:30 /pod/ctr /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "sys/fs/cgroup/leaf/cpu.max": "50000 100000",
			},
			"v2 /pod/ctr/leaf, 0.5 CPUs (50000 µs in 100000 µs)", "",
		},
		{
			"a mount of something else, and escapes",
			map[string]string{
				"proc/self/cgroup":    "0::/my job",
				"proc/self/mountinfo": "29 1 0:30 /my /nowhere rw - cgroup2 cgroup2 rw\n30 1 0:30 /my\\040job /c\\040g rw - cgroup2 cgroup2 rw", "c g/cpu.max": "250000 100000",
			},
			"v2 /my job, 2.5 CPUs (250000 µs in 100000 µs)", "",
		},
		{
			"outside the namespace",
			map[string]string{"proc/self/cgroup": "0::/../other", "proc/self/mountinfo": v2Mount, "sys/fs/cgroup/cpu.max": "1 2"},
			"v2 /../other, unknown", "no mount of cgroup v2 that holds /../other",
		},
		{
			"leaf gone",
			map[string]string{"proc/self/cgroup": "0::/gone", "proc/self/mountinfo": v2Mount},
			"v2 /gone, unknown", "CPU quota unknown",
		},
		{
			"tighter above",
			map[string]string{
				"proc/self/cgroup": "0::/a/b", "proc/self/mountinfo": v2Mount,
				"sys/fs/cgroup/a/cpu.max": "150000 100000", "sys/fs/cgroup/a/b/cpu.max": "max 100000",
			},
			"v2 /a/b, none", "cgroup /a above this one allows 1.5 CPUs",
		},
		{
			"quota without a period",
			map[string]string{"proc/self/cgroup": "1:cpu:/", "proc/self/mountinfo": "32 1 0:32 / /cg rw - cgroup cgroup rw,cpu", "cg/cpu.cfs_quota_us": "100000"},
			"v1 /, unknown", "quota without period",
		},
		{
			"period of zero",
			map[string]string{"proc/self/cgroup": "0::/", "proc/self/mountinfo": v2Mount, "sys/fs/cgroup/cpu.max": "100000 0"},
			"v2 /, unknown", "want a quota and a period",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := newTree()
			for name, content := range tt.files {
				files.set(name, content)
			}
			var h Host
			h.readCgroup(files)
			if got := h.Cgroup.String() + ", " + h.Cgroup.quota(); got != tt.want {
				t.Errorf("got %s, want %s (notes %q)", got, tt.want, h.Notes)
			}
			if notes := strings.Join(h.Notes, "\n"); !strings.Contains(notes, tt.note) || tt.note == "" && notes != "" {
				t.Errorf("notes %q, want %q", notes, tt.note)
			}
		})
	}
}
