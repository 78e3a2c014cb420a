package htmlreport

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"runbench/internal/analysis"
	"runbench/internal/report"
)

// A sweepTable is how benchmarks of other projects scale over one axis, under one
// configuration.
type sweepTable struct {
	Config string
	Over   string
	Axis   template.HTML
	Rows   []sweepRow
	More   int // rows that a page has no room for
}

type sweepRow struct {
	ID, Name, Shape, Sign, Sentence string
	Base                            string
	Best, Last, Efficiency, Law     string
	Strip                           template.HTML
}

// How many sweeps have a row, and how many a picture of their own.
const (
	mostSweepRows  = 1000
	mostSweepDrawn = 200
)

// shapeSigns mark what throughput does along an axis.
var shapeSigns = map[analysis.Shape]string{
	analysis.ShapeScales: "▲", analysis.ShapeRises: "▲", analysis.ShapeLevels: "▲", analysis.ShapePeaks: "▲▼",
	analysis.ShapeFlat: "=", analysis.ShapeFalls: "▼", analysis.ShapeInconclusive: "?",
}

// A sweptView is the pictures of the sweeps of a table.
type sweptView struct {
	ID, Over, Config string
	Figures          []figure
}

// sweepTables returns the tables, and the pictures of the sweeps that have one.
func sweepTables(ws []analysis.Workload, id string) (tables []sweepTable, drawn []sweptView) {
	var e extent
	for _, w := range ws {
		for _, p := range w.Laws[0].Points {
			e.add(p.Speedup.Value)
		}
	}
	axis := ratioStrip(e)
	rows, pictures := 0, 0
	for i, w := range ws {
		l := w.Laws[0]
		over := report.AxisName(w.Sweep.Axis)
		config := short(report.Config(w.Config))
		if n := len(tables); n == 0 || tables[n-1].Config != config || tables[n-1].Over != over {
			tables = append(tables, sweepTable{Config: config, Over: over, Axis: axis.head()})
			if pictures < mostSweepDrawn {
				drawn = append(drawn, sweptView{ID: fmt.Sprintf("%s-g%d", id, len(tables)), Over: over, Config: config})
			}
		}
		t := &tables[len(tables)-1]
		if rows++; rows > mostSweepRows {
			t.More++
			continue
		}
		best, last := l.Points[0], l.Points[len(l.Points)-1]
		for _, p := range l.Points {
			if p.X.Value > best.X.Value {
				best = p
			}
		}
		row := sweepRow{
			Name: short(w.Name), Shape: string(w.Sweep.Shape), Sign: shapeSigns[w.Sweep.Shape], Sentence: inert(w.Sentence),
			Base: fmt.Sprintf("%s %s", quantity(w.Sweep.Base), short(w.Sweep.Unit)),
			Best: fmt.Sprintf("%s at %d", report.Ratio(best.Speedup.Value), best.N),
			Last: fmt.Sprintf("%s at %d", ratioText(&last.Speedup), last.N), Efficiency: report.Percent(last.Efficiency.Value),
			Law: "–",
			Strip: axis.marks(stripMark{0, fmt.Sprintf("best, at %d:", best.N), &best.Speedup},
				stripMark{1, fmt.Sprintf("at the most, %d:", last.N), &last.Speedup}),
		}
		if l.Model != "" {
			row.Law = l.Model
		}
		if pictures++; pictures <= mostSweepDrawn {
			row.ID = fmt.Sprintf("%s-s%d", id, i+1)
			group := &drawn[len(drawn)-1]
			group.Figures = append(group.Figures, sweepFigure(w, row.ID))
		}
		t.Rows = append(t.Rows, row)
	}
	return tables, drawn
}

