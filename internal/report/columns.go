package report

import (
	"strings"
	"unicode/utf8"
)

// widths returns how wide each column of the rows is, counting characters.
func widths(rows [][]string) []int {
	ws := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			ws[i] = max(ws[i], utf8.RuneCountInString(cell))
		}
	}
	return ws
}

// columns writes rows, the first heads of which are the head.
func (p *printer) columns(heads int, rows [][]string) {
	ws := widths(rows)
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(pad(cell, ws[i]+2))
		}
		text := strings.TrimRight(b.String(), " ")
		if n < heads {
			text = p.style.paint(bold, text)
		}
		p.line("%s", text)
	}
}
