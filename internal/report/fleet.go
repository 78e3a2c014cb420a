package report

import (
	"fmt"
	"math"
	"slices"

	"runbench/internal/compare"
)

// fleet writes how many machines are distributed, and who lies apart.
func (p *printer) fleet(r *compare.MachinesResult) {
	p.line("%s", fleetSummary(r))
	p.line("")
	t := outlierTable(r, mostOutliers)
	p.line("%s", p.style.paint(bold, t.title))
	if len(t.rows) > 1 {
		p.columns(1, t.rows)
	}
	p.wrapped(t.note, dim)
	for _, t := range fleetTables(r) {
		p.line("")
		p.line("%s", p.style.paint(bold, Inert(t.title)))
		p.columns(1, t.rows)
	}
	p.wrapped(fleetNote, dim)
}

const fleetNote = "half: from the first quartile to the third; work: tasks done while one core does one task of the control, which is the same arithmetic everywhere; --csv and --json have each machine"

func fleetSummary(r *compare.MachinesResult) string {
	text := fmt.Sprintf("%s in %s, %s", Plural(len(r.Machines), "machine"), Plural(len(r.Groups), "group"), Plural(len(r.Workloads), "workload"))
	if n := len(r.LeftOut); n > 0 {
		text += fmt.Sprintf("; %s could not be used", Plural(n, "file"))
	}
	return text
}

// mostOutliers is how many machines that lie apart are shown.
const mostOutliers = 20

// outlierTable returns the machines that lie apart, each with the measure in which it
// does so most.
func outlierTable(r *compare.MachinesResult, most int) titled {
	t := titled{title: "Far from the others of their group", right: "lllrrrr"}
	t.rows = [][]string{{"machine", "workload", "", "value", "median", "deviations", "also"}}
	names := workloadNames(r)
	also := make(map[int]int)
	for _, o := range r.Outliers {
		also[o.Machine]++
	}
	told := make(map[int]bool)
	for _, o := range r.Outliers {
		if told[o.Machine] || len(told) == most {
			continue
		}
		told[o.Machine] = true
		more := ""
		if n := also[o.Machine] - 1; n > 0 {
			more = fmt.Sprintf("in %d more", n)
		}
		t.rows = append(t.rows, []string{
			Inert(r.Machines[o.Machine].Label), names[o.Workload], measureTitle(o.Measure),
			measureText(o.Measure, o.Value), measureText(o.Measure, o.Median), fmt.Sprintf("%+.1f", o.Score), more,
		})
	}
	who := "no machine is"
	switch n := len(also); {
	case n > len(told):
		who = fmt.Sprintf("%d machines are (--json has them all)", n)
	case n == 1:
		who = "1 machine is"
	case n > 1:
		who = fmt.Sprintf("%d machines are", n)
	}
	t.note = fmt.Sprintf("%s farther from the median, in robust standard deviations, than any of a normal group would be by chance in %.3g %% of reports: %s", who, 100*r.Alpha, Plural(r.Compared, "comparison"))
	return t
}

// fleetTables returns a table for each group.
func fleetTables(r *compare.MachinesResult) []titled {
	var tables []titled
	names := workloadNames(r)
	for g, group := range r.Groups {
		t := titled{title: fmt.Sprintf("%s: %s", group.Name, Plural(len(group.Machines), "machine")), right: "llrrrrr"}
		if group.Mixed {
			t.title = group.Name
		}
		t.rows = [][]string{{"workload", "", "median", "half", "all", "machines", "verdict"}}
		for n, w := range r.Workloads {
			name, verdicts := names[n], verdictCounts(w, group.Machines)
			for _, s := range w.Spreads {
				if s.Group != g {
					continue
				}
				text := func(v float64) string { return measureText(s.Measure, v) }
				t.rows = append(t.rows, []string{
					name, measureTitle(s.Measure), text(s.Median), text(s.Q1) + "…" + text(s.Q3), text(s.Min) + "…" + text(s.Max), fmt.Sprint(s.Machines), verdicts,
				})
				name, verdicts = "", ""
			}
		}
		tables = append(tables, t)
	}
	return tables
}

// verdictCounts writes how often each verdict came, the most frequent first.
func verdictCounts(w compare.MachineWorkload, machines []int) string {
	counts := make(map[string]int)
	var order []string
	for _, i := range machines {
		if on := w.On[i]; on != nil {
			if counts[on.Verdict] == 0 {
				order = append(order, on.Verdict)
			}
			counts[on.Verdict]++
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return counts[b] - counts[a] })
	text := ""
	for i, verdict := range order {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s %d", Inert(verdict), counts[verdict])
	}
	return text
}

func measureTitle(name string) string {
	for _, m := range compare.Measures {
		if m.Name == name {
			return m.Title
		}
	}
	return "recommended goroutines"
}

// measureText writes a value of a measure.
func measureText(name string, v float64) string {
	switch name {
	case "efficiency", "parallelism_over_control":
		return percent(v)
	case "single_core_work":
		return fmt.Sprintf("%.3g", v)
	case "throughput":
		return quantity(v)
	case compare.RecommendedGoroutines:
		return fmt.Sprint(math.Round(v))
	}
	return ratio(v)
}
