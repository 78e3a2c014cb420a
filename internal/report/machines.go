package report

import (
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"runbench/internal/analysis"
	"runbench/internal/compare"
)

// Machines writes machines side by side: which they are, what differs for certain, and
// the figures. Of a fleet it writes how they are distributed, and who lies apart.
func Machines(w io.Writer, r *compare.MachinesResult, style Style) error {
	p := &printer{w: w, style: style}
	if r.Fleet {
		p.fleet(r)
		return p.err
	}
	names := shortNames(r)
	p.machineList(r, names)
	p.differences(r)
	for _, t := range machineTables(r, names) {
		p.line("")
		p.line("%s", style.paint(bold, t.title))
		p.columns(1, t.rows)
		if t.note != "" {
			p.wrapped(t.note, dim)
		}
	}
	return p.err
}

// A titled is a table with a title over it and a line below.
type titled struct {
	title string
	rows  [][]string // the first is the head; texts from files are inert on a terminal only
	right string     // as in markdown.table
	note  string
}

// longLabel is the label from which tables have letters in place of labels.
const longLabel = 14

// shortNames returns what machines are called in tables on a terminal: their labels,
// or letters where one of these is long.
func shortNames(r *compare.MachinesResult) []string {
	names := labels(r, Inert)
	if slices.ContainsFunc(names, func(name string) bool { return utf8.RuneCountInString(name) > longLabel }) {
		for i := range names {
			names[i] = string(rune('A' + i)) // there are few, side by side
		}
	}
	return names
}

// labels returns the labels of the machines, made inert.
func labels(r *compare.MachinesResult, inert func(string) string) []string {
	var out []string
	for _, m := range r.Machines {
		out = append(out, inert(m.Label))
	}
	return out
}

func (p *printer) machineList(r *compare.MachinesResult, names []string) {
	rows := [][]string{{"machine", "", "control, all cores", "A/A", "results"}}
	for i, m := range r.Machines {
		name := names[i]
		if label := Inert(m.Label); label != name {
			name += "  " + label
		}
		rows = append(rows, []string{name, Inert(m.Host), controlText(m), aaText(m.AA), fmt.Sprint(m.Results)})
	}
	p.columns(1, rows)
}

// controlText writes what the control arm gains by the most cores it ran on.
func controlText(m compare.Machine) string {
	text := "–"
	most := 0
	for _, c := range m.Control {
		if c.Gomaxprocs > most && c.Speedup != nil {
			most, text = c.Gomaxprocs, fmt.Sprintf("%s of %d", ratio(c.Speedup.Value), c.Gomaxprocs)
		}
	}
	return text
}

// aaText writes what two equal sweeps may differ by.
func aaText(aa *float64) string {
	if aa == nil {
		return "unknown"
	}
	if *aa >= 10 { // two or three rounds give figures beyond any meaning
		return "over ±1000 %"
	}
	return fmt.Sprintf("±%.1f %%", 100**aa)
}

// differences writes in words what differs.
func (p *printer) differences(r *compare.MachinesResult) {
	p.line("")
	p.line("%s", p.style.paint(bold, "What differs"))
	for _, d := range shownDifferences(r) {
		p.hanging(Inert(d))
	}
	p.wrapped(differenceNote(r), dim)
}

// hanging writes text in lines of the width there is, all but the first indented.
func (p *printer) hanging(text string) {
	indent := "  "
	for _, line := range wrap(text, p.style.width()-4) {
		p.line("%s%s", indent, line)
		indent = "    "
	}
}

// mostDifferences is how many pairs of machines are told of a measure of a workload.
const mostDifferences = 2

// shownDifferences returns the sentences on the largest differences, of each measure of
// each workload a few.
func shownDifferences(r *compare.MachinesResult) []string {
	var out []string
	for i := 0; i < len(r.Differences); {
		d := r.Differences[i]
		j := i
		for j < len(r.Differences) && r.Differences[j].Workload == d.Workload && r.Differences[j].Measure == d.Measure {
			if j-i < mostDifferences {
				out = append(out, r.Differences[j].Sentence)
			}
			j++
		}
		if n := j - i - mostDifferences; n > 0 {
			out[len(out)-1] += fmt.Sprintf(" (and %s more)", Plural(n, "pair"))
		}
		i = j
	}
	return out
}

func differenceNote(r *compare.MachinesResult) string {
	what := "nothing else"
	if len(r.Differences) == 0 {
		what = "nothing"
	}
	return fmt.Sprintf("%s differs for certain by more than two equal sweeps may (A/A): %s, Holm-corrected, with any false difference in at most %.3g %% of reports", what, Plural(r.Compared, "comparison"), 100*r.Alpha)
}

