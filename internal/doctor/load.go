package doctor

import (
	"context"
	"fmt"
	"time"

	"runbench/internal/noise"
)

// watch does nothing for some time and says what went on meanwhile. The error is
// ctx's.
func watch(ctx context.Context, d time.Duration) (noise.Noise, error) {
	before := noise.Take()
	select {
	case <-ctx.Done():
		return noise.Noise{}, ctx.Err()
	case <-time.After(d):
	}
	return noise.Between(before, noise.Take()), nil
}

// badForeign, in cores, is from where on the work of other programs is bad: half
// a core of it costs a run that wants all cores up to half of one.
const badForeign = 0.5

// programs looks at what else runs.
func (f facts) programs() Finding {
	used := func(n noise.Noise) *float64 { return n.Foreign }
	foreign := f.worst(func(n noise.Noise) *float64 {
		if r := n.ForeignResolution; n.Foreign != nil && r != nil && *n.Foreign <= *r {
			return new(0.0) // nothing that could be told from nothing
		}
		return n.Foreign
	})
	r := Finding{
		Level: Good, Subject: "other programs",
		Meaning: "what other programs use is missing from what is measured, now in this run and now in that",
	}
	r.Found = "use unknown"
	if foreign != nil {
		r.Found = f.each(used, func(v float64) string { return fmt.Sprintf("%.2f", v) })
		if n := f.watches[0].noise.CPUs; n != nil {
			r.Found = fmt.Sprintf("of %s: %s", count(*n, "core"), r.Found)
		}
	}
	if p := f.watches[0].noise.Pressure; p != nil {
		r.Found += fmt.Sprintf("; some task waited for a CPU %s of the time at rest", percent(*p))
	}
	if l := f.host.LoadAverage; l != nil {
		r.Found += fmt.Sprintf("; load average %.2f", l.One)
	}
	const wait = "stop them, or measure when they have ended; to list them: "
	switch {
	case foreign == nil:
		r.Level, r.Change = Unknown, doesNotTell
	case *foreign > badForeign:
		r.Level, r.Change = Bad, wait+f.lister()
	case *foreign > noise.MaxForeign:
		r.Level, r.Change = Warning, wait+f.lister()
	}
	return r
}

// lister is the command that shows who uses the CPUs.
func (f facts) lister() string {
	switch f.goos {
	case "windows":
		return "taskmgr"
	case "linux":
		return "ps -eo pcpu,pid,comm --sort=-pcpu | head"
	}
	return "top -o cpu"
}

// badSteal is the share of CPU time from where on steal is bad.
const badSteal = 0.05

// steal looks at what the hypervisor took.
func (f facts) steal() Finding {
	stolen := func(n noise.Noise) *float64 { return n.Steal }
	r := Finding{
		Level: Good, Subject: "steal", Found: "of the CPU time: " + f.each(stolen, percent),
		Meaning: "while the hypervisor runs something else nothing here goes on, though the clock does",
	}
	const move = "nothing from inside: move to a less busy physical machine, or to an instance with CPUs of its own"
	switch worst := f.worst(stolen); {
	case worst == nil:
		r.Level, r.Found, r.Change = Unknown, "unknown", doesNotTell
	case *worst > badSteal:
		r.Level, r.Change = Bad, move
	case *worst > noise.MaxSteal:
		r.Level, r.Change = Warning, move
	}
	return r
}
