package htmlreport

import (
	"fmt"
	"html/template"

	"runbench/internal/analysis"
	"runbench/internal/report"
)

// Strips are small pictures in the rows of a table, all on one axis, which the head
// of their column shows.

const (
	stripWide = 260
	stripHigh = 34
)

// A strip is the axis that the strips of a column have in common.
type strip struct {
	scale
	extent
	ticks []tick
}

// ratioStrip is an axis for ratios. One is always on it.
func ratioStrip(e extent) strip {
	// An outlier must not press all others together.
	e.lo, e.hi = max(e.lo, 1.0/64), min(e.hi, 4096)
	e.add(1)
	e = e.atLeast(2)
	s := strip{scale: newScale(e, 8, stripWide-8), extent: e}
	for _, v := range ratios(e, 6) {
		s.ticks = append(s.ticks, tick{v, tickRatio(v)})
	}
	return s
}

// head draws the axis.
func (s strip) head() template.HTML {
	d := &drawing{}
	fmt.Fprintf(&d.b, `<svg viewBox="0 0 %d 14" class="strip" role="img" aria-label="axis">`, stripWide)
	for _, t := range s.ticks {
		at, class := s.at(t.at), "t c"
		half := letter * widest([]tick{t}) / 2
		if at < half {
			class = "t"
		} else if at > stripWide-half {
			class = "t e"
		}
		d.text(class, at, 11, t.text)
	}
	return d.html()
}

// begin draws what all strips of ratios have: the grid, one, and the five per cent
// about it that are no effect.
func (s strip) begin(high float64) *drawing {
	d := &drawing{}
	fmt.Fprintf(&d.b, `<svg viewBox="0 0 %d %s" class="strip" role="group">`, stripWide, num(high))
	for _, t := range s.ticks {
		at := s.at(t.at)
		d.path("grid", at, 0, at, high)
	}
	lo, hi := s.within(1/1.05), s.within(1.05)
	d.rect("none", lo, 0, hi-lo, high)
	d.path("one", s.at(1), 0, s.at(1), high)
	return d
}

// A stripMark is a ratio on a strip.
type stripMark struct {
	series int
	name   string
	part   *analysis.Part
}

// gains draws ratios below one another.
func (s strip) marks(marks ...stripMark) template.HTML {
	high := max(stripHigh, 6+14*float64(len(marks)))
	d := s.begin(high)
	for i, m := range marks {
		if m.part == nil {
			continue
		}
		y := (float64(i) + 0.5) * high / float64(len(marks))
		d.open(m.name + " " + ratioText(m.part))
		if m.part.Lo != nil && m.part.Hi != nil {
			d.whisker(m.series, false, y, s.within(*m.part.Lo), s.within(*m.part.Hi))
		}
		d.symbol(m.series, s.within(m.part.Value), y)
		d.close()
	}
	return d.html()
}

// partOf returns a gain as a part.
func partOf(g *analysis.Gain) *analysis.Part {
	if g == nil {
		return nil
	}
	return &analysis.Part{Value: g.Value, Lo: g.Lo, Hi: g.Hi}
}

// gapBar draws where the speed-up of n cores went: what is left, and what program,
// runtime and machine kept of the rest, in cores. The axis is linear, since shares
// of one whole are added up. most is the number of cores at its end.
func gapBar(g *analysis.Gaps, most int) template.HTML {
	const high = 26.0
	d := &drawing{}
	fmt.Fprintf(&d.b, `<svg viewBox="0 0 %d %s" class="strip" role="group">`, stripWide, num(high))
	x := func(v float64) float64 { return 4 + min(max(v/float64(most), 0), 1)*(stripWide-8) }
	ideal := float64(g.Cores)
	// What noise put out of order is drawn as nothing; the table has the figures.
	hardware := value(g.Hardware, ideal)
	free := min(value(g.Go, hardware), hardware)
	left := min(value(g.Measured, free), free)
	hardware = min(hardware, ideal)
	free, left = min(free, hardware), min(left, hardware)
	at := 0.0
	for i, part := range []struct {
		to    float64
		sign  string
		label string
	}{
		{left, report.Ratio(left), "left: " + ratioText(g.Measured)},
		{free, "P", "the program keeps " + report.Kept(g.Program) + " of what goroutines that share nothing get"},
		{hardware, "R", "the Go runtime keeps " + report.Kept(g.Runtime) + " of what separate processes get"},
		{ideal, "M", fmt.Sprintf("the machine keeps %s of %d cores", report.Kept(g.Machine), g.Cores)},
	} {
		from, to := x(at), x(part.to)
		d.open(part.label)
		d.rect("gap"+itoa(i), from, 2, max(0, to-from-1), 16)
		if width := to - from; width > 12+letter*float64(len(part.sign)-1) {
			d.text("g"+itoa(i)+" c", (from+to)/2, 14, part.sign)
		}
		d.close()
		at = max(at, part.to)
	}
	if g.Measured != nil && g.Measured.Lo != nil && g.Measured.Hi != nil {
		d.path("w5", x(*g.Measured.Lo), 21.5, x(*g.Measured.Hi), 21.5)
	}
	return d.html()
}

// value returns a part's value, or what to take where there is none.
func value(p *analysis.Part, none float64) float64 {
	if p == nil {
		return none
	}
	return p.Value
}
