package htmlreport

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"runbench/internal/analysis"
	"runbench/internal/report"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// A subject is a workload with the runs behind its surface.
type subject struct {
	analysis.Workload
	unit     string // of throughput
	surface  scaling.Surface
	runs     map[scaling.Cell][]resultfile.Run
	physical int  // cores; 0 where unknown
	program  bool // nobody knows how many goroutines it has
}

func newSubject(w analysis.Workload, f *File) *subject {
	s := &subject{Workload: w, unit: short(w.Unit)}
	if w.Strategy != "" { // else another project's
		s.surface, s.runs = analysis.Cells(w, f.Set)
	}
	if h := f.host(); h != nil && h.PhysicalCores != nil {
		s.physical = *h.PhysicalCores
	}
	s.program = w.Class == resultfile.Exec && !slices.ContainsFunc(w.Surface, func(p analysis.Point) bool { return p.Goroutines > 1 })
	if s.program {
		s.unit = "runs/s"
	}
	return s
}

// figures returns all pictures of the workload that its data carry.
func (s *subject) figures() []figure {
	if len(s.Surface) == 0 {
		return nil
	}
	figures := []figure{s.surfaceFigure()}
	for _, f := range []func() (figure, bool){s.speedupFigure, s.throughputFigure, s.tailFigure, s.latencyFigure, s.runsFigure} {
		if fig, ok := f(); ok {
			figures = append(figures, fig)
		}
	}
	return figures
}

// at returns the cell of a point.
func at(p analysis.Point) scaling.Cell {
	return scaling.Cell{Goroutines: p.Goroutines, Gomaxprocs: p.Gomaxprocs}
}

// origin is one goroutine on one core, which gains are relative to.
var origin = scaling.Cell{Goroutines: 1, Gomaxprocs: 1}

// point returns what the surface has at a cell, nil where it was not measured.
func (s *subject) point(c scaling.Cell) *analysis.Point {
	i := slices.IndexFunc(s.Surface, func(p analysis.Point) bool { return at(p) == c })
	if i < 0 {
		return nil
	}
	return &s.Surface[i]
}

// goroutines returns a count as it is told, 0 where nobody knows it.
func (s *subject) goroutines(n int) int {
	if s.program {
		return 0
	}
	return n
}

// ratio returns X(num)/X(den): the gain where that is one, which rests on the rounds
// that did not choose the number of goroutines; else from the ratios within the rounds
// that both were measured in; else of the two means, without an interval.
func (s *subject) ratio(num, den scaling.Cell) *analysis.Part {
	one := 1.0
	mid, top := scaling.Cell{Goroutines: s.Goroutines, Gomaxprocs: 1}, scaling.Cell{Goroutines: s.Goroutines, Gomaxprocs: s.Gomaxprocs}
	for _, g := range []struct {
		num, den scaling.Cell
		gain     *analysis.Gain
	}{{mid, origin, s.ConcurrencyGain}, {top, mid, s.ParallelismGain}, {top, origin, s.TotalGain}} {
		if num == g.num && den == g.den && num != den && g.gain != nil {
			return partOf(g.gain)
		}
	}
	if num == den {
		return &analysis.Part{Value: 1, Lo: &one, Hi: &one}
	}
	if p := part(s.surface.Ratio(num, den, 0)); p != nil {
		return p
	}
	a, b := s.point(num), s.point(den)
	if a == nil || b == nil {
		return nil
	}
	return &analysis.Part{Value: a.Value / b.Value}
}

// best returns the point of the largest throughput that the cores were there for.
func (s *subject) best() analysis.Point {
	best := s.Surface[0]
	for _, p := range s.Surface {
		if !p.Oversubscribed && (p.Value > best.Value || best.Oversubscribed) {
			best = p
		}
	}
	return best
}

// ofBase says what a ratio is relative to, with its throughput.
func (s *subject) ofBase() string {
	if s.Base == nil {
		return ""
	}
	if s.program {
		return fmt.Sprintf("one core (%s %s)", quantity(s.Base.Value), s.unit)
	}
	return fmt.Sprintf("one goroutine on one core (%s %s)", quantity(s.Base.Value), s.unit)
}

// one names what gains are relative to.
func (s *subject) one() string {
	if s.program {
		return "one core"
	}
	return "one on one core"
}

func rate(r analysis.Rate) analysis.Part { return analysis.Part(r) }

