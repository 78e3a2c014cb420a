package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"runbench/internal/analysis"
)

// vague reports whether a law says nothing of what is serial or contended.
func vague(l analysis.Law) bool { return l.Sigma != nil && within(l.Sigma, 0, 1) }

// howFar writes the laws: how throughput goes on over more cores and more
// goroutines, and where it ends. What is refused for one reason is one line.
func (p *printer) howFar(ws []analysis.Workload) {
	rows := [][]string{{"", "over", "law", "σ serial or contended", "κ coherence", "peak", "more would give at most"}}
	var idle, uncertain, refused, notes telling
	for _, w := range ws {
		name, shown := title(w, ws), title(w, ws)
		for _, l := range w.Laws {
			switch {
			case l.Model == "":
			case l.Idle():
				idle.add(over(l), name)
				continue // a law of nothing
			case vague(l):
				uncertain.add(over(l), name)
				continue
			default:
				rows = append(rows, []string{shown, over(l), l.Model, coefficient(l.Sigma), coefficient(l.Kappa), peak(l.Peak), limit(l.Limit)})
				shown = ""
			}
			if l.Refused != nil {
				refused.add(*l.Refused, name)
			}
			for _, text := range l.Notes {
				notes.add(text, name)
			}
		}
	}
	if len(rows) == 1 && len(refused.order)+len(idle.order)+len(uncertain.order) == 0 {
		return
	}
	p.line("")
	p.line("%s", p.style.paint(bold, "How far it goes"))
	if len(rows) > 1 {
		p.columns(1, rows)
	}
	for _, text := range idle.order {
		p.wrapped(Inert("nothing gained for certain over "+text+": "+idle.who(text, len(ws), "workload")), "")
	}
	for _, text := range uncertain.order {
		p.wrapped(Inert("too uncertain to print over "+text+" (σ may be anything from 0 to 1): "+uncertain.who(text, len(ws), "workload")), "")
	}
	p.told(refused, notes, len(ws), "workload")
}

// outlook writes a line for each workload of which there is something to say: how
// many goroutines to start, where the textbook has a number too, and the first of its
// laws that is told; and where the rest is to be read.
func (p *printer) outlook(ws []analysis.Workload, file string) {
	p.line("")
	p.line("%s", p.style.paint(bold, "How far it goes"))
	told := false
	for _, w := range ws {
		var says []string
		if w.Advice != nil && w.Advice.Textbook != nil {
			says = append(says, advised(w.Advice))
		}
		if i := slices.IndexFunc(w.Laws, func(l analysis.Law) bool { return l.Model != "" && !l.Idle() && !vague(l) && concerns(l, w) }); i >= 0 {
			says = append(says, shortLaw(w.Laws[i]))
		}
		if len(says) > 0 {
			told = true
			p.wrapped(title(w, ws)+": "+strings.Join(says, "; "), "")
		}
	}
	if !told {
		p.line("no law can be told from these runs")
	}
	p.wrapped(Inert("intervals, every law or why there is none, and what it takes to beat one goroutine: runbench analyze "+file), dim)
}

// concerns reports whether a law is of a limit that w has. Where goroutines gain
// nothing on one core, what they gain on several is the cores', and ends with them.
func concerns(l analysis.Law, w analysis.Workload) bool {
	return l.Axis == "gomaxprocs" || w.ConcurrencyGain == nil || w.ConcurrencyGain.Effect == "helps"
}

// advised says how many goroutines to start.
func advised(a *analysis.Advice) string {
	text := Plural(a.Goroutines, "goroutine")
	if a.Lo < a.Hi {
		text += fmt.Sprintf(" (%d…%d)", a.Lo, a.Hi)
	}
	return text + " on " + Plural(a.Gomaxprocs, "core") + ", " + figure(a.Textbook.Goroutines) + " by the textbook"
}

// shortLaw writes a law without its intervals.
func shortLaw(l analysis.Law) string {
	text := "over " + over(l) + ": " + l.Model
	if l.Sigma != nil {
		text += ", σ " + small3(l.Sigma.Value)
	}
	if l.Kappa != nil {
		text += ", κ " + small3(l.Kappa.Value)
	}
	if l.Peak != nil {
		text += fmt.Sprintf(", peak at %.0f", l.Peak.Value)
		if l.Peak.Extrapolated {
			text += ", extrapolated"
		}
	}
	if l.Limit != nil {
		text += ", at most " + ratio(l.Limit.Value)
	}
	return text
}

