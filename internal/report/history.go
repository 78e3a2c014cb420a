package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"runbench/internal/history"
	"runbench/internal/timetext"
)

// History writes a line for each series with its course, then the changes by commit, then which files stand apart.
func History(w io.Writer, r *history.Result, style Style) error {
	p := &printer{w: w, style: style}
	p.wrapped(reach(r), "")
	for _, group := range byConfig(r.Series) {
		p.line("")
		if config := group[0].Config; config != "" {
			p.wrapped(configLine(config), dim)
		}
		p.courses(r, group)
	}
	p.wrapped("▲ better, ▼ worse from here on; ±: how far single files scatter; C: goroutines, P: cores", dim)
	p.line("")
	p.changes(r)
	p.standApart(r)
	p.wrapped(sureness(r), dim)
	return p.err
}

// byConfig splits the series into runs of one configuration.
func byConfig(series []history.Series) [][]history.Series {
	var groups [][]history.Series
	for i, s := range series {
		if i == 0 || series[i-1].Config != s.Config {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], s)
	}
	return groups
}

// reach says which files there are, and in which order.
func reach(r *history.Result) string {
	order := map[string]string{history.ByCommit: "by the date of their commits", history.ByStarted: "by when they were measured", history.ByArgument: "in the order given"}
	text := fmt.Sprintf("%s %s", Plural(len(r.Files), "file"), order[r.Order])
	if len(r.Files) == 0 {
		return text
	}
	return text + fmt.Sprintf(": %s … %s", fileName(r.Files[0]), fileName(r.Files[len(r.Files)-1]))
}

// shownDigits is how much of a commit's hash is shown.
const shownDigits = 10

// commitName names a file by its commit and label, or else by its path.
func commitName(f history.File) string {
	var parts []string
	if f.Commit != "" {
		commit := f.Commit
		if utf8.RuneCountInString(commit) == 40 { // of git
			commit = commit[:shownDigits]
		}
		if f.Modified {
			commit += "+changes"
		}
		parts = append(parts, commit)
	}
	if f.Label != "" {
		parts = append(parts, f.Label)
	}
	if len(parts) == 0 {
		parts = append(parts, f.Path)
	}
	return Inert(strings.Join(parts, " "))
}

// fileName is commitName with a date.
func fileName(f history.File) string {
	if text := dateOf(f); text != "" {
		return commitName(f) + " (" + text + ")"
	}
	return commitName(f)
}

// dateOf returns when a file's commit was made, or else when it was measured.
func dateOf(f history.File) string {
	for _, t := range []*time.Time{f.Time, f.Started} {
		if t != nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// courseHead heads the columns before a series' course.
var courseHead = []string{"workload", "figure", "C", "P"}

// identity returns the columns that say what a series is of; strategies says that those of the workload differ.
func identity(s history.Series, strategies bool) []string {
	name := Inert(s.Workload)
	if strategies && s.Goroutines > 1 {
		name += " (" + Inert(s.Strategy) + ")"
	}
	return []string{name, Inert(strings.ReplaceAll(s.Unit, "_", " ")), count(s.Goroutines), count(s.Gomaxprocs)}
}

// contested reports whether a workload has more than one strategy besides the sequential one.
func contested(series []history.Series, s history.Series) bool {
	return slices.ContainsFunc(series, func(o history.Series) bool {
		return o.Workload == s.Workload && o.Config == s.Config && o.Goroutines > 1 && s.Goroutines > 1 && o.Strategy != s.Strategy
	})
}

// A course may take so many columns.
const (
	minCourse = 16
	maxCourse = 60
)

// courses writes a line for each series of a configuration, or two where the terminal is narrow.
func (p *printer) courses(r *history.Result, group []history.Series) {
	rows := [][]string{append(slices.Clone(courseHead), "latest")}
	for _, s := range group {
		latest := "–"
		if n := len(s.Levels); n > 0 {
			latest = amount(s.Levels[n-1], s.Unit)
			if s.Judged {
				latest += fmt.Sprintf(" ±%.1f %%", 100*1.96*s.Scatter)
			}
		}
		rows = append(rows, append(identity(s, contested(r.Series, s)), latest))
	}
	ws := widths(rows)
	if !slices.ContainsFunc(group, func(s history.Series) bool { return s.Goroutines > 0 }) {
		ws[2], ws[3] = 0, 0 // C and P
	}
	left := 0
	for _, w := range ws {
		if w > 0 {
			left += w + 2
		}
	}
	room := p.style.width() - left
	below := room < minCourse
	if below {
		room = p.style.width() - 2
	}
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			if ws[i] > 0 {
				if i >= 2 {
					cell = padLeft(cell, ws[i])
				}
				b.WriteString(pad(cell, ws[i]+2))
			}
		}
		if n == 0 {
			p.line("%s", p.style.paint(bold, strings.TrimRight(b.String(), " ")))
			continue
		}
		course := p.course(group[n-1], min(room, maxCourse))
		if below {
			p.line("%s", strings.TrimRight(b.String(), " "))
			p.line("  %s", course)
		} else {
			p.line("%s%s", b.String(), course)
		}
	}
}

