package cache

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"runbench/internal/host/sysfs"
)

type files struct{ fstest.MapFS }

func (f files) cache(cpu, index, level int, kind, size, sharers string) {
	dir := fmt.Sprintf("sys/devices/system/cpu/cpu%d/cache/index%d/", cpu, index)
	for name, content := range map[string]string{"level": fmt.Sprint(level), "type": kind, "size": size, "shared_cpu_list": sharers} {
		f.MapFS[dir+name] = &fstest.MapFile{Data: []byte(content + "\n")}
	}
}

// uneven has two L3 caches of different sizes, as when one has a second layer
// of memory on top of it.
func uneven() files {
	f := files{fstest.MapFS{}}
	for cpu := range 4 {
		f.cache(cpu, 0, 1, "Data", "32K", fmt.Sprint(cpu))
		f.cache(cpu, 1, 1, "Instruction", "64K", fmt.Sprint(cpu))
		f.cache(cpu, 2, 3, "Unified", []string{"32768K", "98304K"}[cpu/2], []string{"0-1", "2-3"}[cpu/2])
	}
	return f
}

func TestRead(t *testing.T) {
	got, err := Read(uneven(), sysfs.CPUs{0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	want := []Cache{
		{Level: 1, Kind: Data, Bytes: 32 << 10, Instances: 3, TotalBytes: 96 << 10, SharedBy: 1},
		{Level: 1, Kind: Instruction, Bytes: 64 << 10, Instances: 3, TotalBytes: 192 << 10, SharedBy: 1},
		{Level: 3, Kind: Unified, Bytes: 32 << 20, Instances: 1, TotalBytes: 32 << 20, SharedBy: 2},
		{Level: 3, Kind: Unified, Bytes: 96 << 20, Instances: 1, TotalBytes: 96 << 20, SharedBy: 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if last, ok := Last(got); !ok || last != want[3] {
		t.Errorf("last level %v, %v, want %v", last, ok, want[3])
	}
	for i, name := range []string{"L1d", "L1i", "L3", "L3"} {
		if got[i].Name() != name {
			t.Errorf("cache %d is called %s, want %s", i, got[i].Name(), name)
		}
	}
}

func TestLastLevel(t *testing.T) {
	for _, tt := range []struct {
		name   string
		cpus   sysfs.CPUs
		change func(files)
		want   int64 // 0: unknown
	}{
		{"all CPUs: the larger", sysfs.CPUs{0, 1, 2, 3}, nil, 96 << 20},
		{"the CPUs of one cache", sysfs.CPUs{0, 1}, nil, 32 << 20},
		{"no CPUs", nil, nil, 0},
		{"a CPU without cache files", sysfs.CPUs{9}, nil, 0},
		{"no L3", sysfs.CPUs{0}, func(f files) {
			for _, file := range []string{"level", "type", "size", "shared_cpu_list"} {
				delete(f.MapFS, "sys/devices/system/cpu/cpu0/cache/index2/"+file)
			}
		}, 32 << 10},
		{"size missing", sysfs.CPUs{0}, func(f files) { delete(f.MapFS, "sys/devices/system/cpu/cpu0/cache/index2/size") }, 0},
		{"level missing", sysfs.CPUs{0}, func(f files) { delete(f.MapFS, "sys/devices/system/cpu/cpu0/cache/index2/level") }, 0},
		{"kind unheard of", sysfs.CPUs{0}, func(f files) { f.cache(0, 2, 3, "Trace", "1K", "0") }, 0},
		{"level out of range", sysfs.CPUs{0}, func(f files) { f.cache(0, 2, 4294967296+3, "Unified", "1K", "0") }, 0},
		{"shared with others only", sysfs.CPUs{0}, func(f files) { f.cache(0, 2, 3, "Unified", "1K", "1-2") }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := uneven()
			if tt.change != nil {
				tt.change(f)
			}
			if got, ok := lastLevel(f, tt.cpus); got != tt.want || ok != (tt.want > 0) {
				t.Errorf("%d, %v, want %d", got, ok, tt.want)
			}
			caches, err := Read(f, tt.cpus)
			last, _ := Last(caches)
			if err == nil && last.Bytes != tt.want {
				t.Errorf("Read says %d, want %d", last.Bytes, tt.want)
			}
		})
	}
}
