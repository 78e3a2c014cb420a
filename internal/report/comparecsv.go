package report

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"runbench/internal/analysis"
	"runbench/internal/compare"
)

// ComparisonCSV writes a comparison in time with a line for each benchmark, unit and
// file (RFC 4180). What is not known is empty.
func ComparisonCSV(w io.Writer, r *compare.Report) error {
	rows := [][]string{{"benchmark", "config", "unit", "file", "center", "lo", "hi", "n", "ratio", "p", "direction"}}
	for i := range r.Tables {
		t := &r.Tables[i]
		for _, row := range t.Rows {
			for k, cell := range row.Cells {
				if cell == nil {
					continue
				}
				line := []string{
					inertCell(row.Name), inertCell(t.Config.Text()), inertCell(t.Unit), inertCell(r.Labels[k]),
					finite(cell.Center), finite(cell.Lo), finite(cell.Hi), strconv.Itoa(cell.N), "", "", "",
				}
				if d := cell.Delta; d != nil {
					line[8], line[9], line[10] = finite(d.Ratio), exact(d.P), string(d.Direction)
				}
				rows = append(rows, line)
			}
		}
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// GateCSV writes a gate with a line for each comparison.
func GateCSV(w io.Writer, g compare.Gate) error {
	rows := [][]string{{
		"workload", "strategy", "config", "goroutines", "gomaxprocs", "unit", "old", "new", "ratio", "ratio_lo", "ratio_hi", "delta", "aa_half_width", "p", "p_alone", "outcome",
	}}
	for _, c := range g.Comparisons {
		row := []string{inertCell(c.Workload), inertCell(c.Strategy), inertCell(c.Config), count(c.Goroutines), count(c.Gomaxprocs), c.Unit}
		row = append(row, optional(c.Old), optional(c.New), optional(c.Ratio), optional(c.Lo), optional(c.Hi), exact(c.Delta), optional(c.AA), exact(c.P), exact(c.PAlone), c.Outcome)
		rows = append(rows, row)
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// MachinesCSV writes machines side by side with a line for each workload on each
// machine.
func MachinesCSV(w io.Writer, r *compare.MachinesResult) error {
	head := []string{
		"machine", "file", "config", "workload", "of", "strategy", "verdict", "recommended_goroutines", "recommended_gomaxprocs", "goroutines", "gomaxprocs",
		"unit", "throughput", "throughput_lo", "throughput_hi",
	}
	measures := []string{"concurrency_gain", "parallelism_gain", "total_gain", "efficiency", "single_core_work", "all_cores_work", "parallelism_over_control"}
	for _, name := range measures {
		head = append(head, name, name+"_lo", name+"_hi")
	}
	head = append(head, "ceiling_hardware", "ceiling_go")
	for _, name := range []string{"gomaxprocs", "goroutines"} {
		head = append(head, name+"_law", name+"_sigma", name+"_sigma_lo", name+"_sigma_hi", name+"_kappa", name+"_kappa_lo", name+"_kappa_hi", name+"_peak")
	}
	rows := [][]string{head}
	for _, wl := range r.Workloads {
		for i, on := range wl.On {
			if on != nil {
				rows = append(rows, machineRow(r.Machines[i], wl, on))
			}
		}
	}
	return csv.NewWriter(w).WriteAll(rows)
}

func machineRow(m compare.Machine, wl compare.MachineWorkload, on *compare.OnMachine) []string {
	row := []string{
		inertCell(m.Label), inertCell(m.File), inertCell(m.Config.Text()), inertCell(wl.Name), inertCell(wl.Of), inertCell(wl.Strategy), inertCell(on.Verdict),
		count(on.Recommend.Goroutines), count(on.Recommend.Gomaxprocs), count(on.Goroutines), count(on.Gomaxprocs), inertCell(on.Unit),
	}
	add := func(p *analysis.Part) { row = append(row, bounds(p)...) }
	if on.Base == nil {
		add(nil)
	} else {
		add(&analysis.Part{Value: on.Base.Value, Lo: on.Base.Lo, Hi: on.Base.Hi})
	}
	for _, g := range []*analysis.Gain{on.ConcurrencyGain, on.ParallelismGain, on.TotalGain} {
		add(ofGain(g))
	}
	add(on.Efficiency)
	work := analysis.ControlWork{}
	if on.ControlWork != nil {
		work = *on.ControlWork
	}
	for _, r := range []*analysis.Ratio{work.SingleCore, work.AllCores, work.Parallelism} {
		if r == nil {
			add(nil)
		} else {
			add(&r.Part)
		}
	}
	row = append(row, optional(on.Ceilings.Hardware), optional(on.Ceilings.Go))
	for _, axis := range []string{"gomaxprocs", "goroutines"} {
		l := lawOver(on.Laws, axis)
		row = append(row, l.Model)
		add(l.Sigma)
		add(l.Kappa)
		if l.Peak == nil {
			row = append(row, "")
		} else {
			row = append(row, exact(l.Peak.Value))
		}
	}
	return row
}

// lawOver returns the law over an axis; of two, the first, which is at the most cores.
func lawOver(laws []compare.LawSummary, axis string) compare.LawSummary {
	for _, l := range laws {
		if l.Axis == axis {
			return l
		}
	}
	return compare.LawSummary{}
}

func ofGain(g *analysis.Gain) *analysis.Part {
	if g == nil {
		return nil
	}
	return &analysis.Part{Value: g.Value, Lo: g.Lo, Hi: g.Hi}
}

// finite writes a figure, "" where it is none.
func finite(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return exact(v)
}
