package report

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"runbench/internal/analysis"
	"runbench/internal/resultfile"
)

// csvHead names the columns. A bound or a figure that is not known is empty.
var csvHead = []string{
	"name", "strategy", "config", "verdict", "sentence", "shape",
	"recommended_goroutines", "recommended_gomaxprocs",
	"concurrency_gain", "concurrency_gain_lo", "concurrency_gain_hi",
	"parallelism_gain", "parallelism_gain_lo", "parallelism_gain_hi",
	"total_gain", "total_gain_lo", "total_gain_hi",
	"textbook_goroutines",
	"axis", "goroutines", "gomaxprocs", "model",
	"sigma", "sigma_lo", "sigma_hi", "kappa", "kappa_lo", "kappa_hi", "peak", "peak_lo", "peak_hi", "peak_extrapolated",
	"limit", "limit_lo", "limit_hi", "refused",
	"n", "runs", "unit", "throughput", "throughput_lo", "throughput_hi",
	"speedup", "speedup_lo", "speedup_hi", "efficiency", "efficiency_lo", "efficiency_hi",
	"oversubscribed", "segment", "work_span_least", "work_span_most",
	"cost_never", "cost_goroutines", "cost_gomaxprocs", "cost_ratio", "cost_ratio_lo", "cost_ratio_hi",
	"scaling", "serial", "serial_lo", "serial_hi",
}

// CSV writes a line for each point of each law (RFC 4180), with what is said of
// its workload and law beside it: a table to draw from or to filter. Scaling is
// "strong", or "weak" for points of a batch that grows, whose speed-up is the scaled
// one.
func CSV(w io.Writer, a analysis.Analysis) error {
	out := csv.NewWriter(w)
	rows := [][]string{csvHead}
	for _, wl := range a.Workloads {
		before := workloadColumns(wl)
		if len(wl.Laws) == 0 {
			rows = append(rows, filled(before))
		}
		for _, l := range wl.Laws {
			of := append(before[:len(before):len(before)], lawColumns(l)...)
			if len(l.Points) == 0 {
				rows = append(rows, filled(of))
			}
			for _, pt := range l.Points {
				row := append(of[:len(of):len(of)], strconv.Itoa(pt.N), strconv.Itoa(pt.Runs), rateUnit(wl))
				row = append(row, bounds(&pt.X)...)
				row = append(row, bounds(&pt.Speedup)...)
				row = append(row, bounds(&pt.Efficiency)...)
				row = append(append(row, strconv.FormatBool(pt.Oversubscribed)), segmentColumns(l)...)
				rows = append(rows, filled(append(append(row, costColumns(wl.COST)...), "strong")))
			}
		}
	}
	for _, w := range a.Weak {
		rows = append(rows, weakCSV(w)...)
	}
	return out.WriteAll(rows)
}

// filled returns a row with the columns it lacks, empty.
func filled(row []string) []string {
	return append(row[:len(row):len(row)], make([]string, len(csvHead)-len(row))...)
}

func workloadColumns(w analysis.Workload) []string {
	shape, textbook := "", ""
	if w.Sweep != nil {
		shape = string(w.Sweep.Shape)
	}
	if w.Advice != nil && w.Advice.Textbook != nil {
		textbook = exact(w.Advice.Textbook.Goroutines)
	}
	row := []string{w.Name, w.Strategy, w.Config, w.Verdict, w.Sentence, shape, count(w.Recommend.Goroutines), count(w.Recommend.Gomaxprocs)}
	for i, cell := range row {
		row[i] = inertCell(cell)
	}
	for _, g := range []*analysis.Gain{w.ConcurrencyGain, w.ParallelismGain, w.TotalGain} {
		row = append(row, bounds(ofGain(g))...)
	}
	return append(row, textbook)
}

// segmentColumns are of the stretch of an axis that a law is of.
func segmentColumns(l analysis.Law) []string {
	row := []string{l.Segment, "", ""}
	if b := l.Parallelism; b != nil {
		row[1] = exact(b.Least)
		if b.Most != nil {
			row[2] = exact(*b.Most)
		}
	}
	return row
}

func costColumns(c *analysis.COST) []string {
	if c == nil {
		return make([]string, 6)
	}
	return append([]string{strconv.FormatBool(c.Never), count(c.Goroutines), count(c.Gomaxprocs)}, bounds(&c.Ratio)...)
}

// weakCSV returns a line for each point of a workload whose batch grows.
func weakCSV(w analysis.WeakScaling) [][]string {
	var rows [][]string
	for _, pt := range w.Points {
		row := make([]string, len(csvHead))
		put := func(column string, cells ...string) { copy(row[slices.Index(csvHead, column):], cells) }
		put("name", inertCell(w.Name), inertCell(w.Strategy), inertCell(w.Config))
		put("sentence", inertCell(w.Sentence))
		put("axis", "gomaxprocs")
		put("n", strconv.Itoa(pt.N), strconv.Itoa(pt.Runs), "tasks/s")
		put("throughput", bounds(&pt.X)...)
		put("speedup", bounds(pt.Speedup)...)
		put("efficiency", bounds(pt.Efficiency)...)
		put("oversubscribed", strconv.FormatBool(pt.Oversubscribed))
		put("scaling", "weak")
		put("serial", bounds(pt.Serial)...)
		rows = append(rows, row)
	}
	return rows
}

func lawColumns(l analysis.Law) []string {
	row := []string{l.Axis, count(l.Goroutines), count(l.Gomaxprocs), l.Model}
	row = append(row, bounds(l.Sigma)...)
	row = append(row, bounds(l.Kappa)...)
	if l.Peak != nil {
		row = append(append(row, bounds(&l.Peak.Part)...), strconv.FormatBool(l.Peak.Extrapolated))
	} else {
		row = append(row, "", "", "", "")
	}
	row = append(row, bounds(l.Limit)...)
	if l.Refused != nil {
		return append(row, *l.Refused)
	}
	return append(row, "")
}

// rateUnit returns what the throughput of a workload is in.
func rateUnit(w analysis.Workload) string {
	if w.Sweep != nil {
		return w.Sweep.Rate
	}
	return cmp.Or(w.Unit, resultfile.TasksPerSec)
}

// bounds returns a value and its bounds, each empty where it is not known.
func bounds(p *analysis.Part) []string {
	if p == nil {
		return []string{"", "", ""}
	}
	row := []string{exact(p.Value), "", ""}
	for i, v := range []*float64{p.Lo, p.Hi} {
		if v != nil {
			row[i+1] = exact(*v)
		}
	}
	return row
}

func exact(v float64) string { return strconv.FormatFloat(v, 'g', 8, 64) }

// count writes a count, "" where it is not known.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// inertCell keeps text from a file from being taken for a formula by a
// spreadsheet (OWASP, CSV injection), and from moving a terminal's cursor.
func inertCell(text string) string {
	text = Inert(text)
	if text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
		return "'" + text
	}
	return text
}
