package doctor

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"runbench/internal/host"
	"runbench/internal/host/sysfs"
	"runbench/internal/noise"
	"runbench/internal/timetext"
)

// facts are what the findings are made of.
type facts struct {
	host      host.Host
	goos      string
	cgroupDir string // directory of this process's cgroup; empty where unknown

	watches  []watched // at rest, and in the A/A trial if there was one
	clock    Clock
	sleeps   []Sleep
	memory   memory
	battery  *bool // runs on battery; nil where that is not told or not asked
	settings []setting
}

// A watched is the noise of a stretch of time.
type watched struct {
	when  string // "at rest"
	noise noise.Noise
}

// collect takes about 1 s longer than rest, during which it watches the machine
// and does nothing. The error is ctx's.
func collect(ctx context.Context, h host.Host, rest time.Duration) (facts, error) {
	files := sysfs.Root()
	f := facts{host: h, goos: runtime.GOOS, settings: environment(), battery: onBattery(files)}
	if _, dirs, err := host.CgroupDirs(files); err == nil && len(dirs) > 0 {
		f.cgroupDir = "/" + dirs[0]
	}
	quiet, err := watch(ctx, rest)
	if err != nil {
		return facts{}, err
	}
	f.watches = []watched{{"at rest", quiet}}
	f.memory = readMemory(files)
	f.clock = measureClock(string(h.ClockSource))
	f.sleeps, err = measureSleeps(ctx)
	return f, err
}

// findings returns all findings, worst first.
func (f facts) findings() []Finding {
	findings := []Finding{
		f.programs(), f.steal(), f.quota(), f.affinity(),
		f.governor(), f.turbo(), f.smt(), f.virtualization(),
		f.clockSource(), f.sleeping(),
		f.memoryLeft(), f.hugePages(), f.goEnvironment(),
	}
	if f.battery != nil {
		findings = append(findings, f.power())
	}
	worstFirst(findings)
	return findings
}

// worst returns the largest value of a fact of the watches, nil where none of
// them knows it.
func (f facts) worst(fact func(noise.Noise) *float64) *float64 {
	var most *float64
	for _, w := range f.watches {
		if v := fact(w.noise); v != nil && (most == nil || *v > *most) {
			most = v
		}
	}
	return most
}

// each says what a fact was in each of the watches.
func (f facts) each(fact func(noise.Noise) *float64, format func(float64) string) string {
	var parts []string
	for _, w := range f.watches {
		text := "unknown"
		if v := fact(w.noise); v != nil {
			text = format(*v)
		}
		parts = append(parts, text+" "+w.when)
	}
	return strings.Join(parts, ", ")
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// short writes a duration with three digits.
func short(d time.Duration) string { return timetext.Nanoseconds(float64(d)) }

// count writes a number and its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
