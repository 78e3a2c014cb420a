package noise

import (
	"fmt"
	"strings"
)

// What is more than these disturbs a measurement. They lie above what a quiet
// machine shows, and each is enough to move a result by the few per cent that a
// comparison is to find.
const (
	MaxSteal          = 0.01 // share of the machine's CPU time
	MaxForeign        = 0.1  // cores; or the resolution, where that is coarser
	MaxThrottled      = 0.01 // share of the cgroup's periods
	MaxMemoryPressure = 0.01 // share of the wall time
	MaxSwapped        = 100  // pages a second: 400 KiB/s of pages of 4 KiB
)

// Disturbed says in words what disturbed the machine. It is empty where the
// machine was quiet, and says nothing of what is unknown.
func (n Noise) Disturbed() []string {
	var words []string
	if n.Foreign != nil && *n.Foreign > n.maxForeign() {
		words = append(words, fmt.Sprintf("other programs used %.2g of %s", *n.Foreign, n.cpus()))
	}
	if above(n.Steal, MaxSteal) {
		words = append(words, fmt.Sprintf("the hypervisor took %s of the CPU time (steal)", percent(*n.Steal)))
	}
	if above(n.Throttled, MaxThrottled) {
		words = append(words, fmt.Sprintf("the CPU quota stopped this process in %s of its periods", percent(*n.Throttled)))
	}
	if above(n.MemoryPressure, MaxMemoryPressure) {
		words = append(words, fmt.Sprintf("programs waited for memory %s of the time", percent(*n.MemoryPressure)))
	}
	if above(n.Swapped, MaxSwapped) {
		words = append(words, fmt.Sprintf("the machine swapped %.0f pages a second", *n.Swapped))
	}
	return words
}

// Summary is one short line for the head of a table, as in
//
//	steal 0.0 %, other programs 0.25 cores, not throttled
//
// with more where there was more to tell. Other programs that used less than
// can be resolved are said to be below that.
func (n Noise) Summary() string {
	parts := []string{
		"steal " + known(n.Steal, percent),
		"other programs " + n.foreign(),
		n.throttled(),
	}
	if above(n.MemoryPressure, MaxMemoryPressure) {
		parts = append(parts, "memory pressure "+percent(*n.MemoryPressure))
	}
	if above(n.Swapped, MaxSwapped) {
		parts = append(parts, fmt.Sprintf("swapping %.0f pages/s", *n.Swapped))
	}
	return strings.Join(parts, ", ")
}

func (n Noise) foreign() string {
	switch r := n.ForeignResolution; {
	case n.Foreign == nil:
		return "unknown"
	case r != nil && *n.Foreign < *r:
		return fmt.Sprintf("below %s", cores(*r))
	}
	return cores(*n.Foreign)
}

func (n Noise) throttled() string {
	switch {
	case n.Throttled == nil:
		return "throttling unknown"
	case *n.Throttled == 0:
		return "not throttled"
	}
	return "throttled in " + percent(*n.Throttled) + " of the periods"
}

// maxForeign is the threshold of Foreign, in cores.
func (n Noise) maxForeign() float64 {
	if n.ForeignResolution == nil {
		return MaxForeign
	}
	return max(MaxForeign, *n.ForeignResolution)
}

func (n Noise) cpus() string {
	switch {
	case n.CPUs == nil:
		return "the cores"
	case *n.CPUs == 1:
		return "1 core"
	}
	return fmt.Sprintf("%d cores", *n.CPUs)
}

func above(v *float64, limit float64) bool { return v != nil && *v > limit }

// known formats what v points to, or says that it is unknown.
func known(v *float64, format func(float64) string) string {
	if v == nil {
		return "unknown"
	}
	return format(*v)
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

func cores(n float64) string { return fmt.Sprintf("%.2g cores", n) }
