package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"runbench/internal/host"
	"runbench/internal/measure"
)

// On the machine at hand, with a runner of equal rates: every subject is there,
// with a word for each, and the trial counts.
func TestExamine(t *testing.T) {
	s := &script{rate: func(int, measure.Spec) float64 { return 5 }}
	r, err := Examine(t.Context(), host.Collect(t.Context()), Options{Run: s.run, Procs: []int{1}, Blocks: 1, Rest: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if r.Trial == nil || len(r.Trial.Equal[0].Logs) != minBlocks || r.Grade.GoodTo == nil || *r.Grade.GoodTo != 0 {
		t.Errorf("trial %+v, grade %+v", r.Trial, r.Grade)
	}
	seen := make(map[string]bool)
	for _, f := range r.Findings {
		seen[f.Subject] = true
		if f.Found == "" || f.Level != Good && (f.Meaning == "" || f.Change == "") {
			t.Errorf("incomplete: %+v", f)
		}
	}
	for _, subject := range []string{"other programs", "steal", "CPU quota", "usable CPUs", "frequency governor", "turbo", "SMT", "virtualisation", "clock", "sleeping", "memory", "huge pages", "Go settings"} {
		if !seen[subject] {
			t.Errorf("nothing is said of %s", subject)
		}
	}
	if c := r.Clock; c.Read <= 0 || c.Step <= 0 {
		t.Errorf("clock %+v, want positive times", c)
	}
	for _, s := range r.Sleeps {
		if s.Median < s.Asked || s.P99 < s.Median {
			t.Errorf("%+v: a wait took less than was asked for", s)
		}
	}
}

func TestExamineStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Examine(ctx, host.Host{}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestGrade(t *testing.T) {
	bad, warning := Finding{Level: Bad, Subject: "steal"}, Finding{Level: Warning, Subject: "turbo"}
	for _, tt := range []struct {
		width    float64 // below 0: no trial
		findings []Finding
		want     string
		fit      bool
	}{
		{0.0004, nil, "very good (A/A ±0.04 %)", true},
		{0.004, []Finding{warning}, "very good (A/A ±0.4 %)", true},
		{0.005, nil, "good (A/A ±0.5 %)", true},
		{0.0150, nil, "fair (A/A ±1.5 %)", true},
		{0.02, nil, "poor (A/A ±2.0 %)", false},
		{0.05, nil, "not fit to measure on (A/A ±5.0 %)", false},
		{0.004, []Finding{bad}, "good (A/A ±0.4 %)", true},
		{0.004, []Finding{bad, bad, bad}, "poor (A/A ±0.4 %)", false},
		{0.3, []Finding{bad}, "not fit to measure on (A/A ±30.0 %)", false},
		{-1, []Finding{warning}, "not graded (no A/A trial)", true},
		{-1, []Finding{bad}, "poor (no A/A trial)", false},
	} {
		var trial *Trial
		if tt.width >= 0 {
			trial = &Trial{Equal: []Equal{{HalfWidth: 0}, {HalfWidth: tt.width}}}
		}
		g := grade(trial, tt.findings)
		if g.String() != tt.want || g.Fit() != tt.fit {
			t.Errorf("width %v with %d findings: %s, fit %v, want %s, %v", tt.width, len(tt.findings), g, g.Fit(), tt.want, tt.fit)
		}
	}
}

// level returns that of the finding on the subject.
func level(t *testing.T, f facts, subject string) (Level, string) {
	t.Helper()
	for _, finding := range f.findings() {
		if finding.Subject == subject {
			return finding.Level, finding.Found + " | " + finding.Change
		}
	}
	t.Fatalf("no finding on %s", subject)
	return "", ""
}

func TestLevels(t *testing.T) {
	for _, tt := range []struct {
		subject string
		change  func(*facts)
		want    Level
		says    string
	}{
		{"other programs", func(f *facts) { f.watches[0].noise.Foreign = new(0.2) }, Warning, "of 4 cores: 0.20 at rest"},
		{"other programs", func(f *facts) { f.watches[0].noise.Foreign = new(0.6) }, Bad, "ps -eo"},
		{"other programs", func(f *facts) { f.watches[0].noise.Foreign = new(0.6); f.goos = "darwin" }, Bad, "top -o cpu"},
		{"other programs", func(f *facts) {
			f.watches[0].noise.Foreign, f.watches[0].noise.ForeignResolution = new(0.6), new(0.64)
		}, Good, "0.60"},
		{"steal", func(f *facts) { f.watches[0].noise.Steal = new(0.03) }, Warning, "3.0 %"},
		{"CPU quota", func(f *facts) { f.watches[0].noise.Throttled = new(0.02); f.cgroupDir = "/sys/fs/cgroup/a" }, Bad, "above this process's own, /sys/fs/cgroup/a"},
		{"CPU quota", func(f *facts) { f.host.Cgroup.QuotaCores = new(1.5); f.host.Container = "docker" }, Warning, "docker update --cpus N"},
		{"CPU quota", func(f *facts) { f.host.Cgroup.QuotaCores = new(1.5); f.cgroupDir = "/cg/a" }, Warning, "echo max > /cg/a/cpu.max, or measure with --procs up to 1"},
		{"CPU quota", func(f *facts) {
			f.host.Cgroup.QuotaCores = new(1.5)
			f.host.Cgroup.Version, f.cgroupDir = "v1", "/cg/a"
		}, Warning, "echo -1 > /cg/a/cpu.cfs_quota_us"},
		{"CPU quota", func(f *facts) { f.host.Cgroup.QuotaCores = new(1.5) }, Warning, "where it was set"},
		{"frequency governor", func(f *facts) { f.host.ScalingGovernor = "powersave" }, Warning, "powersave (intel_pstate) | sudo cpupower frequency-set -g performance"},
		{"turbo", func(f *facts) { f.host.Turbo = new(true) }, Note, "echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo"},
		{"SMT", func(f *facts) { f.host.SMT = new(true); f.host.PhysicalCores = new(2) }, Note, "4 logical CPUs on 2 cores | as root: echo off > /sys/devices/system/cpu/smt/control, or measure with --procs up to 2"},
		{"clock", func(f *facts) { f.clock.Read = 300 }, Note, "no faster clock source"},
		{"clock", func(f *facts) { f.clock.Step = 15 * time.Millisecond; f.goos = "windows" }, Warning, "no other clock"},
		{"sleeping", func(f *facts) { f.sleeps[1].P99 = 3 * time.Millisecond }, Note, "99 % below 3 ms"},
		{"memory", func(f *facts) { f.memory.swapUsed = new(int64(1 << 29)) }, Note, "0.5 GiB in swap"},
		{"memory", func(f *facts) { f.watches[0].noise.Swapped = new(1e4) }, Bad, "stop programs"},
		{"memory", func(f *facts) { f.watches[0].noise.MemoryPressure = new(0.5) }, Bad, "pressure 50.0 %"},
		{"memory", func(f *facts) { f.watches[0].noise.MemoryPressure = nil }, Good, "pressure unknown"},
		{"Go settings", func(f *facts) { f.settings = []setting{{"GOMAXPROCS", "1"}} }, Note, "unset GOMAXPROCS"},
		{"Go settings", func(f *facts) { f.settings = []setting{{"GOMAXPROCS", "1"}, {"GOGC", "50"}} }, Warning, "unset GOMAXPROCS GOGC"},
	} {
		f := quiet()
		tt.change(&f)
		if got, text := level(t, f, tt.subject); got != tt.want || !strings.Contains(text, tt.says) {
			t.Errorf("%s: %s, %s\nwant %s with %q", tt.subject, got, text, tt.want, tt.says)
		}
	}
}

// Where nothing is wrong nothing is to be changed.
func TestQuietNeedsNoChange(t *testing.T) {
	for _, f := range quiet().findings() {
		if f.Level != Good || f.Change != "" {
			t.Errorf("%+v", f)
		}
	}
}

func TestWorstFirst(t *testing.T) {
	findings := busy().findings()
	if !slices.IsSortedFunc(findings, func(a, b Finding) int {
		return slices.Index(levels, a.Level) - slices.Index(levels, b.Level)
	}) {
		t.Errorf("not sorted: %+v", findings)
	}
	if findings[0].Level != Bad || findings[len(findings)-1].Level == Bad {
		t.Errorf("first %+v, last %+v", findings[0], findings[len(findings)-1])
	}
}
