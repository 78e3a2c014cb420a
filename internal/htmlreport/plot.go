package htmlreport

import (
	"html/template"
	"math"
	"unicode/utf8"
)

// The sizes of plots. A page of three columns shows them at about this width, a
// telephone a little smaller.
const (
	wide       = 400
	areaHigh   = 190
	letter     = 6.1 // about the width of a character of a label
	boldLetter = 7.8 // and of the large ones
	legendRow  = 17
)

// A plot draws points and curves over logarithmic axes.
type plot struct {
	label  string // for those who do not see it
	x, y   axis
	curves []curve
	series []series
	rules  []rule
}

// An axis says what it shows, from where to where, and where it is labelled.
type axis struct {
	title string
	extent
	ticks      []tick
	right      []tick // labels on the other side, of the y axis
	rightTitle string
}

type tick struct {
	at   float64
	text string
}

// A curve is a law or a bound. It is drawn where it lies inside the picture.
type curve struct {
	name     string // "" leaves it out of the legend
	class    string
	at       func(x float64) float64
	from, to float64
	straight bool // where both axes are logarithmic, as a power of x is
}

// A series is what was measured, told apart by shape and colour.
type series struct {
	name   string
	style  int
	points []point
	apart  bool // points that no line joins
}

type point struct {
	x, y   float64
	lo, hi *float64 // nil where there is no interval
	label  string
	ringed bool // the one to choose
}

// A rule is an upright line, such as where the cores end.
type rule struct {
	x    float64
	text string
}

// counts returns the ticks of measured counts.
func counts(values []int) []tick {
	var ticks []tick
	for _, v := range values {
		ticks = append(ticks, tick{float64(v), itoa(v)})
	}
	return ticks
}

func (p plot) draw() template.HTML {
	left, right := 14+letter*widest(p.y.ticks), 10+letter*widest(p.y.right)
	legend := p.legend()
	rows := 0
	for _, l := range legend {
		rows = max(rows, l.row+1)
	}
	top := 22 + float64(rows*legendRow)
	bottom := top + areaHigh
	d := newDrawing(wide, bottom+36, p.label)
	x := newScale(p.x.extent, left+10, wide-right-10)
	y := newScale(p.y.extent, bottom-6, top+6)

	d.text("t", 2, 12, p.y.title)
	if p.y.rightTitle != "" {
		d.text("t e", wide-2, 12, p.y.rightTitle)
	}
	for _, l := range legend {
		l.draw(d)
	}
	for _, t := range p.y.ticks {
		at := y.at(t.at)
		d.path("grid", left, at, wide-right, at)
		d.text("t e", left-5, at+4, t.text)
	}
	for _, t := range p.y.right {
		d.text("t", wide-right+5, y.at(t.at)+4, t.text)
	}
	for _, r := range p.rules {
		if at := x.at(r.x); at >= left && at <= wide-right {
			d.path("rule", at, top, at, bottom)
			d.text("t e", at-4, top+9, r.text)
		}
	}
	d.path("axis", left, bottom, wide-right, bottom)
	p.xTicks(d, x, bottom)
	d.text("t c", (left+wide-right)/2, bottom+32, p.x.title)

	for _, c := range p.curves {
		c.draw(d, x, y)
	}
	for _, s := range p.series {
		s.band(d, x, y)
	}
	for _, s := range p.series {
		s.draw(d, x, y)
	}
	return d.html()
}

// xTicks draws the ticks of the x axis and as many labels as there is room for, the
// last one always.
func (p plot) xTicks(d *drawing, x scale, bottom float64) {
	n := len(p.x.ticks)
	if n == 0 {
		return
	}
	half := func(t tick) float64 { return letter * float64(utf8.RuneCountInString(t.text)) / 2 }
	last := p.x.ticks[n-1]
	limit := x.at(last.at) - half(last) - 5
	free := math.Inf(-1)
	for i, t := range p.x.ticks {
		at := x.at(t.at)
		d.path("axis", at, bottom, at, bottom+4)
		if at-half(t) < free || i < n-1 && at+half(t) > limit {
			continue
		}
		d.text("t c", min(max(at, half(t)), wide-half(t)), bottom+17, t.text)
		free = at + half(t) + 5
	}
}

