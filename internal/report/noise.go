package report

import (
	"fmt"
	"strings"

	"runbench/internal/analysis"
)

// noise writes what is to be known before any figure is read: what disturbed the
// measurement, and how far two equal measurements may lie apart.
func (p *printer) noise(a analysis.Analysis) {
	for _, text := range a.Disturbed {
		p.paragraph("disturbed:", amber, Inert(text)+": intervals are wider for it, and verdicts may tell of the others and not of the workloads")
	}
	for _, c := range a.Control {
		if c.Drifted {
			p.paragraph("drifted:", amber, fmt.Sprintf("the control arm at %s ran at %.2f× of its speed in the second half of the rounds: the machine changed, not the workloads",
				Plural(c.Gomaxprocs, "core"), c.Drift.Value))
		}
	}
	var facts []string
	if width, known := a.AAHalfWidth(); known {
		facts = append(facts, AA(width))
	}
	if a.Noise != nil {
		facts = append(facts, a.Noise.Summary())
	}
	if len(facts) > 0 {
		p.paragraph("noise:", "", Inert(strings.Join(facts, " · ")))
		p.line("")
	}
}
