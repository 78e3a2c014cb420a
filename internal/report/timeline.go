package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"runbench/internal/schedtrace"
	"runbench/internal/timetext"
)

// A Panel is one trace in a picture of several, on one time axis.
type Panel struct {
	Title string
	Trace *schedtrace.Trace

	// Created is how many goroutines were started as runtime/metrics counted
	// them, nil where that is not known.
	Created *int
}

// Timelines draws traces one above the other: which goroutine ran on each P, and
// what each goroutine did. A column stands for the same span of time in all.
func Timelines(out io.Writer, panels []Panel, style Style) error {
	var b strings.Builder
	const label = 4
	columns := max(20, style.width()-label-1)
	span := commonSpan(panels)
	for i, p := range panels {
		who := cast(p.Trace)
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(style.paint(bold, Inert(p.Title)) + "\n")
		for _, lane := range p.Trace.Procs.Lanes {
			fmt.Fprintf(&b, "%s▕%s▏\n", pad(fmt.Sprintf("P%d", lane.ID), label-1), procRow(p.Trace.Procs, lane, span, columns-1, who, style))
		}
		shown, more := busiest(p.Trace)
		for _, lane := range shown {
			fmt.Fprintf(&b, "%s %s\n", padLeft(string(who.letter(lane.ID)), label-1), wayRow(p.Trace.Goroutines, lane, span, columns-1, who, style))
		}
		if more > 0 {
			fmt.Fprintf(&b, "%s… and %s\n", strings.Repeat(" ", label), Plural(more, "more goroutine"))
		}
		hanging(&b, "", 2, who.key(p.Trace), style, dim)
	}
	b.WriteString(strings.Repeat(" ", label) + axis(panels[0].Trace.Procs.Start, span, columns-1) + "\n")
	for _, text := range []string{
		"P0, P1, …: the goroutine that ran longest in each column (small letter: the P was busy for less than half of it; + any other goroutine, * the runtime's own). A P is one of the GOMAXPROCS slots in which Go code runs, each with a queue of goroutines that are ready.",
		"A, B, …: a goroutine each, in the order in which they were started: █ running ▓ in a system call ░ runnable, waiting for a P · waiting for something else",
	} {
		hanging(&b, "", 2, text, style, dim)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// commonSpan is the longest of the panels' spans.
func commonSpan(panels []Panel) time.Duration {
	span := time.Nanosecond
	for _, p := range panels {
		span = max(span, drawnSpan(p.Trace))
	}
	return span
}

// drawnSpan is the part of the trace's span that its timelines show.
func drawnSpan(t *schedtrace.Trace) time.Duration {
	longest := 0
	for _, lane := range t.Procs.Lanes {
		longest = max(longest, len(lane.Cells))
	}
	return min(t.Procs.Column*time.Duration(longest), max(0, t.Facts.Span-t.Procs.Start))
}

// A company says which letter and colour each goroutine of a trace has.
type company struct {
	number map[int64]int  // of those that have a letter
	own    map[int64]bool // the runtime's
}

// mostLetters is how many goroutines have one of their own; others share a sign.
const (
	mostLetters = 26
	others      = '+'
	runtimeOwn  = '*'
)

// cast gives letters to the goroutines that ran longest in the span drawn, in the
// order in which they were created.
func cast(t *schedtrace.Trace) company {
	c := company{number: make(map[int64]int), own: make(map[int64]bool)}
	ran := make(map[int64]time.Duration)
	for _, lane := range t.Procs.Lanes {
		for _, cell := range lane.Cells {
			for _, s := range cell {
				ran[s.Goroutine] += s.Time
			}
		}
	}
	for _, lane := range t.Goroutines.Lanes {
		ran[lane.ID] += 0
	}
	var ids []int64
	for id := range ran {
		if schedtrace.RuntimeOwn(t.Names[id]) {
			c.own[id] = true
		} else {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Or(cmp.Compare(ran[b], ran[a]), cmp.Compare(a, b)) })
	ids = ids[:min(len(ids), mostLetters)]
	slices.Sort(ids)
	for i, id := range ids {
		c.number[id] = i
	}
	return c
}

func (c company) letter(id int64) rune {
	n, ok := c.number[id]
	switch {
	case c.own[id]:
		return runtimeOwn
	case !ok:
		return others
	}
	return rune('A' + n)
}

// key says which function the goroutines with a letter were started with, those of
// one function together.
func (c company) key(t *schedtrace.Trace) string {
	var functions []string
	letters := make(map[string][]rune)
	for _, id := range slices.SortedFunc(maps.Keys(c.number), func(a, b int64) int { return c.number[a] - c.number[b] }) {
		name := t.Names[id]
		if name == "" {
			name = "not known"
		}
		if letters[name] == nil {
			functions = append(functions, name)
		}
		letters[name] = append(letters[name], c.letter(id))
	}
	var parts []string
	for _, name := range functions {
		parts = append(parts, string(letters[name])+" "+Inert(name))
	}
	return strings.Join(parts, " · ")
}

// palette are eight colours that people with any kind of colour vision tell apart
// (Okabe & Ito 2008), of the 256 that terminals have, and the same for pictures.
var palette = [...]struct {
	terminal int
	hex      string
}{
	{32, "#0072b2"},
	{214, "#e69f00"},
	{36, "#009e73"},
	{175, "#cc79a7"},
	{117, "#56b4e9"},
	{166, "#d55e00"},
	{227, "#f0e442"},
	{250, "#a0a0a0"},
}

func (c company) color(id int64) int {
	n, ok := c.number[id]
	if !ok {
		return len(palette) - 1
	}
	return n % (len(palette) - 1)
}

// onto paints text in the goroutine's colour, on it where filled.
func (c company) onto(id int64, filled bool, text string, style Style) string {
	n := palette[c.color(id)].terminal
	if filled {
		return style.paint(fmt.Sprintf("30;48;5;%d", n), text)
	}
	return style.paint(fmt.Sprintf("38;5;%d", n), text)
}

// slice returns what a lane did in a column of a picture: a part of a span that is
// cut into so many.
func slice(t schedtrace.Timeline, lane schedtrace.Lane, span time.Duration, column, columns int) schedtrace.Cell {
	from := span * time.Duration(column) / time.Duration(columns)
	to := span * time.Duration(column+1) / time.Duration(columns)
	var sum schedtrace.Cell
	for i := int(from / t.Column); i < len(lane.Cells) && time.Duration(i)*t.Column < to; i++ {
		left := max(from, time.Duration(i)*t.Column)
		right := min(to, time.Duration(i+1)*t.Column)
		for _, s := range lane.Cells[i] {
			s.Time = time.Duration(float64(s.Time) * float64(right-left) / float64(t.Column))
			j := slices.IndexFunc(sum, func(o schedtrace.Share) bool { return o.Goroutine == s.Goroutine && o.State == s.State })
			if j < 0 {
				sum = append(sum, s)
			} else {
				sum[j].Time += s.Time
			}
		}
	}
	slices.SortStableFunc(sum, func(a, b schedtrace.Share) int { return int(b.Time - a.Time) })
	return sum
}

// A column is left empty where less than this share of it was used.
const (
	hardlyUsed = 0.04
	mostlyUsed = 0.5
)

func procRow(t schedtrace.Timeline, lane schedtrace.Lane, span time.Duration, columns int, who company, style Style) string {
	var b strings.Builder
	width := float64(span) / float64(columns)
	for i := range columns {
		cell := slice(t, lane, span, i, columns)
		var busy time.Duration
		for _, s := range cell {
			busy += s.Time
		}
		share := float64(busy) / width
		if len(cell) == 0 || share < hardlyUsed {
			b.WriteByte(' ')
			continue
		}
		id := cell[0].Goroutine
		letter := string(who.letter(id))
		if share < mostlyUsed {
			letter = strings.ToLower(letter)
		}
		b.WriteString(who.onto(id, share >= mostlyUsed, letter, style))
	}
	return b.String()
}

// stateSigns are how states are drawn in a terminal.
var stateSigns = [...]string{schedtrace.Running: "█", schedtrace.Syscall: "▓", schedtrace.Runnable: "░", schedtrace.Waiting: "·"}

func wayRow(t schedtrace.Timeline, lane schedtrace.Lane, span time.Duration, columns int, who company, style Style) string {
	var b strings.Builder
	for i := range columns {
		cell := slice(t, lane, span, i, columns)
		if len(cell) == 0 {
			b.WriteByte(' ')
			continue
		}
		text := stateSigns[cell[0].State]
		if cell[0].State == schedtrace.Waiting {
			b.WriteString(style.paint(dim, text))
			continue
		}
		b.WriteString(who.onto(lane.ID, false, text, style))
	}
	return b.String()
}

// mostWays is how many goroutines are drawn in a terminal.
const mostWays = 12

// busiest returns the lanes of the goroutines that ran longest in the span drawn,
// in the order in which they were created, and how many others ran in all.
func busiest(t *schedtrace.Trace) (shown []schedtrace.Lane, more int) {
	ran := make(map[int64]time.Duration)
	for _, lane := range t.Goroutines.Lanes {
		for _, cell := range lane.Cells {
			for _, s := range cell {
				if s.State == schedtrace.Running || s.State == schedtrace.Syscall {
					ran[lane.ID] += s.Time
				}
			}
		}
		if ran[lane.ID] > 0 {
			shown = append(shown, lane)
		}
	}
	slices.SortStableFunc(shown, func(a, b schedtrace.Lane) int { return cmp.Compare(ran[b.ID], ran[a.ID]) })
	shown = shown[:min(len(shown), mostWays)]
	slices.SortFunc(shown, func(a, b schedtrace.Lane) int { return cmp.Compare(a.ID, b.ID) })
	return shown, max(0, t.Facts.Ran-len(shown))
}

// axis draws a time axis over so many columns.
func axis(start, span time.Duration, columns int) string {
	row := []rune(strings.Repeat("─", columns))
	all := ticks(span, max(2, columns/16))
	for _, t := range all {
		at := int(float64(t) / float64(span) * float64(columns))
		text := []rune("┬" + tickText(start, t, all) + " ")
		if at+len(text) <= columns {
			copy(row[at:], text)
		}
	}
	return string(row)
}

// tickText labels a tick of an axis: with as many digits as tell it from the next.
func tickText(start, t time.Duration, all []time.Duration) string {
	if start == 0 || len(all) < 2 {
		return shortTime(start + t)
	}
	unit, name := time.Millisecond, "ms"
	switch step := all[1] - all[0]; {
	case step >= time.Second:
		unit, name = time.Second, "s"
	case step < time.Microsecond:
		unit, name = time.Microsecond, "µs"
	}
	return strconv.FormatFloat(float64(start+t)/float64(unit), 'f', -1, 64) + " " + name
}

// ticks returns about n round times from 0 within the span.
func ticks(span time.Duration, n int) []time.Duration {
	step := time.Duration(1)
	for unit := step; ; unit *= 10 {
		if step = unit; span/step <= time.Duration(n) {
			break
		}
		if step = 2 * unit; span/step <= time.Duration(n) {
			break
		}
		if step = 5 * unit; span/step <= time.Duration(n) {
			break
		}
	}
	var all []time.Duration
	for t := time.Duration(0); t <= span; t += step {
		all = append(all, t)
	}
	return all
}

// shortTime writes a time with three digits in the unit that fits.
func shortTime(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	return timetext.Nanoseconds(float64(d))
}
