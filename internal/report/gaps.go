package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"runbench/internal/analysis"
)

// gaps writes where the speed-up went that the cores of a group could give.
func (p *printer) gaps(ws []analysis.Workload) {
	head := []string{"", "ideal", "machine keeps", "runtime keeps", "program keeps", "left"}
	rows := [][]string{head}
	for _, w := range ws {
		if g := w.Gaps; g != nil {
			rows = append(rows, []string{title(w, ws), fmt.Sprintf("%d×", g.Cores), kept(g.Machine), kept(g.Runtime), kept(g.Program), speedup(g.Measured)})
		}
	}
	if len(rows) == 1 {
		return
	}
	widths := make([]int, len(head))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	p.line("")
	p.line("%s", p.style.paint(bold, "Where the speed-up over one goroutine on one core went"))
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(pad(cell, widths[i]+2))
		}
		text := strings.TrimRight(b.String(), " ")
		if n == 0 {
			text = p.style.paint(bold, text)
		}
		p.line("%s", text)
	}
	for _, line := range p.fitted(GapLegend(ws)) {
		p.line("%s", p.style.paint(dim, line))
	}
	p.line("")
}

// GapLegend says what the machine, the runtime and the program are in a table of
// the gaps of ws, and what more than all means where one of ws shows that.
func GapLegend(ws []analysis.Workload) string {
	legend := "machine: separate processes side by side; runtime: goroutines that share nothing; program: the workload itself"
	if slices.ContainsFunc(ws, beatsCeilings) {
		legend += "; more than 100 %: faster than as many with data of their own, as goroutines may be that share some in a cache"
	}
	return legend
}

// beatsCeilings reports whether a workload is certainly faster than the same work
// side by side with nothing shared, by more than nobody would ask about.
func beatsCeilings(w analysis.Workload) bool {
	return w.Gaps != nil && w.Gaps.Program != nil && w.Gaps.Program.Lo != nil && *w.Gaps.Program.Lo > 1.05
}

// kept writes the share that one step leaves of the step before.
func kept(part *analysis.Part) string {
	switch {
	case part == nil:
		return "not measured"
	case part.Lo != nil && part.Hi != nil && *part.Hi > 10*max(*part.Lo, 0.1):
		return "cannot be told"
	case part.Lo == nil || part.Hi == nil:
		return fmt.Sprintf("%.0f %%", 100*part.Value)
	case *part.Hi-part.Value >= part.Value: // ± would reach below 0
		return fmt.Sprintf("%.0f %% (%.0f…%.0f)", 100*part.Value, 100**part.Lo, 100**part.Hi)
	}
	return fmt.Sprintf("%.1f %% ±%.1f", 100*part.Value, 100*max(part.Value-*part.Lo, *part.Hi-part.Value))
}

func speedup(part *analysis.Part) string {
	if part == nil {
		return "–"
	}
	return ratio(part.Value)
}