// heat returns the heat map of the surface.
func (s *subject) heat() heatMap {
	var cells []surfaceCell
	for _, p := range s.Surface {
		c := surfaceCell{
			goroutines: s.goroutines(p.Goroutines), procs: p.Gomaxprocs, rate: rate(p.Rate), runs: p.Runs,
			chosen: p.Goroutines == s.Recommend.Goroutines && p.Gomaxprocs == s.Recommend.Gomaxprocs,
		}
		c.label = fmt.Sprintf("%s: %s", cellText(c.goroutines, c.procs), rateText(c.rate, s.unit))
		if s.point(origin) != nil {
			c.gain = s.ratio(at(p), origin)
			c.label += fmt.Sprintf(", %s of %s", ratioText(c.gain), s.one())
		}
		c.label += "; " + runsText(p.Runs)
		if p.Oversubscribed {
			c.label += "; more GOMAXPROCS than cores"
		}
		cells = append(cells, c)
	}
	return newHeatMap(short(s.Name), cells)
}

func (s *subject) surfaceFigure() figure {
	h := s.heat()
	best := s.best()
	f := figure{Picture: h.draw(), Data: table{Head: []string{"goroutines", "cores", s.unit, "95 %", "of base", "95 %", "runs"}}}
	f.Finding = fmt.Sprintf("Fastest with %s: %s %s", on(s.goroutines(best.Goroutines), best.Gomaxprocs), quantity(best.Value), s.unit)
	var all extent
	for _, p := range s.Surface {
		all.add(p.Value)
	}
	switch {
	case len(s.Surface) > 1 && all.hi/all.lo < smallGain:
		f.Finding = fmt.Sprintf("The same everywhere, within 5 %%: %s %s", quantity(best.Value), s.unit)
	case s.point(origin) != nil && at(best) == origin:
		f.Finding = fmt.Sprintf("Nothing beats one goroutine on one core: %s %s", quantity(best.Value), s.unit)
		if s.program {
			f.Finding = fmt.Sprintf("Nothing beats one core: %s %s", quantity(best.Value), s.unit)
		}
	case s.point(origin) != nil:
		f.Finding += fmt.Sprintf(", %s of %s", ratioAt(s, at(best)), s.one())
	}
	if s.point(origin) != nil {
		f.Shows = fmt.Sprintf("Relative to %s; small: %s.", s.ofBase(), s.unit)
	} else {
		f.Shows = sentence(s.unit) + "."
	}
	for _, c := range h.cells {
		gain, bounds := "–", "–"
		if c.gain != nil {
			gain, bounds = report.Ratio(c.gain.Value), boundsText(*c.gain, plainRatio)
		}
		f.Data.add(orDash(c.goroutines), itoa(c.procs), quantity(c.rate.Value), boundsText(c.rate, quantity), gain, bounds, itoa(c.runs))
	}
	return f
}

// orDash writes a count, "–" where it is not known.
func orDash(n int) string {
	if n == 0 {
		return "–"
	}
	return itoa(n)
}

// boundsText writes the bounds of an interval, "–" where there are none.
func boundsText(p analysis.Part, write func(float64) string) string {
	if p.Lo == nil || p.Hi == nil {
		return "–"
	}
	return write(*p.Lo) + "…" + write(*p.Hi)
}

// tickRatio writes a ratio on an axis.
func tickRatio(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) + "×" }

// law returns the law over an axis with the other held at fixed, nil where there is
// none to draw.
func (s *subject) law(axis string, fixed int) *analysis.Law {
	for i, l := range s.Laws {
		if l.Axis == axis && (axis == axisCores && l.Goroutines == fixed || axis != axisCores && l.Gomaxprocs == fixed) {
			return &s.Laws[i]
		}
	}
	return nil
}

// axisCores is the axis of GOMAXPROCS as laws name it.
const axisCores = "gomaxprocs"

// lawCurve returns a fitted law as a curve of throughput times scale, up to what it was
// fitted to, which is no more than most where that is not 0. It returns false where
// none can be drawn.
func lawCurve(l *analysis.Law, scale float64, most int) (curve, bool) {
	if l == nil || l.Model == "" || l.Gamma == nil || l.Idle() || report.Vague(*l) || len(l.Points) < 2 {
		return curve{}, false
	}
	sigma, kappa := 0.0, 0.0
	if l.Sigma != nil {
		sigma = l.Sigma.Value
	}
	if l.Kappa != nil {
		kappa = l.Kappa.Value
	}
	gamma := l.Gamma.Value * scale
	last := l.Points[len(l.Points)-1].N
	if most > 0 && l.Axis == axisCores {
		last = min(last, most)
	}
	// X = γN / (1 + σ(N−1) + κN(N−1)): see package law.
	return curve{
		name: "law", class: "law", from: float64(l.Points[0].N), to: float64(last),
		at: func(n float64) float64 { return gamma * n / (1 + sigma*(n-1) + kappa*n*(n-1)) },
	}, true
}

