package law

import (
	"fmt"
	"strings"
)

// How many distinct N a law needs: an Amdahl fit leaves a degree of freedom from minAmdahl on, a USL two from minUSL.
// Time and memory grow with the square of their number, and no sweep has more than maxLevels.
const (
	minAmdahl = 3
	minUSL    = 5
	maxLevels = 200
)

// String returns what N is, in words.
func (a Axis) String() string {
	switch a {
	case Gomaxprocs:
		return "GOMAXPROCS"
	case Goroutines:
		return "goroutines"
	default:
		return "N"
	}
}

// segment returns the levels over which a law may hold and says which it cut off: on the axis of GOMAXPROCS a second
// hardware thread of a core is worth less than a core, and beyond the hardware threads there is nothing more to get.
// A law across either border would take what the machine lacks for contention.
func segment(levels []level, opt Options) (kept []level, notes []string) {
	if opt.Axis != Gomaxprocs {
		return levels, nil
	}
	logical := opt.Logical
	if logical == 0 {
		logical = opt.Physical
	}
	if logical == 0 {
		return levels, []string{"the number of cores is not known: any GOMAXPROCS beyond it is in the law too"}
	}
	physical := opt.Physical
	if physical == 0 || physical > logical {
		physical = logical
	}
	if opt.Physical == 0 {
		notes = append(notes, fmt.Sprintf("whether some of the %s share a physical one (SMT) is not known", count(logical, "logical core")))
	}
	var smt, over []string
	for _, l := range levels {
		switch {
		case l.n <= physical:
			kept = append(kept, l)
		case l.n <= logical:
			smt = append(smt, fmt.Sprint(l.n))
		default:
			over = append(over, fmt.Sprint(l.n))
		}
	}
	if smt != nil {
		notes = append(notes, fmt.Sprintf("GOMAXPROCS %s: more than the %s, two threads share a core there (SMT); left out of the law",
			strings.Join(smt, ", "), count(physical, "physical core")))
	}
	if over != nil {
		notes = append(notes, fmt.Sprintf("GOMAXPROCS %s: more than the %s (oversubscribed); left out of the law",
			strings.Join(over, ", "), count(logical, "logical core")))
	}
	return kept, notes
}

// smt returns the levels from the physical cores on to all their threads.
func smt(levels []level, opt Options) []level {
	var kept []level
	for _, l := range levels {
		if l.n == opt.Physical || opt.HasSMT(l.n) {
			kept = append(kept, l)
		}
	}
	return kept
}

// withinSMT takes from the law of the further threads what it says of more of them than there are, and of one alone.
func (f *Fit) withinSMT(opt Options) {
	f.Limit, f.Gamma = nil, nil
	if f.Peak != nil && f.Peak.N.Value > float64(opt.Logical) {
		f.Peak = nil
		f.note(fmt.Sprintf("no peak within the %s", count(opt.Logical, "hardware thread")))
	}
	f.note(fmt.Sprintf("from %d on cores run further threads (SMT), each of which counts as one: the law tells what they add to %d, machine and program together", opt.Physical, f.Base))
}

// refusal says why a number of distinct N carries no law or only a small one.
func refusal(distinct int, opt Options) string {
	have := count(distinct, "value") + " of " + opt.Axis.String()
	switch {
	case opt.Axis == Goroutines:
		have = count(distinct, "goroutine count")
	case opt.Segment == SMT:
		have += fmt.Sprintf(" from the %s to their %s", count(opt.Physical, "physical core"), count(opt.Logical, "thread"))
	case opt.Axis == Gomaxprocs && opt.Physical > 0:
		have += " within the " + count(opt.Physical, "physical core")
	}
	switch {
	case distinct > maxLevels:
		return fmt.Sprintf("no law: %s, no more than %d can be fitted", have, maxLevels)
	case distinct < minAmdahl:
		return fmt.Sprintf("no law: %s; Amdahl's law takes %d, the USL %d", have, minAmdahl, minUSL)
	case distinct < minUSL:
		return fmt.Sprintf("Amdahl's law at most: %s; coherency (κ) and a peak take %d", have, minUSL)
	default:
		return ""
	}
}
