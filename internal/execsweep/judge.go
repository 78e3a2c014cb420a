package execsweep

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"runbench/internal/analysis"
	"runbench/internal/law"
	"runbench/internal/noise"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// A Machine is what the judge has to know of it; 0 where unknown.
type Machine struct{ Physical, Logical int }

// IsOf reports whether a set is that of a command.
func IsOf(set *resultfile.Set) bool {
	return set.Manifest != nil && slices.ContainsFunc(set.Manifest.Plan.Subjects, func(s resultfile.Subject) bool { return s.Class == resultfile.Exec })
}

// Judge says what the runs of a command tell. The error says that there are none.
func Judge(set *resultfile.Set, m Machine) (Answer, error) {
	runs := slices.DeleteFunc(slices.Clone(set.Runs), func(r resultfile.Run) bool { return r.Cell.Class != resultfile.Exec })
	if len(runs) == 0 {
		return Answer{}, errors.New("expected runs of a command, found none")
	}
	by := surfaces(runs)
	seen := set.Noise()
	by.lost = noise.Sum(seen).Lost()
	a := Answer{
		SchemaVersion: resultfile.SchemaVersion, Name: runs[0].Cell.Spec(), Runs: len(runs), Own: by.own,
		Cores: m.Logical, Physical: m.Physical, Noise: []string{}, Failed: failures(set), Warnings: append([]string{}, set.Warnings...),
	}
	for _, n := range set.Notes {
		a.Command = n.Text
	}
	for _, r := range runs {
		a.Rounds = max(a.Rounds, r.Round)
	}
	if len(seen) > 0 {
		sum := noise.Sum(seen)
		a.Seen, a.Noise = &sum, append(a.Noise, sum.Disturbed()...)
	}
	for _, c := range scaling.Goroutines(by.rate) {
		a.Series = append(a.Series, by.series(c, m))
	}
	a.Recommend = by.recommend(m)
	i := slices.IndexFunc(a.Series, func(s Series) bool { return s.Goroutines == a.Recommend.Goroutines })
	a.Verdict, a.Sentence = a.Series[i].Verdict, a.Series[i].Sentence
	if len(a.Series) > 1 {
		a.Goroutines, a.Across = by.across(m, a.Recommend)
	}
	return a, nil
}

// measured holds runs by cell.
type measured struct {
	rate, wall, cpu scaling.Surface // throughput, 1 over seconds, and seconds of CPU time where above 0
	runs            map[scaling.Cell][]resultfile.Run
	own             bool    // rate is the program's own figure
	lost            float64 // share, 0 to 1, of the machine's CPU time that others took
}

// surfaces sorts runs by cell. Runs without the units that every run of a command
// has are no such runs.
func surfaces(runs []resultfile.Run) measured {
	by := measured{make(scaling.Surface), make(scaling.Surface), make(scaling.Surface), make(map[scaling.Cell][]resultfile.Run), false, 0}
	for _, r := range runs {
		rate, ok := r.Value(resultfile.TasksPerSec)
		wall, timed := r.Value(resultfile.NsPerOp)
		if !ok || !timed || !(rate > 0) || !(wall > 0) {
			continue
		}
		at := scaling.Cell{Goroutines: r.Cell.Goroutines, Gomaxprocs: r.Cell.Gomaxprocs}
		add := func(s scaling.Surface, v float64) {
			s[at] = append(s[at], scaling.Observation{Round: r.Round, Rate: v})
		}
		add(by.rate, rate)
		add(by.wall, 1e9/wall)
		if cpu, ok := r.Value(resultfile.CPUNsPerOp); ok && cpu > 0 {
			add(by.cpu, cpu/1e9)
		}
		by.runs[at] = append(by.runs[at], r)
		_, higher := r.Value(resultfile.OwnRate)
		_, lower := r.Value(resultfile.OwnCost)
		by.own = by.own || higher || lower
	}
	return by
}

// sortedCells returns the cells of a surface, by goroutines and then by cores.
func sortedCells(s scaling.Surface) []scaling.Cell {
	return slices.SortedFunc(maps.Keys(s), func(a, b scaling.Cell) int {
		return cmp.Or(cmp.Compare(a.Goroutines, b.Goroutines), cmp.Compare(a.Gomaxprocs, b.Gomaxprocs))
	})
}

