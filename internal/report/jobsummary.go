package report

import (
	"fmt"
	"io"

	"runbench/internal/compare"
)

// maxSummary is how much Markdown a comparison writes at most. GitHub shows a job
// summary of up to 1 MiB a step and none of a longer one; the rest is room for
// headings and for what is said of what was left out.
const maxSummary = 1<<20 - 16<<10

// A jobSummary writes Markdown of a bounded length, the most telling first. Rows that
// have no room are counted in place of written.
type jobSummary struct {
	markdown
	room int
	left int // rows left out
}

func newJobSummary(w io.Writer) *jobSummary {
	return &jobSummary{markdown: markdown{printer{w: w}}, room: maxSummary}
}

// table writes rows below their head as long as there is room.
func (s *jobSummary) table(rows [][]string, right string) {
	kept := 0
	for _, row := range rows {
		size := 2
		for _, cell := range row {
			size += len(cell) + 3
		}
		if s.room -= size; s.room < 0 {
			break
		}
		kept++
	}
	if kept > 1 {
		s.markdown.table(rows[:kept], right)
	} else {
		kept = 1
	}
	s.left += len(rows) - kept
}

// list writes lines as a list as long as there is room.
func (s *jobSummary) list(lines []string) {
	for i, text := range lines {
		if s.room -= len(text) + 3; s.room < 0 {
			s.left += len(lines) - i
			break
		}
		s.line("- %s", text)
	}
	if len(lines) > 0 {
		s.line("")
	}
}

// text writes a paragraph that a file can make long.
func (s *jobSummary) text(text string) {
	if s.room -= len(text) + 2; s.room >= 0 {
		s.line("%s\n", text)
	} else {
		s.left++
	}
}

// end says what was left out.
func (s *jobSummary) end() error {
	if s.left > 0 {
		s.line("… %d more rows left out: this is as long as a job summary may be; --csv and --json have them all", s.left)
	}
	return s.err
}

// warnings returns texts as a list, each with what it is.
func (s *jobSummary) warnings(kind string, texts []string) {
	var lines []string
	for _, text := range texts {
		lines = append(lines, kind+": "+escape(text))
	}
	s.list(lines)
}

// GateMarkdown writes a gate for a job summary: the outcome, what fails, the rest.
func GateMarkdown(w io.Writer, g compare.Gate) error {
	s := newJobSummary(w)
	s.line("## Gate: %s\n", g.Outcome)
	s.line("%s.\n", g.How())
	rows := [][]string{{"outcome", "workload", "cores", "unit", "change", "95 % interval", "allowed", "p"}}
	for _, c := range g.Sorted() {
		outcome := c.Outcome
		if outcome == "fail" {
			outcome = "**fail**"
		}
		rows = append(rows, []string{
			outcome, escape(c.Title()), c.Cores(), escape(c.UnitText()), c.Change(), c.Interval(), c.Allowed(), c.PText(),
		})
	}
	if len(g.Comparisons) > 0 {
		s.table(rows, "llrlrrrr")
		s.line("Allowed: the tolerance asked for, or what two equal sweeps differ by here (A/A) where that is more.\n")
	}
	s.warnings("warning", g.Warnings)
	return s.end()
}

// ComparisonMarkdown writes a comparison in time for a job summary: how many became
// better and worse, then the tables, what changed first.
func ComparisonMarkdown(w io.Writer, r *compare.Report) error {
	s := newJobSummary(w)
	s.line("## Before and after\n")
	for _, c := range r.Counts {
		s.text("**" + escape(c.Unit) + ": " + escape(c.Words(r.Labels)) + "**")
	}
	if !r.Comparable {
		s.line("**Nothing could be compared.**\n")
	}
	for i := range r.Tables {
		s.comparison(r, &r.Tables[i])
	}
	var texts []string
	for _, l := range r.LeftOut {
		texts = append(texts, "left out: "+l.Reason)
	}
	s.warnings("warning", append(texts, r.Warnings...))
	return s.end()
}

// comparison writes one table.
func (s *jobSummary) comparison(r *compare.Report, t *compare.Table) {
	head := []string{"benchmark"}
	right := "l"
	inputs := t.Inputs()
	for _, i := range inputs {
		head, right = append(head, escape(r.Labels[i])), right+"r"
		if i != t.Base {
			head, right = append(head, "change", "p"), right+"rr"
		}
	}
	cells, _ := t.Centers(inputs)
	rows := [][]string{head}
	for _, n := range t.ByChange() {
		row := []string{escape(t.Rows[n].Name)}
		for k, i := range inputs {
			row = append(row, cells[k][n])
			if i == t.Base {
				continue
			}
			change, p := "–", ""
			if cell := t.Rows[n].Cells[i]; cell != nil && cell.Delta != nil {
				change, p = r.FormatDelta(t.Rows[n].Cells[t.Base], cell), cell.Delta.PText()
				if cell.Delta.Direction == compare.Better || cell.Delta.Direction == compare.Worse {
					change = fmt.Sprintf("**%s** %s", change, cell.Delta.Direction)
				}
			}
			row = append(row, change, p)
		}
		rows = append(rows, row)
	}
	about := escape(t.Unit)
	if text := t.Config.Text(); text != "" {
		about += " · " + escape(text)
	}
	s.text("**" + about + "**")
	s.table(rows, right)
}