// bounds writes what it takes to be faster than one thread, and how many cores the
// work could keep busy at most.
func (p *printer) bounds(ws []analysis.Workload) {
	rows := [][]string{{"", "first faster with", "by", "work/span"}}
	for _, w := range ws {
		if w.COST == nil && parallelism(w) == nil {
			continue
		}
		with, by := cost(w.COST)
		rows = append(rows, []string{title(w, ws), with, by, workSpan(parallelism(w))})
	}
	if len(rows) == 1 {
		return
	}
	p.line("")
	p.line("%s", p.style.paint(bold, "What it takes to beat one goroutine on one core, and the cores the work could use"))
	p.columns(1, rows)
	p.wrapped("first faster: the fewest cores, then goroutines, that are for certain (COST; McSherry et al., HotOS 2015); work/span: cores that the work can keep busy on average, at least its speed-up S over one core and at most 1/(1/S − 1/P), if no core idles while a task is ready (Brent, 1974); overhead counts as span", dim)
}

// cost writes a configuration that beats a single thread, and by how much.
func cost(c *analysis.COST) (with, by string) {
	switch {
	case c == nil:
		return "–", "–"
	case c.Never:
		return "never", ratio(c.Ratio.Value) + " at best"
	}
	return configuration(c), withInterval(c.Ratio)
}

func configuration(c *analysis.COST) string {
	return Plural(c.Goroutines, "goroutine") + " on " + Plural(c.Gomaxprocs, "core")
}

// parallelism returns the bounds of work/span of a workload, nil where none are known.
func parallelism(w analysis.Workload) *analysis.Parallelism {
	for _, l := range w.Laws {
		if l.Parallelism != nil {
			return l.Parallelism
		}
	}
	return nil
}

// workSpan writes bounds of work/span.
func workSpan(b *analysis.Parallelism) string {
	switch {
	case b == nil:
		return "–"
	case b.Most == nil:
		return quantity(b.Least) + " or more"
	}
	return quantity(b.Least) + "…" + quantity(*b.Most)
}

// within reports whether an interval holds all from lo to hi.
func within(p *analysis.Part, lo, hi float64) bool {
	return p.Lo != nil && p.Hi != nil && *p.Lo <= lo && *p.Hi >= hi
}

// told writes what was refused and what is to be known of laws, with whom it
// concerns.
func (p *printer) told(refused, notes telling, all int, kind string) {
	for _, text := range refused.order {
		p.wrapped(Inert("refused: "+text+" ("+refused.who(text, all, kind)+")"), dim)
	}
	for _, text := range notes.order {
		p.wrapped(Inert("note: "+text+" ("+notes.who(text, all, kind)+")"), dim)
	}
}

// over says what a law follows and what is held fixed.
func over(l analysis.Law) string {
	switch {
	case l.Segment == "smt":
		return fmt.Sprintf("threads of %s (SMT)", Plural(l.Base, "core"))
	case l.Axis == "gomaxprocs" && l.Goroutines > 0:
		return "cores, " + Plural(l.Goroutines, "goroutine")
	case l.Axis == "gomaxprocs":
		return "cores"
	case l.Gomaxprocs > 0:
		return "goroutines, " + Plural(l.Gomaxprocs, "core")
	}
	return "goroutines"
}

// limit writes the speed-up that a law tends to, "–" where none is claimed.
func limit(p *analysis.Part) string {
	if p == nil {
		return "–"
	}
	return ratio(p.Value) + interval(p, func(v float64) string { return strings.TrimSuffix(ratio(v), "×") })
}

// coefficient writes σ or κ with its interval, "–" where the law has it not.
func coefficient(p *analysis.Part) string {
	if p == nil {
		return "–"
	}
	return small3(p.Value) + interval(p, small3)
}

// peak writes where throughput is largest.
func peak(k *analysis.Peak) string {
	if k == nil {
		return "none claimed"
	}
	count := func(v float64) string { return fmt.Sprintf("%.0f", v) }
	text := count(k.Value) + interval(&k.Part, count)
	if k.Extrapolated {
		text += ", extrapolated"
	}
	return text
}

// interval writes bounds in brackets, an open one as such, nothing where there
// are none.
func interval(p *analysis.Part, write func(float64) string) string {
	switch {
	case p.Lo != nil && p.Hi != nil:
		return fmt.Sprintf(" (%s…%s)", write(*p.Lo), write(*p.Hi))
	case p.Lo != nil:
		return fmt.Sprintf(" (≥ %s)", write(*p.Lo))
	case p.Hi != nil:
		return fmt.Sprintf(" (≤ %s)", write(*p.Hi))
	}
	return ""
}

