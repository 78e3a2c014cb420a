package report

import (
	"strings"

	"golang.org/x/perf/benchfmt"

	"runbench/internal/analysis"
	"runbench/internal/resultfile"
)

// marks writes the doubts about runs: many runs of a workload may be marked for
// one reason, so they are told a line a workload and reason, with the first one
// for all.
func (p *printer) marks(marks []analysis.Mark) {
	type about struct{ subject, reason string }
	count := make(map[about]int)
	key := func(m analysis.Mark) about {
		subject := m.Cell
		if c, err := resultfile.ParseCell(benchfmt.Name(m.Cell)); err == nil {
			subject = c.Spec()
		}
		reason, _, _ := strings.Cut(m.Reason, ":")
		return about{subject, reason}
	}
	for _, m := range marks {
		count[key(m)]++
	}
	for _, m := range marks {
		k := key(m)
		n := count[k]
		if n == 0 {
			continue // told already
		}
		count[k] = 0
		at := m.Cell
		if i := strings.Index(at, "/strategy="); i >= 0 {
			at = at[i+1:]
		}
		p.line("%s %s, %s, the first in round %d at %s: %s", p.style.paint(amber, "marked:"), clean(k.subject), plural(n, "run"), m.Round, clean(at), clean(m.Reason))
	}
}
