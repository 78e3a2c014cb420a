package host

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Summary is one line for the head of a table, as in
//
//	AMD EPYC · 2 cores · 23.5 GiB · linux/amd64 · go1.26.8 · virtual machine (kvm)
//
// with "8 cores / 16 threads" where the usable CPUs are hardware threads, and
// the quota and the container where there are any. Facts that are unknown are
// left out, save the CPU's.
func (h Host) Summary() string {
	parts := []string{"unknown CPU"}
	if h.CPUModel != "" {
		parts[0] = string(h.CPUModel)
	}
	parts = append(parts, h.cores())
	if q := h.Cgroup.QuotaCores; q != nil {
		parts = append(parts, fmt.Sprintf("quota %.4g CPUs", *q))
	}
	if h.MemoryBytes != nil {
		parts = append(parts, size(*h.MemoryBytes))
	}
	parts = append(parts, h.GOOS+"/"+h.GOARCH, h.GoVersion)
	switch {
	case h.Hypervisor != "":
		parts = append(parts, fmt.Sprintf("%s (%s)", h.Virtualization, h.Hypervisor))
	case h.Virtualization != "":
		parts = append(parts, string(h.Virtualization))
	}
	if h.Container != "" && h.Container != "none" {
		parts = append(parts, "container ("+string(h.Container)+")")
	}
	return strings.Join(parts, " · ")
}

// cores says how many there are, in words that claim no more than is known.
func (h Host) cores() string {
	switch {
	case h.PhysicalCores == nil:
		return count(h.LogicalCores, "logical CPU")
	case *h.PhysicalCores == h.LogicalCores:
		return count(h.LogicalCores, "core")
	default:
		return count(*h.PhysicalCores, "core") + " / " + count(h.LogicalCores, "thread")
	}
}

// Text is the fact sheet that WriteText writes.
func (h Host) Text() string {
	var b strings.Builder
	for i, g := range h.Groups() {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s\n", g.Title)
		for _, r := range g.Rows {
			fmt.Fprintf(&b, "  %-22s %s\n", r.Label, r.Value)
		}
	}
	if len(h.Notes) > 0 {
		b.WriteString("\nNotes\n")
		for _, note := range h.Notes {
			fmt.Fprintf(&b, "  - %s\n", note)
		}
	}
	return b.String()
}

// WriteText writes all facts for people to read, in groups, a line each. The
// error is w's.
func (h Host) WriteText(w io.Writer) error {
	_, err := io.WriteString(w, h.Text())
	return err
}

// A Group is one paragraph of the fact sheet.
type Group struct {
	Title string
	Rows  []Row
}

// A Row is one fact. Its label is empty where it goes on with that of the row before.
type Row struct{ Label, Value string }

// Groups returns what Text says, fact by fact.
func (h Host) Groups() []Group {
	return []Group{
		{"CPU", h.cpuRows()},
		{"Memory", append(h.cacheRows(),
			Row{"memory", known(h.MemoryBytes, size)},
			Row{"NUMA nodes", known(h.NUMANodes, strconv.Itoa)},
			Row{"transparent huge pages", h.TransparentHugePages.String()})},
		{"System", []Row{
			{"operating system", h.OS.String()},
			{"kernel", h.Kernel.String()},
			{"virtualisation", h.virtualization()},
			{"container", h.Container.String()},
			{"load average", h.load()},
		}},
		{"Limits of this process", []Row{
			{"usable CPUs", h.affinity()},
			{"cgroup", h.Cgroup.String()},
			{"CPU quota", h.Cgroup.quota()},
		}},
		{"Clocks", []Row{
			{"scaling governor", h.ScalingGovernor.String()},
			{"scaling driver", h.ScalingDriver.String()},
			{"turbo", known(h.Turbo, func(on bool) string { return either(on, "allowed", "off") })},
			{"clock source", h.ClockSource.String()},
		}},
		{"Go", []Row{
			{"version", h.GoVersion},
			{"platform", h.GOOS + "/" + h.GOARCH},
			{"GOMAXPROCS", fmt.Sprintf("%d (default %d)", h.GOMAXPROCS, h.GOMAXPROCSDefault)},
		}},
	}
}

