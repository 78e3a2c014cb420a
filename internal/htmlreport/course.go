package htmlreport

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"runbench/internal/history"
	"runbench/internal/report"
)

// A courseView is how figures went through many files, and where they changed.
type courseView struct {
	Headline string
	Reach    string
	Sure     string
	Figures  []figure
	More     int // series without a picture
}

// How many series are drawn: all that changed, up to a number, and a few of those that
// did not.
const (
	mostCourses      = 60
	mostSteadyDrawn  = 6
	leastChangeShown = 0.01 // as runbench history has it
)

// newCourse follows the figures of files that are enough for it, nil for fewer.
func newCourse(files []*File) *courseView {
	var digests []*history.Digest
	for _, f := range files {
		digests = append(digests, f.digests...)
	}
	if len(digests) < history.MinFiles {
		return nil
	}
	r := history.Follow(digests, history.Options{MinChange: leastChangeShown})
	judged := slices.DeleteFunc(slices.Clone(r.Series), func(s history.Series) bool { return !s.Judged })
	if len(judged) == 0 {
		return nil
	}
	v := &courseView{Reach: sentence(report.Reach(r)) + ".", Sure: sentence(report.Sureness(r))}
	changed := 0
	for _, s := range judged {
		if len(s.Changes) > 0 {
			changed++
		}
	}
	v.Headline = fmt.Sprintf("Nothing changed for certain in %s that are followed.", report.Plural(len(judged), "figure"))
	if changed > 0 {
		v.Headline = fmt.Sprintf("%s in %d of %d figures that are followed.", sentence(report.Plural(r.Changes, "change")), changed, len(judged))
	}
	// What changed comes first.
	slices.SortStableFunc(judged, func(a, b history.Series) int { return min(1, len(b.Changes)) - min(1, len(a.Changes)) })
	for i, s := range judged {
		if i >= mostCourses || len(s.Changes) == 0 && i >= changed+mostSteadyDrawn {
			v.More++
			continue
		}
		v.Figures = append(v.Figures, courseFigure(r, s))
	}
	return v
}

// place is where a file stands on the axis: axes are logarithmic, and files stand
// evenly.
func place(file int) float64 { return math.Exp2(float64(file) / 16) }

func courseFigure(r *history.Result, s history.Series) figure {
	name := short(s.Workload)
	if s.Strategy != "" {
		name += " · " + short(s.Strategy)
	}
	where := strings.ReplaceAll(s.Unit, "_", " ")
	if s.Gomaxprocs > 0 {
		where += ", " + cellText(s.Goroutines, s.Gomaxprocs)
	}
	f := figure{Name: name, Shows: sentence(where) + ".", Data: table{Head: []string{"file", where, "95 %", "runs", "change"}}}
	if s.Config != "" {
		f.Note = append(f.Note, short(report.Config(s.Config)))
	}
	write := func(v float64) string { return report.Amount(v, s.Unit) }
	course := series{name: where}
	var y extent
	began := make(map[int]history.Change) // by index of the first point
	for _, c := range s.Changes {
		began[c.Index] = c
	}
	for i, p := range s.Points {
		y.add(p.Value)
		file := short(report.Commit(r.Files[p.File]))
		what := "–"
		if c, ok := began[i]; ok {
			what = changeText(c)
		} else if p.Outlier {
			what = "stands apart"
		}
		course.points = append(course.points, point{
			x: place(p.File), y: p.Value, lo: p.Lo, hi: p.Hi, ringed: p.Outlier,
			label: fmt.Sprintf("%s: %s%s; %s; %s", file, write(p.Value), interval(p.Lo, p.Hi, write), runsText(p.Runs), what),
		})
		bounds := "–"
		if p.Lo != nil && p.Hi != nil {
			bounds = write(*p.Lo) + "…" + write(*p.Hi)
		}
		f.Data.add(file, write(p.Value), bounds, itoa(p.Runs), what)
	}
	first, last := s.Points[0].File, s.Points[len(s.Points)-1].File
	pl := plot{
		label:  name + ": " + where + " over files",
		x:      axis{title: "files →", extent: extent{place(first), place(last)}},
		series: []series{course},
	}
	for _, file := range []int{first, last} {
		pl.x.ticks = append(pl.x.ticks, tick{place(file), fit(short(report.Commit(r.Files[file])), 14)})
	}
	from := 0
	for n, level := range s.Levels {
		to := len(s.Points) - 1
		if n < len(s.Changes) {
			to = s.Changes[n].Index - 1
			pl.rules = append(pl.rules, rule{place(s.Points[to+1].File), report.Change(s.Changes[n].Ratio)})
		}
		pl.curves = append(pl.curves, curve{class: "law", straight: true, from: place(s.Points[from].File), to: place(s.Points[to].File), at: func(float64) float64 { return level }})
		y.add(level)
		from = to + 1
	}
	if len(pl.curves) > 0 {
		pl.curves[0].name = "level"
	}
	y = y.atLeast(1.2)
	// The words of a change stand above its points.
	pl.y = axis{title: strings.ReplaceAll(s.Unit, "_", " "), extent: extent{y.lo, y.hi * math.Pow(y.hi/y.lo, 0.15)}}
	for _, v := range []float64{y.lo, math.Sqrt(y.lo * y.hi), y.hi} {
		pl.y.ticks = append(pl.y.ticks, tick{v, write(v)})
	}
	f.Picture = pl.draw()
	switch n := len(s.Changes); n {
	case 0:
		f.Finding = "No change for certain"
	default:
		c := s.Changes[n-1]
		f.Finding = fmt.Sprintf("%s at %s", sentence(changeText(c)), short(report.Commit(r.Files[s.Points[c.Index].File])))
	}
	return f
}

// changeText says what a change is.
func changeText(c history.Change) string {
	text := fmt.Sprintf("%s by %s (%s…%s)", c.Direction, report.Change(c.Ratio), report.Change(c.Lo), report.Change(c.Hi))
	switch {
	case c.Machine:
		text += ", with the machine"
	case c.SameCommit:
		text += ", of one commit"
	}
	return text
}
