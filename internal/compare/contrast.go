package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"runbench/internal/scaling"
)

// unknownAA is what two equal sweeps are taken to differ by where no control arm
// tells.
const unknownAA = 0.05

// contrast finds what differs between any two machines. Two figures differ where the
// whole interval of their ratio lies beyond what two equal sweeps may differ by on
// either machine (A/A), corrected for the number of comparisons: each measure of each
// workload for each two machines, declared before anything is looked at.
func (r *MachinesResult) contrast() {
	var contrasts []scaling.Contrast
	var pairs []Difference // contrasts that A and B take part in, as far as known
	for w, workload := range r.Workloads {
		for _, m := range Measures {
			for b := range r.Machines {
				for a := range b {
					x, y := workload.On[a], workload.On[b]
					if x == nil || y == nil || !r.tells(m, a, b, x, y) {
						continue
					}
					c := scaling.Contrast{A: m.of(x), B: m.of(y), Delta: r.delta(a, b)}
					if math.IsNaN(c.A.Value) || math.IsNaN(c.B.Value) {
						continue // not measured
					}
					contrasts = append(contrasts, c)
					pairs = append(pairs, Difference{Workload: w, Measure: m.Name, A: a, B: b, Delta: c.Delta})
				}
			}
		}
	}
	r.Compared = len(contrasts)
	for i, found := range scaling.Contrasts(contrasts, r.Alpha) {
		if !found.Differs {
			continue
		}
		d := pairs[i]
		d.Ratio, d.Lo, d.Hi, d.P = found.Value, found.Lo, found.Hi, found.Adjusted
		a, b := contrasts[i].A, contrasts[i].B
		if d.Ratio < 1 {
			d.A, d.B, d.Ratio, d.Lo, d.Hi = d.B, d.A, 1/d.Ratio, 1/d.Hi, 1/d.Lo
			a, b = b, a
		}
		d.Sentence = r.sentence(d, a, b)
		r.Differences = append(r.Differences, d)
	}
	order := make(map[string]int)
	for i, m := range Measures {
		order[m.Name] = i
	}
	slices.SortStableFunc(r.Differences, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.Workload, y.Workload), order[x.Measure]-order[y.Measure], cmp.Compare(y.Ratio, x.Ratio))
	})
}

// tells reports whether a measure says something of two machines.
func (r *MachinesResult) tells(m Measure, a, b int, x, y *OnMachine) bool {
	switch {
	case m.alike:
		return len(r.Machines[a].Config) > 0 && r.Machines[a].Config.key() == r.Machines[b].Config.key()
	case m.Name == "efficiency":
		return x.Gomaxprocs != y.Gomaxprocs // else it is the parallelism gain once more
	}
	return true
}

// delta returns what two equal sweeps may differ by on either of two machines.
func (r *MachinesResult) delta(a, b int) float64 {
	delta := 0.0
	for _, i := range []int{a, b} {
		aa := unknownAA
		if known := r.Machines[i].AA; known != nil {
			aa = *known
		}
		delta = max(delta, aa)
	}
	return delta
}

func (r *MachinesResult) sentence(d Difference, a, b scaling.Estimate) string {
	of := r.Workloads[d.Workload]
	i := slices.IndexFunc(Measures, func(m Measure) bool { return m.Name == d.Measure })
	words := Measures[i].words(
		figure{a, r.Machines[d.A].Label, of.On[d.A].Gomaxprocs, of.On[d.A].Unit},
		figure{b, r.Machines[d.B].Label, of.On[d.B].Gomaxprocs, of.On[d.B].Unit},
	)
	return fmt.Sprintf("%s: %s; the ratio is %.2f (%.2f…%.2f)", of.Name, words, d.Ratio, d.Lo, d.Hi)
}
