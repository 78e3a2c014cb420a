package compare

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"
)

// TextOptions say how a Report is written for a terminal or a text file.
type TextOptions struct {
	// Color marks what became better green and what became worse red, by the
	// escape sequences of ANSI terminals.
	Color bool
	// Width is the number of columns to keep within, as far as the figures
	// allow: names that do not fit get a line of their own. 0 means no limit.
	Width int
}

// WriteText writes r as aligned tables, the remarks about them as footnotes,
// and a summary in words. It does not write r.Warnings, which belong on
// standard error.
func (r *Report) WriteText(w io.Writer, opt TextOptions) error {
	buf := bufio.NewWriter(w)
	t := textWriter{w: buf, r: r, opt: opt, notes: make(map[string]int)}
	t.line(printable(strings.Join(r.Labels, " → ")))
	var config Config
	for i := range r.Tables {
		t.line("")
		if i == 0 || config.key() != r.Tables[i].Config.key() {
			t.config(config, r.Tables[i].Config)
			config = r.Tables[i].Config
		}
		t.table(&r.Tables[i])
	}
	t.footnotes()
	t.summary()
	return buf.Flush()
}

// A textWriter writes one Report. Errors of w wait until it is flushed.
type textWriter struct {
	w     *bufio.Writer
	r     *Report
	opt   TextOptions
	notes map[string]int // numbers of the footnotes, from 1
	order []string       // the footnotes
}

func (t *textWriter) line(s string) {
	t.w.WriteString(strings.TrimRight(s, " "))
	t.w.WriteByte('\n')
}

// config writes what changes from one table's configuration to the next.
func (t *textWriter) config(from, to Config) {
	for _, kv := range to {
		if from.Get(kv.Key) != kv.Value {
			t.line(printable(kv.Key + ": " + kv.Value))
		}
	}
	for _, kv := range from {
		if to.Get(kv.Key) == "" {
			t.line(printable(kv.Key + ": (not given)"))
		}
	}
	t.line("")
}

// gap parts columns.
const gap = "  "

// A column heading may have minLabel characters however narrow the terminal,
// and maxLabel however wide.
const (
	minLabel = 12
	maxLabel = 24
)

// table writes one table. A grid is laid out first: name columns, then a column
// for each input that has anything here and, where there is something to
// compare, the difference, p, n and the numbers of footnotes.
func (t *textWriter) table(table *Table) {
	inputs := table.Inputs()
	same := table.commonN()
	heading := printable(table.Unit) + betterWords(table.Better)
	if same > 0 {
		heading += fmt.Sprintf(", n=%d", same)
	}
	if len(inputs) == 1 {
		heading += ", only in " + printable(t.r.Labels[inputs[0]])
	}
	t.line(heading)

	headings, names := rowNames(table.Rows)
	g := newGrid(headings, names)
	cells, geomeans := table.Centers(inputs)
	for k, i := range inputs {
		label := shorten(printable(t.r.Labels[i]), maxLabel)
		g.add(gridColumn{heading: label, cells: cells[k], geomean: geomeans[k], align: right})
		if i == table.Base {
			continue
		}
		change, p, n := t.changes(table, i)
		g.add(change)
		if table.Statistic != exact {
			g.add(p)
		}
		if same == 0 {
			g.add(n)
		}
	}
	g.add(t.marks(table))
	g.write(t)
}

// Inputs returns the inputs that have a column: the base, and those with any row.
func (t *Table) Inputs() []int {
	var inputs []int
	for i := range t.Geomeans {
		if i == t.Base || t.has(i) {
			inputs = append(inputs, i)
		}
	}
	return inputs
}

