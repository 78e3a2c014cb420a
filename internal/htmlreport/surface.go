package htmlreport

import (
	"fmt"
	"html/template"
	"math"

	"runbench/internal/analysis"
	"runbench/internal/report"
)

// A heat map shows throughput over goroutines (up) and cores (to the right), so that
// computing brightens along the one, waiting along the other, and what does both
// towards the corner.

// surfaceCell is what a heat map shows of one cell.
type surfaceCell struct {
	goroutines, procs int
	rate              analysis.Part
	gain              *analysis.Part // over one goroutine on one core
	runs              int
	chosen            bool
	label             string
}

// heatMap is the cells with the axes they lie on.
type heatMap struct {
	name   string
	cells  []surfaceCell
	cs, ps []int
	shading
}

func newHeatMap(name string, cells []surfaceCell) heatMap {
	h := heatMap{name: name, cells: cells}
	var e extent
	for _, c := range cells {
		h.cs, h.ps = append(h.cs, c.goroutines), append(h.ps, c.procs)
		e.add(c.rate.Value)
	}
	h.cs, h.ps = distinct(h.cs), distinct(h.ps)
	h.shading = newShading(e.atLeast(1))
	return h
}

// place returns the column and the row of a cell, counted from the top left.
func (h heatMap) place(c surfaceCell) (column, row int) {
	return position(h.ps, c.procs), len(h.cs) - 1 - position(h.cs, c.goroutines)
}

// draw draws the map with figures in its cells.
func (h heatMap) draw() template.HTML {
	const left, top, gap = 46.0, 22.0, 2.0
	columns, rows := float64(len(h.ps)), float64(len(h.cs))
	cellWide := min(170, (wide-left-4)/columns)
	cellHigh := min(52, max(19, areaHigh/rows))
	bottom := top + cellHigh*rows
	d := newDrawing(wide, bottom+64, fmt.Sprintf("%s: throughput over goroutines and cores", h.name))
	title := "goroutines ↑"
	if len(h.cs) == 1 && h.cs[0] == 0 {
		title = ""
	}
	d.text("t", 2, 13, title)
	for i, c := range h.cs {
		if c > 0 {
			d.text("t e", left-6, bottom-cellHigh*(float64(i)+0.5)+4, itoa(c))
		}
	}
	for i, p := range h.ps {
		d.text("t c", left+cellWide*(float64(i)+0.5), bottom+15, itoa(p))
	}
	d.text("t", left, bottom+31, "cores (GOMAXPROCS) →")
	for _, c := range h.cells {
		column, row := h.place(c)
		x, y := left+cellWide*float64(column), top+cellHigh*float64(row)
		shade := h.of(c.rate.Value)
		ink := "hw"
		if shade.bright() {
			ink = "hk"
		}
		d.open(c.label)
		d.shaded(shade, x, y, cellWide-gap, cellHigh-gap)
		middle := x + (cellWide-gap)/2
		rate := quantity(c.rate.Value)
		first, second := rate, ""
		if c.gain != nil {
			first, second = report.Ratio(c.gain.Value), rate
		}
		fits := func(text string, each float64) bool { return each*float64(len([]rune(text))) < cellWide-gap-8 }
		class := " c n"
		if !fits("00.0×", boldLetter) { // the same in all cells
			class = " c"
		}
		switch {
		case second != "" && cellHigh >= 38 && fits(second, letter):
			d.text(ink+class, middle, y+cellHigh/2-2, first)
			d.text(ink+" c", middle, y+cellHigh/2+13, second)
		case fits(first, letter):
			d.text(ink+class, middle, y+(cellHigh-gap)/2+4, first)
		}
		if c.chosen {
			d.rect("pick"+ink, x+2.5, y+2.5, cellWide-gap-5, cellHigh-gap-5)
		}
		d.close()
	}
	h.key(d, left, bottom+42)
	return d.html()
}

// key draws what the colours stand for.
func (h heatMap) key(d *drawing, x, y float64) {
	const steps, high = 16, 9
	low, best := quantity(h.lo), quantity(h.hi)
	x += letter*float64(len([]rune(low))) + 6
	d.text("t e", x-6, y+high, low)
	for i := range steps {
		d.shaded(shadeAt(float64(i)/(steps-1)), x+float64(i*8), y, 8.2, high)
	}
	d.text("t", x+steps*8+6, y+high, best)
}

// mini draws the map small, for an overview: its label says what it looks like.
func (h heatMap) mini() template.HTML {
	const high, most = 54.0, 96.0
	columns, rows := float64(len(h.ps)), float64(len(h.cs))
	cellWide, cellHigh := most/columns, high/rows
	d := &drawing{}
	fmt.Fprintf(&d.b, `<svg viewBox="0 0 %s %s" role="img" aria-label="%s">`, num(most), num(high), escaped("heat map of "+h.name))
	for _, c := range h.cells {
		column, row := h.place(c)
		d.shaded(h.of(c.rate.Value), cellWide*float64(column), cellHigh*float64(row), cellWide-math.Min(1, cellWide/4), cellHigh-math.Min(1, cellHigh/4))
	}
	return d.html()
}