// small3 writes a coefficient with two significant digits.
func small3(v float64) string {
	if v == 0 {
		return "0"
	}
	return fmt.Sprintf("%.2g", v)
}

// telling collects the workloads of which the same is to be said.
type telling struct {
	order []string
	about map[string][]string
}

// pValue is the figure in which notes on single laws differ.
var pValue = regexp.MustCompile(`:? p = [0-9.e+-]*[0-9]`)

func (t *telling) add(text, name string) {
	text = pValue.ReplaceAllString(text, "")
	if t.about == nil {
		t.about = make(map[string][]string)
	}
	names := t.about[text]
	if names == nil {
		t.order = append(t.order, text)
	}
	if len(names) == 0 || names[len(names)-1] != name {
		t.about[text] = append(names, name)
	}
}

// who names them: all, or a few and how many more.
func (t *telling) who(text string, all int, kind string) string {
	names := t.about[text]
	switch {
	case len(names) == all && all == 2:
		return "both " + kind + "s"
	case len(names) == all && all > 2:
		return fmt.Sprintf("all %d %ss", all, kind)
	case len(names) > mostNamed:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed-2], ", "), len(names)-mostNamed+2)
	}
	return strings.Join(names, ", ")
}

// advice writes how many goroutines to start, beside what the textbook gives
// where the runs say how long tasks wait.
func (p *printer) advice(ws []analysis.Workload) {
	rows := [][]string{{"", "goroutines", "95 %", "cores", "textbook", "wait/CPU", "measured", "throughput there"}}
	textbook := false
	for _, w := range ws {
		a := w.Advice
		if a == nil {
			continue
		}
		row := []string{title(w, ws), fmt.Sprint(a.Goroutines), "–", fmt.Sprint(a.Gomaxprocs), "–", "–", "–", "–"}
		if a.Hi > 0 {
			row[2] = fmt.Sprintf("%d…%d", a.Lo, a.Hi)
			if a.Lo == a.Hi {
				row[2] = fmt.Sprint(a.Lo)
			}
		}
		if t := a.Textbook; t != nil {
			textbook = true
			row[4], row[5], row[6], row[7] = figure(t.Goroutines), figure(t.WaitOverCPU), fmt.Sprint(t.Measured), against(t.Throughput)
			if t.Measured == a.Goroutines {
				row[7] = "the same count"
			}
		}
		rows = append(rows, row)
	}
	if len(rows) == 1 {
		return
	}
	head, legend := "How many goroutines", "goroutines: the fewest within 5 % of the best; 95 %: the counts that may be these"
	if textbook {
		head += ", beside the textbook"
		legend += "; textbook: cores × (1 + wait/CPU) by the plain loop's waits and CPU time (Goetz, Java Concurrency in Practice, 8.2); throughput there: at the measured count nearest to it, against the recommended one"
	} else {
		for i := range rows {
			rows[i] = rows[i][:4]
		}
	}
	p.line("")
	p.line("%s", p.style.paint(bold, head))
	p.columns(1, rows)
	p.wrapped(legend, dim)
}

// against writes a ratio as a difference in per cent.
func against(r *analysis.Part) string {
	if r == nil {
		return "–"
	}
	text := fmt.Sprintf("%+.1f %%", 100*(r.Value-1))
	if r.Lo != nil && r.Hi != nil {
		text += fmt.Sprintf(" (%+.1f…%+.1f)", 100*(*r.Lo-1), 100*(*r.Hi-1))
	}
	return text
}

// wrapped writes text over as many lines as it takes.
func (p *printer) wrapped(text, attr string) {
	for _, line := range wrap(text, p.style.width()) {
		p.line("%s", p.style.paint(attr, line))
	}
}

// paragraph writes text behind its first word, which may be coloured, in lines that a
// terminal has room for.
func (p *printer) paragraph(first, attr, text string) {
	lines := p.fitted(first + " " + text)
	if attr != "" {
		lines[0] = p.style.paint(attr, first) + strings.TrimPrefix(lines[0], first)
	}
	for _, line := range lines {
		p.line("%s", line)
	}
}

// fitted breaks text into lines that a terminal has room for. What is not a terminal
// gets one line, to search in.
func (p *printer) fitted(text string) []string {
	if p.style.Width <= 0 {
		return []string{text}
	}
	return wrap(text, p.style.Width)
}
