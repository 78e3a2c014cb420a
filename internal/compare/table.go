package compare

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
)

// A tabulator turns samples into tables.
type tabulator struct {
	labels     []string
	metadata   benchfmt.UnitMetadataMap
	thresholds *benchmath.Thresholds
	confidence float64
}

// nameOrder numbers the benchmark names of all inputs in order of first
// appearance, as benchstat does. Cells of runbench sweeps appear in the order that
// was drawn for the first round, which tells a reader nothing: they are sorted.
func nameOrder(all []*samples) map[string]int {
	order := make(map[string]int)
	var names []string
	for _, s := range all {
		for _, name := range s.names {
			if _, ok := order[name]; !ok {
				order[name] = len(order)
				names = append(names, name)
			}
		}
	}
	cells := make(map[string]rowName)
	for _, name := range names {
		cell, ok := cutCell(name)
		if !ok {
			return order
		}
		cells[name] = cell
	}
	slices.SortStableFunc(names, func(a, b string) int { return cells[a].compareCell(cells[b]) })
	for i, name := range names {
		order[name] = i
	}
	return order
}

// tables returns a table for each configuration and unit that has any value,
// with rows in the given order. It takes over the values in configs, and sorts
// them.
func (t *tabulator) tables(ctx context.Context, configs []*mergedConfig, order map[string]int, units []string) ([]Table, error) {
	tables := []Table{}
	var values [][][][]float64 // by table, row and input
	for _, mc := range configs {
		names := mc.names(order)
		for _, unit := range units {
			table := Table{
				Config:    mc.config,
				Unit:      unit,
				Better:    t.metadata.GetBetter(unit),
				Statistic: t.metadata.GetAssumption(unit).SummaryLabel(),
				Base:      len(t.labels),
			}
			var tableValues [][][]float64
			for _, name := range names {
				row, first := mc.values(name, unit)
				if first < 0 {
					continue
				}
				table.Base = min(table.Base, first)
				table.Rows = append(table.Rows, Row{Name: name, Cells: make([]*Cell, len(row))})
				tableValues = append(tableValues, row)
			}
			if len(table.Rows) > 0 {
				tables = append(tables, table)
				values = append(values, tableValues)
			}
		}
	}

	// The U-test is dear, and every row is independent of the others.
	var jobs []func()
	for i := range tables {
		table := &tables[i]
		assumption := t.metadata.GetAssumption(table.Unit)
		for j := range table.Rows {
			row, rowValues := &table.Rows[j], values[i][j]
			jobs = append(jobs, func() { t.fill(row, rowValues, table, assumption) })
		}
	}
	if err := inParallel(ctx, jobs); err != nil {
		return nil, err
	}
	for i := range tables {
		tables[i].summarize()
	}
	return tables, nil
}

// names returns the benchmark names that any input has under m.
func (m *mergedConfig) names(order map[string]int) []string {
	var names []string
	seen := make(map[string]bool)
	for _, cs := range m.inputs {
		if cs == nil {
			continue
		}
		for name := range cs.rows {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int { return order[a] - order[b] })
	return names
}

// values returns the values of one benchmark in one unit by input, and the
// first input that has any, or -1.
func (m *mergedConfig) values(name, unit string) (values [][]float64, first int) {
	values = make([][]float64, len(m.inputs))
	first = -1
	for i, cs := range m.inputs {
		if cs == nil {
			continue
		}
		if row := cs.rows[name]; row != nil {
			if values[i] = row.values(unit); values[i] != nil && first < 0 {
				first = i
			}
		}
	}
	return values, first
}

// inParallel does all jobs, as many at a time as there are processors, unless
// ctx is done first.
func inParallel(ctx context.Context, jobs []func()) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) {
					return
				}
				jobs[i]()
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// fill computes the cells of row from the values of each input.
func (t *tabulator) fill(row *Row, values [][]float64, table *Table, assumption benchmath.Assumption) {
	samples := make([]*benchmath.Sample, len(values))
	for i, v := range values {
		if len(v) == 0 {
			continue
		}
		if slices.ContainsFunc(v, math.IsNaN) {
			nan := math.NaN()
			row.Cells[i] = &Cell{Center: nan, Lo: nan, Hi: nan, N: len(v), Warnings: []string{nanWarning}}
			continue
		}
		samples[i] = benchmath.NewSample(v, t.thresholds)
		s := assumption.Summary(samples[i], t.confidence)
		row.Cells[i] = &Cell{Center: s.Center, Lo: s.Lo, Hi: s.Hi, N: len(v), Warnings: messages(s.Warnings)}
	}
	base := row.Cells[table.Base]
	if base == nil {
		return
	}
	for i, cell := range row.Cells {
		if i == table.Base || cell == nil {
			continue
		}
		cell.Delta = newDelta(base, cell)
		// The U-test does not come to an end on NaN.
		if old, new := samples[table.Base], samples[i]; old != nil && new != nil {
			c := assumption.Compare(old, new)
			cell.Delta.judge(c, base, cell, table.Better)
			if w := tieWarning(c, old, new, assumption); w != "" {
				cell.Delta.Warnings = append(cell.Delta.Warnings, w)
			}
		}
	}
}

