package htmlreport

import (
	"fmt"
	"html/template"
	"math"
	"slices"

	"runbench/internal/analysis"
	"runbench/internal/report"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
	"runbench/internal/timetext"
)

// values returns what the runs of a cell measured in a unit, in the order of the runs,
// without what a logarithmic axis has no place for.
func (s *subject) values(c scaling.Cell, unit string) []float64 {
	var values []float64
	for _, run := range s.runs[c] {
		if v, ok := run.Value(unit); ok && v > 0 && v < mostValue {
			values = append(values, v)
		}
	}
	return values
}

// typical returns the geometric mean of values over runs with the interval that
// gains have, nil for no values.
func typical(values []float64) *analysis.Part {
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log(v)
	}
	return part(scaling.Interval(logs, 0))
}

// timeText writes nanoseconds in the scale that fits.
func timeText(ns float64) string { return timetext.Nanoseconds(ns) }

// tailUnit returns the time whose 99th percentile is drawn: of the tasks where
// waiting is the point and each was timed, else until a goroutine that could run did.
func (s *subject) tailUnit() (unit, what string) {
	for _, u := range []struct{ unit, what string }{
		{resultfile.P99Ns, "of the time a task takes"},
		{resultfile.SchedP99Ns, "of the time from runnable to running"},
	} {
		for c := range s.runs {
			if c.Goroutines > 1 && len(s.values(c, u.unit)) > 0 {
				return u.unit, u.what
			}
		}
	}
	return "", ""
}

func (s *subject) tailFigure() (figure, bool) {
	unit, what := s.tailUnit()
	if unit == "" {
		return figure{}, false
	}
	shown, all := s.shownProcs()
	var y extent
	var cs []int
	var data pivot
	var lines []series
	for _, p := range s.Surface {
		cell := at(p)
		t := typical(s.values(cell, unit))
		if t == nil {
			continue
		}
		data.set(p.Goroutines, p.Gomaxprocs, timeText(t.Value)+interval(t.Lo, t.Hi, timeText))
		i := slices.Index(shown, p.Gomaxprocs)
		if i < 0 {
			continue
		}
		cs = append(cs, p.Goroutines)
		y.add(t.Value)
		addBounds(&y, *t)
		for len(lines) <= i {
			lines = append(lines, series{name: report.Plural(shown[len(lines)], "core"), style: len(lines)})
		}
		lines[i].points = append(lines[i].points, point{
			x: float64(p.Goroutines), y: t.Value, lo: t.Lo, hi: t.Hi,
			label: fmt.Sprintf("%s: p99 %s%s; %s", cellText(s.goroutines(p.Goroutines), p.Gomaxprocs), timeText(t.Value), interval(t.Lo, t.Hi, timeText), runsText(len(s.runs[cell]))),
		})
	}
	if cs = distinct(cs); len(cs) < 2 {
		return figure{}, false
	}
	y = y.atLeast(2)
	pl := plot{
		label:  fmt.Sprintf("%s: 99th percentile %s over goroutines", short(s.Name), what),
		x:      axis{title: "goroutines", extent: extent{float64(cs[0]), float64(cs[len(cs)-1])}, ticks: counts(cs)},
		y:      axis{title: "p99", extent: y},
		series: lines,
	}
	for _, v := range steps(y, 6) {
		pl.y.ticks = append(pl.y.ticks, tick{v, timeText(v)})
	}
	f := figure{Picture: pl.draw(), Data: data.table(), Note: notAll(len(shown), all)}
	f.Shows = fmt.Sprintf("99th percentile %s, the geometric mean over runs.", what)
	first := typical(s.values(scaling.Cell{Goroutines: cs[0], Gomaxprocs: s.Gomaxprocs}, unit))
	chosen := scaling.Cell{Goroutines: s.Goroutines, Gomaxprocs: s.Gomaxprocs}
	last := typical(s.values(chosen, unit))
	switch {
	case unit == resultfile.P99Ns && first != nil && last != nil && cs[0] != s.Goroutines:
		f.Finding = fmt.Sprintf("p99 goes from %s with %s to %s with %d, %s", timeText(first.Value), report.Plural(cs[0], "goroutine"), timeText(last.Value), s.Goroutines, report.Plural(s.Gomaxprocs, "core"))
	case unit == resultfile.P99Ns || last == nil:
		f.Finding = "p99 over goroutines"
	default:
		f.Finding = fmt.Sprintf("One wait for a core in a hundred is longer than %s (p99, %s)", timeText(last.Value), on(s.Goroutines, s.Gomaxprocs))
	}
	return f, true
}

