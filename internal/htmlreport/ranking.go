package htmlreport

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"

	"runbench/internal/analysis"
	"runbench/internal/report"
)

// A ranking is the strategies of one workload, the fastest first.
type ranking struct {
	Title string
	Shows []string
	Axis  template.HTML
	Costs bool // what each costs is known
	Rows  []rankingRow
	Note  string
}

type rankingRow struct {
	Strategy, Rate, Relative          string
	Strip                             template.HTML
	HandOut, Allocs, Starts, Switches string
	Tied, Apart                       bool
}

// contestRanking ranks what runbench strategies measured.
func contestRanking(k analysis.Contest) ranking {
	r := ranking{
		Title: fmt.Sprintf("%s: batches of %d tasks with %s", short(k.Workload), k.Batch, on(k.Goroutines, k.Gomaxprocs)),
		Costs: true,
		Note:  "Hand-out: what handing out an empty task takes; started: goroutines; switches: of context, by the kernel; all a task.",
	}
	for _, text := range k.Sentences[min(1, len(k.Sentences)):] { // the first is the headline
		r.Shows = append(r.Shows, sentence(inert(text))+".")
	}
	if k.Timed {
		r.Note += " The hand-out has two readings of the clock in it."
	}
	all := slices.Clone(k.Strategies)
	if k.Processes != nil {
		all = append(all, *k.Processes)
		r.Note += fmt.Sprintf(" Processes: %d of one thread each, with a copy of the work each; not ranked.", k.Processes.Goroutines)
	}
	var e extent
	for _, c := range all {
		if c.Relative != nil {
			e.add(c.Relative.Value)
			addBounds(&e, *c.Relative)
		}
	}
	axis := ratioStrip(e)
	r.Axis = axis.head()
	tied := false
	for i, c := range all {
		cost := func(v *float64, unit string) string {
			if v == nil {
				return "–"
			}
			return report.Small(*v) + unit
		}
		row := rankingRow{
			Strategy: short(c.Strategy), Rate: rateText(rate(c.Rate), "tasks/s"), Relative: ratioText(c.Relative),
			HandOut: cost(c.HandOut, " ns"), Allocs: cost(c.Allocs, ""), Starts: cost(c.Started, ""), Switches: cost(c.Switches, ""),
			Tied: c.Tied && i > 0, Apart: k.Processes != nil && i == len(all)-1,
		}
		relative := c.Relative
		if i == 0 {
			one := 1.0
			row.Relative, relative = "fastest", &analysis.Part{Value: 1, Lo: &one, Hi: &one}
		}
		tied = tied || row.Tied
		row.Strip = axis.marks(stripMark{0, row.Strategy, relative})
		r.Rows = append(r.Rows, row)
	}
	if tied {
		r.Note = fmt.Sprintf("= not to be told from the fastest, at 95 %% for all %d together. ", len(k.Strategies)-1) + r.Note
	}
	return r
}

// rankings ranks the strategies of workloads that were measured under several, by
// their throughput with the goroutines and cores of their gains.
func rankings(subjects []*namedSubject) []ranking {
	var out []ranking
	done := make(map[string]bool)
	for _, s := range subjects {
		key := s.Config + "\x00" + s.Name
		if done[key] {
			continue
		}
		done[key] = true
		var group []*namedSubject
		for _, other := range subjects {
			if other.Name == s.Name && other.Config == s.Config {
				group = append(group, other)
			}
		}
		if len(group) > 1 {
			out = append(out, newRanking(group))
		}
	}
	return out
}

func newRanking(group []*namedSubject) ranking {
	type entry struct {
		s *namedSubject
		p analysis.Point
	}
	var entries []entry
	for _, s := range group {
		if len(s.Surface) > 0 {
			entries = append(entries, entry{s, s.best()})
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(b.p.Value, a.p.Value) })
	r := ranking{
		Title: short(group[0].Name) + ": strategies at their best cells",
		Note:  "Each at the goroutines and cores where it is fastest, relative to the fastest of all; the intervals are those of each throughput by itself. runbench strategies measures them in the same rounds at the same counts.",
	}
	var e extent
	for _, x := range entries {
		e.add(x.p.Value / entries[0].p.Value)
	}
	axis := ratioStrip(e)
	r.Axis = axis.head()
	for i, x := range entries {
		top := entries[0].p.Value
		relative := &analysis.Part{Value: x.p.Value / top}
		if x.p.Lo != nil && x.p.Hi != nil {
			lo, hi := *x.p.Lo/top, *x.p.Hi/top
			relative.Lo, relative.Hi = &lo, &hi
		}
		row := rankingRow{
			Strategy: short(x.s.Strategy) + ", " + on(x.p.Goroutines, x.p.Gomaxprocs),
			Rate:     rateText(rate(x.p.Rate), x.s.unit), Relative: report.Ratio(relative.Value),
			Strip: axis.marks(stripMark{0, short(x.s.Strategy), relative}),
		}
		if i == 0 {
			row.Relative = "fastest"
			r.Shows = []string{fmt.Sprintf("%s is fastest: %s with %s.", sentence(short(x.s.Strategy)), quantity(x.p.Value)+" "+x.s.unit, on(x.p.Goroutines, x.p.Gomaxprocs))}
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}
