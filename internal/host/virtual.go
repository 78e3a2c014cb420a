package host

import (
	"context"
	"io/fs"
	"path"
	"strings"
)

// readVirtualization finds whether the machine is virtual, and by which
// hypervisor. A CPU of x86 says by one flag whether a hypervisor runs it, which
// is a firm answer either way. On others only the signs of one hypervisor or
// another show a virtual machine, and nothing shows that there is none.
func (h *Host) readVirtualization(ctx context.Context, sys system, info cpuInfo) {
	name := hypervisor(sys.files)
	switch {
	case info.x86 && !info.hypervisor && name != "xen": // a Xen PV guest does not see the flag
		h.Virtualization = "bare metal"
		return
	case info.x86, name != "":
		h.Virtualization = "virtual machine"
		h.Hypervisor = name
		return
	}
	if virtual, ok := ask(ctx, h, "virtualisation", sys.guest); ok {
		h.Virtualization = "bare metal"
		if virtual {
			h.Virtualization = "virtual machine"
		}
	}
}

// dmiVendors are the words by which hypervisors name themselves in the
// firmware's tables. The list is from systemd, src/basic/virt.c (dmi_vendor_table).
var dmiVendors = []struct {
	prefix string
	name   Fact
}{
	{"KVM", "kvm"},
	{"OpenStack", "kvm"},
	{"KubeVirt", "kvm"},
	{"Amazon EC2", "amazon"},
	{"QEMU", "qemu"},
	{"VMware", "vmware"},
	{"VMW", "vmware"},
	{"innotek GmbH", "virtualbox"},
	{"VirtualBox", "virtualbox"},
	{"Oracle Corporation", "virtualbox"},
	{"Xen", "xen"},
	{"Bochs", "bochs"},
	{"Parallels", "parallels"},
	{"BHYVE", "bhyve"},
	{"Hyper-V", "hyper-v"},
	{"Apple Virtualization", "apple"},
	{"Google Compute Engine", "google"},
}

// hypervisor looks for the signs that a hypervisor leaves in the kernel's
// files, the surest first: the kernel's own name for it, the clock that it
// offers to its guests, the device tree, the firmware.
func hypervisor(fsys fs.FS) Fact {
	if name := text(fsys, "sys/hypervisor/type"); name != "" {
		return name
	}
	clocks := strings.Fields(string(text(fsys, "sys/devices/system/clocksource/clocksource0/available_clocksource")))
	for _, clock := range clocks {
		switch {
		case clock == "kvm-clock":
			return "kvm"
		case clock == "xen":
			return "xen"
		case strings.HasPrefix(clock, "hyperv_clocksource"):
			return "hyper-v"
		}
	}
	if compatible := text(fsys, "proc/device-tree/hypervisor/compatible"); compatible != "" {
		first, _, _ := strings.Cut(string(compatible), "\x00")
		return Fact(strings.TrimPrefix(first, "linux,"))
	}
	if strings.Contains(string(text(fsys, "sys/class/dmi/id/product_name")), ".metal") {
		return "" // a whole machine from Amazon, whose firmware has the vendor of the virtual ones
	}
	for _, file := range []string{"product_name", "sys_vendor", "board_vendor", "bios_vendor"} {
		word := string(text(fsys, "sys/class/dmi/id/"+file))
		for _, v := range dmiVendors {
			if strings.HasPrefix(word, v.prefix) {
				return v.name
			}
		}
	}
	return ""
}

// The inode numbers of the namespaces that the kernel starts with
// (include/linux/proc_ns.h, PROC_CGROUP_INIT_INO and PROC_PID_INIT_INO).
const (
	initCgroup = "cgroup:[4026531835]"
	initPID    = "pid:[4026531836]"
)

// readContainer finds what holds the process. The path of its cgroup may tell.
// If it does not, a process in the first namespaces of the kernel is in no
// container, though the file system may have been made from an image and still
// hold an image's marks; in others, those marks tell.
func (h *Host) readContainer(fsys fs.FS) {
	if h.Container = cgroupContainer(fsys); h.Container != "" {
		return
	}
	mark, file := containerMark(fsys)
	pid, err1 := fs.ReadLink(fsys, "proc/self/ns/pid")
	cgroup, err2 := fs.ReadLink(fsys, "proc/self/ns/cgroup")
	if err1 == nil && err2 == nil && pid == initPID && cgroup == initCgroup {
		h.Container = "none"
		if mark != "" {
			h.note("/%s is there, but the process is in the first namespaces of the kernel: not in a %s container", file, mark)
		}
		return
	}
	h.Container = mark
}

// cgroupContainer reads the paths in /proc/self/cgroup, element by element: a
// path like /system.slice/docker.service is the engine itself.
func cgroupContainer(fsys fs.FS) Fact {
	data, err := fs.ReadFile(fsys, "proc/self/cgroup")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) < 3 {
			continue
		}
		for element := range strings.SplitSeq(fields[2], "/") {
			switch {
			case strings.HasPrefix(element, "kubepods"):
				return "kubernetes"
			case element == "docker", strings.HasPrefix(element, "docker-") && path.Ext(element) == ".scope":
				return "docker"
			case strings.HasPrefix(element, "libpod-"):
				return "podman"
			case element == "lxc", strings.HasPrefix(element, "lxc.payload"):
				return "lxc"
			}
		}
	}
	return ""
}

// containerMark looks for the files that container engines leave for their
// guests, and says which it found.
func containerMark(fsys fs.FS) (name Fact, file string) {
	if manager := text(fsys, "run/systemd/container"); manager != "" {
		return manager, "run/systemd/container"
	}
	for _, m := range []struct {
		file string
		name Fact
	}{
		{"run/secrets/kubernetes.io", "kubernetes"},
		{"run/.containerenv", "podman"},
		{".dockerenv", "docker"},
	} {
		if _, err := fs.Stat(fsys, m.file); err == nil {
			return m.name, m.file
		}
	}
	return "", ""
}
