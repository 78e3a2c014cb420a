package doctor

import (
	"fmt"

	"runbench/internal/noise"
)

// quota looks at the CPU quota, and at whether it stopped this process.
func (f facts) quota() Finding {
	throttled := func(n noise.Noise) *float64 { return n.Throttled }
	worst := f.worst(throttled)
	c := f.host.Cgroup
	r := Finding{Level: Good, Subject: "CPU quota", Found: "none"}
	switch {
	case c.QuotaCores != nil:
		r.Level = Warning
		r.Found = fmt.Sprintf("%.4g CPUs", *c.QuotaCores)
		r.Meaning = "a run that uses up its quota early in a period stands still for the rest of it, which no average shows"
		r.Change = f.raise()
		if *c.QuotaCores >= 1 {
			r.Change += fmt.Sprintf(", or measure with --procs up to %d", int(*c.QuotaCores))
		}
	case c.Limited == nil:
		r.Level = Unknown
		r.Found = "unknown"
		r.Meaning = "a quota would make runs stand still"
		r.Change = doesNotTell
	}
	if worst == nil || *worst == 0 && c.QuotaCores == nil {
		return r
	}
	r.Found += "; share of periods in which it was used up: " + f.each(throttled, percent)
	if *worst > noise.MaxThrottled {
		r.Level = Bad
		r.Meaning = "runs stood still when the quota was used up, and were measured all the same"
		if r.Change == "" {
			r.Change = "raise the quota of the groups above this process's own, " + f.cgroupDir
		}
	}
	return r
}

// raise says how to lift the quota.
func (f facts) raise() string {
	switch dir := f.cgroupDir; {
	case f.host.Container == "kubernetes":
		return "raise or remove resources.limits.cpu of the pod"
	case f.host.Container == "docker", f.host.Container == "podman":
		return fmt.Sprintf("start the container with a larger --cpus (%s update --cpus N CONTAINER)", f.host.Container)
	case dir != "" && f.host.Cgroup.Version == "v2":
		return "as root: echo max > " + dir + "/cpu.max"
	case dir != "" && f.host.Cgroup.Version == "v1":
		return "as root: echo -1 > " + dir + "/cpu.cfs_quota_us"
	}
	return "raise the quota where it was set"
}

// affinity looks at whether all CPUs may be used.
func (f facts) affinity() Finding {
	usable, online := f.host.LogicalCores, f.host.OnlineCPUs
	r := Finding{Level: Good, Subject: "usable CPUs"}
	switch {
	case online == nil:
		r.Level = Unknown
		r.Found = fmt.Sprintf("%d, of how many is unknown", usable)
		r.Meaning = "there may be more CPUs, with programs that share caches and memory with runs here"
		r.Change = doesNotTell
	case usable < *online:
		r.Level = Note
		r.Found = fmt.Sprintf("%d of %d online", usable, *online)
		if f.host.Affinity != "" {
			r.Found += ": " + string(f.host.Affinity)
		}
		r.Meaning = "runs stay on these; programs on the others still share caches and memory with them"
		r.Change = fmt.Sprintf("for all CPUs: taskset -c 0-%d runbench …, or widen the cpuset of the container or job", *online-1)
	default:
		r.Found = fmt.Sprintf("all %d", usable)
	}
	return r
}
