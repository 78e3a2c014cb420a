package host

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCgroupDirs(t *testing.T) {
	for _, tt := range []struct {
		name    string
		sys     system
		version Fact
		want    []string
	}{
		{"two groups below the mount", bareMetal(), "v2", []string{"sys/fs/cgroup/bench.slice/run.scope", "sys/fs/cgroup/bench.slice", "sys/fs/cgroup"}},
		{"a container's own mount", container(), "v1", []string{"sys/fs/cgroup/cpu,cpuacct"}},
		{"at the root", hybrid(), "v2", []string{"sys/fs/cgroup"}},
		{"no cgroups", bare(), "none", nil},
	} {
		version, dirs, err := CgroupDirs(tt.sys.files)
		if err != nil || version != tt.version {
			t.Errorf("%s: version %s, %v, want %s", tt.name, version, err, tt.version)
		}
		if diff := cmp.Diff(tt.want, dirs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if _, _, err := CgroupDirs(newTree()); err == nil {
		t.Error("no error where nothing can be seen")
	}
}
