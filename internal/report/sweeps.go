package report

import (
	"fmt"
	"strings"

	"runbench/internal/analysis"
)

// mostPlotted is how many sweeps are drawn.
const mostPlotted = 12

// sweeps writes how benchmarks scale over one axis: a line and a verdict each,
// then the points of the first few.
func (p *printer) sweeps(ws []analysis.Workload) {
	for i := 0; i < len(ws); {
		j := i
		for j < len(ws) && ws[j].Config == ws[i].Config && ws[j].Sweep.Axis == ws[i].Sweep.Axis {
			j++
		}
		p.sweepTable(ws[i:j])
		i = j
	}
	var refused, notes telling
	for _, w := range ws {
		for _, l := range w.Laws {
			if l.Refused != nil {
				refused.add(*l.Refused, w.Name)
			}
			for _, text := range l.Notes {
				notes.add(text, w.Name)
			}
		}
	}
	p.told(refused, notes, len(ws), "benchmark")
	p.sweepPlots(ws)
}

// configLine writes a configuration, without the padding that some of its values
// have.
func configLine(config string) string {
	pairs := strings.Split(config, ";")
	for i, pair := range pairs {
		pairs[i] = strings.Join(strings.Fields(pair), " ")
	}
	return Inert(strings.Join(pairs, "; "))
}

// axisName names an axis to a reader.
func axisName(axis string) string {
	if axis == "gomaxprocs" {
		return "GOMAXPROCS"
	}
	return axis
}

// landmarks returns the points of a law that a table shows: at its least value, where
// throughput is largest, and at its most, within the cores where these are known.
func landmarks(l analysis.Law) (first, best, last analysis.LawPoint) {
	l = l.Within()
	first, last = l.Points[0], l.Points[len(l.Points)-1]
	best = first
	for _, pt := range l.Points {
		if pt.X.Value > best.X.Value {
			best = pt
		}
	}
	return first, best, last
}

// sweepTable writes the sweeps of one configuration over one axis.
func (p *printer) sweepTable(ws []analysis.Workload) {
	if ws[0].Config != "" {
		p.line("%s", p.style.paint(bold, configLine(ws[0].Config)))
	}
	rows := [][]string{{"over " + axisName(ws[0].Sweep.Axis), "from", "", "best", "at the most", "of ideal", "law", "σ", "κ", "peak", "work/span"}}
	for _, w := range ws {
		l := w.Laws[0]
		first, best, last := landmarks(l)
		model, sigma, kappa, at := "–", "–", "–", "–"
		if l.Model != "" {
			model, sigma, kappa = l.Model, coefficientShort(l.Sigma), coefficientShort(l.Kappa)
		}
		if l.Peak != nil {
			at = peak(l.Peak)
		}
		rows = append(rows, []string{
			Inert(w.Name), fmt.Sprint(first.N), quantity(w.Sweep.Base) + " " + Inert(w.Sweep.Unit),
			fmt.Sprintf("%s at %d", ratio(best.Speedup.Value), best.N),
			fmt.Sprintf("%s at %d", withInterval(last.Speedup), last.N),
			percent(last.Efficiency.Value), model, sigma, kappa, at, workSpan(l.Parallelism),
		})
	}
	columns := widths(rows)
	// A name too long for its column has a line of its own.
	const mostName = 40
	columns[0] = 0
	for _, row := range rows {
		if n := len([]rune(row[0])); n <= mostName {
			columns[0] = max(columns[0], n)
		}
	}
	for n, row := range rows {
		if len([]rune(row[0])) > mostName {
			p.line("%s", row[0])
			row[0] = ""
		}
		var b strings.Builder
		for i, cell := range row {
			if i == 1 || i == 5 {
				cell = padLeft(cell, columns[i])
			}
			b.WriteString(pad(cell, columns[i]+2))
		}
		text := strings.TrimRight(b.String(), " ")
		if n == 0 {
			p.line("%s", p.style.paint(bold, text))
			continue
		}
		p.line("%s", text)
		w := ws[n-1]
		for _, line := range wrap(w.Sentence, p.style.width()-4) {
			p.line("    %s", p.style.paint(shapeColor(w.Sweep.Shape), Inert(line)))
		}
		for _, l := range w.Laws[1:] {
			p.line("    %s", p.style.paint(dim, smtLine(l)))
		}
	}
	p.line("")
}

