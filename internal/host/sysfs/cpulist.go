package sysfs

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// maxCPU is the largest CPU number a list may hold. The kernel's own limit,
// CONFIG_NR_CPUS, is 8192; the bound keeps a damaged file from asking for all
// the memory there is.
const maxCPU = 1<<16 - 1

// CPUs is a set of CPU numbers, ascending and without doubles.
type CPUs []int

// ParseCPUs reads the kernel's CPU list format, as in "0-3,8" (man 7 cpuset,
// section Formats). An empty list is an error.
func ParseCPUs(s string) (CPUs, error) {
	var cpus CPUs
	for part := range strings.SplitSeq(strings.TrimSpace(s), ",") {
		first, last, isRange := strings.Cut(part, "-")
		lo, err := strconv.ParseUint(first, 10, 32)
		hi := lo
		if err == nil && isRange {
			hi, err = strconv.ParseUint(last, 10, 32)
		}
		if err != nil || hi < lo || hi > maxCPU {
			return nil, fmt.Errorf("%q: want a CPU list such as 0-3,8", s)
		}
		for cpu := lo; cpu <= hi; cpu++ {
			cpus = append(cpus, int(cpu))
		}
	}
	slices.Sort(cpus)
	return slices.Compact(cpus), nil
}

// ReadCPUs returns the CPU list that the file name holds.
func ReadCPUs(fsys fs.FS, name string) (CPUs, error) {
	s, err := String(fsys, name)
	if err != nil {
		return nil, err
	}
	cpus, err := ParseCPUs(s)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", name, err)
	}
	return cpus, nil
}

// Has reports whether cpu is in the set.
func (c CPUs) Has(cpu int) bool {
	_, ok := slices.BinarySearch(c, cpu)
	return ok
}

// And returns the CPUs that are in both sets.
func (c CPUs) And(other CPUs) CPUs {
	var both CPUs
	for _, cpu := range c {
		if other.Has(cpu) {
			both = append(both, cpu)
		}
	}
	return both
}

// String writes the set in the format that ParseCPUs reads.
func (c CPUs) String() string {
	var b strings.Builder
	for i := 0; i < len(c); {
		j := i
		for j+1 < len(c) && c[j+1] == c[j]+1 {
			j++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(c[i]))
		if j > i {
			b.WriteByte('-')
			b.WriteString(strconv.Itoa(c[j]))
		}
		i = j + 1
	}
	return b.String()
}
