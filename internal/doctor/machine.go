package doctor

import "fmt"

// smt looks at whether cores run several hardware threads.
func (f facts) smt() Finding {
	r := Finding{Level: Good, Subject: "SMT"}
	virtual := f.host.Virtualization == "virtual machine"
	switch on := f.host.SMT; {
	case on == nil:
		r.Level = Unknown
		r.Found = "unknown"
		r.Meaning = "two CPUs may be threads of one core, and then give less than two cores do"
		r.Change = f.hostDecides()
	case *on:
		r.Level = Note
		r.Found = "on"
		r.Meaning = "logical CPUs share cores in pairs, and a pair does less than two cores: a run is fast or slow by whom it shares with"
		r.Change = "as root: echo off > /sys/devices/system/cpu/smt/control"
		if n := f.host.PhysicalCores; n != nil && *n < f.host.LogicalCores {
			r.Found = fmt.Sprintf("on: %s on %s", count(f.host.LogicalCores, "logical CPU"), count(*n, "core"))
			r.Change += fmt.Sprintf(", or measure with --procs up to %d", *n)
		}
	case virtual:
		r.Level = Note
		r.Found = "off, as far as the virtual machine is told"
		r.Meaning = "the CPUs may be threads of shared cores all the same"
		r.Change = f.hostDecides()
	default:
		r.Found = "off"
	}
	return r
}

// virtualization looks at whether the machine is a real one.
func (f facts) virtualization() Finding {
	r := Finding{Level: Good, Subject: "virtualisation", Found: string(f.host.Virtualization)}
	switch f.host.Virtualization {
	case "bare metal":
	case "virtual machine":
		r.Level = Note
		if f.host.Hypervisor != "" {
			r.Found += " (" + string(f.host.Hypervisor) + ")"
		}
		r.Meaning = "what others on the physical machine do to clocks, caches and memory cannot be seen; where the hypervisor does not report steal, it shows as 0"
		r.Change = "nothing from inside: for small differences use a dedicated or bare-metal machine"
	default:
		r.Level = Unknown
		r.Found = "unknown"
		r.Meaning = "on a virtual machine others could take time that is not seen here"
		r.Change = doesNotTell
	}
	if c := f.host.Container; c != "" && c != "none" {
		r.Found += ", in a container (" + string(c) + ")"
	}
	return r
}
