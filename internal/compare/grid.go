package compare

import (
	"strings"
	"unicode/utf8"
)

// An align is the side of its column that a text is set to.
type align int

const (
	left align = iota
	right
)

// A grid is the body of a text table: a name for each row, and columns of
// figures.
type grid struct {
	heading string   // of the names
	names   []string // name columns, padded and joined
	columns []gridColumn
}

// A gridColumn is one column of figures.
type gridColumn struct {
	heading string
	cells   []string // one for each row
	colors  []string // escape sequences for the cells; nil or "" for none
	geomean string
	align   align
}

// cellWidth returns the width that the cells need.
func (c *gridColumn) cellWidth() int {
	return max(utf8.RuneCountInString(c.geomean), widest(c.cells))
}

// width returns the width that the cells and the heading need.
func (c *gridColumn) width() int {
	return max(utf8.RuneCountInString(c.heading), c.cellWidth())
}

// append adds a cell.
func (c *gridColumn) append(cell, color string) {
	c.cells = append(c.cells, cell)
	c.colors = append(c.colors, color)
}

// newGrid returns a grid with its names only. The columns of a name are padded
// to line up, numbers to the right.
func newGrid(headings []string, names []rowName) *grid {
	widths := make([]int, len(headings))
	aligns := make([]align, len(headings))
	for i, h := range headings {
		widths[i] = utf8.RuneCountInString(h)
		if len(headings) > 1 && utf8.RuneCountInString(h) == 1 {
			aligns[i] = right // C and P
		}
	}
	for _, name := range names {
		for i, s := range name {
			widths[i] = max(widths[i], utf8.RuneCountInString(s))
		}
	}
	join := func(columns []string) string {
		var padded []string
		for i, s := range columns {
			padded = append(padded, pad(s, widths[i], aligns[i]))
		}
		return strings.TrimRight(strings.Join(padded, gap), " ")
	}
	g := &grid{heading: join(headings)}
	for _, name := range names {
		g.names = append(g.names, join(name))
	}
	return g
}

// add adds c, unless it is empty.
func (g *grid) add(c gridColumn) {
	if c.width() > 0 {
		g.columns = append(g.columns, c)
	}
}

// figures returns the width of all columns but the names.
func (g *grid) figures() int {
	width := 0
	for i := range g.columns {
		width += len(gap) + g.columns[i].width()
	}
	return width
}

// geomeanName heads the row of geometric means.
const geomeanName = "geomean"

// colorOff ends an escape sequence for a color.
const colorOff = "\x1b[0m"

// write writes g with t. A name too wide to leave room for the figures gets a
// line of its own, above them.
func (g *grid) write(t *textWriter) {
	width := max(utf8.RuneCountInString(g.heading), widest(g.names))
	if len(g.names) > 1 {
		width = max(width, len(geomeanName))
	}
	if room := t.opt.Width - g.figures(); t.opt.Width > 0 && width > room {
		// Column headings give way first, then names.
		for i := range g.columns {
			c := &g.columns[i]
			c.heading = shorten(c.heading, max(minLabel, c.cellWidth()))
		}
		width = max(minLabel, min(width, t.opt.Width-g.figures()))
	}

	widths := make([]int, len(g.columns))
	for i := range g.columns {
		widths[i] = g.columns[i].width()
	}
	row := func(name string, cell func(c *gridColumn) (text, color string)) {
		if utf8.RuneCountInString(name) > width {
			t.line(name)
			name = ""
		}
		var b strings.Builder
		b.WriteString(pad(name, width, left))
		for i := range g.columns {
			c := &g.columns[i]
			text, color := cell(c)
			text = pad(text, widths[i], c.align)
			if color != "" {
				text = color + text + colorOff
			}
			b.WriteString(gap + text)
		}
		t.line(b.String())
	}
	row(g.heading, func(c *gridColumn) (string, string) { return c.heading, "" })
	for i, name := range g.names {
		row(name, func(c *gridColumn) (string, string) {
			if c.colors == nil {
				return c.cells[i], ""
			}
			return c.cells[i], c.colors[i]
		})
	}
	if len(g.names) > 1 {
		row(geomeanName, func(c *gridColumn) (string, string) { return c.geomean, "" })
	}
}

// pad returns s with spaces added up to width characters.
func pad(s string, width int, a align) string {
	n := width - utf8.RuneCountInString(s)
	if n <= 0 {
		return s
	}
	if a == right {
		return strings.Repeat(" ", n) + s
	}
	return s + strings.Repeat(" ", n)
}

// shorten returns s, or its end where it has more than width characters.
func shorten(s string, width int) string {
	runes := []rune(s)
	if len(runes) <= width {
		return s
	}
	return "…" + string(runes[len(runes)-width+1:])
}

// widest returns the number of characters of the longest of texts.
func widest(texts []string) int {
	width := 0
	for _, s := range texts {
		width = max(width, utf8.RuneCountInString(s))
	}
	return width
}