// How many cells a picture of runs has room for, and how many runs are drawn of each.
const (
	latencyCells = 5 // counts of goroutines
	runsDrawn    = 120
)

// latencyCounts returns the counts of goroutines whose latencies are drawn.
func (s *subject) latencyCounts() []int {
	var cs []int
	for c := range s.runs {
		if len(s.values(c, resultfile.P50Ns)) > 0 {
			cs = append(cs, c.Goroutines)
		}
	}
	cs = distinct(cs)
	if len(cs) <= latencyCells {
		return cs
	}
	kept := []int{cs[0], cs[len(cs)-1], s.Goroutines}
	for i := 1; i < latencyCells && len(distinct(kept)) < latencyCells; i++ {
		kept = append(kept, cs[i*len(cs)/latencyCells])
	}
	return slices.DeleteFunc(distinct(kept), func(c int) bool { return !slices.Contains(cs, c) })
}

// latencyFigure shows where the times of tasks lie, by what each run tells of them.
func (s *subject) latencyFigure() (figure, bool) {
	counts := s.latencyCounts()
	if len(counts) == 0 {
		return figure{}, false
	}
	f := figure{Data: table{Head: []string{"goroutines, cores", "p50", "mean", "p99", "p99 / p50", "runs"}}}
	rows := rug{label: fmt.Sprintf("%s: times of tasks", short(s.Name)), names: []string{"p50 of a run", "p99 of a run"}}
	for _, c := range counts {
		for _, p := range distinct([]int{1, s.Gomaxprocs}) {
			cell := scaling.Cell{Goroutines: c, Gomaxprocs: p}
			p50s, p99s := s.values(cell, resultfile.P50Ns), s.values(cell, resultfile.P99Ns)
			p50, p99 := typical(p50s), typical(p99s)
			if p50 == nil || p99 == nil {
				continue
			}
			mean := "–"
			if m := typical(s.values(cell, resultfile.MeanNs)); m != nil {
				mean = timeText(m.Value)
			}
			name := cellText(c, p)
			rows.rows = append(rows.rows, rugRow{
				name: name, values: [][]float64{p50s, p99s}, from: p50.Value, to: p99.Value,
				label: fmt.Sprintf("%s: p50 %s%s, mean %s, p99 %s%s; %s", name, timeText(p50.Value), interval(p50.Lo, p50.Hi, timeText), mean,
					timeText(p99.Value), interval(p99.Lo, p99.Hi, timeText), runsText(len(p50s))),
			})
			f.Data.add(name, timeText(p50.Value)+interval(p50.Lo, p50.Hi, timeText), mean, timeText(p99.Value)+interval(p99.Lo, p99.Hi, timeText),
				report.Ratio(p99.Value/p50.Value), itoa(len(p50s)))
			if c == s.Goroutines && p == s.Gomaxprocs {
				f.Finding = fmt.Sprintf("Half of the tasks take up to %s, one in a hundred over %s (%s)", timeText(p50.Value), timeText(p99.Value), on(c, p))
			}
		}
	}
	if len(rows.rows) == 0 {
		return figure{}, false
	}
	if f.Finding == "" {
		f.Finding = "Where the times of tasks lie"
	}
	rows.ticks = func(e extent) []tick {
		var ticks []tick
		for _, v := range steps(e, 5) {
			ticks = append(ticks, tick{v, timeText(v)})
		}
		return ticks
	}
	f.Picture = rows.draw()
	f.Shows = "From the median to the 99th percentile of the tasks of a run; each tick is a run."
	return f, true
}

