package doctor

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"runbench/internal/host/sysfs"
	"runbench/internal/noise"
)

// memory is what is left of it, in bytes; nil where unknown.
type memory struct {
	total, available *int64
	swapUsed         *int64
}

// readMemory reads /proc/meminfo (man 5 proc_meminfo), whose kB are 1024 bytes.
func readMemory(fsys fs.FS) (m memory) {
	s, err := sysfs.String(fsys, "proc/meminfo")
	if err != nil {
		return memory{}
	}
	var swapTotal, swapFree *int64
	for line := range strings.Lines(s) {
		name, rest, _ := strings.Cut(line, ":")
		fields := strings.Fields(rest)
		if len(fields) != 2 || fields[1] != "kB" {
			continue
		}
		n, err := strconv.ParseInt(fields[0], 10, 53)
		if err != nil || n < 0 {
			continue
		}
		bytes := n << 10
		switch name {
		case "MemTotal":
			m.total = &bytes
		case "MemAvailable":
			m.available = &bytes
		case "SwapTotal":
			swapTotal = &bytes
		case "SwapFree":
			swapFree = &bytes
		}
	}
	if swapTotal != nil && swapFree != nil && *swapTotal >= *swapFree {
		m.swapUsed = new(*swapTotal - *swapFree)
	}
	return m
}

const (
	lowMemory         = 0.1 // share of the memory that should be available
	badMemoryPressure = 0.1 // share of the time
)

// memoryLeft looks at whether there is memory enough.
func (f facts) memoryLeft() Finding {
	m := f.memory
	pressureOf := func(n noise.Noise) *float64 { return n.MemoryPressure }
	pressure := f.worst(pressureOf)
	swapping := f.worst(func(n noise.Noise) *float64 { return n.Swapped })
	r := Finding{
		Level: Good, Subject: "memory",
		Meaning: "a machine short of memory stops programs while it makes room",
		Change:  "stop programs that hold memory; as root: swapoff -a takes back what is in swap",
	}
	left := "available unknown"
	if m.available != nil && m.total != nil {
		left = fmt.Sprintf("%s of %s available", gibi(*m.available), gibi(*m.total))
	}
	parts := []string{left}
	if m.swapUsed != nil {
		parts = append(parts, gibi(*m.swapUsed)+" in swap")
	}
	if pressure != nil {
		parts = append(parts, "pressure "+f.each(pressureOf, percent))
	} else {
		parts = append(parts, "pressure unknown")
	}
	r.Found = strings.Join(parts, ", ")
	switch {
	case pressure != nil && *pressure > badMemoryPressure, swapping != nil && *swapping > noise.MaxSwapped:
		r.Level = Bad
	case pressure != nil && *pressure > noise.MaxMemoryPressure,
		m.available != nil && m.total != nil && float64(*m.available) < lowMemory*float64(*m.total):
		r.Level = Warning
	case m.swapUsed != nil && *m.swapUsed > 0:
		r.Level = Note
	case m.available == nil || m.total == nil:
		r.Level = Unknown
		r.Change = doesNotTell
	default:
		r.Change = ""
	}
	return r
}

func gibi(bytes int64) string { return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30)) }

// hugePages looks at whether the kernel gives programs huge pages unasked
// (Documentation/admin-guide/mm/transhuge.rst). The Go runtime asks for them for
// its own tables only, not for the heap (callers of sysHugePage in runtime).
func (f facts) hugePages() Finding {
	r := Finding{Level: Good, Subject: "huge pages", Found: "transparent huge pages " + string(f.host.TransparentHugePages)}
	switch f.host.TransparentHugePages {
	case "":
		r.Level = Unknown
		r.Found = "transparent huge pages unknown"
		r.Meaning = "they make work on much memory faster, and when they come is left to chance"
		r.Change = doesNotTell
	case "always":
		r.Level = Note
		r.Meaning = "work on much memory is faster when the kernel happens to have huge pages left; compare only machines set alike"
		r.Change = "to leave the heap without, as root: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"
	default:
		r.Meaning = "the Go heap gets none: compare only machines set alike"
	}
	return r
}
