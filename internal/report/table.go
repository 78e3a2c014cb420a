package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"runbench/internal/analysis"
)

// Table writes the gains and verdicts, a line a workload, and what a reader must
// know beside them.
func Table(w io.Writer, a analysis.Analysis, style Style) error {
	p := &printer{w: w, style: style}
	p.noise(a)
	config := "\x00"
	for _, t := range grouped(a.Workloads) {
		if t[0].Config != config {
			config = t[0].Config
			if config != "" {
				p.line("%s", style.paint(bold, Inert(config)))
			}
		}
		p.gains(t, a.Precision)
		p.gaps(t)
	}
	if len(a.Workloads)+len(a.Weak) == 0 {
		p.line("no workload has results yet")
	}
	p.remarks(a)
	return p.err
}

// grouped splits the workloads into runs with one configuration and one largest
// P, since the table's head names it.
func grouped(ws []analysis.Workload) [][]analysis.Workload {
	var groups [][]analysis.Workload
	for i, w := range ws {
		if i == 0 || ws[i-1].Config != w.Config || ws[i-1].Gomaxprocs != w.Gomaxprocs {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], w)
	}
	return groups
}

// printer keeps the first error of many writes.
type printer struct {
	w     io.Writer
	style Style
	err   error

	starred bool // a gain was marked as wide
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// gains writes the table of one group.
func (p *printer) gains(ws []analysis.Workload, precision float64) {
	head1 := []string{"workload", "one at a time", "concurrency", "parallelism", "total", "verdict"}
	head2 := []string{"", "1 goroutine", "at 1 core", fmt.Sprintf("1 → %s", Plural(ws[0].Gomaxprocs, "core")), "", ""}
	rows := [][]string{head1, head2}
	for _, w := range ws {
		wide := func(g *analysis.Gain) string {
			if w.Converged != nil && g.Wider(precision) {
				p.starred = true
				return " *"
			}
			return ""
		}
		rows = append(rows, []string{
			title(w, ws), base(w), gain(w.ConcurrencyGain, true) + wide(w.ConcurrencyGain),
			gain(w.ParallelismGain, true) + wide(w.ParallelismGain), gain(w.TotalGain, false), "",
		})
		if w.PhysicalGain != nil {
			rows = append(rows, []string{"", "", "", "physical " + gain(w.PhysicalGain, true), "", ""})
		}
	}
	widths := make([]int, len(head1))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	i := 0 // workloads printed
	indent := 0
	for _, n := range widths[:5] {
		indent += n + 2
	}
	// On a narrow terminal, where a column for it would break, a verdict stands below.
	below := p.style.Width > 0 && p.style.Width-indent < verdictWidth
	var verdict []string
	flush := func() {
		for _, line := range verdict {
			p.line("    %s", line)
		}
		verdict = nil
	}
	for n, row := range rows {
		if row[0] != "" {
			flush()
		}
		var b strings.Builder
		for c, cell := range row[:5] {
			text := pad(cell, widths[c]+2)
			switch {
			case c == 1:
				text = padLeft(cell, widths[c]) + "  "
			case c == 4 && below:
				text = cell
			}
			if n < 2 {
				text = p.style.paint(bold, text)
			} else if cell != "" && i < len(ws) {
				text = p.tint(c, ws[i], text)
			}
			b.WriteString(text)
		}
		switch {
		case n == 0 && !below:
			b.WriteString(p.style.paint(bold, head1[5]))
		case n >= 2 && row[0] != "":
			text := fmt.Sprintf("%s: %s", ws[i].Verdict, ws[i].Sentence)
			if below {
				verdict = wrap(text, max(verdictWidth, p.style.Width-4))
			} else {
				b.WriteString(strings.Join(wrap(text, max(verdictWidth, p.style.width()-indent)), "\n"+strings.Repeat(" ", indent)))
			}
			i++
		}
		p.line("%s", strings.TrimRight(b.String(), " "))
	}
	flush()
	p.line("%s", p.style.paint(dim, "± the larger half of the 95 % interval"))
}

// verdictWidth is the narrowest column of verdicts.
const verdictWidth = 30

// title names a workload, with its strategy where those of the group differ.
func title(w analysis.Workload, group []analysis.Workload) string {
	name := Inert(w.Name)
	if slices.ContainsFunc(group, func(other analysis.Workload) bool { return other.Strategy != w.Strategy }) {
		name += " (" + Inert(w.Strategy) + ")"
	}
	return name
}

// tint colours a gain by its effect.
func (p *printer) tint(column int, w analysis.Workload, text string) string {
	var g *analysis.Gain
	switch column {
	case 2:
		g = w.ConcurrencyGain
	case 3:
		g = w.ParallelismGain
	case 4:
		g = w.TotalGain
	}
	if g == nil {
		return text
	}
	switch g.Effect {
	case "helps":
		return p.style.paint(green, text)
	case "hurts":
		return p.style.paint(red, text)
	case "inconclusive":
		return p.style.paint(amber, text)
	}
	return text
}

// mostNamed is how many workloads a warning names.
const mostNamed = 5

// remarks writes notes, warnings and failures.
func (p *printer) remarks(a analysis.Analysis) {
	for _, n := range a.Notes {
		p.paragraph("note:", "", Inert(n.Workload)+": "+Inert(n.Text))
	}
	for _, text := range a.Warnings {
		p.paragraph("warning:", amber, Inert(text))
	}
	if p.starred {
		p.paragraph("*", "", Wide(a))
	}
	p.marks(a.Marks)
	// The same warning about many workloads is said once.
	var order []string
	about := make(map[string][]string)
	for _, w := range a.Workloads {
		for _, text := range w.Warnings {
			if about[text] == nil {
				order = append(order, text)
			}
			about[text] = append(about[text], w.Name)
		}
	}
	for _, text := range order {
		who := strings.Join(about[text], ", ")
		if len(about[text]) == len(a.Workloads) && len(a.Workloads) > 1 {
			who = "all workloads"
		} else if n := len(about[text]); n > mostNamed {
			who = fmt.Sprintf("%s and %d more", strings.Join(about[text][:mostNamed], ", "), n-mostNamed)
		}
		p.paragraph("warning:", amber, Inert(who)+": "+Inert(text))
	}
	p.failures(a.Failures)
}

func base(w analysis.Workload) string {
	if w.Base == nil {
		return "–"
	}
	return quantity(w.Base.Value) + " " + Inert(rateUnit(w))
}

// gain writes a gain, with half the width of its interval where asked. The
// interval of a ratio is a little wider above than below; the larger side is
// given.
func gain(g *analysis.Gain, interval bool) string {
	if g == nil {
		return "–"
	}
	text := ratio(g.Value)
	if !interval {
		return text
	}
	if g.Lo == nil || g.Hi == nil {
		return text + " (no interval)"
	}
	half := max(g.Value-*g.Lo, *g.Hi-g.Value)
	// The larger half on both sides must not put 1 inside an interval that excludes it.
	misleads := (g.Value-half > 1) != (*g.Lo > 1) || (g.Value+half < 1) != (*g.Hi < 1)
	switch {
	case half >= g.Value/2 || misleads: // too far from symmetric for ±
		return fmt.Sprintf("%s (%s…%s)", text, small(*g.Lo), small(*g.Hi))
	case half < 0.005:
		return text + " ±<0.01"
	case half < 1:
		return text + fmt.Sprintf(" ±%.2f", half)
	default:
		return text + fmt.Sprintf(" ±%.1f", half)
	}
}

func ratio(v float64) string {
	if v < 10 {
		return fmt.Sprintf("%.2f×", v)
	}
	return fmt.Sprintf("%.1f×", v)
}

// wrap breaks text into lines of at most width characters, between words.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
