package host

import (
	"bufio"
	"cmp"
	"context"
	"io/fs"
	"slices"
	"strings"
)

// cpuInfo is what /proc/cpuinfo says of the first CPU. Its keys differ between
// architectures; those used here are written in arch/x86/kernel/cpu/proc.c and,
// the model name, on most others.
type cpuInfo struct {
	model, vendor Fact

	// x86 is set where there is a line of flags, which says whether the CPU
	// runs under a hypervisor.
	x86        bool
	hypervisor bool
}

// readCPUInfo reads only as far as the end of the first CPU: the kernel makes
// up the file while it is read, which takes long on a machine of many CPUs.
func readCPUInfo(fsys fs.FS) (info cpuInfo) {
	f, err := fsys.Open("proc/cpuinfo")
	if err != nil {
		return cpuInfo{}
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), ":")
		if !ok && info.model != "" {
			break
		}
		switch strings.TrimSpace(key) {
		case "model name", "Model Name":
			info.model = trimmed(value)
		case "vendor_id":
			info.vendor = trimmed(value)
		case "flags":
			info.x86 = true
			info.hypervisor = slices.Contains(strings.Fields(value), "hypervisor")
		}
	}
	return info
}

func trimmed(s string) Fact { return Fact(strings.TrimSpace(s)) }

// readCPU finds the model and the vendor. The kernel's model name is the brand
// string of CPUID (arch/x86/kernel/cpu/common.c, get_model_name), which is also
// what package testing prints; where there is none, as on Arm, gopsutil knows
// many parts by number.
func (h *Host) readCPU(ctx context.Context, sys system, info cpuInfo) {
	h.CPUModel, h.CPUVendor = info.model, info.vendor
	if h.CPUModel != "" && h.CPUVendor != "" {
		return
	}
	if names, ok := ask(ctx, h, "CPU model", sys.cpu); ok {
		h.CPUModel = cmp.Or(h.CPUModel, names.model)
		h.CPUVendor = cmp.Or(h.CPUVendor, names.vendor)
	}
}