func (h Host) cpuRows() []Row {
	yesNo := func(b bool) string { return either(b, "yes", "no") }
	rows := []Row{
		{"model", h.CPUModel.String()},
		{"vendor", h.CPUVendor.String()},
		{"packages", known(h.Packages, strconv.Itoa)},
		{"physical cores", known(h.PhysicalCores, strconv.Itoa)},
		{"logical cores", strconv.Itoa(h.LogicalCores)},
		{"SMT", known(h.SMT, yesNo)},
		{"hybrid", known(h.Hybrid, yesNo)},
	}
	for _, k := range h.CoreKinds {
		value := k.Name + ": " + count(k.CPUs, "CPU")
		if k.List != "" {
			value += " (" + string(k.List) + ")"
		}
		rows = append(rows, Row{"", value})
	}
	return rows
}

// cacheRows has a row for each cache that is known, and says where not all are.
func (h Host) cacheRows() []Row {
	if len(h.Caches) == 0 {
		return []Row{{"caches", "unknown"}}
	}
	var rows []Row
	for _, c := range h.Caches {
		value := size(c.Bytes)
		if c.Instances > 1 {
			value = fmt.Sprintf("%d × %s = %s", c.Instances, value, size(c.TotalBytes))
		}
		if c.SharedBy > 1 {
			value += fmt.Sprintf(", shared by %d CPUs", c.SharedBy)
		}
		if h.LastLevel != nil && c == *h.LastLevel {
			value += ", last level"
		}
		rows = append(rows, Row{c.Name() + " cache", value})
	}
	if h.LastLevel == nil {
		rows = append(rows, Row{"last-level cache", "unknown"})
	}
	return rows
}

func (h Host) virtualization() string {
	if h.Virtualization != "virtual machine" {
		return h.Virtualization.String()
	}
	return fmt.Sprintf("virtual machine (hypervisor %s)", h.Hypervisor)
}

func (h Host) load() string {
	return known(h.LoadAverage, func(l Load) string {
		return fmt.Sprintf("%.2f %.2f %.2f (1, 5, 15 minutes)", l.One, l.Five, l.Fifteen)
	})
}

func (h Host) affinity() string {
	s := fmt.Sprintf("%d of %s online", h.LogicalCores, known(h.OnlineCPUs, strconv.Itoa))
	if h.OnlineCPUs == nil {
		s = strconv.Itoa(h.LogicalCores) + ", number online unknown"
	}
	return s + ", affinity " + h.Affinity.String()
}

// String says the version and the path.
func (c Cgroup) String() string {
	if c.Path == "" {
		return c.Version.String()
	}
	return string(c.Version + " " + c.Path)
}

func (c Cgroup) quota() string {
	switch {
	case c.Limited == nil:
		return "unknown"
	case !*c.Limited || c.QuotaCores == nil || c.QuotaMicros == nil || c.PeriodMicros == nil:
		return "none"
	}
	return fmt.Sprintf("%.4g CPUs (%d µs in %d µs)", *c.QuotaCores, *c.QuotaMicros, *c.PeriodMicros)
}

// known formats what p points to, or says that it is unknown.
func known[T any](p *T, format func(T) string) string {
	if p == nil {
		return "unknown"
	}
	return format(*p)
}

func either(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// count writes a number and its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// size writes bytes in the largest binary unit that leaves at least 1, with
// three digits.
func size(bytes int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	v, unit := float64(bytes), 0
	for v >= 1024 && unit < len(units)-1 {
		v /= 1024
		unit++
	}
	if v >= 100 {
		return fmt.Sprintf("%.0f %s", v, units[unit])
	}
	return fmt.Sprintf("%.3g %s", v, units[unit])
}
