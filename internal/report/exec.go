package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"runbench/internal/analysis"
	"runbench/internal/execsweep"
)

// Exec writes what cores give a command: a table for each number of goroutines,
// the verdict, and the law where one is to be had.
func Exec(w io.Writer, a execsweep.Answer, style Style) error {
	p := &printer{w: w, style: style}
	p.line("%s %s", style.paint(bold, Inert(a.Name)+":"), Inert(a.Command))
	for _, text := range a.Noise {
		p.paragraph("disturbed:", amber, Inert(text)+": verdicts may tell of the others and not of the program")
	}
	for _, s := range a.Series {
		p.line("")
		if len(a.Series) > 1 {
			p.line("%s", style.paint(bold, Plural(s.Goroutines, "goroutine")))
		}
		p.execTable(a, s)
		p.verdict(s.Verdict, s.Sentence)
		if s.Verdict == execsweep.Gains || s.Verdict == execsweep.Hurts {
			p.execLaw(s.Law)
		}
	}
	p.line("")
	if len(a.Series) > 1 {
		p.sentence("goroutines", a.Goroutines)
		p.execLaw(a.Across)
	}
	if a.Verdict != execsweep.Inconclusive { // else the best is the best by chance
		p.sentence("recommended", recommended(a))
	}
	if hidden(a) {
		p.line("%s", style.paint(dim, "– peak memory: no more than runbench's own, which hides it"))
	}
	for _, text := range a.Warnings {
		p.line("%s %s", style.paint(amber, "warning:"), Inert(text))
	}
	p.failures(a.Failed)
	return p.err
}

// verdict writes a verdict and what it rests on.
func (p *printer) verdict(v execsweep.Verdict, sentence string) {
	color := map[execsweep.Verdict]string{
		execsweep.Gains: green, execsweep.Hurts: red, execsweep.Costs: red, execsweep.Inconclusive: amber, execsweep.Ignores: amber,
	}[v]
	for _, line := range wrap(Inert(sentence), p.style.width()) {
		if color != "" {
			line = p.style.paint(color, line)
		}
		p.line("%s", line)
	}
}

func (p *printer) sentence(label, text string) {
	if text != "" {
		p.line("%s", strings.Join(wrap(label+": "+Inert(text), p.style.width()), "\n"))
	}
}

// execTable writes the points of one number of goroutines.
func (p *printer) execTable(a execsweep.Answer, s execsweep.Series) {
	rows := [][]string{{"cores", "wall time", "speed-up", "CPU time", "CPU/wall", "peak memory", "runs"}}
	if a.Own {
		rows[0][1] = "own figure" // wall time follows; the rate is what the speed-up is of
		rows[0] = append(rows[0][:2], append([]string{"wall time"}, rows[0][2:]...)...)
	}
	for _, pt := range s.Points {
		row := []string{fmt.Sprint(pt.Gomaxprocs)}
		if pt.Oversubscribed {
			row[0] += " (over)"
		}
		if a.Own {
			row = append(row, halfWidth(quantity(pt.Rate.Value), pt.Rate))
		}
		speedup := "1"
		if pt.Speedup != nil {
			speedup = gain(pt.Speedup, true)
		}
		peak := "–"
		if pt.Peak != nil {
			peak = mebibytes(*pt.Peak)
		}
		rows = append(rows, append(row,
			halfWidth(span(pt.Wall.Value), pt.Wall), speedup, span(pt.CPU), coresUsed(pt.CoresUsed), peak, fmt.Sprint(pt.Runs)))
	}
	ws := widths(rows)
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(padLeft(cell, ws[i]))
		}
		text := b.String()
		if n == 0 {
			text = p.style.paint(bold, text)
		}
		p.line("%s", text)
	}
}

// execLaw writes a law in a line, or why there is none.
func (p *printer) execLaw(l *analysis.Law) {
	if l == nil {
		return
	}
	if l.Model == "" {
		if l.Refused != nil {
			p.line("%s", p.style.paint(dim, strings.Join(wrap(Inert(*l.Refused), p.style.width()), "\n")))
		}
		return
	}
	text := fmt.Sprintf("law over %s: %s", axisName(l.Axis), l.Model)
	if l.Sigma != nil {
		text += ", contention σ " + coefficient(l.Sigma)
	}
	if l.Kappa != nil {
		text += ", coherency κ " + coefficient(l.Kappa)
	}
	if l.Peak != nil {
		text += ", best at " + peak(l.Peak)
	}
	if l.Limit != nil {
		text += fmt.Sprintf("; more would give at most %s the speed at %d", limit(l.Limit), l.Base)
	}
	if l.Refused != nil {
		text += "; " + Inert(*l.Refused)
	}
	p.line("%s", strings.Join(wrap(text, p.style.width()), "\n"))
}

// recommended says how many goroutines and cores are enough.
func recommended(a execsweep.Answer) string {
	text := Plural(a.Recommend.Gomaxprocs, "core")
	if len(a.Series) > 1 {
		text = Plural(a.Recommend.Goroutines, "goroutine") + " on " + text
	}
	return text + ", the fewest within 5 % of the best measured"
}

func hidden(a execsweep.Answer) bool {
	for _, s := range a.Series {
		for _, pt := range s.Points {
			if pt.Peak == nil {
				return true
			}
		}
	}
	return false
}

// coresUsed writes CPU time over wall time.
func coresUsed(v float64) string {
	if v < 0.1 {
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// span writes seconds with three significant digits.
func span(s float64) string {
	switch {
	case s < 1e-3:
		return quantity(1e6*s) + " µs"
	case s < 1:
		return quantity(1e3*s) + " ms"
	case s < 100:
		return quantity(s) + " s"
	}
	return seconds(time.Duration(s * float64(time.Second)))
}

// halfWidth adds half the width of the interval of e, in percent, to text.
func halfWidth(text string, e analysis.Part) string {
	return plusMinus(text, e.Value, e.Lo, e.Hi)
}

func mebibytes(bytes float64) string { return quantity(bytes/(1<<20)) + " MiB" }
