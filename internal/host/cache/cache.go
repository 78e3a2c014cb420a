// Package cache tells the sizes of the CPU caches and which CPUs share them.
//
// It reads sysfs and nothing else (Linux:
// Documentation/ABI/testing/sysfs-devices-system-cpu, entry
// /sys/devices/system/cpu/cpu*/cache/index*/), so a workload that sizes its
// data by the caches imports it at no cost. On other systems every size is
// unknown.
package cache

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"

	"runbench/internal/host/sysfs"
)

// A Kind says what a cache holds.
type Kind string

// The kinds of cache, as the kernel calls them in lower case.
const (
	Data        Kind = "data"
	Instruction Kind = "instruction"
	Unified     Kind = "unified"
)

// A Cache stands for all caches of one level, kind and size that a set of CPUs
// uses.
type Cache struct {
	Level int  `json:"level"`
	Kind  Kind `json:"kind"`

	// Bytes is the size of one instance.
	Bytes int64 `json:"size_bytes"`

	// Instances is how many such caches the CPUs use.
	Instances int `json:"instances"`

	// TotalBytes is Bytes times Instances.
	TotalBytes int64 `json:"total_bytes"`

	// SharedBy is how many CPUs of the machine share one instance, the largest
	// number where instances differ.
	SharedBy int `json:"shared_by_cpus"`
}

// Name is the usual short name: L1d, L1i, L2, L3.
func (c Cache) Name() string {
	switch c.Kind {
	case Data:
		return fmt.Sprintf("L%dd", c.Level)
	case Instruction:
		return fmt.Sprintf("L%di", c.Level)
	default:
		return fmt.Sprintf("L%d", c.Level)
	}
}

// LastLevel returns the size in bytes of one last-level cache that the CPUs of
// this process share: the largest where they differ, and of the highest level
// that holds data where there is no L3. It reads a few files for each such
// cache. It is false where the size is unknown: on other systems than Linux,
// and in virtual machines that do not tell.
func LastLevel() (bytes int64, ok bool) {
	cpus, err := sysfs.Affinity()
	if err != nil {
		return 0, false
	}
	return lastLevel(sysfs.Root(), cpus)
}

// lastLevel looks only at CPUs that share no cache found before. One entry that
// cannot be read makes the answer unknown, for it may be the last level's.
func lastLevel(fsys fs.FS, cpus sysfs.CPUs) (bytes int64, ok bool) {
	var best instance
	seen := make(map[int]bool)
	for _, cpu := range cpus {
		if seen[cpu] {
			continue
		}
		var last index
		for x, err := range indices(fsys, cpu) {
			if err != nil {
				return 0, false
			}
			if x.kind != Instruction && x.level > last.level {
				last = x
			}
		}
		if last.level == 0 {
			continue
		}
		it, err := last.read(fsys)
		if err != nil {
			return 0, false
		}
		for _, sharer := range it.sharers {
			seen[sharer] = true
		}
		if it.level > best.level || it.level == best.level && it.bytes > best.bytes {
			best = it
		}
	}
	return best.bytes, best.bytes > 0
}

// Read returns the caches that cpus use, by level, kind and size: on a machine
// with two sorts of cores one level may appear with two sizes. fsys is a file
// tree as package sysfs describes. A cache of which level, kind, size or
// sharers are not told is left out, and the error is that of the first such
// one; no caches at all are no error.
func Read(fsys fs.FS, cpus sysfs.CPUs) (caches []Cache, firstErr error) {
	type cell struct {
		level int
		kind  Kind
		cpu   int
	}
	seen := make(map[cell]bool)
	for _, cpu := range cpus {
		for x, err := range indices(fsys, cpu) {
			if err == nil && seen[cell{x.level, x.kind, cpu}] {
				continue
			}
			var it instance
			if err == nil {
				it, err = x.read(fsys)
			}
			if err != nil {
				firstErr = cmp.Or(firstErr, err)
				continue
			}
			for _, sharer := range it.sharers {
				seen[cell{x.level, x.kind, sharer}] = true
			}
			caches = add(caches, it)
		}
	}
	slices.SortFunc(caches, func(a, b Cache) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Bytes, b.Bytes))
	})
	return caches, firstErr
}

// Last returns the largest cache of the highest level that holds data; false
// where there is none.
func Last(caches []Cache) (last Cache, ok bool) {
	for _, c := range caches {
		if c.Kind != Instruction && (c.Level > last.Level || c.Level == last.Level && c.Bytes > last.Bytes) {
			last, ok = c, true
		}
	}
	return last, ok
}

// add counts one more instance into caches.
func add(caches []Cache, it instance) []Cache {
	i := slices.IndexFunc(caches, func(c Cache) bool {
		return c.Level == it.level && c.Kind == it.kind && c.Bytes == it.bytes
	})
	if i < 0 {
		i = len(caches)
		caches = append(caches, Cache{Level: it.level, Kind: it.kind, Bytes: it.bytes})
	}
	c := &caches[i]
	c.Instances++
	c.TotalBytes += it.bytes
	c.SharedBy = max(c.SharedBy, len(it.sharers))
	return caches
}