const nanWarning = "a value is not a number (NaN), so there is no center and no comparison"

// newDelta returns the difference between two cells before any test.
func newDelta(base, cell *Cell) *Delta {
	d := &Delta{Ratio: math.NaN(), P: 1, N1: base.N, N2: cell.N, Direction: Unknown}
	switch {
	case base.Center == cell.Center:
		d.Ratio = 1
	case base.Center != 0:
		d.Ratio = cell.Center / base.Center
	}
	return d
}

// judge puts the outcome of a test into d.
func (d *Delta) judge(c benchmath.Comparison, base, cell *Cell, better int) {
	d.P = c.P
	d.Warnings = messages(c.Warnings)
	// Equal to Alpha is significant, as in Comparison.FormatDelta.
	d.Significant = c.P <= c.Alpha && base.Center != cell.Center
	up := cell.Center > base.Center
	down := cell.Center < base.Center
	switch {
	case !d.Significant:
		d.Direction = NoDifference
	case up && better > 0, down && better < 0:
		d.Direction = Better
	case up && better < 0, down && better > 0:
		d.Direction = Worse
	}
}

// summarize computes the geometric means of t.
//
// As in benchstat the ratio is the mean of the rows' ratios, not the ratio of
// the means, which would compare different benchmarks where the inputs do not
// have the same ones.
func (t *Table) summarize() {
	t.Geomeans = make([]Geomean, len(t.Rows[0].Cells))
	for i := range t.Geomeans {
		g := &t.Geomeans[i]
		g.Center, g.Ratio = math.NaN(), math.NaN()
		var centers, ratios []float64
		inBase := 0
		for _, row := range t.Rows {
			if row.Cells[t.Base] != nil {
				inBase++
			}
			cell := row.Cells[i]
			if cell == nil {
				continue
			}
			centers = append(centers, cell.Center)
			if cell.Delta != nil {
				ratios = append(ratios, cell.Delta.Ratio)
			}
		}
		if len(centers) == 0 {
			continue
		}
		if i != t.Base && len(ratios) != inBase {
			g.Warnings = append(g.Warnings, "benchmark set differs from baseline; geomeans may not be comparable")
		}
		if g.Center = geomean(centers); math.IsNaN(g.Center) {
			g.Warnings = append(g.Warnings, "summaries must be >0 to compute geomean")
		}
		if i == t.Base {
			continue
		}
		if g.Ratio = geomean(ratios); math.IsNaN(g.Ratio) && len(ratios) > 0 {
			g.Warnings = append(g.Warnings, "ratios must be >0 to compute geomean")
		}
	}
}

// geomean returns the geometric mean of xs, or NaN where there are none or not
// all are positive. The mean of the logarithms is updated value by value, the
// way of the stats package that benchstat uses, for the same rounding.
func geomean(xs []float64) float64 {
	if len(xs) == 0 {
		return math.NaN()
	}
	m := 0.0
	for i, x := range xs {
		if !(x > 0) {
			return math.NaN()
		}
		m += (math.Log(x) - m) / float64(i+1)
	}
	return math.Exp(m)
}

// messages returns the texts of warnings.
func messages(warnings []error) []string {
	var texts []string
	for _, w := range warnings {
		texts = append(texts, w.Error())
	}
	return texts
}