// lawText says in words what law holds, or why none is given.
func lawText(l analysis.Law) string {
	over := " over " + report.Over(l)
	switch {
	case l.Model == "" && l.Refused != nil:
		return sentence(*l.Refused)
	case l.Model == "":
		return ""
	case l.Idle():
		return "No law" + over + ": nothing is gained for certain"
	case report.Vague(l):
		return "No law" + over + ": σ may be anything from 0 to 1"
	}
	var text string
	switch l.Model {
	case "linear":
		text = "Law" + over + ": linear, no loss shows"
	case "amdahl":
		text = "Law" + over + ": Amdahl’s, σ = " + report.Coefficient(l.Sigma) + " serial or contended"
	default:
		text = "Law" + over + ": USL, σ = " + report.Coefficient(l.Sigma) + ", κ = " + report.Coefficient(l.Kappa)
	}
	if l.Peak != nil {
		text += ", peak at " + report.Peak(l.Peak)
	}
	if l.Limit != nil {
		text += "; more would give at most " + report.Limit(l.Limit)
	}
	return text
}

// tellLaw writes what is to be said of a law below its picture, and the rest of it
// to the figures.
func (f *figure) tellLaw(l *analysis.Law) {
	if l == nil {
		return
	}
	if text := lawText(*l); text != "" {
		f.Note = append(f.Note, text+".")
	}
	if l.Model == "" {
		return
	}
	more := slices.Clone(l.Notes)
	if l.Refused != nil {
		more = append([]string{*l.Refused}, more...)
	}
	for _, text := range more {
		f.More = append(f.More, fmt.Sprintf("Of the law over %s: %s.", report.Over(*l), text))
	}
}

func (s *subject) speedupFigure() (figure, bool) {
	c := s.Goroutines
	var procs []int
	for _, p := range s.Surface {
		if p.Goroutines == c {
			procs = append(procs, p.Gomaxprocs)
		}
	}
	if procs = distinct(procs); len(procs) < 2 {
		return figure{}, false
	}
	base := origin
	if s.Gaps == nil || s.point(base) == nil {
		// Without ceilings it is what cores add, whatever goroutines gave before.
		base = scaling.Cell{Goroutines: c, Gomaxprocs: procs[0]}
	}
	least, most := float64(base.Gomaxprocs), float64(procs[len(procs)-1])
	who := report.Plural(c, "goroutine")
	if s.goroutines(c) == 0 {
		who = "the program"
	}
	measured := series{name: who}
	f := figure{Data: table{Head: []string{"cores", "speed-up", "95 %", "of ideal", "runs"}}}
	var y extent
	y.add(1, most/least)
	for _, p := range procs {
		cell := scaling.Cell{Goroutines: c, Gomaxprocs: p}
		r := s.ratio(cell, base)
		if r == nil {
			continue
		}
		share := r.Value / (float64(p) / least)
		pt := s.point(cell)
		measured.points = append(measured.points, point{
			x: float64(p), y: r.Value, lo: r.Lo, hi: r.Hi,
			label: fmt.Sprintf("%s: %s, %s of ideal; %s; %s", cellText(s.goroutines(c), p), ratioText(r), report.Percent(share), rateText(rate(pt.Rate), s.unit), runsText(pt.Runs)),
		})
		y.add(r.Value)
		addBounds(&y, *r)
		f.Data.add(itoa(p), report.Ratio(r.Value), boundsText(*r, plainRatio), report.Percent(share), itoa(pt.Runs))
	}
	pl := plot{
		label:  fmt.Sprintf("%s: speed-up over cores", short(s.Name)),
		x:      axis{title: "cores (GOMAXPROCS)", extent: extent{least, most}, ticks: counts(procs)},
		series: []series{measured},
		curves: []curve{{name: "ideal", class: "ideal", straight: true, from: least, to: most, at: func(n float64) float64 { return n / least }}},
	}
	s.ceilings(&pl, &f.Data, &y)
	law := s.law(axisCores, c)
	if x := s.point(base); x != nil {
		if fitted, ok := lawCurve(law, 1/x.Value, s.physical); ok {
			pl.curves = append(pl.curves, fitted)
		}
	}
	if s.physical > 0 && float64(s.physical) < most && float64(s.physical) > least {
		pl.rules = append(pl.rules, rule{float64(s.physical), "physical cores"})
	}
	y = y.atLeast(2)
	pl.y = axis{title: "speed-up", extent: y}
	for _, v := range ratios(y, 6) {
		pl.y.ticks = append(pl.y.ticks, tick{v, tickRatio(v)})
	}
	f.Picture = pl.draw()
	s.tellSpeedup(&f, c, base, least)
	f.tellLaw(law)
	return f, true
}

