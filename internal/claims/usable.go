package claims

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"runbench/internal/host"
	"runbench/internal/timetext"
)

// usableChanges is how often GOMAXPROCS is changed to learn what that costs.
const usableChanges = 200

var usableCPUs = Claim{
	ID:        8,
	Statement: "GOMAXPROCS starts at the number of CPUs that the process may use, and can be changed while it runs.",
	Expected:  "it starts at the CPUs of the affinity, or at the CPU quota rounded up (2 at least) where that is less; every change takes effect",
	Lesson:    "Leave GOMAXPROCS alone: it fits affinity and container from the start. A change stops all goroutines, so it does not belong in a loop.",
	Experiment: "Fresh processes, with the environment as it is, compare runtime.GOMAXPROCS(0) with the usable CPUs, which are counted from sched_getaffinity and the quota of the cgroup. " +
		"On Linux others may run on one CPU only, and, where a cgroup can be made, one runs under a quota: of half a CPU where there are two, of a CPU and a half less than there are where there are more. " +
		"Then GOMAXPROCS is changed to and fro 200 times, which must be seen to take effect, and set back by runtime.SetDefaultGOMAXPROCS. " +
		"The time of a change is that of stopping all goroutines and starting them again; no other was running. It is shown and decides nothing.",
	Sources: []string{
		"runtime/cgroup_linux.go: defaultGOMAXPROCS, adjustCgroupGOMAXPROCS",
		"runtime/debug.go: GOMAXPROCS, SetDefaultGOMAXPROCS",
		"runtime/proc.go: stopTheWorldGC, procresize",
		"Go 1.25 release notes (2025): container-aware GOMAXPROCS",
	},
	Disturbance: Immune,
	Arms: func(int) []Arm {
		arms := []Arm{{Name: "as it is", Run: usableTrial}}
		if runtime.GOOS == "linux" { // elsewhere no process can be limited
			arms = append(arms,
				Arm{Name: "one CPU", OneCPU: true, Trials: 1, Run: usableTrial},
				Arm{Name: "quota", Trials: 1, Run: quotaTrial})
		}
		return arms
	},
	Judge: judgeUsable,
}

// startSample returns GOMAXPROCS as it is and what it is to be; and the CPU quota,
// in CPUs, where there is one.
func startSample(ctx context.Context) Sample {
	h := host.Collect(ctx)
	s := Sample{"start": float64(runtime.GOMAXPROCS(0)), "usable": float64(h.Usable())}
	if h.Cgroup.QuotaCores != nil {
		s["quota"] = *h.Cgroup.QuotaCores
	}
	return s
}

// usableTrial adds to startSample whether changes took effect, the median time of
// one, and the number that the default was set back to.
func usableTrial(ctx context.Context) (Sample, error) {
	s := startSample(ctx)
	start := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(start)
	defer withoutGC()()
	other := 1
	if start == 1 {
		other = 2
	}
	s["changed"] = 1
	times := make([]float64, usableChanges/2)
	for i := range times {
		began := time.Now()
		for _, to := range []int{other, start} {
			runtime.GOMAXPROCS(to)
			if runtime.GOMAXPROCS(0) != to {
				s["changed"] = 0
			}
		}
		times[i] = since(began) / 2 // adding Ps and taking them away do not take the same
	}
	s["change-ns"] = spreadOf(times).Median
	runtime.SetDefaultGOMAXPROCS()
	s["default"] = float64(runtime.GOMAXPROCS(0))
	return s, nil
}

func judgeUsable(_ int, t Trials) Finding {
	whole := number(0, "")
	ok := true
	for _, trials := range t {
		for _, s := range trials {
			if s["start"] != s["usable"] {
				ok = false
			}
			if changed, tried := s["changed"]; tried && (changed != 1 || s["default"] != s["usable"]) {
				ok = false
			}
		}
	}
	measured := fmt.Sprintf("starts at %s with %s usable", t.Spread("as it is", "start").Text(whole), t.Spread("as it is", "usable").Text(whole))
	if one := t.Spread("one CPU", "start"); one.N > 0 {
		ok = ok && one.always(1)
		measured += fmt.Sprintf(", at %s on one CPU", one.Text(whole))
	}
	if start := t.Spread("quota", "start"); start.N > 0 {
		measured += fmt.Sprintf(", at %s with a quota of %s", start.Text(whole), t.Spread("quota", "quota").Text(number(1, "")))
	} else {
		measured += " (no CPU quota can be set here)"
	}
	return holdsIf(ok, measured+"; a change takes "+t.Spread("as it is", "change-ns").Text(timetext.Nanoseconds))
}
