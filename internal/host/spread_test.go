package host

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"runbench/internal/host/sysfs"
)

// Two cores of two threads each, numbered as Linux does on x86: 0 and 2 are one
// core.
func TestSpread(t *testing.T) {
	files := fstest.MapFS{}
	for cpu, siblings := range []string{"0,2", "1,3", "0,2", "1,3"} {
		files[fmt.Sprintf("sys/devices/system/cpu/cpu%d/topology/core_cpus_list", cpu)] = &fstest.MapFile{Data: []byte(siblings)}
	}
	for _, test := range []struct {
		cpus sysfs.CPUs
		n    int
		want []int
	}{
		{sysfs.CPUs{0, 1, 2, 3}, 1, []int{0}},
		{sysfs.CPUs{0, 1, 2, 3}, 2, []int{0, 1}},
		{sysfs.CPUs{0, 1, 2, 3}, 4, []int{0, 1, 2, 3}},
		{sysfs.CPUs{0, 2, 3}, 2, []int{0, 3}},
		{sysfs.CPUs{0, 2, 3}, 3, []int{0, 3, 2}},
		{sysfs.CPUs{0, 1}, 3, nil},
	} {
		if got := spread(files, test.cpus, test.n); !slices.Equal(got, test.want) {
			t.Errorf("%d of %v: %v, want %v", test.n, test.cpus, got, test.want)
		}
	}
	if got := spread(fstest.MapFS{}, sysfs.CPUs{0, 1}, 2); got != nil {
		t.Errorf("without topology: %v, want nil", got)
	}
}
