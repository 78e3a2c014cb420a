package noise

import (
	"math"
	"testing"
	"time"

	"runbench/internal/host/sysfs"
)

func TestLost(t *testing.T) {
	for _, test := range []struct {
		n    Noise
		want float64
	}{
		{Noise{}, 0},
		{Noise{CPUs: new(2), Foreign: new(0.05), Steal: new(0.005)}, 0},
		{Noise{CPUs: new(2), Foreign: new(0.9)}, 0.45},
		{Noise{CPUs: new(2), Foreign: new(0.9), Steal: new(0.05)}, 0.5},
		{Noise{Foreign: new(0.9)}, 0}, // of how many CPUs is not known
		{Noise{CPUs: new(2), Foreign: new(2.0), Steal: new(0.2)}, 1},
		{Noise{CPUs: new(2), Throttled: new(0.3)}, 0.3},
	} {
		if got := test.n.Lost(); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%+v: %v, want %v", test.n, got, test.want)
		}
	}
}

// What others do on CPUs that this process may not use takes nothing from it.
func TestTimesOfUsableCPUs(t *testing.T) {
	files := newTree()
	files.set("proc/stat", "cpu  700 0 0 300 0 0 0 7\ncpu0 10 0 0 90 0 0 0 1\ncpu1 20 0 0 80 0 0 0 2\ncpu2 330 0 0 60 0 0 0 2\ncpu3 340 0 0 70 0 0 0 2\nintr 1")
	for _, test := range []struct {
		usable      sysfs.CPUs
		busy, steal time.Duration
		cpus        int
	}{
		{nil, 7000, 70, 4},
		{sysfs.CPUs{0, 1, 2, 3}, 7000, 70, 4},
		{sysfs.CPUs{0, 1}, 300, 30, 2},
		{sysfs.CPUs{1, 9}, 7000, 70, 4}, // one of them is not there
	} {
		got, ok := procStat(files, test.usable)
		if !ok || got.busy != test.busy*time.Millisecond || got.cpus != test.cpus || *got.steal != test.steal*time.Millisecond {
			t.Errorf("%v: busy %v, steal %v, %d CPUs; want %+v", test.usable, got.busy, *got.steal, got.cpus, test)
		}
	}
}