// median returns the median of a unit over the runs of a cell, 0 without any.
func (m measured) median(c scaling.Cell, unit string) float64 {
	var values []float64
	for _, r := range m.runs[c] {
		if v, ok := r.Value(unit); ok {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// series judges the cells with one number of goroutines.
func (m measured) series(goroutines int, about Machine) Series {
	s := Series{Goroutines: goroutines}
	var samples []law.Sample
	var base scaling.Cell
	for _, c := range sortedCells(m.rate) {
		if c.Goroutines != goroutines {
			continue
		}
		if base.Gomaxprocs == 0 {
			base = c
		}
		s.Points = append(s.Points, m.point(c, base, about))
		for _, o := range m.rate[c] {
			samples = append(samples, law.Sample{N: c.Gomaxprocs, X: o.Rate, Round: o.Round})
		}
	}
	s.Verdict, s.Sentence = judge(s.Points, m.own, m.lost)
	if len(s.Points) > 1 {
		s.Law = lawOf(samples, law.Gomaxprocs, about)
	}
	return s
}

func lawOf(samples []law.Sample, axis law.Axis, about Machine) *analysis.Law {
	l := analysis.NewLaw(law.Analyze(samples, law.Options{Axis: axis, Physical: about.Physical, Logical: about.Logical}))
	return &l
}

// point sums up what was measured in a cell.
func (m measured) point(c, base scaling.Cell, about Machine) Point {
	wall := m.wall.Mean(c)
	p := Point{
		Gomaxprocs: c.Gomaxprocs, Oversubscribed: about.Logical > 0 && c.Gomaxprocs > about.Logical,
		Runs: len(m.runs[c]), Rate: estimate(m.rate.Mean(c)),
		Wall:      analysis.Part{Value: 1 / wall.Value, Lo: finite(1 / wall.Hi), Hi: finite(1 / wall.Lo)},
		CPU:       m.median(c, resultfile.CPUNsPerOp) / 1e9,
		CoresUsed: m.median(c, resultfile.CoresUsed),
	}
	for _, r := range m.runs[c] {
		if v, ok := r.Value(resultfile.PeakBytes); ok && (p.Peak == nil || v > *p.Peak) {
			p.Peak = &v
		}
	}
	if c != base {
		p.Speedup = m.ratio(m.rate, c, base)
		if len(m.cpu[c]) > 0 && len(m.cpu[base]) > 0 {
			p.CPUCost = m.ratio(m.cpu, c, base)
		}
	}
	return p
}

// ratio returns num/den over the rounds they share. Where others took a share of
// the machine, nobody knows which of the two it was missing to: the interval is
// wider for it, as that of a gain is (package scaling).
func (m measured) ratio(s scaling.Surface, num, den scaling.Cell) *analysis.Gain {
	e := s.Ratio(num, den, 0)
	if m.lost > 0 {
		e.Lo *= 1 - m.lost
		e.Hi /= 1 - m.lost
	}
	return &analysis.Gain{Value: e.Value, Lo: finite(e.Lo), Hi: finite(e.Hi), Effect: string(scaling.EffectOf(e)), Rounds: e.Rounds}
}

// recommend returns the fewest goroutines and then cores within 5 % of the best,
// of the cells that are not oversubscribed; of all where all are.
func (m measured) recommend(about Machine) analysis.Recommendation {
	cells := sortedCells(m.rate)
	within := slices.DeleteFunc(slices.Clone(cells), func(c scaling.Cell) bool { return about.Logical > 0 && c.Gomaxprocs > about.Logical })
	if len(within) > 0 {
		cells = within
	}
	best := 0.0
	for _, c := range cells {
		best = max(best, m.rate.Mean(c).Value)
	}
	i := slices.IndexFunc(cells, func(c scaling.Cell) bool { return m.rate.Mean(c).Value >= scaling.AsGood*best })
	return analysis.Recommendation(cells[i])
}

// across says what goroutines give at the most cores that are there, and which law
// they follow.
func (m measured) across(about Machine, best analysis.Recommendation) (string, *analysis.Law) {
	top := best.Gomaxprocs
	var samples []law.Sample
	var cells []scaling.Cell
	for _, c := range sortedCells(m.rate) {
		if c.Gomaxprocs != top {
			continue
		}
		cells = append(cells, c)
		for _, o := range m.rate[c] {
			samples = append(samples, law.Sample{N: c.Goroutines, X: o.Rate, Round: o.Round})
		}
	}
	l := lawOf(samples, law.Goroutines, about)
	few, chosen := cells[0], scaling.Cell{Goroutines: best.Goroutines, Gomaxprocs: top}
	if chosen == few {
		return fmt.Sprintf("%d of them are within 5 %% of the best", few.Goroutines), l
	}
	r := m.ratio(m.rate, chosen, few)
	return fmt.Sprintf("%d are the fewest within 5 %% of the best: %s of the speed of %d, at %s",
		chosen.Goroutines, times(*r), few.Goroutines, cores(top)), l
}

// times writes a ratio with its interval.
func times(r analysis.Gain) string {
	text := fmt.Sprintf("%.2f×", r.Value)
	if r.Value >= 10 {
		text = fmt.Sprintf("%.1f×", r.Value)
	}
	if r.Lo != nil && r.Hi != nil && math.Abs(*r.Hi-*r.Lo) >= 0.1*r.Value {
		text += fmt.Sprintf(" (%.2g…%.2g)", *r.Lo, *r.Hi)
	}
	return text
}

func cores(n int) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%d cores", n)
}
