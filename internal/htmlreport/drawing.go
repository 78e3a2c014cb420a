package htmlreport

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// A drawing is an SVG picture under way. Its marks are what has a value to tell:
// the script finds them by their class, and aria-label is what they say. Colours come
// from the classes that the style sheet has, so that they follow its theme.
type drawing struct{ b strings.Builder }

// newDrawing begins a picture of a size in its own units, which are pixels where it
// is not scaled. The label says what is shown to those who do not see it.
func newDrawing(wide, high float64, label string) *drawing {
	d := &drawing{}
	fmt.Fprintf(&d.b, `<svg viewBox="0 0 %s %s" role="group" aria-label="%s">`, num(wide), num(high), escaped(label))
	return d
}

// html ends the picture.
func (d *drawing) html() template.HTML {
	d.b.WriteString("</svg>")
	return template.HTML(d.b.String())
}

// open begins a mark that says label; close ends it.
func (d *drawing) open(label string) {
	fmt.Fprintf(&d.b, `<g class="m" role="img" aria-label="%s">`, escaped(label))
}

func (d *drawing) close() { d.b.WriteString("</g>") }

func (d *drawing) text(class string, x, y float64, text string) {
	fmt.Fprintf(&d.b, `<text class="%s" x="%s" y="%s">%s</text>`, class, num(x), num(y), escaped(text))
}

func (d *drawing) rect(class string, x, y, wide, high float64) {
	fmt.Fprintf(&d.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, class, num(x), num(y), num(max(0, wide)), num(max(0, high)))
}

// shaded draws a rectangle in a colour of its own, which no theme changes.
func (d *drawing) shaded(c color, x, y, wide, high float64) {
	fmt.Fprintf(&d.b, `<rect fill="%s" x="%s" y="%s" width="%s" height="%s"/>`, c.hex(), num(x), num(y), num(wide), num(high))
}

// path draws a path of points.
func (d *drawing) path(class string, points ...float64) { d.outline(class, false, points...) }

// outline draws a path of points, closed where asked.
func (d *drawing) outline(class string, closed bool, points ...float64) {
	fmt.Fprintf(&d.b, `<path class="%s" d="`, class)
	for i := 0; i+1 < len(points); i += 2 {
		d.b.WriteString("ML"[min(i, 1):][:1] + num(points[i]) + " " + num(points[i+1]))
	}
	if closed {
		d.b.WriteString("Z")
	}
	d.b.WriteString(`"/>`)
}

// ticks draws an upright line of a height at each x.
func (d *drawing) ticks(class string, y, high float64, xs []float64) {
	fmt.Fprintf(&d.b, `<path class="%s" d="`, class)
	for _, x := range xs {
		d.b.WriteString("M" + num(x) + " " + num(y) + "v" + num(high))
	}
	d.b.WriteString(`"/>`)
}

// symbols is how many series can be told apart by shape.
const symbols = 6

// symbol draws the shape of a series around a point.
func (d *drawing) symbol(series int, x, y float64) {
	s := series % symbols
	if s == 0 {
		fmt.Fprintf(&d.b, `<circle class="f0" cx="%s" cy="%s" r="4.3"/>`, num(x), num(y))
		return
	}
	shape := [symbols]string{
		1: "m-4-4h8v8h-8z",
		2: "m0-5.6l5.6 5.6-5.6 5.6-5.6-5.6z",
		3: "m0-5.6l5.3 9.4h-10.6z",
		4: "m0 5.6l5.3-9.4h-10.6z",
		5: "m-5.6-1.6h4v-4h3.2v4h4v3.2h-4v4h-3.2v-4h-4z",
	}[s]
	fmt.Fprintf(&d.b, `<path class="f%d" d="M%s %s%s"/>`, s, num(x), num(y), shape)
}

// whisker draws an interval as a line with ends, lying or upright.
func (d *drawing) whisker(series int, upright bool, at, from, to float64) {
	class := fmt.Sprintf("w%d", series%symbols)
	if upright {
		fmt.Fprintf(&d.b, `<path class="%s" d="M%s %sV%sm-3 0h6M%s %sh6"/>`, class, num(at), num(from), num(to), num(at-3), num(from))
		return
	}
	fmt.Fprintf(&d.b, `<path class="%s" d="M%s %sH%sm0-3v6M%s %sv6"/>`, class, num(from), num(at), num(to), num(from), num(at-3))
}

// num writes a coordinate, to a tenth of a pixel.
func num(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64)
}

// escaped returns text from anywhere as text of the picture.
func escaped(text string) string { return template.HTMLEscapeString(inert(text)) }

func (d *drawing) circle(class string, x, y, radius float64) {
	fmt.Fprintf(&d.b, `<circle class="%s" cx="%s" cy="%s" r="%s"/>`, class, num(x), num(y), num(radius))
}

func itoa(n int) string { return strconv.Itoa(n) }