// ByChange returns the indices of the rows, those that became worse first, then those
// that became better, then the others, each in their order.
func (t *Table) ByChange() []int {
	rank := func(n int) int {
		least := 2
		for _, cell := range t.Rows[n].Cells {
			if cell != nil && cell.Delta != nil {
				switch cell.Delta.Direction {
				case Worse:
					return 0
				case Better:
					least = min(least, 1)
				}
			}
		}
		return least
	}
	ranks := make([]int, len(t.Rows))
	order := make([]int, len(t.Rows))
	for n := range t.Rows {
		ranks[n], order[n] = rank(n), n
	}
	slices.SortStableFunc(order, func(a, b int) int { return ranks[a] - ranks[b] })
	return order
}

// PText writes a p-value with three digits.
func (d *Delta) PText() string { return pText(d.P) }

// has reports whether input i has any row of t.
func (t *Table) has(i int) bool {
	for _, row := range t.Rows {
		if row.Cells[i] != nil {
			return true
		}
	}
	return false
}

// commonN returns the number of values that all cells have in common, or 0.
func (t *Table) commonN() int {
	n := 0
	for _, row := range t.Rows {
		for _, cell := range row.Cells {
			if cell == nil {
				continue
			}
			if n != 0 && cell.N != n {
				return 0
			}
			n = cell.N
		}
	}
	return n
}

// plusMinus parts a center from its interval.
const plusMinus = " ± "

func betterWords(better int) string {
	switch {
	case better > 0:
		return " (higher is better)"
	case better < 0:
		return " (lower is better)"
	}
	return " (better direction not declared)"
}

// Centers returns the column of each of the inputs, "1.718µ ± 1%", and its
// geometric mean. Centers in a row have a scale in common; "–" stands where an input
// lacks the benchmark.
func (t *Table) Centers(inputs []int) (cells [][]string, geomeans []string) {
	class := benchunit.ClassOf(t.Unit)
	type parts struct{ center, interval string }
	columns := make([][]parts, len(inputs))
	for _, row := range t.Rows {
		var values []float64
		for _, cell := range row.Cells {
			if cell != nil && finite(cell.Center) != nil {
				values = append(values, cell.Center)
			}
		}
		scale := benchunit.CommonScale(values, class)
		for k, i := range inputs {
			cell := row.Cells[i]
			if cell == nil {
				columns[k] = append(columns[k], parts{center: "–"})
				continue
			}
			center := scale.Format(cell.Center)
			if finite(cell.Center) == nil {
				center = strconv.FormatFloat(cell.Center, 'g', -1, 64)
			}
			interval := ""
			if t.Statistic != exact || cell.Lo != cell.Hi {
				interval = benchmath.Summary{Center: cell.Center, Lo: cell.Lo, Hi: cell.Hi}.PctRangeString()
			}
			columns[k] = append(columns[k], parts{center, interval})
		}
	}
	for k, i := range inputs {
		width := 0
		for _, p := range columns[k] {
			width = max(width, utf8.RuneCountInString(p.interval))
		}
		join := func(p parts) string {
			switch {
			case width == 0:
				return p.center
			case p.interval == "":
				return p.center + pad("", utf8.RuneCountInString(plusMinus)+width, left)
			}
			return p.center + plusMinus + pad(p.interval, width, right)
		}
		var column []string
		for _, p := range columns[k] {
			column = append(column, join(p))
		}
		cells = append(cells, column)
		geomean := ""
		if g := t.Geomeans[i].Center; finite(g) != nil {
			geomean = join(parts{center: benchunit.Scale(g, class)})
		}
		geomeans = append(geomeans, geomean)
	}
	return cells, geomeans
}

// changes returns the columns that compare input i with the base.
func (t *textWriter) changes(table *Table, i int) (change, p, n gridColumn) {
	change = gridColumn{heading: "change", align: right}
	p = gridColumn{heading: "p", align: right}
	n = gridColumn{heading: "n", align: right}
	for _, row := range table.Rows {
		base, cell := row.Cells[table.Base], row.Cells[i]
		if cell == nil || cell.Delta == nil {
			change.append("–", "")
			p.append("", "")
			n.append("", "")
			continue
		}
		d := cell.Delta
		change.append(t.r.FormatDelta(base, cell), t.color(d.Direction))
		if math.IsNaN(base.Lo) || math.IsNaN(cell.Lo) {
			p.append("", "") // not tested
		} else {
			p.append(d.PText(), "")
		}
		if d.N1 == d.N2 {
			n.append(strconv.Itoa(d.N1), "")
		} else {
			n.append(fmt.Sprintf("%d+%d", d.N1, d.N2), "")
		}
	}
	if ratio := table.Geomeans[i].Ratio; !math.IsNaN(ratio) {
		change.geomean = fmt.Sprintf("%+.2f%%", (ratio-1)*100)
	}
	return change, p, n
}

