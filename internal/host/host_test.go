package host

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"runbench/internal/host/cache"
	"runbench/internal/host/sysfs"
)

var update = flag.Bool("update", false, "write the golden fact sheets")

// procsAtStart is the runtime's own choice of GOMAXPROCS: package testing sets
// it only later.
var procsAtStart = runtime.GOMAXPROCS(0)

// collectFixed is collect without what depends on where the test runs.
func collectFixed(sys system) Host {
	h := collect(context.Background(), sys)
	h.GOOS, h.GOARCH, h.GoVersion, h.GOMAXPROCS = "linux", "amd64", "go1.26.8", h.GOMAXPROCSDefault
	return h
}

// The golden files hold the summary and the fact sheet of each fixture; read
// them as the specification of what is told.
func TestFixtures(t *testing.T) {
	nothing := system{files: fstest.MapFS{}}
	for name, sys := range map[string]system{
		"bare-metal": bareMetal(), "guest": guest(), "container": container(),
		"bare": bare(), "hybrid": hybrid(), "nothing": nothing,
	} {
		t.Run(name, func(t *testing.T) {
			h := collectFixed(sys)
			if name == "nothing" {
				h.LogicalCores, h.GOMAXPROCS, h.GOMAXPROCSDefault = 1, 1, 1 // the test machine's
			}
			got := h.Summary() + "\n\n" + h.Text()
			file := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
				t.Errorf("differs from %s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// otherCPU matches the files of CPUs that damage to those of CPUs 0 and 9
// stands for.
var otherCPU = regexp.MustCompile(`/cpu([1-8]|1[0-9])/`)

// A damaged file makes the facts in it unknown, changes no other number, and
// never panics.
func TestMalformedFiles(t *testing.T) {
	for name, fixture := range map[string]func() system{
		"bare-metal": bareMetal, "guest": guest, "container": container, "bare": bare, "hybrid": hybrid,
	} {
		whole := numbers(collectFixed(fixture()))
		for file, content := range fixture().files.(fstest.MapFS) {
			if content.Mode&fs.ModeDir != 0 || otherCPU.MatchString(file) {
				continue
			}
			for _, garbage := range []string{"", "\n", "\x00\xff", "-", ",", "K", "3-1", "-7", "a:b", "9999999999999999999999", "0-4294967295", "0 0", "a:b:c\nd - e", ":::", strings.Repeat("x", 70_000)} {
				if garbage == "" && file == "proc/self/cgroup" {
					continue // not damaged: so it is where no hierarchy is mounted
				}
				sys := fixture()
				sys.files.(fstest.MapFS)[file] = &fstest.MapFile{Data: []byte(garbage)}
				h := collectFixed(sys)
				for fact, got := range numbers(h) {
					if got != "null" && got != whole[fact] {
						t.Errorf("%s with %q in /%s: %s is %s, want %s or unknown", name, garbage, file, fact, got, whole[fact])
					}
				}
				if h.Text() == "" || h.Summary() == "" {
					t.Errorf("%s with %q in /%s: no text", name, garbage, file)
				}
			}
		}
	}
}

// numbers are the facts that are not the word of a file, as JSON.
func numbers(h Host) map[string]string {
	all := map[string]any{
		"packages": h.Packages, "physical": h.PhysicalCores, "online": h.OnlineCPUs, "smt": h.SMT,
		"nodes": h.NUMANodes, "memory": h.MemoryBytes, "turbo": h.Turbo, "last": h.LastLevel,
		"limited": h.Cgroup.Limited, "quota": h.Cgroup.QuotaCores, "period": h.Cgroup.PeriodMicros,
	}
	texts := make(map[string]string)
	for fact, v := range all {
		data, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		texts[fact] = string(data)
	}
	return texts
}

func TestUnknownIsNull(t *testing.T) {
	h := collect(context.Background(), system{files: fstest.MapFS{}})
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for _, always := range []string{"goos", "goarch", "go_version", "gomaxprocs", "gomaxprocs_default", "logical_cores"} {
		if got[always] == nil {
			t.Errorf("%s is null", always)
		}
		delete(got, always)
	}
	unknownCgroup := map[string]any{"version": nil, "path": nil, "limited": nil, "quota_us": nil, "period_us": nil, "quota_cores": nil}
	if diff := cmp.Diff(unknownCgroup, got["cgroup"]); diff != "" {
		t.Errorf("cgroup (-want +got):\n%s", diff)
	}
	delete(got, "cgroup")
	if diff := cmp.Diff([]any{}, got["notes"]); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	delete(got, "notes")
	for key, v := range got {
		if v != nil {
			t.Errorf("%s is %v, want null", key, v)
		}
	}

	var back Host
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(h, back); diff != "" {
		t.Errorf("after a round trip through JSON (-want +got):\n%s", diff)
	}
}

// Facts that gopsutil cannot give, or dies over, are unknown with a note.
func TestSourcesThatFail(t *testing.T) {
	sys := bareMetal()
	sys.memory = func(context.Context) (uint64, error) { return 0, errors.New("no meminfo") }
	sys.load = func(context.Context) (Load, error) {
		var fields []string
		return Load{One: float64(len(fields[0]))}, nil
	}
	h := collect(context.Background(), sys)
	if h.MemoryBytes != nil || h.LoadAverage != nil {
		t.Errorf("memory %v and load %v, want unknown", h.MemoryBytes, h.LoadAverage)
	}
	notes := strings.Join(h.Notes, "\n")
	for _, want := range []string{"memory size unknown: no meminfo", "load average unknown: runtime error"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes are %q, want %q among them", notes, want)
		}
	}
}

func TestCollectAfterTheContextEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	h := collect(ctx, bareMetal())
	if h.MemoryBytes != nil || h.Kernel != "" {
		t.Errorf("memory %v and kernel %v, want unknown", h.MemoryBytes, h.Kernel)
	}
	if !strings.Contains(strings.Join(h.Notes, "\n"), "memory size unknown: context canceled") {
		t.Errorf("notes are %q, want the reason among them", h.Notes)
	}
}

// gopsutil counts the cores of the whole machine: no use to a process that may
// run on a part of it.
func TestCoresOfPartOfAMachine(t *testing.T) {
	sys := bare()
	sys.affinity = func(context.Context) (sysfs.CPUs, error) { return sysfs.CPUs{0, 1}, nil }
	if h := collect(context.Background(), sys); h.PhysicalCores != nil {
		t.Errorf("physical cores %d, want unknown", *h.PhysicalCores)
	}
}

func TestUsable(t *testing.T) {
	for _, tt := range []struct {
		logical int
		quota   float64 // 0: none
		want    int
	}{
		{8, 0, 8},
		{8, 3.5, 4},
		{8, 3, 3},
		{8, 0.5, 2},
		{8, 100, 8},
		{8, 7.5, 8},
		{1, 0.5, 1},
		{1, 8, 1},
		{0, 0, 1},
	} {
		h := Host{LogicalCores: tt.logical}
		if tt.quota > 0 {
			h.Cgroup.QuotaCores = &tt.quota
		}
		if got := h.Usable(); got != tt.want {
			t.Errorf("%d CPUs, quota %v: %d, want %d", tt.logical, tt.quota, got, tt.want)
		}
	}
}

// On the machine at hand: what Go and the other packages tell must agree.
func TestThisMachine(t *testing.T) {
	h := Collect(context.Background())
	if h.LogicalCores != runtime.NumCPU() {
		t.Errorf("%d logical cores, runtime.NumCPU is %d", h.LogicalCores, runtime.NumCPU())
	}
	if h.PhysicalCores != nil && (*h.PhysicalCores < 1 || *h.PhysicalCores > h.LogicalCores) {
		t.Errorf("%d physical cores of %d logical ones", *h.PhysicalCores, h.LogicalCores)
	}
	if os.Getenv("GOMAXPROCS") == "" && os.Getenv("GODEBUG") == "" && h.GOMAXPROCSDefault != procsAtStart {
		t.Errorf("default GOMAXPROCS %d, the runtime chose %d", h.GOMAXPROCSDefault, procsAtStart)
	}
	bytes, ok := LastLevelCache()
	if ok != (h.LastLevel != nil) || ok && bytes != h.LastLevel.Bytes {
		t.Errorf("last-level cache %d, %v; the host has %v", bytes, ok, h.LastLevel)
	}
	for _, label := range []string{"model", "physical cores", "CPU quota", "scaling governor", "GOMAXPROCS"} {
		if !strings.Contains(h.Text(), "  "+label+" ") {
			t.Errorf("no row %q in\n%s", label, h.Text())
		}
	}
}

func TestSummary(t *testing.T) {
	four, eight, mem := 4, 8, int64(16<<30)
	for _, tt := range []struct {
		host Host
		want string
	}{
		{
			Host{LogicalCores: 8, PhysicalCores: &four, CPUModel: "X", MemoryBytes: &mem, Virtualization: "bare metal"},
			"X · 4 cores / 8 threads · 16 GiB · os/arch · go1 · bare metal",
		},
		{
			Host{LogicalCores: 8, PhysicalCores: &eight, CPUModel: "X", Virtualization: "virtual machine", Hypervisor: "kvm", Container: "docker"},
			"X · 8 cores · os/arch · go1 · virtual machine (kvm) · container (docker)",
		},
		{Host{LogicalCores: 1}, "unknown CPU · 1 logical CPU · os/arch · go1"},
	} {
		tt.host.GOOS, tt.host.GOARCH, tt.host.GoVersion = "os", "arch", "go1"
		if got := tt.host.Summary(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestHybridCaches(t *testing.T) {
	got := collect(context.Background(), hybrid()).Caches
	want := []cache.Cache{
		{Level: 1, Kind: cache.Data, Bytes: 32 << 10, Instances: 8, TotalBytes: 256 << 10, SharedBy: 1},
		{Level: 1, Kind: cache.Data, Bytes: 48 << 10, Instances: 4, TotalBytes: 192 << 10, SharedBy: 2},
		{Level: 2, Kind: cache.Unified, Bytes: 1280 << 10, Instances: 4, TotalBytes: 5 << 20, SharedBy: 2},
		{Level: 2, Kind: cache.Unified, Bytes: 2 << 20, Instances: 2, TotalBytes: 4 << 20, SharedBy: 4},
		{Level: 3, Kind: cache.Unified, Bytes: 18 << 20, Instances: 1, TotalBytes: 18 << 20, SharedBy: 16},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
