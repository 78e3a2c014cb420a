package report

import (
	"fmt"
	"regexp"
	"strings"

	"runbench/internal/analysis"
)

// howFar writes the laws: how throughput goes on over more cores and more
// goroutines, and where it ends. What is refused for one reason is one line.
func (p *printer) howFar(ws []analysis.Workload) {
	rows := [][]string{{"", "over", "law", "σ serial or contended", "κ coherence", "peak", "more would give at most"}}
	var idle, vague, refused, notes telling
	for _, w := range ws {
		name, shown := title(w, ws), title(w, ws)
		for _, l := range w.Laws {
			switch {
			case l.Model == "":
			case l.Idle():
				idle.add(over(l), name)
				continue // a law of nothing
			case l.Sigma != nil && within(l.Sigma, 0, 1):
				vague.add(over(l), name)
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
	if len(rows) == 1 && len(refused.order)+len(idle.order)+len(vague.order) == 0 {
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
	for _, text := range vague.order {
		p.wrapped(Inert("too uncertain to print over "+text+" (σ may be anything from 0 to 1): "+vague.who(text, len(ws), "workload")), "")
	}
	p.told(refused, notes, len(ws), "workload")
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