// machineTables returns the figures side by side, with the names that machines are to
// have in them.
func machineTables(r *compare.MachinesResult, called []string) []titled {
	gains := titled{
		title: "Gains", right: "llrrrrrl",
		rows: [][]string{{"workload", "machine", "one at a time", "concurrency", "parallelism", "efficiency", "total", "verdict"}},
		note: "one at a time: one goroutine on one core, the base of the gains; between machines it compares cores, not how the work scales",
	}
	work := titled{
		title: "Against each machine's own control and ceilings", right: "llrrrrr",
		rows: [][]string{{"workload", "machine", "work of one core", "work of all", "of the control's speed-up", "ceilings", "goroutines × cores"}},
		note: "work: tasks done while one core does one task of the control, which is the same arithmetic everywhere; ceilings: speed-up of separate processes / of goroutines that share nothing; the last column is the fewest within 5 % of the best",
	}
	laws := titled{
		title: "How far it goes", right: "llllrrrr",
		rows: [][]string{{"workload", "machine", "over", "law", "σ serial or contended", "κ coherence", "peak", "at most"}},
	}
	names := workloadNames(r)
	for n, w := range r.Workloads {
		for i, on := range w.On {
			if on == nil {
				continue
			}
			gains.rows = append(gains.rows, []string{
				names[n], called[i], baseOn(on), gain(on.ConcurrencyGain, true), upTo(on), part(on.Efficiency, percent), gain(on.TotalGain, false), Inert(on.Verdict),
			})
			cw := analysis.ControlWork{}
			if on.ControlWork != nil {
				cw = *on.ControlWork
			}
			work.rows = append(work.rows, []string{
				names[n], called[i], workText(cw.SingleCore), workText(cw.AllCores), shareText(cw.Parallelism),
				fmt.Sprintf("%s / %s", ratioOr(on.Ceilings.Hardware), ratioOr(on.Ceilings.Go)), workersAndCores(on),
			})
			for _, l := range on.Laws {
				if l.Model == "" || l.Idle || l.Sigma != nil && within(l.Sigma, 0, 1) {
					continue
				}
				about := analysis.Law{Axis: l.Axis, Goroutines: l.Goroutines, Gomaxprocs: l.Gomaxprocs}
				laws.rows = append(laws.rows, []string{names[n], called[i], over(about), l.Model, coefficient(l.Sigma), coefficient(l.Kappa), peak(l.Peak), limit(l.Limit)})
			}
		}
	}
	var tables []titled
	for _, t := range []titled{gains, work, laws} {
		if len(t.rows) > 1 {
			sayOnce(t.rows)
			tables = append(tables, t)
		}
	}
	return tables
}

// sayOnce empties the first cells of rows that begin as the row before does.
func sayOnce(rows [][]string) {
	for n := len(rows) - 1; n > 1; n-- {
		if rows[n][0] == rows[n-1][0] {
			if rows[n][1] == rows[n-1][1] {
				rows[n][1] = ""
			}
			rows[n][0] = ""
		}
	}
}

// workloadNames returns a name for each workload, with what it takes to tell it from
// others.
func workloadNames(r *compare.MachinesResult) []string {
	strategies := make(map[string]string)
	several := make(map[string]bool)
	for _, w := range r.Workloads {
		if first, ok := strategies[w.Name]; ok && first != w.Strategy {
			several[w.Name] = true
		}
		strategies[w.Name] = w.Strategy
	}
	var names []string
	for _, w := range r.Workloads {
		name := Inert(w.Name)
		if w.Of != "" {
			name += " · " + configLine(w.Of)
		}
		if several[w.Name] {
			name += " (" + Inert(w.Strategy) + ")"
		}
		names = append(names, name)
	}
	return names
}

// baseOn writes the throughput of one goroutine on one core.
func baseOn(on *compare.OnMachine) string {
	return base(analysis.Workload{Base: on.Base, Unit: on.Unit})
}

// upTo writes the parallelism gain with the number of cores.
func upTo(on *compare.OnMachine) string {
	if on.ParallelismGain == nil {
		return "–"
	}
	return fmt.Sprintf("%s of %d", gain(on.ParallelismGain, true), on.Gomaxprocs)
}

func part(p *analysis.Part, write func(float64) string) string {
	if p == nil {
		return "–"
	}
	return write(p.Value)
}

// workText writes an amount of work, which may be many tasks or a small part of one.
func workText(r *analysis.Ratio) string {
	if r == nil {
		return "–"
	}
	text := fmt.Sprintf("%.3g", r.Value)
	if r.Lo != nil && r.Hi != nil && *r.Lo > 0 {
		text += fmt.Sprintf(" ±%.1f %%", 100*max(r.Value / *r.Lo - 1, *r.Hi/r.Value-1))
	}
	return text
}

func shareText(r *analysis.Ratio) string {
	if r == nil {
		return "–"
	}
	return percent(r.Value) + interval(&r.Part, percent)
}

func ratioOr(v *float64) string {
	if v == nil {
		return "–"
	}
	return ratio(*v)
}

// workersAndCores writes the fewest goroutines and cores recommended, with how sure that is.
func workersAndCores(on *compare.OnMachine) string {
	if on.Recommend.Goroutines == 0 && on.Recommend.Gomaxprocs == 0 {
		return "–"
	}
	text := orDash(on.Recommend.Goroutines)
	if a := on.Advice; a != nil && a.Lo > 0 && a.Lo != a.Hi {
		text += fmt.Sprintf(" (%d…%d)", a.Lo, a.Hi)
	}
	return text + " × " + orDash(on.Recommend.Gomaxprocs)
}
