package law

import (
	"fmt"
	"math"
	"strings"
)

// An arm is the levels that a law is fitted to.
type arm struct {
	levels  []level
	blocked bool
	// control is, for each level, the number of runs behind the one mean of the control that all its replicates were
	// divided by; nil where each has a partner of its own round, or nothing was divided.
	control []float64
	divided bool // by the control
}

// dividedNote says what a law of a divided arm is of.
const dividedNote = "the law is of throughput over that of a share-nothing control per core, relative to its first: a falling clock or a neighbour counts as neither σ nor κ"

// uncontrolled returns levels as they were measured.
func uncontrolled(levels []level) arm {
	return arm{levels: levels, blocked: connected(levels)}
}

// control divides the levels by the relative rate per core of the control, c(N) = (Xc(N)/N) / (Xc(b)/b) with b its
// smallest N: what the machine (clock, steal, neighbours) does to work that shares nothing. What then still falls
// short of N is the program's.
//
// Within a round its own control run divides, and what is common to the round cancels. Where rounds do not match the
// mean over all control runs at N does, and its uncertainty is added.
func control(levels []level, opt Options) (a arm, notes []string) {
	if opt.Axis != Gomaxprocs {
		return uncontrolled(levels), []string{"the control arm tells of GOMAXPROCS, not of " + opt.Axis.String() + "; not used"}
	}
	reference, dropped := group(opt.Control)
	notes = []string{droppedNote("control: ", dropped)}
	var kept []level
	var without []string
	for _, l := range levels {
		if _, ok := find(reference, l.n); ok {
			kept = append(kept, l)
		} else {
			without = append(without, fmt.Sprint(l.n))
		}
	}
	if len(kept) == 0 {
		return uncontrolled(levels), append(notes, "the control arm was not measured at any of these GOMAXPROCS; not used")
	}
	if without != nil {
		notes = append(notes, fmt.Sprintf("GOMAXPROCS %s: no control run there; left out of the law", strings.Join(without, ", ")))
	}

	base := reference[0]
	baseMean, _, _ := base.meanVar()
	baseMean -= math.Log(float64(base.n))
	paired := arm{blocked: true, divided: true}
	means := arm{divided: true}
	for _, l := range kept {
		c, _ := find(reference, l.n)
		mean, _, _ := c.meanVar()
		ideal := math.Log(float64(l.n))
		p, m := level{n: l.n}, level{n: l.n}
		for _, r := range l.reps {
			m.reps = append(m.reps, replicate{r.round, r.log - (mean - ideal - baseMean)})
			own, ok := c.at(r.round)
			if !ok {
				continue
			}
			first := baseMean
			if b, ok := base.at(r.round); ok {
				first = b - math.Log(float64(base.n))
			}
			p.reps = append(p.reps, replicate{r.round, r.log - (own - ideal - first)})
		}
		paired.levels = append(paired.levels, p)
		means.levels = append(means.levels, m)
		means.control = append(means.control, float64(len(c.reps)))
	}
	if connected(paired.levels) {
		return paired, notes
	}
	means.blocked = connected(means.levels)
	return means, notes
}
