package doctor

import "strings"

// noFrequency is what is said where cpufreq is not there.
const noFrequency = "the clock may change from run to run, and nothing here shows it"

// governor looks at what chooses the clock frequency
// (Documentation/admin-guide/pm/cpufreq.rst, Generic Scaling Governors).
func (f facts) governor() Finding {
	name, driver := string(f.host.ScalingGovernor), string(f.host.ScalingDriver)
	r := Finding{Level: Warning, Subject: "frequency governor", Found: name}
	if driver != "" {
		r.Found += " (" + driver + ")"
	}
	switch {
	case name == "":
		r.Level = Unknown
		r.Found = "unknown"
		r.Meaning = noFrequency
		r.Change = f.hostDecides()
		return r
	case name == "performance":
		r.Level = Good
		r.Meaning = "the clock stays as high as the hardware allows"
		return r
	case name == "powersave" && !strings.Contains(driver, "pstate"):
		r.Meaning = "the clock stays at its lowest: runs are steady, but slower than the machine can do"
	case strings.Contains(name, ","):
		r.Meaning = "CPUs choose their clock in different ways: a run is fast or slow by where it happens to be"
	default:
		r.Meaning = "the clock follows the load: the first moments of a run, and runs that wait, are slower"
	}
	r.Change = "sudo cpupower frequency-set -g performance"
	return r
}

// turbo looks at whether CPUs may clock above their base frequency
// (Documentation/admin-guide/pm/intel_pstate.rst and cpufreq.rst, Frequency
// Boost Support).
func (f facts) turbo() Finding {
	r := Finding{Level: Good, Subject: "turbo"}
	switch on := f.host.Turbo; {
	case on == nil:
		r.Level = Unknown
		r.Found = "unknown"
		r.Meaning = noFrequency
		r.Change = f.hostDecides()
	case *on:
		r.Level = Note
		r.Found = "allowed"
		r.Meaning = "one busy core clocks higher than many do, so that more cores seem to help less than they do; heat changes it too"
		r.Change = "as root: echo 0 > /sys/devices/system/cpu/cpufreq/boost"
		if strings.HasPrefix(string(f.host.ScalingDriver), "intel_pstate") || f.host.ScalingDriver == "intel_cpufreq" {
			r.Change = "as root: echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo"
		}
	default:
		r.Found = "off"
	}
	return r
}

// hostDecides says who sets what is unknown here.
func (f facts) hostDecides() string {
	if f.host.Virtualization == "virtual machine" {
		return "nothing from inside: the physical machine decides"
	}
	return doesNotTell
}
