package report

import (
	"fmt"
	"io"
	"strings"

	"runbench/internal/analysis"
)

// Markdown writes an analysis as tables in GitHub's Markdown, for a note or a
// commit message.
func Markdown(w io.Writer, a analysis.Analysis) error {
	m := &markdown{printer{w: w}}
	ours, sweeps := divide(a)
	for _, text := range a.Disturbed {
		m.line("**disturbed:** %s\n", escape(text))
	}
	if len(ours.Workloads) > 0 {
		m.gainsTable(ours.Workloads)
		m.lawsTable("How far it goes", ours.Workloads)
		m.costTable(ours.Workloads)
		m.adviceTable(ours.Workloads)
	}
	if len(a.Weak) > 0 {
		m.weakTable(a.Weak)
	}
	if len(sweeps.Workloads) > 0 {
		m.sweepsTable(sweeps.Workloads)
		m.lawsTable("Laws", sweeps.Workloads)
	}
	if len(a.Workloads)+len(a.Weak) == 0 {
		m.line("no workload has results yet\n")
	}
	m.remarks(a)
	return m.err
}

type markdown struct{ printer }

// table writes rows, the first of which is the head; columns from the second on
// are numbers where right says so.
func (m *markdown) table(rows [][]string, right string) {
	for n, row := range rows {
		m.line("| %s |", strings.Join(row, " | "))
		if n == 0 {
			var rule []string
			for i := range row {
				if i < len(right) && right[i] == 'r' {
					rule = append(rule, "---:")
				} else {
					rule = append(rule, "---")
				}
			}
			m.line("| %s |", strings.Join(rule, " | "))
		}
	}
	m.line("")
}

func (m *markdown) gainsTable(ws []analysis.Workload) {
	rows := [][]string{{"workload", "one at a time", "concurrency", "parallelism", "total", "goroutines", "cores", "verdict"}}
	for _, w := range ws {
		rows = append(rows, []string{
			called(w, ws), escape(base(w)), gain(w.ConcurrencyGain, true), gain(w.ParallelismGain, true), gain(w.TotalGain, false),
			orDash(w.Recommend.Goroutines), orDash(w.Recommend.Gomaxprocs), escape(w.Verdict + ": " + w.Sentence),
		})
	}
	m.table(rows, "lrrrrrrl")
}

func (m *markdown) lawsTable(head string, ws []analysis.Workload) {
	rows := [][]string{{"workload", "over", "law", "σ", "κ", "peak", "at most", "work/span", "refused"}}
	for _, w := range ws {
		for _, l := range w.Laws {
			model, refused := "–", ""
			if l.Model != "" {
				model = l.Model
			}
			if l.Refused != nil {
				refused = escape(*l.Refused)
			}
			at := "–"
			if l.Peak != nil {
				at = peak(l.Peak)
			}
			rows = append(rows, []string{called(w, ws), over(l), model, coefficient(l.Sigma), coefficient(l.Kappa), at, limit(l.Limit), workSpan(l.Parallelism), refused})
		}
	}
	m.line("**%s**\n", head)
	m.table(rows, "lllrrrrrl")
}

func (m *markdown) costTable(ws []analysis.Workload) {
	rows := [][]string{{"workload", "first faster than one goroutine on one core with", "by"}}
	for _, w := range ws {
		if w.COST != nil {
			with, by := cost(w.COST)
			rows = append(rows, []string{called(w, ws), with, by})
		}
	}
	if len(rows) > 1 {
		m.line("**COST**\n")
		m.table(rows, "llr")
	}
}

func (m *markdown) weakTable(ws []analysis.WeakScaling) {
	rows := weakRows(ws)
	for i, row := range rows[1:] {
		for j, cell := range row {
			rows[i+1][j] = escape(cell)
		}
	}
	m.line("**%s**\n", weakHead)
	m.table(rows, "lrrrrr")
	for _, w := range ws {
		m.line("- %s: %s", escape(weakTitle(w, ws)), escape(w.Sentence))
		for _, text := range w.Notes {
			m.line("- %s: %s", escape(weakTitle(w, ws)), escape(text))
		}
	}
	m.line("")
}

func (m *markdown) adviceTable(ws []analysis.Workload) {
	rows := [][]string{{"workload", "goroutines", "cores", "textbook cores × (1 + wait/CPU)", "measured there"}}
	for _, w := range ws {
		a := w.Advice
		if a == nil || a.Textbook == nil {
			continue
		}
		rows = append(rows, []string{
			called(w, ws), fmt.Sprintf("%d (%d…%d)", a.Goroutines, a.Lo, a.Hi), fmt.Sprint(a.Gomaxprocs),
			figure(a.Textbook.Goroutines), fmt.Sprintf("%s at %d", against(a.Textbook.Throughput), a.Textbook.Measured),
		})
	}
	if len(rows) > 1 {
		m.table(rows, "lrrrr")
	}
}

func (m *markdown) sweepsTable(ws []analysis.Workload) {
	rows := [][]string{{"benchmark", "over", "from", "best", "at the most", "of ideal", "verdict"}}
	for _, w := range ws {
		l := w.Laws[0]
		first, best, last := landmarks(l)
		rows = append(rows, []string{
			called(w, ws), axisName(w.Sweep.Axis), fmt.Sprintf("%s %s at %d", quantity(w.Sweep.Base), escape(w.Sweep.Unit), first.N),
			fmt.Sprintf("%s at %d", ratio(best.Speedup.Value), best.N), fmt.Sprintf("%s at %d", withInterval(last.Speedup), last.N),
			percent(last.Efficiency.Value), escape(w.Sentence),
		})
	}
	m.table(rows, "llrrrrl")
}

// remarks writes what a reader must know beside the tables.
func (m *markdown) remarks(a analysis.Analysis) {
	for _, n := range a.Notes {
		m.line("- note: %s: %s", escape(n.Workload), escape(n.Text))
	}
	for _, text := range a.Warnings {
		m.line("- warning: %s", escape(text))
	}
	for _, w := range a.Workloads {
		for _, text := range w.Warnings {
			m.line("- %s: %s", escape(w.Name), escape(text))
		}
	}
	for _, f := range a.Failures {
		m.line("- failed: %s, round %d: %s", escape(f.Cell), f.Round, escape(f.Reason))
	}
	if r := a.Foreign; r != nil {
		m.line("- %s", escape(usedText(*r)))
		for _, o := range r.PassedOver {
			m.line("- %s", escape(passedText(o)))
		}
		for _, text := range r.Conventions {
			m.line("- read so: %s", escape(text))
		}
	}
}

// called names a workload, with its configuration where those of the table differ.
func called(w analysis.Workload, ws []analysis.Workload) string {
	name := title(w, ws)
	for _, other := range ws {
		if other.Config != w.Config && w.Config != "" {
			return escape(name + " · " + configLine(w.Config))
		}
	}
	return escape(name)
}

func orDash(n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprint(n)
}

// escape makes text from a file inert in a table of Markdown, HTML in it included.
func escape(text string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "*", "\\*", "_", "\\_", "`", "\\`", "<", "&lt;", ">", "&gt;", "[", "\\[").Replace(Inert(text))
}
