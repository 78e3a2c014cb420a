package noise

import (
	"io/fs"
	"strconv"
	"strings"
	"time"

	"runbench/internal/host/sysfs"
)

// tick is the unit of /proc/stat, 1/USER_HZ s. USER_HZ is a part of the
// kernel's interface and is 100 on every architecture that Go runs on (man 7
// time; include/asm-generic/param.h), whatever rate the kernel's own timer has.
const tick = 10 * time.Millisecond

// procStat reads the CPU times of the machine from the first line of
// /proc/stat (Documentation/filesystems/proc.rst, section 1.7):
//
//	cpu user nice system idle iowait irq softirq steal guest guest_nice
//
// guest is in user already, and guest_nice in nice. steal is there since Linux
// 2.6.11. Where the process may use some of the CPUs only, usable, it adds up
// their lines (cpu0, cpu1, …): what others do on the rest takes nothing away.
// Usable is nil where it is not known.
func procStat(fsys fs.FS, usable sysfs.CPUs) (cpuTimes, bool) {
	data, err := fs.ReadFile(fsys, "proc/stat")
	if err != nil {
		return cpuTimes{}, false
	}
	var t, some cpuTimes
	found := false
	for line := range strings.Lines(string(data)) {
		name, rest, _ := strings.Cut(line, " ")
		switch {
		case name == "cpu":
			if found = t.parse(strings.Fields(rest)); !found {
				return cpuTimes{}, false
			}
		case strings.HasPrefix(name, "cpu"):
			t.cpus++
			if n, err := strconv.Atoi(name[len("cpu"):]); err == nil && usable.Has(n) {
				var own cpuTimes
				if own.parse(strings.Fields(rest)) {
					some.add(own)
				}
			}
		default:
			return narrowed(t, some, usable), found && t.cpus > 0 // the CPUs go before all else
		}
	}
	return narrowed(t, some, usable), found && t.cpus > 0
}

// narrowed returns the times of the usable CPUs where they are not all and every
// one of them was found, else those of all.
func narrowed(all, some cpuTimes, usable sysfs.CPUs) cpuTimes {
	if len(usable) < all.cpus && some.cpus == len(usable) && some.cpus > 0 {
		return some
	}
	return all
}

// add adds the times of one CPU.
func (t *cpuTimes) add(one cpuTimes) {
	t.busy += one.busy
	t.idle += one.idle
	if one.steal != nil {
		sum := *one.steal
		if t.steal != nil {
			sum += *t.steal
		}
		t.steal = &sum
	}
	t.cpus++
}

// parse takes the fields of the line of all CPUs.
func (t *cpuTimes) parse(fields []string) bool {
	if len(fields) < 7 {
		return false
	}
	var times [8]time.Duration
	n := min(len(fields), len(times))
	for i, field := range fields[:n] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil || ticks < 0 || ticks > int64(1<<63-1)/int64(tick) {
			return false
		}
		times[i] = time.Duration(ticks) * tick
	}
	t.busy = times[0] + times[1] + times[2] + times[5] + times[6]
	t.idle = times[3] + times[4]
	if n == len(times) {
		t.steal = &times[7]
	}
	return true
}