// addBounds makes an extent hold an interval, but for one that is so wide that
// nothing else could be seen.
func addBounds(e *extent, p analysis.Part) {
	if p.Lo == nil || p.Hi == nil {
		return
	}
	const most = 8
	e.add(max(*p.Lo, p.Value/most), min(*p.Hi, p.Value*most))
}

// ceilings adds what separate processes and goroutines that share nothing reach.
func (s *subject) ceilings(pl *plot, data *table, y *extent) {
	g := s.Gaps
	if g == nil || g.Cores < 2 {
		return
	}
	for i, ceiling := range []struct {
		name, who string
		part      *analysis.Part
	}{
		{"hardware ceiling", "separate processes", g.Hardware},
		{"Go ceiling", "goroutines that share nothing", g.Go},
	} {
		p := ceiling.part
		if p == nil {
			continue
		}
		n, v := float64(g.Cores), p.Value
		pl.series = append(pl.series, series{name: ceiling.name, style: i + 1, apart: true, points: []point{{
			x: n, y: v, lo: p.Lo, hi: p.Hi,
			label: fmt.Sprintf("%s: %d %s get %s", ceiling.name, g.Cores, ceiling.who, ratioText(p)),
		}}})
		pl.curves = append(pl.curves, curve{class: "lead", straight: true, from: 1, to: n, at: func(x float64) float64 { return math.Pow(v, math.Log(x)/math.Log(n)) }})
		y.add(v)
		addBounds(y, *p)
		data.add(fmt.Sprintf("%d, %s", g.Cores, ceiling.name), report.Ratio(v), boundsText(*p, plainRatio), report.Percent(v/n), "–")
	}
}

// tellSpeedup writes the title of the speed-up.
func (s *subject) tellSpeedup(f *figure, c int, base scaling.Cell, least float64) {
	top := scaling.Cell{Goroutines: c, Gomaxprocs: s.Gomaxprocs}
	r := s.ratio(top, base)
	if r == nil {
		f.Finding = "Speed-up over cores"
		return
	}
	share := report.Percent(r.Value / (float64(s.Gomaxprocs) / least))
	cores := report.Plural(s.Gomaxprocs, "core")
	switch {
	case s.hurts() && s.ParallelismGain.Value < 1/smallGain:
		f.Finding = fmt.Sprintf("More cores make it slower: %s give %s", cores, report.Ratio(r.Value))
	case s.ParallelismGain != nil && s.ParallelismGain.Effect == string(scaling.EffectNone), s.hurts():
		f.Finding = fmt.Sprintf("Cores add nothing: %s give %s", cores, report.Ratio(r.Value))
	default:
		f.Finding = fmt.Sprintf("%s give %s, %s of ideal", cores, report.Ratio(r.Value), share)
	}
	if base == origin {
		f.Finding += fmt.Sprintf(" (at 1 core %s)", ratioAt(s, scaling.Cell{Goroutines: c, Gomaxprocs: 1}))
		f.Shows = "Over " + s.ofBase() + "."
	} else if p := s.point(base); p != nil {
		f.Shows = fmt.Sprintf("Over %s (%s %s).", on(s.goroutines(c), base.Gomaxprocs), quantity(p.Value), s.unit)
	}
	if s.program {
		f.Finding = fmt.Sprintf("%s give %s, %s of ideal", cores, report.Ratio(r.Value), share)
	}
}

// smallGain is what package scaling takes for no effect.
const smallGain = 1.05

// hurts reports whether cores surely cost something.
func (s *subject) hurts() bool {
	return s.ParallelismGain != nil && s.ParallelismGain.Effect == string(scaling.EffectHurts)
}

func ratioAt(s *subject, c scaling.Cell) string {
	r := s.ratio(c, origin)
	if r == nil {
		return "–"
	}
	return report.Ratio(r.Value)
}

// procsDrawn is how many numbers of cores have a line of their own.
const procsDrawn = 4