// sweepFigure draws the speed-up over the axis of a sweep.
func sweepFigure(w analysis.Workload, id string) figure {
	l := w.Laws[0]
	noun := report.AxisName(l.Axis)
	first, last := l.Points[0], l.Points[len(l.Points)-1]
	least, most := float64(first.N), float64(last.N)
	f := figure{ID: id, Name: short(w.Name), Data: table{Head: []string{noun, short(w.Sweep.Rate), "95 %", "speed-up", "95 %", "of ideal", "runs"}}}
	measured := series{name: short(w.Sweep.Rate)}
	var ns []int
	var y extent
	y.add(1)
	for _, p := range l.Points {
		ns = append(ns, p.N)
		y.add(p.Speedup.Value)
		addBounds(&y, p.Speedup)
		measured.points = append(measured.points, point{
			x: float64(p.N), y: p.Speedup.Value, lo: p.Speedup.Lo, hi: p.Speedup.Hi,
			label: fmt.Sprintf("%s %d: %s, %s of ideal; %s; %s", noun, p.N, ratioText(&p.Speedup), report.Percent(p.Efficiency.Value),
				rateText(p.X, short(w.Sweep.Rate)), runsText(p.Runs)),
			ringed: p.N == max(w.Recommend.Gomaxprocs, w.Recommend.Goroutines) && len(l.Points) > 2,
		})
		f.Data.add(itoa(p.N), quantity(p.X.Value), boundsText(p.X, quantity), report.Ratio(p.Speedup.Value),
			boundsText(p.Speedup, plainRatio), report.Percent(p.Efficiency.Value), itoa(p.Runs))
	}
	// What does nothing would be a flat line at the foot of an ideal that runs away
	// from it: the picture shows the ideal as far as it has room.
	y.add(min(most/least, max(4, 2*y.hi)))
	y = y.atLeast(2)
	pl := plot{
		label:  fmt.Sprintf("%s: speed-up over %s", short(w.Name), noun),
		x:      axis{title: noun, extent: extent{least, most}, ticks: counts(ns)},
		y:      axis{title: "speed-up", extent: y},
		series: []series{measured},
		curves: []curve{{name: "ideal", class: "ideal", straight: true, from: least, to: most, at: func(n float64) float64 { return n / least }}},
	}
	if fitted, ok := lawCurve(&l, 1/first.X.Value, 0); ok {
		pl.curves = append(pl.curves, fitted)
	}
	for _, v := range ratios(y, 6) {
		pl.y.ticks = append(pl.y.ticks, tick{v, tickRatio(v)})
	}
	f.Picture = pl.draw()
	f.Finding = sentence(inert(w.Sentence))
	f.Shows = fmt.Sprintf("Speed-up over %s %d, where one takes %s %s; both axes log₂.", noun, first.N, quantity(w.Sweep.Base), short(w.Sweep.Unit))
	if !w.Sweep.Cost {
		f.Shows = fmt.Sprintf("Speed-up over %s %d, which does %s %s; both axes log₂.", noun, first.N, quantity(w.Sweep.Base), short(w.Sweep.Unit))
	}
	if w.Sweep.Single {
		f.Note = append(f.Note, "One run at each value gives no intervals.")
	} else {
		f.Shows += " Bars and band: 95 %."
	}
	for _, text := range w.Warnings {
		f.Note = append(f.Note, sentence(inert(text))+".")
	}
	f.tellLaw(&l)
	return f
}

// mostResults is how many benchmarks of other projects are listed.
const mostResults = 500

// resultTable lists all results of other projects, by the medians over their runs:
// also what tells nothing of scaling is worth to be seen.
func resultTable(f *File) *table {
	type of struct{ config, name string }
	var order []of
	var units []string
	values := make(map[of]map[string][]float64)
	runs := make(map[of]int)
	more := 0
	for run := range f.Set.All() {
		k := of{run.Config, run.FullName()}
		if values[k] == nil {
			if len(order) == mostResults {
				more++
				continue
			}
			order = append(order, k)
			values[k] = make(map[string][]float64)
		}
		runs[k]++
		for _, v := range run.Values {
			if !slices.Contains(units, v.Unit) && len(units) < mostUnits {
				units = append(units, v.Unit)
			}
			values[k][v.Unit] = append(values[k][v.Unit], v.Value)
		}
	}
	if len(order) == 0 {
		return nil
	}
	t := &table{Head: []string{"benchmark"}}
	for _, u := range units {
		t.Head = append(t.Head, short(u))
	}
	t.Head = append(t.Head, "runs")
	config := ""
	for _, k := range order {
		if k.config != config && k.config != "" {
			config = k.config
			t.add(append([]string{short(report.Config(config))}, slices.Repeat([]string{""}, len(t.Head)-1)...)...)
		}
		row := []string{short(k.name)}
		for _, u := range units {
			row = append(row, medianText(values[k][u]))
		}
		t.add(append(row, itoa(runs[k]))...)
	}
	if more > 0 {
		t.add(append([]string{fmt.Sprintf("… and %s of others", report.Plural(more, "run"))}, slices.Repeat([]string{""}, len(t.Head)-1)...)...)
	}
	return t
}

// mostUnits is how many units have a column.
const mostUnits = 12

// medianText writes a median, with half the distance of the quartiles in per cent
// where there are four runs or more.
func medianText(values []float64) string {
	values = slices.DeleteFunc(values, func(v float64) bool { return !finite(v) })
	n := len(values)
	if n == 0 {
		return "–"
	}
	slices.Sort(values)
	at := func(q float64) float64 {
		i := q * float64(n-1)
		lo, hi := values[int(math.Floor(i))], values[int(math.Ceil(i))]
		return lo + (hi-lo)*(i-math.Floor(i))
	}
	text := strings.TrimSuffix(quantity(math.Abs(at(0.5))), ".0")
	if at(0.5) < 0 {
		text = "−" + text
	}
	if n >= 4 && at(0.5) > 0 {
		text += fmt.Sprintf(" ±%.0f %%", 50*(at(0.75)-at(0.25))/at(0.5))
	}
	return text
}