// smtLine says what further threads add to all cores.
func smtLine(l analysis.Law) string {
	_, _, last := landmarks(l)
	text := fmt.Sprintf("over %s: %s at %d", over(l), withInterval(last.Speedup), last.N)
	if l.Model != "" {
		text += fmt.Sprintf(", %s, σ %s, κ %s", l.Model, coefficient(l.Sigma), coefficient(l.Kappa))
	}
	return text
}

func shapeColor(s analysis.Shape) string {
	switch s {
	case analysis.ShapeScales, analysis.ShapeRises, analysis.ShapeLevels:
		return green
	case analysis.ShapeFalls:
		return red
	}
	return amber
}

// coefficientShort writes σ or κ; its interval stands in --json.
func coefficientShort(p *analysis.Part) string {
	if p == nil {
		return "–"
	}
	return small3(p.Value)
}

// withInterval writes a speed-up with its interval, where it has one.
func withInterval(p analysis.Part) string {
	if p.Lo == nil || p.Hi == nil {
		return ratio(p.Value)
	}
	return gain(&analysis.Gain{Value: p.Value, Lo: p.Lo, Hi: p.Hi}, true)
}

// percent writes a share.
func percent(share float64) string {
	if share < 0.005 {
		return "<1 %"
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}

// sweepPlots draws the points of sweeps, speed-up by bars on one scale a sweep.
// Two points, or a flat line, need no picture.
func (p *printer) sweepPlots(ws []analysis.Workload) {
	var drawn []analysis.Workload
	for _, w := range ws {
		if len(w.Laws[0].Points) > 2 && w.Sweep.Shape != analysis.ShapeFlat {
			drawn = append(drawn, w)
		}
	}
	if len(drawn) == 0 {
		return
	}
	p.line("")
	p.line("%s", p.style.paint(bold, "Speed-up and share of ideal; ◀ the fewest within 5 % of the best"))
	for i, w := range drawn {
		if i == mostPlotted {
			p.line("%s", p.style.paint(dim, fmt.Sprintf("(%d of %d drawn; --csv and --json have the figures of all)", mostPlotted, len(drawn))))
			break
		}
		if w.Config != "" && w.Config != ws[0].Config && (i == 0 || drawn[i-1].Config != w.Config) {
			p.line("%s", p.style.paint(dim, configLine(w.Config)))
		}
		l := w.Laws[0]
		best := 0.0
		for _, pt := range l.Points {
			best = max(best, pt.Speedup.Value)
		}
		p.line("%s", p.style.paint(bold, Inert(w.Name)))
		fewest := w.Recommend.Gomaxprocs
		if w.Sweep.Axis != "gomaxprocs" {
			fewest = w.Recommend.Goroutines
		}
		for _, pt := range l.Points {
			mark := ""
			switch {
			case pt.N == fewest:
				mark = "  ◀"
			case pt.Oversubscribed:
				mark = "  more than cores"
			}
			p.line("%s  %s %s %s%s", padLeft(fmt.Sprint(pt.N), 6), pad(Bar(pt.Speedup.Value/best, maxBar), maxBar),
				padLeft(ratio(pt.Speedup.Value), 6), padLeft(percent(pt.Efficiency.Value), 6), mark)
		}
	}
}

// reading writes what was used of other projects' results, and what was not.
func (p *printer) reading(r analysis.Reading) {
	if r.Judged > 0 {
		p.line("")
	}
	p.wrapped(usedText(r), "")
	for _, o := range r.PassedOver {
		p.wrapped(Inert(passedText(o)), amber)
	}
	for _, text := range r.Conventions {
		p.wrapped(Inert("read so: "+text), dim)
	}
}

func usedText(r analysis.Reading) string {
	return fmt.Sprintf("read: %s of %s; judged: %s, from %s", Plural(r.Results, "result"), Plural(r.Benchmarks, "benchmark"), Plural(r.Judged, "benchmark"), Plural(r.Used, "result"))
}

// passedText says what was passed over for one reason, naming a few.
func passedText(o analysis.PassedOver) string {
	names := strings.Join(o.Benchmarks, ", ")
	if n := len(o.Benchmarks); n > mostNamed {
		names = fmt.Sprintf("%s and %d more", strings.Join(o.Benchmarks[:mostNamed-2], ", "), n-mostNamed+2)
	}
	return fmt.Sprintf("passed over, %s: %s (%s)", Plural(o.Results, "result"), o.Reason, names)
}
