package host

import (
	"context"
	"io/fs"
	"math"
	"strings"

	"runbench/internal/host/cache"
	"runbench/internal/host/sysfs"
)

// readCaches finds the caches of the usable CPUs.
func (h *Host) readCaches(sys system, cpus sysfs.CPUs) {
	caches, err := cache.Read(sys.files, cpus)
	h.Caches = caches
	if err != nil {
		h.note("not all caches are known: %v", err)
		return
	}
	if last, ok := cache.Last(caches); ok {
		h.LastLevel = &last
	}
}

// readMemory finds the size of the memory and the huge page policy.
func (h *Host) readMemory(ctx context.Context, sys system) {
	if n, ok := ask(ctx, h, "memory size", sys.memory); ok && n > 0 && n <= math.MaxInt64 {
		size := int64(n)
		h.MemoryBytes = &size
	}
	h.TransparentHugePages = hugePages(sys.files)
}

// hugePages returns the policy in brackets, as in "always [madvise] never"
// (Documentation/admin-guide/mm/transhuge.rst).
func hugePages(fsys fs.FS) Fact {
	s, err := sysfs.String(fsys, "sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(s, "[")
	word, _, ok := strings.Cut(rest, "]")
	if !ok {
		return ""
	}
	return trimmed(word)
}
