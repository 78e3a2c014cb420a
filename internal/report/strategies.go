package report

import (
	"fmt"
	"io"
	"strings"

	"runbench/internal/analysis"
)

// Strategies writes how the strategies of a contest rank and what each costs, a
// line a strategy, and which to use.
func Strategies(w io.Writer, k analysis.Contest, style Style) error {
	p := &printer{w: w, style: style}
	p.noise(analysis.Analysis{Noise: k.Noise, Disturbed: k.Disturbed})
	p.ranking(k)
	for _, text := range k.Sentences {
		p.line("%s", strings.Join(wrap(Inert(text), style.width()), "\n"))
	}
	p.remarks(analysis.Analysis{Notes: k.Notes, Marks: k.Marks, Failures: k.Failures})
	return p.err
}

// ranking writes the table.
func (p *printer) ranking(k analysis.Contest) {
	if len(k.Strategies) == 0 {
		p.line("no strategy has results yet")
		return
	}
	rows := [][]string{
		{"strategy", "tasks/s", "of the fastest", "hand-out", "allocs", "started", "switches"},
		{"", "", "", "a task", "a task", "a task", "a task"},
	}
	tied := false
	for i, c := range k.Strategies {
		relative := "fastest"
		if i > 0 {
			relative = share(c.Relative)
			if c.Tied {
				relative, tied = relative+" =", true
			}
		}
		rows = append(rows, row(c, relative))
	}
	if c := k.Processes; c != nil {
		rows = append(rows, row(*c, share(c.Relative)))
	}
	ws := widths(rows)
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			if i == 1 || i > 2 { // numbers
				cell = padLeft(cell, ws[i])
			}
			b.WriteString(pad(cell, ws[i]+2))
		}
		text := strings.TrimRight(b.String(), " ")
		switch {
		case n < 2:
			text = p.style.paint(bold, text)
		case n == 2:
			text = p.style.paint(green, text)
		case k.Processes != nil && n == len(rows)-1:
			text = p.style.paint(dim, text)
		}
		p.line("%s", text)
	}
	legend := []string{"hand-out: what handing out an empty task takes"}
	if k.Timed {
		legend[0] += ", two readings of the clock included"
	}
	legend = append(legend, "started: goroutines; switches: of context, by the kernel", "sequential: a plain loop, which starts no goroutine")
	if tied {
		legend = append(legend, fmt.Sprintf("= not to be told from the fastest, at 95 %% for all %d together", len(k.Strategies)-1))
	}
	if k.Processes != nil {
		legend = append(legend, fmt.Sprintf("processes: %d of one thread each, with a copy of the work each", k.Processes.Goroutines))
	}
	for _, text := range legend {
		p.line("%s", p.style.paint(dim, text))
	}
	p.line("")
}

// row returns a contestant's cells.
func row(c analysis.Contestant, relative string) []string {
	cost := func(v *float64, unit string) string {
		if v == nil {
			return "–"
		}
		return small(*v) + unit
	}
	return []string{
		Inert(c.Strategy), throughput(c.Rate), relative,
		cost(c.HandOut, " ns"), cost(c.Allocs, ""), cost(c.Started, ""), cost(c.Switches, ""),
	}
}

// throughput writes a rate with half the width of its interval in percent.
func throughput(r analysis.Rate) string {
	return plusMinus(quantity(r.Value), r.Value, r.Lo, r.Hi)
}

// plusMinus adds the larger half of the interval of a value, in percent, to its
// text, which it leaves as it is where there is none.
func plusMinus(text string, value float64, lo, hi *float64) string {
	if lo == nil || hi == nil {
		return text
	}
	half := max(value-*lo, *hi-value) / value
	if half >= 1 {
		return text + " ±>100 %"
	}
	return fmt.Sprintf("%s ±%.1f %%", text, 100*half)
}

// share writes a ratio as a gain is written.
func share(r *analysis.Part) string {
	if r == nil {
		return "–"
	}
	return gain(&analysis.Gain{Value: r.Value, Lo: r.Lo, Hi: r.Hi}, true)
}

// small writes a number with two significant digits at least.
func small(v float64) string {
	if v >= 99.5 { // which would become 1e+02
		return quantity(v)
	}
	return fmt.Sprintf("%.2g", v)
}