// course draws a series in one line of at most width characters, with a mark before the first file of each new level:
// ▲ for the better, ▼ for the worse, ◆ where nobody says. Where there are more files than room a character is the mean
// of several.
func (p *printer) course(s history.Series, width int) string {
	marks := len(s.Changes)
	each := 1 // points in a character
	for n := len(s.Points); (n+each-1)/each+marks > width && each < n; each++ {
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	var columns []float64
	for from := 0; from < len(s.Points); from += each {
		part := s.Points[from:min(from+each, len(s.Points))]
		mean := 0.0
		for _, pt := range part {
			mean += pt.Value / float64(len(part))
		}
		columns = append(columns, mean)
		lo, hi = min(lo, mean), max(hi, mean)
	}
	// What chance does takes half the height at most, so that it does not look like more.
	if least := 8 * s.Scatter * math.Abs(hi+lo) / 2; hi-lo < least {
		lo, hi = (lo+hi-least)/2, (lo+hi+least)/2
	}
	var b strings.Builder
	next := 0
	turnsBefore := func(point int) {
		for ; next < len(s.Changes) && s.Changes[next].Index < point; next++ {
			b.WriteString(p.turn(s.Changes[next].Direction))
		}
	}
	for i, v := range columns {
		turnsBefore(i*each + (each+1)/2) // on the side of a character that it is nearer to
		height := 3                      // of what does not vary
		if hi > lo {
			height = int((v - lo) / (hi - lo) * 7.999)
		}
		b.WriteRune([]rune("▁▂▃▄▅▆▇█")[max(0, min(7, height))])
	}
	turnsBefore(len(s.Points))
	return b.String()
}

// turn is the mark of a change.
func (p *printer) turn(direction string) string {
	switch direction {
	case history.Better:
		return p.style.paint(green, "▲")
	case history.Worse:
		return p.style.paint(red, "▼")
	}
	return p.style.paint(amber, "◆")
}

// amount writes a figure with its unit's scale.
func amount(v float64, unit string) string {
	switch {
	case strings.HasSuffix(unit, "_gain"):
		return ratio(v)
	case unit == "sec/op" || unit == "sec" || strings.HasSuffix(unit, "-sec") || strings.HasSuffix(unit, "-sec/op"):
		return timetext.Nanoseconds(1e9 * v)
	case v < 0:
		return fmt.Sprintf("%.3g", v)
	}
	return quantity(v)
}

// A turning is a change with the series it is of.
type turning struct {
	series history.Series
	change history.Change
}

// turnings returns all changes by the file that they come with.
func turnings(r *history.Result) (files []int, at map[int][]turning) {
	at = make(map[int][]turning)
	for _, s := range r.Series {
		for _, c := range s.Changes {
			file := s.Points[c.Index].File
			if at[file] == nil {
				files = append(files, file)
			}
			at[file] = append(at[file], turning{s, c})
		}
	}
	slices.Sort(files)
	return files, at
}

// changes writes what changed, by the file that it came with.
func (p *printer) changes(r *history.Result) {
	files, at := turnings(r)
	if len(files) == 0 {
		if judged := len(r.Series) - r.TooShort; judged > 0 {
			p.line("no change in %d series", judged)
		}
		return
	}
	var rows [][]string
	for _, file := range files {
		for _, t := range at[file] {
			rows = append(rows, changeRow(r, t))
		}
	}
	ws := widths(append(rows, []string{"", "", "", "", "", "", "", ""}))
	n := 0
	for _, file := range files {
		f := r.Files[file]
		head := commitName(f)
		if date := dateOf(f); date != "" {
			head += "  " + date
		}
		p.line("%s", p.style.paint(bold, head))
		for _, t := range at[file] {
			p.changeLine(t, rows[n], ws)
			for _, text := range remarksOn(r, t) {
				for _, line := range wrap(text, p.style.width()-4) {
					p.line("    %s", p.style.paint(dim, line))
				}
			}
			n++
		}
		p.line("")
	}
}

// changeRow returns the columns of a change: identity, levels, change with its interval, and how sure it is.
func changeRow(r *history.Result, t turning) []string {
	c := t.change
	return append(identity(t.series, contested(r.Series, t.series)),
		amount(c.Before, t.series.Unit)+" → "+amount(c.After, t.series.Unit),
		change(c.Ratio)+" ("+change(c.Lo)+" … "+change(c.Hi)+")", c.Direction, "p "+sure(c.P))
}

// change writes a ratio as a change.
func change(ratio float64) string {
	if ratio >= 10 {
		return fmt.Sprintf("%.3g×", ratio)
	}
	return fmt.Sprintf("%+.1f %%", 100*(ratio-1))
}

// sure writes a chance.
func sure(p float64) string {
	if p < 0.0001 {
		return "<0.0001"
	}
	return fmt.Sprintf("%.4f", p)
}

// changeLine writes a change on one line, or on several where the terminal is narrow.
func (p *printer) changeLine(t turning, row []string, ws []int) {
	attr := map[string]string{history.Better: green, history.Worse: red, history.Changed: amber}[t.change.Direction]
	cells := func(from, to int) (text string, width int) {
		var b strings.Builder
		for i := from; i < to; i++ {
			if ws[i] == 0 {
				continue
			}
			cell := pad(row[i], ws[i]+2)
			width += ws[i] + 2
			if i == 5 || i == 6 {
				cell = p.style.paint(attr, cell)
			}
			b.WriteString(cell)
		}
		return strings.TrimRight(b.String(), " "), width
	}
	if text, width := cells(0, len(row)); width <= p.style.width() {
		p.line("  %s", text)
		return
	}
	for i := range ws { // nothing lines up any more
		row, ws = slices.Clone(row), slices.Clone(ws)
		ws[i] = utf8.RuneCountInString(row[i])
	}
	first, _ := cells(0, 4)
	p.line("  %s", first)
	if rest, width := cells(4, len(row)); width+2 <= p.style.width() {
		p.line("    %s", rest)
		return
	}
	levels, _ := cells(4, 5)
	rest, _ := cells(5, len(row))
	p.line("    %s", levels)
	p.line("    %s", rest)
}

// remarksOn says what a reader of a change must know.
func remarksOn(r *history.Result, t turning) []string {
	var texts []string
	s, c := t.series, t.change
	if c.From < c.To {
		texts = append(texts, fmt.Sprintf("came in with one of %d: %s … %s", c.To-c.From+1, commitName(r.Files[s.Points[c.From].File]), commitName(r.Files[s.Points[c.To].File])))
	}
	if c.Machine {
		texts = append(texts, "the control arm changed there too: it was the machine, at least in part")
	}
	if c.SameCommit {
		texts = append(texts, "the commit before is the same: it was not the program")
	}
	return texts
}

// standApart names the files that lie apart in some series.
func (p *printer) standApart(r *history.Result) {
	told := 0
	for _, f := range r.Files {
		if f.Outlying == 0 {
			continue
		}
		if told++; told <= mostNamed {
			p.wrapped(fmt.Sprintf("stands apart, and counts as far as chance explains: %s, in %d of %d series", Inert(f.Path), f.Outlying, f.SeriesIn), "")
		}
	}
	if told > mostNamed {
		p.line("and %d more that stand apart; --json has all", told-mostNamed)
	}
}

// sureness says what the absence and the presence of changes mean.
func sureness(r *history.Result) string {
	best, worst := math.Inf(1), 0.0
	for _, s := range r.Series {
		if s.Judged {
			best, worst = min(best, s.Sees), max(worst, s.Sees)
		}
	}
	if worst == 0 {
		return fmt.Sprintf("a series is judged from %d files on", history.MinFiles)
	}
	text := fmt.Sprintf("Where nothing changed, at most %.3g of 100 histories show anything at all. In the middle of a history half of the steps of %s %% are found", 100*r.Alpha, small(100*best))
	if worst > best {
		text += fmt.Sprintf(" in the quietest series, of %s %% in the noisiest", small(100*worst))
	}
	text += "; a step shows with the third file after it at the soonest."
	if r.Smaller > 0 {
		text += fmt.Sprintf(" Not shown: %s below %.2g %%.", Plural(r.Smaller, "certain change"), 100*r.MinChange)
	}
	return text
}
