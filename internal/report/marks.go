package report

import (
	"strings"

	"golang.org/x/perf/benchfmt"

	"runbench/internal/analysis"
	"runbench/internal/resultfile"
)

// marks writes the doubts about runs. What stands behind the colon of a reason
// are the figures of the one run.
func (p *printer) marks(marks []analysis.Mark) {
	p.folded(p.style.paint(amber, "marked:"), marks, func(reason string) string {
		kind, _, _ := strings.Cut(reason, ":")
		return kind
	})
}

// failures writes why runs have no result: all cells of a workload fail alike
// where what they all need is gone.
func (p *printer) failures(failures []analysis.Failure) {
	var runs []analysis.Mark
	for _, f := range failures {
		runs = append(runs, analysis.Mark(f))
	}
	p.folded(p.style.paint(red, "failed:"), runs, func(reason string) string { return reason })
}

// folded writes what is said of runs, a line for each workload and kind of reason
// with the first run for all.
func (p *printer) folded(label string, runs []analysis.Mark, kind func(reason string) string) {
	type about struct{ subject, kind string }
	count := make(map[about]int)
	key := func(m analysis.Mark) about {
		subject := m.Cell
		if c, err := resultfile.ParseCell(benchfmt.Name(m.Cell)); err == nil {
			subject = c.Spec()
		}
		return about{subject, kind(m.Reason)}
	}
	for _, m := range runs {
		count[key(m)]++
	}
	for _, m := range runs {
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
		p.line("%s %s, %s, the first in round %d at %s: %s", label, Inert(k.subject), Plural(n, "run"), m.Round, Inert(at), Inert(m.Reason))
	}
}
