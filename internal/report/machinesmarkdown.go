package report

import (
	"fmt"
	"io"

	"runbench/internal/compare"
)

// MachinesMarkdown writes machines side by side for a job summary: what differs, or who
// lies apart, then the figures.
func MachinesMarkdown(w io.Writer, r *compare.MachinesResult) error {
	s := newJobSummary(w)
	s.line("## Machines\n")
	for _, l := range r.LeftOut {
		s.text("**left out:** " + escape(l.Reason))
	}
	if r.Fleet {
		s.line("%s\n", escape(fleetSummary(r)))
		s.titled(outlierTable(r, len(r.Machines)))
		for _, t := range fleetTables(r) {
			s.titled(t)
		}
		s.line("%s\n", escape(fleetNote))
	} else {
		s.line("**What differs**\n")
		var lines []string
		for _, text := range shownDifferences(r) {
			lines = append(lines, escape(text))
		}
		s.list(lines)
		s.line("%s\n", escape(differenceNote(r)))
		rows := [][]string{{"machine", "", "control, all cores", "A/A", "results"}}
		for _, m := range r.Machines {
			rows = append(rows, []string{escape(m.Label), escape(m.Host), controlText(m), aaText(m.AA), fmt.Sprint(m.Results)})
		}
		s.table(rows, "llrrr")
		for _, t := range machineTables(r, labels(r, Inert)) {
			s.titled(t)
		}
	}
	s.warnings("warning", r.Warnings)
	return s.end()
}

// titled writes a table with its title and note.
func (s *jobSummary) titled(t titled) {
	s.text("**" + escape(t.title) + "**")
	if len(t.rows) > 1 {
		rows := make([][]string, len(t.rows))
		for i, row := range t.rows {
			for _, cell := range row {
				rows[i] = append(rows[i], escape(cell))
			}
		}
		s.table(rows, t.right)
	}
	if t.note != "" {
		s.text(escape(t.note))
	}
}