// widest returns the characters of the longest label.
func widest(ticks []tick) float64 {
	n := 0
	for _, t := range ticks {
		n = max(n, utf8.RuneCountInString(t.text))
	}
	return float64(n)
}

// A legendEntry is a sample of a series or a curve with its name.
type legendEntry struct {
	x     float64
	row   int
	name  string
	style int    // of a series
	class string // of a curve; "" for a series
}

// legend lays the names out in rows. One series needs none.
func (p plot) legend() []legendEntry {
	var entries []legendEntry
	for _, s := range p.series {
		if s.name != "" && len(s.points) > 0 {
			entries = append(entries, legendEntry{name: s.name, style: s.style})
		}
	}
	for _, c := range p.curves {
		if c.name != "" {
			entries = append(entries, legendEntry{name: c.name, class: c.class})
		}
	}
	if len(entries) == 1 && entries[0].class == "" {
		return nil
	}
	const sample = 22
	room := int(math.Floor(float64(wide-sample) / letter))
	at, row := 2.0, 0
	for i := range entries {
		e := &entries[i]
		e.name = fit(e.name, room)
		length := sample + letter*float64(utf8.RuneCountInString(e.name)) + 12
		if at > 2 && at+length-12 > wide {
			at, row = 2, row+1
		}
		e.x, e.row = at, row
		at += length
	}
	return entries
}

func (e legendEntry) draw(d *drawing) {
	y := 30 + float64(e.row*legendRow)
	if e.class != "" {
		d.path(e.class, e.x, y-4, e.x+17, y-4)
	} else {
		d.symbol(e.style, e.x+8, y-4)
	}
	d.text("t", e.x+22, y, e.name)
}

// curveSteps is how finely a curve is drawn.
const curveSteps = 48

func (c curve) draw(d *drawing, x, y scale) {
	var piece []float64
	flush := func() {
		if len(piece) > 2 {
			d.path(c.class, piece...)
		}
		piece = nil
	}
	high, low := y.to-8, y.from+8
	if c.straight {
		x0, y0, x1, y1 := x.at(c.from), y.at(c.at(c.from)), x.at(c.to), y.at(c.at(c.to))
		if y1 < high { // it leaves the picture at its top
			x1, y1 = x0+(x1-x0)*(high-y0)/(y1-y0), high
		}
		if finite(x1) && y0 <= low && y1 <= low {
			d.path(c.class, x0, y0, x1, y1)
		}
		return
	}
	for i := range curveSteps + 1 {
		at := c.from * math.Pow(c.to/c.from, float64(i)/curveSteps)
		px, py := x.at(at), y.at(c.at(at))
		if !finite(px) || !finite(py) || py < high || py > low {
			flush()
			continue
		}
		piece = append(piece, px, py)
	}
	flush()
}

// band fills the space between the intervals of points that follow one another.
func (s series) band(d *drawing, x, y scale) {
	var up, down []float64
	for _, p := range s.points {
		if p.lo == nil || p.hi == nil || s.apart {
			continue
		}
		up = append(up, x.at(p.x), y.within(*p.hi))
		down = append([]float64{x.at(p.x), y.within(*p.lo)}, down...)
	}
	if len(up) > 2 {
		d.outline(bandClass(s.style), true, append(up, down...)...)
	}
}

func bandClass(style int) string { return "b" + itoa(style%symbols) }

func (s series) draw(d *drawing, x, y scale) {
	var line []float64
	for _, p := range s.points {
		line = append(line, x.at(p.x), y.within(p.y))
	}
	if len(line) > 2 && !s.apart {
		d.path("l"+itoa(s.style%symbols), line...)
	}
	for _, p := range s.points {
		px, py := x.at(p.x), y.within(p.y)
		d.open(p.label)
		if p.lo != nil && p.hi != nil {
			d.whisker(s.style, true, px, y.within(*p.lo), y.within(*p.hi))
		}
		if p.ringed {
			d.circle("pick", px, py, 9)
		}
		d.symbol(s.style, px, py)
		d.close()
	}
}
