package noise

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// within says that numbers are equal but for rounding.
var within = cmpopts.EquateApprox(1e-9, 1e-12)

// tenSeconds returns the samples of guest and later, ten seconds apart.
func tenSeconds(first, second tree) (a, b Sample) {
	a, b = first.source(2*time.Second).take(), second.source(7*time.Second).take()
	b.at = a.at.Add(10 * time.Second)
	return a, b
}

func TestBetween(t *testing.T) {
	got := Between(tenSeconds(guest(), later()))
	want := Noise{
		Wall:              10 * time.Second,
		CPUs:              new(2),
		Steal:             new(0.02), // 0.4 of 20 s
		Foreign:           new(0.18), // busy 6.8 s, ours 5 s
		ForeignResolution: new(0.002),
		Throttled:         new(0.05), // pod; run is at 0.01
		Pressure:          new(0.25),
		MemoryPressure:    new(0.02),
		Swapped:           new(200.0),
	}
	if diff := cmp.Diff(want, got, within); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each fact is lost on its own when its source is not there, or is damaged.
func TestUnknown(t *testing.T) {
	whole := Between(tenSeconds(guest(), later()))
	for file, lost := range map[string]func(*Noise){
		"proc/stat": func(n *Noise) {
			n.CPUs, n.Steal, n.Foreign, n.ForeignResolution = nil, nil, nil, nil
		},
		"proc/pressure/cpu":    func(n *Noise) { n.Pressure = nil },
		"proc/pressure/memory": func(n *Noise) { n.MemoryPressure = nil },
		"proc/vmstat":          func(n *Noise) { n.Swapped = nil },
		// Without its own counters, the group above it still tells.
		"sys/fs/cgroup/pod/run/cpu.stat": func(*Noise) {},
	} {
		want := whole
		lost(&want)
		for _, content := range []string{"", "cpu", "cpu a b c d e f g h", "cpu  1 2 3 4 5 6 99999999999999999999", "some total=x", "some total=-1", "pswpin -1", "nr_periods x", "\x00\xff", strings.Repeat("9", 70_000)} {
			first, second := guest(), later()
			for _, tr := range []tree{first, second} {
				tr.set(file, content)
			}
			if diff := cmp.Diff(want, Between(tenSeconds(first, second)), within); diff != "" {
				t.Errorf("%.20q in %s (-want +got):\n%s", content, file, diff)
			}
		}
	}
	nothing := source{files: fstest.MapFS{}}.take()
	if diff := cmp.Diff(Noise{Wall: time.Second}, Between(nothing, Sample{at: nothing.at.Add(time.Second)})); diff != "" {
		t.Errorf("where nothing is told (-want +got):\n%s", diff)
	}
}

// A counter that ran backwards, and samples in the wrong order, say nothing.
func TestBackwards(t *testing.T) {
	a, b := tenSeconds(later(), guest())
	got := Between(a, b)
	if diff := cmp.Diff(Noise{Wall: 10 * time.Second, CPUs: new(2)}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, pair := range [][2]Sample{{b, a}, {a, a}, {}} {
		if n := Between(pair[0], pair[1]); n != (Noise{}) {
			t.Errorf("samples in the wrong order give %+v", n)
		}
	}
}

// Other programs never show a negative time, though ticks are rough.
func TestForeignIsNotNegative(t *testing.T) {
	a, b := guest().source(0).take(), later().source(time.Minute).take()
	b.at = a.at.Add(10 * time.Second)
	if n := Between(a, b); n.Foreign == nil || *n.Foreign != 0 {
		t.Errorf("foreign is %v, want 0", n.Foreign)
	}
}

func TestThrottledWhere(t *testing.T) {
	const mount = "35 22 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  *float64
	}{
		{"nothing visible", nil, nil},
		{"no cgroups in the kernel", map[string]string{"proc/self/stat": "1 (x) R"}, new(0.0)},
		{"the root itself, without a controller", map[string]string{
			"proc/self/cgroup": "0::/", "proc/self/mountinfo": mount, "sys/fs/cgroup/cpu.stat": "usage_usec 1",
		}, new(0.0)},
		{"what looks like the root from inside a container", map[string]string{
			"proc/self/cgroup": "0::/", "proc/self/mountinfo": mount, "sys/fs/cgroup/cpu.stat": "usage_usec 1", "sys/fs/cgroup/cgroup.type": "domain",
		}, nil},
		{"a container with a quota", map[string]string{
			"proc/self/cgroup": "0::/", "proc/self/mountinfo": mount, "sys/fs/cgroup/cgroup.type": "domain",
			"sys/fs/cgroup/cpu.stat": "usage_usec 1\nnr_periods 3\nnr_throttled 1",
		}, new(0.0)},
		{"v1", map[string]string{
			"proc/self/cgroup": "1:cpu:/a", "proc/self/mountinfo": "32 1 0:32 / /cg rw - cgroup cgroup rw,cpu",
			"cg/a/cpu.stat": "nr_periods 0\nnr_throttled 0\nthrottled_time 0", "cg/cpu.stat": "nr_periods 0\nnr_throttled 0\nthrottled_time 0",
		}, new(0.0)},
		{"v1 that is not readable", map[string]string{
			"proc/self/cgroup": "1:cpu:/a", "proc/self/mountinfo": "32 1 0:32 / /cg rw - cgroup cgroup rw,cpu",
		}, nil},
	} {
		files := newTree()
		for name, content := range tt.files {
			files.set(name, content)
		}
		a := files.source(0).take()
		b := a
		b.at = a.at.Add(time.Second)
		if diff := cmp.Diff(tt.want, Between(a, b).Throttled); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestSum(t *testing.T) {
	got := Sum([]Noise{
		{Wall: time.Second, CPUs: new(2), Steal: new(0.1), Foreign: new(1.0), Throttled: new(0.0)},
		{Wall: 3 * time.Second, CPUs: new(2), Steal: new(0.02), Throttled: new(0.4)},
		{Wall: time.Second, Throttled: new(0.3)},
	})
	want := Noise{Wall: 5 * time.Second, CPUs: new(2), Steal: new(0.04), Foreign: new(1.0), Throttled: new(0.3)}
	if diff := cmp.Diff(want, got, within); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := Sum(nil); n != (Noise{}) {
		t.Errorf("the sum of nothing is %+v", n)
	}
}

// A sum of parts lies between the least and the most of them.
func TestSumIsBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Noise {
			return Noise{
				Wall:    time.Duration(rapid.Int64Range(1, 1e12).Draw(t, "wall")),
				Foreign: new(rapid.Float64Range(0, 64).Draw(t, "foreign")),
			}
		}), 1, 20).Draw(t, "parts")
		least, most := *parts[0].Foreign, *parts[0].Foreign
		for _, n := range parts {
			least, most = min(least, *n.Foreign), max(most, *n.Foreign)
		}
		if got := *Sum(parts).Foreign; got < least-1e-9 || got > most+1e-9 {
			t.Fatalf("%v is not between %v and %v", got, least, most)
		}
	})
}

