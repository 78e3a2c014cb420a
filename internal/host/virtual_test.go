package host

import (
	"context"
	"testing"
)

func TestVirtualization(t *testing.T) {
	const clocks = "sys/devices/system/clocksource/clocksource0/available_clocksource"
	plain, flagged, other := cpuInfo{x86: true}, cpuInfo{x86: true, hypervisor: true}, cpuInfo{}
	for _, tt := range []struct {
		name          string
		info          cpuInfo
		file, content string
		virt, by      Fact
	}{
		{"x86 without the flag", plain, "", "", "bare metal", ""},
		{"x86 with the flag only", flagged, "", "", "virtual machine", ""},
		{"a cloud's own hardware", plain, "sys/class/dmi/id/sys_vendor", "Amazon EC2", "bare metal", ""},
		{"Xen PV hides the flag", plain, "sys/hypervisor/type", "xen", "virtual machine", "xen"},
		{"Hyper-V clock", flagged, clocks, "hyperv_clocksource_tsc_page acpi_pm", "virtual machine", "hyper-v"},
		{"VMware", flagged, "sys/class/dmi/id/product_name", "VMware Virtual Platform", "virtual machine", "vmware"},
		{"Arm, nothing told", other, "", "", "", ""},
		{"Arm under KVM", other, "sys/class/dmi/id/product_name", "KVM Virtual Machine", "virtual machine", "kvm"},
		{"Arm under Xen", other, "proc/device-tree/hypervisor/compatible", "xen,xen-4.18\x00xen,xen", "virtual machine", "xen,xen-4.18"},
		{"Arm, a whole machine from Amazon", other, "sys/class/dmi/id/product_name", "c7g.metal", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := newTree()
			files.set("sys/class/dmi/id/bios_vendor", "American Megatrends")
			if tt.info == other && tt.name == "Arm, a whole machine from Amazon" {
				files.set("sys/class/dmi/id/sys_vendor", "Amazon EC2")
			}
			if tt.file != "" {
				files.set(tt.file, tt.content)
			}
			var h Host
			h.readVirtualization(context.Background(), system{files: files}, tt.info)
			if h.Virtualization != tt.virt || h.Hypervisor != tt.by {
				t.Errorf("%s by %s, want %s by %s", h.Virtualization, h.Hypervisor, tt.virt, tt.by)
			}
		})
	}
}

func TestContainer(t *testing.T) {
	for _, tt := range []struct {
		name, cgroup, mark string
		init               bool
		want               Fact
	}{
		{"nothing told", "0::/", "", false, ""},
		{"first namespaces", "0::/init.scope", "", true, "none"},
		{"a mark left over", "0::/", ".dockerenv", true, "none"},
		{"a mark", "0::/", ".dockerenv", false, "docker"},
		{"Podman's mark", "0::/", "run/.containerenv", false, "podman"},
		{"Kubernetes and a runtime's mark", "0::/kubepods.slice/pod1/cri-containerd-1.scope", ".dockerenv", false, "kubernetes"},
		{"Docker by path, in the first namespaces", "0::/system.slice/docker-4f5e.scope", "", true, "docker"},
		{"the Docker engine itself", "0::/system.slice/docker.service", "", true, "none"},
		{"LXC", "0::/lxc.payload.web", "", false, "lxc"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := newTree()
			files.set("proc/self/cgroup", tt.cgroup)
			if tt.mark != "" {
				files.set(tt.mark, "")
			}
			if tt.init {
				files.initNamespaces()
			}
			var h Host
			h.readContainer(files)
			if h.Container != tt.want {
				t.Errorf("%s, want %s", h.Container, tt.want)
			}
		})
	}
}