// runsFigure shows each run of the cells that the gains are made of.
func (s *subject) runsFigure() (figure, bool) {
	f := figure{Data: table{Head: []string{"goroutines, cores", s.unit, "95 %", "lowest run", "highest run", "runs"}}}
	rows := rug{label: fmt.Sprintf("%s: throughput of each run", short(s.Name))}
	base := 0.0
	widest, spread := "", 1.0
	for _, cell := range []scaling.Cell{origin, {Goroutines: s.Goroutines, Gomaxprocs: 1}, {Goroutines: s.Goroutines, Gomaxprocs: s.Gomaxprocs}} {
		p := s.point(cell)
		var values []float64
		for _, o := range s.surface[cell] {
			if o.Rate > 0 && o.Rate < mostValue {
				values = append(values, o.Rate)
			}
		}
		name := cellText(s.goroutines(cell.Goroutines), cell.Gomaxprocs)
		if p == nil || len(values) < 2 || slices.ContainsFunc(rows.rows, func(r rugRow) bool { return r.name == name }) {
			continue
		}
		if base == 0 {
			base = p.Value
		}
		lo, hi := slices.Min(values), slices.Max(values)
		if hi/lo > spread {
			widest, spread = on(s.goroutines(cell.Goroutines), cell.Gomaxprocs), hi/lo
		}
		rows.rows = append(rows.rows, rugRow{
			name: name, values: [][]float64{values}, mean: rate(p.Rate),
			label: fmt.Sprintf("%s: %s; %s from %s to %s", name, rateText(rate(p.Rate), s.unit), runsText(len(values)), quantity(lo), quantity(hi)),
		})
		f.Data.add(name, quantity(p.Value), boundsText(rate(p.Rate), quantity), quantity(lo), quantity(hi), itoa(len(values)))
	}
	if len(rows.rows) == 0 {
		return figure{}, false
	}
	rows.ticks = func(e extent) []tick {
		var ticks []tick
		for _, v := range doublings(e, base, 4) {
			ticks = append(ticks, tick{v, quantity(v)})
		}
		if len(ticks) < 2 {
			ticks = nil
			for _, v := range steps(e, 6) {
				ticks = append(ticks, tick{v, quantity(v)})
			}
		}
		return ticks
	}
	f.Picture = rows.draw()
	f.Finding = fmt.Sprintf("Runs of one cell differ by up to %s (%s)", report.Ratio(spread), widest)
	f.Shows = fmt.Sprintf("Each tick is a run, in %s; the diamond is their geometric mean.", s.unit)
	return f, true
}

// A rug shows each of the values behind a figure as a tick, a row a cell.
type rug struct {
	label string
	names []string // of the values, where there are several of a row
	rows  []rugRow
	ticks func(extent) []tick
}

type rugRow struct {
	name     string
	values   [][]float64
	from, to float64       // of a bar; 0 for none
	mean     analysis.Part // with its interval; 0 for none
	label    string
}

func (r rug) draw() template.HTML {
	const rowHigh, left, right = 31.0, 8.0, wide - 8.0
	top := 4.0
	if len(r.names) > 0 {
		top += legendRow
	}
	bottom := top + rowHigh*float64(len(r.rows)) + 4
	d := newDrawing(wide, bottom+22, r.label)
	at := 2.0
	for i, name := range r.names {
		d.ticks("l"+itoa(i), 3, 10, []float64{at + 6})
		d.text("t", at+14, 12, name)
		at += 34 + letter*float64(len(name))
	}
	var e extent
	for _, row := range r.rows {
		for _, values := range row.values {
			e.add(values...)
		}
	}
	e = e.atLeast(1.5)
	x := newScale(e, left+8, right-8)
	ticks := r.ticks(e)
	for i, t := range ticks {
		px := x.at(t.at)
		d.path("grid", px, top, px, bottom)
		class := "t c"
		switch {
		case px > right-letter*widest([]tick{t})/2:
			class = "t e"
		case i == 0 && px < left+letter*widest([]tick{t})/2:
			class = "t"
		}
		d.text(class, px, bottom+15, t.text)
	}
	for i, row := range r.rows {
		y := top + rowHigh*float64(i)
		d.text("t", left, y+11, row.name)
		d.open(row.label)
		d.rect("lane", left, y+15, right-left, 13)
		if row.from > 0 {
			a, b := x.within(row.from), x.within(row.to)
			d.rect("span", min(a, b), y+19.5, max(2, math.Abs(b-a)), 4)
		}
		for n, values := range row.values {
			var xs []float64
			for _, v := range values[:min(len(values), runsDrawn)] {
				xs = append(xs, x.within(v))
			}
			d.ticks("l"+itoa(n)+" thin", y+16, 11, xs)
		}
		if m := row.mean; m.Value > 0 {
			if m.Lo != nil && m.Hi != nil {
				d.whisker(5, false, y+21.5, x.within(*m.Lo), x.within(*m.Hi))
			}
			d.symbol(2, x.within(m.Value), y+21.5)
		}
		d.close()
	}
	return d.html()
}
