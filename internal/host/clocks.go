package host

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"runbench/internal/host/sysfs"
)

// readClocks finds what sets the speed of the CPUs and what tells the time.
// Sources: Documentation/admin-guide/pm/cpufreq.rst and intel_pstate.rst;
// Documentation/timers/timekeeping.rst.
func (h *Host) readClocks(fsys fs.FS, cpus sysfs.CPUs) {
	h.ScalingGovernor = each(fsys, cpus, "cpufreq/scaling_governor")
	h.ScalingDriver = each(fsys, cpus, "cpufreq/scaling_driver")
	if h.ScalingGovernor == "" && len(cpus) > 0 {
		h.note("scaling governor unknown: the usable CPUs have no cpufreq in sysfs, as in most virtual machines")
	}
	h.Turbo = turbo(fsys)
	h.ClockSource = text(fsys, "sys/devices/system/clocksource/clocksource0/current_clocksource")
}

// each returns the text of the file name of every CPU, the different ones
// sorted with commas between; unknown unless every CPU has it.
func each(fsys fs.FS, cpus sysfs.CPUs, name string) Fact {
	var words []string
	for _, cpu := range cpus {
		word, err := sysfs.String(fsys, fmt.Sprintf("%s/cpu%d/%s", cpuDir, cpu, name))
		if err != nil {
			return ""
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return Fact(strings.Join(words, ", "))
}

// turbo reads the switch of intel_pstate, which is on to forbid turbo, or else
// that of the other drivers, which is on to allow boost.
func turbo(fsys fs.FS) *bool {
	if n, err := sysfs.Int(fsys, cpuDir+"/intel_pstate/no_turbo"); err == nil && (n == 0 || n == 1) {
		return new(n == 0)
	}
	if n, err := sysfs.Int(fsys, cpuDir+"/cpufreq/boost"); err == nil && (n == 0 || n == 1) {
		return new(n == 1)
	}
	return nil
}
