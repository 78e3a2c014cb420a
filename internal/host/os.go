package host

import (
	"cmp"
	"context"
	"io/fs"
	"strings"

	"runbench/internal/host/sysfs"
)

// readOS finds the names of the operating system and of its kernel.
func (h *Host) readOS(ctx context.Context, sys system) {
	h.OS = osRelease(sys.files)
	if h.OS == "" {
		h.OS, _ = ask(ctx, h, "operating system", sys.os)
	}
	h.Kernel, _ = ask(ctx, h, "kernel version", sys.kernel)
}

// osRelease returns the name that the distribution gives itself (man 5
// os-release).
func osRelease(fsys fs.FS) Fact {
	for _, name := range []string{"etc/os-release", "usr/lib/os-release"} {
		s, err := sysfs.String(fsys, name)
		if err != nil {
			continue
		}
		values := make(map[string]Fact)
		for line := range strings.Lines(s) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
				values[key] = Fact(strings.Trim(value, `"'`))
			}
		}
		return cmp.Or(values["PRETTY_NAME"], values["NAME"])
	}
	return ""
}