// shownProcs returns the numbers of cores that are drawn as lines: all where they are
// few, else the first, the last, those of the gains and of the recommendation, and
// others from the end.
func (s *subject) shownProcs() (shown []int, all int) {
	var ps []int
	for _, p := range s.Surface {
		ps = append(ps, p.Gomaxprocs)
	}
	ps = distinct(ps)
	if len(ps) <= procsDrawn {
		return ps, len(ps)
	}
	wanted := []int{ps[0], s.Gomaxprocs, s.Recommend.Gomaxprocs, ps[len(ps)-1], s.physical}
	for _, p := range slices.Backward(ps) {
		wanted = append(wanted, p)
	}
	for _, p := range wanted {
		if len(shown) < procsDrawn && slices.Contains(ps, p) && !slices.Contains(shown, p) {
			shown = append(shown, p)
		}
	}
	return distinct(shown), len(ps)
}

// notAll says that not all numbers of cores are drawn.
func notAll(shown, all int) []string {
	if shown == all {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d numbers of cores drawn; the table has all.", shown, all)}
}

func (s *subject) throughputFigure() (figure, bool) {
	var cs []int
	var y extent
	for _, p := range s.Surface {
		cs = append(cs, p.Goroutines)
		y.add(p.Value)
		addBounds(&y, rate(p.Rate))
	}
	if cs = distinct(cs); len(cs) < 2 {
		return figure{}, false
	}
	base := s.Surface[0].Value
	if s.Base != nil {
		base = s.Base.Value
	}
	y.add(base)
	y = y.atLeast(2)
	shown, all := s.shownProcs()
	var data pivot
	pl := plot{
		label: fmt.Sprintf("%s: throughput over goroutines", short(s.Name)),
		x:     axis{title: "goroutines", extent: extent{float64(cs[0]), float64(cs[len(cs)-1])}, ticks: counts(cs)},
		y:     axis{title: s.unit, extent: y, rightTitle: "of base"},
	}
	for _, v := range doublings(y, base, 6) {
		pl.y.ticks = append(pl.y.ticks, tick{v, quantity(v)})
		pl.y.right = append(pl.y.right, tick{v, tickRatio(v / base)})
	}
	var f figure
	for i, procs := range shown {
		line := series{name: report.Plural(procs, "core"), style: i}
		for _, p := range s.Surface {
			if p.Gomaxprocs != procs {
				continue
			}
			line.points = append(line.points, point{
				x: float64(p.Goroutines), y: p.Value, lo: p.Lo, hi: p.Hi,
				ringed: p.Goroutines == s.Recommend.Goroutines && procs == s.Recommend.Gomaxprocs,
				label: fmt.Sprintf("%s: %s, %s of base; %s", cellText(p.Goroutines, procs), rateText(rate(p.Rate), s.unit),
					report.Ratio(p.Value/base), runsText(p.Runs)),
			})
		}
		pl.series = append(pl.series, line)
		law := s.law("goroutines", procs)
		if fitted, ok := lawCurve(law, 1, 0); ok {
			fitted.name = ""
			if !slices.ContainsFunc(pl.curves, func(c curve) bool { return c.name != "" }) {
				fitted.name = "law"
			}
			pl.curves = append(pl.curves, fitted)
		}
		f.tellLaw(law)
	}
	for _, p := range s.Surface {
		data.set(p.Goroutines, p.Gomaxprocs, quantity(p.Value)+interval(p.Lo, p.Hi, quantity))
	}
	f.Picture, f.Data = pl.draw(), data.table()
	f.Note = slices.Compact(append(notAll(len(shown), all), f.Note...))
	r := s.Recommend
	f.Finding = fmt.Sprintf("%s: the fewest within 5 %% of the best", sentence(on(r.Goroutines, r.Gomaxprocs)))
	if r.Goroutines == 1 && r.Gomaxprocs == 1 {
		f.Finding = "One goroutine on one core does as well as any number"
	}
	if a := s.Advice; a != nil {
		if a.Hi > 0 && a.Lo != a.Hi {
			f.Finding += fmt.Sprintf(" (95 %%: %d…%d)", a.Lo, a.Hi)
		}
		if t := a.Textbook; t != nil {
			f.Note = append(f.Note, textbookText(a))
		}
	}
	f.Shows = fmt.Sprintf("%s; a grid line a doubling of %s.", sentence(s.unit), quantity(base))
	return f, true
}

// textbookText holds the textbook's count against what was measured.
func textbookText(a *analysis.Advice) string {
	t := a.Textbook
	text := fmt.Sprintf("The textbook’s cores × (1 + wait/CPU) gives %s goroutines (wait/CPU %s)", report.Small(t.Goroutines), report.Small(t.WaitOverCPU))
	switch {
	case t.Measured == a.Goroutines:
		return text + ": the same count."
	case t.Throughput == nil:
		return text + "."
	}
	return fmt.Sprintf("%s; at %d, the nearest that was measured, throughput differs by %s.", text, t.Measured, report.Against(t.Throughput))
}