func TestWords(t *testing.T) {
	for _, tt := range []struct {
		name      string
		noise     Noise
		summary   string
		disturbed []string
	}{
		{"nothing known", Noise{Wall: 1}, "steal unknown, other programs unknown, throttling unknown", nil},
		{
			"quiet",
			Noise{CPUs: new(2), Steal: new(0.0), Foreign: new(0.0), ForeignResolution: new(0.02), Throttled: new(0.0), Pressure: new(0.9), MemoryPressure: new(0.0), Swapped: new(0.0)},
			"steal 0.0 %, other programs below 0.02 cores, not throttled", nil,
		},
		{
			"at the thresholds",
			Noise{CPUs: new(2), Steal: new(MaxSteal), Foreign: new(MaxForeign), Throttled: new(MaxThrottled), MemoryPressure: new(MaxMemoryPressure), Swapped: new(float64(MaxSwapped))},
			"steal 1.0 %, other programs 0.1 cores, throttled in 1.0 % of the periods", nil,
		},
		{
			"all at once",
			Noise{CPUs: new(2), Steal: new(0.031), Foreign: new(0.9), ForeignResolution: new(0.02), Throttled: new(0.25), MemoryPressure: new(0.04), Swapped: new(512.3)},
			"steal 3.1 %, other programs 0.9 cores, throttled in 25.0 % of the periods, memory pressure 4.0 %, swapping 512 pages/s",
			[]string{
				"other programs used 0.9 of 2 cores",
				"the hypervisor took 3.1 % of the CPU time (steal)",
				"the CPU quota stopped this process in 25.0 % of its periods",
				"programs waited for memory 4.0 % of the time",
				"the machine swapped 512 pages a second",
			},
		},
		{
			"less than can be told on many CPUs",
			Noise{CPUs: new(64), Foreign: new(0.5), ForeignResolution: new(0.64)},
			"steal unknown, other programs below 0.64 cores, throttling unknown", nil,
		},
		{
			"one CPU, and none counted",
			Noise{CPUs: new(1), Foreign: new(0.5)},
			"steal unknown, other programs 0.5 cores, throttling unknown",
			[]string{"other programs used 0.5 of 1 core"},
		},
	} {
		if got := tt.noise.Summary(); got != tt.summary {
			t.Errorf("%s: summary\n%s, want\n%s", tt.name, got, tt.summary)
		}
		if diff := cmp.Diff(tt.disturbed, tt.noise.Disturbed()); diff != "" {
			t.Errorf("%s: disturbed (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Unknown is null in a result file, and a reader gets it back as unknown.
func TestJSON(t *testing.T) {
	data, err := json.Marshal(Noise{Wall: 5, Steal: new(0.0)})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"wall":5,"cpus":null,"steal":0,"foreign":null,"foreign_resolution":null,"throttled":null,"pressure":null,"memory_pressure":null,"swapped":null}`
	if string(data) != want {
		t.Errorf("got %s, want %s", data, want)
	}
}

// On the machine at hand whatever is told is possible, and samples cost little.
func TestThisMachine(t *testing.T) {
	a := Take()
	time.Sleep(20 * time.Millisecond)
	n := Between(a, Take())
	for name, v := range map[string]*float64{"steal": n.Steal, "throttled": n.Throttled, "pressure": n.Pressure, "memory pressure": n.MemoryPressure} {
		if v != nil && !(*v >= 0 && *v <= 1) {
			t.Errorf("%s is %v, want a share", name, *v)
		}
	}
	if n.Foreign != nil && !(*n.Foreign >= 0) {
		t.Errorf("other programs used %v cores", *n.Foreign)
	}
	if n.Wall < 20*time.Millisecond {
		t.Errorf("slept 20 ms, the samples are %v apart", n.Wall)
	}
}

func BenchmarkTake(b *testing.B) {
	for b.Loop() {
		Take()
	}
}