// color returns the escape sequence that begins a change in direction d, or "".
func (t *textWriter) color(d Direction) string {
	switch {
	case t.opt.Color && d == Better:
		return "\x1b[32m" // green
	case t.opt.Color && d == Worse:
		return "\x1b[31m" // red
	}
	return ""
}

// marks returns the column with the numbers of the footnotes.
func (t *textWriter) marks(table *Table) gridColumn {
	c := gridColumn{align: left}
	for _, row := range table.Rows {
		var texts []string
		for _, cell := range row.Cells {
			if cell == nil {
				continue
			}
			texts = append(texts, cell.Warnings...)
			if cell.Delta != nil {
				texts = append(texts, cell.Delta.Warnings...)
			}
		}
		c.append(t.mark(texts), "")
	}
	if len(table.Rows) > 1 {
		var texts []string
		for _, g := range table.Geomeans {
			texts = append(texts, g.Warnings...)
		}
		c.geomean = t.mark(texts)
	}
	return c
}

// mark returns the numbers of the footnotes with texts, each number once.
func (t *textWriter) mark(texts []string) string {
	var marks []string
	seen := make(map[int]bool)
	for _, text := range texts {
		n := t.notes[text]
		if n == 0 {
			t.order = append(t.order, text)
			n = len(t.order)
			t.notes[text] = n
		}
		if !seen[n] {
			seen[n] = true
			marks = append(marks, superscript(n))
		}
	}
	return strings.Join(marks, " ")
}

// superscript returns n in raised digits.
func superscript(n int) string {
	raised := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	return strings.Map(func(r rune) rune { return raised[r-'0'] }, strconv.Itoa(n))
}

// footnotes writes the remarks that the tables refer to.
func (t *textWriter) footnotes() {
	if len(t.order) > 0 {
		t.line("")
	}
	for i, text := range t.order {
		t.line(superscript(i+1) + " " + text)
	}
}

// summary writes in words how the comparisons went.
func (t *textWriter) summary() {
	t.line("")
	for _, c := range t.r.Counts {
		t.line(printable(c.Unit + ": " + c.Words(t.r.Labels)))
	}
	if !t.r.Comparable {
		t.line("Nothing could be compared.")
		return
	}
	tests := 0
	for _, table := range t.r.Tables {
		if table.Statistic == exact {
			continue
		}
		for _, row := range table.Rows {
			for _, cell := range row.Cells {
				if cell != nil && cell.Delta != nil {
					tests++
				}
			}
		}
	}
	if tests > 0 {
		t.line(fmt.Sprintf("%s at alpha %v, without correction for many comparisons:", plural(tests, "test"), t.r.Alpha))
		t.line(fmt.Sprintf("where nothing changed, expect about 1 in %.0f to look significant.", 1/t.r.Alpha))
	}
}

// Words says in words how the comparisons in one unit went.
func (c *Count) Words(labels []string) string {
	var parts []string
	if c.compared() > 0 {
		parts = append(parts,
			fmt.Sprintf("%d better", c.Better),
			fmt.Sprintf("%d worse", c.Worse),
			fmt.Sprintf("%d show no difference", c.NoDifference))
	}
	if c.Unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d where better or worse cannot be told", c.Unknown))
	}
	for i, n := range c.Only {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d only in %s", n, labels[i]))
		}
	}
	return strings.Join(parts, ", ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
