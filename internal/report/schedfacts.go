package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"runbench/internal/schedtrace"
)

// A factRow says one thing of a trace.
type factRow struct {
	label string
	value func(f schedtrace.Facts) string
}

// created is the row that two sources tell.
const created = "goroutines"

// mostReasons is how many reasons to wait are told.
const mostReasons = 3

// factRows are the facts told, in reading order.
func factRows() []factRow {
	rows := []factRow{
		{"traced", func(f schedtrace.Facts) string { return shortTime(f.Span) }},
		{"running at once", func(f schedtrace.Facts) string {
			return fmt.Sprintf("%d at most, %.2f on average", f.MaxRunning, f.MeanRunning)
		}},
		{"threads", func(f schedtrace.Facts) string { return fmt.Sprint(f.Threads) }},
		{created, func(f schedtrace.Facts) string { return fmt.Sprintf("%d started, %d ran", f.Created, f.Ran) }},
		{"started on another P", func(f schedtrace.Facts) string { return of(f.StartsElsewhere, f.Starts) }},
		{"woken on another P", func(f schedtrace.Facts) string { return of(f.WakesElsewhere, f.Wakes) }},
		{"woken by the poller", func(f schedtrace.Facts) string { return fmt.Sprint(f.WakesByPoller) }},
		{"preempted", func(f schedtrace.Facts) string {
			if f.Preempted == 0 {
				return "0"
			}
			return fmt.Sprintf("%d times, %d resumed on another P", f.Preempted, f.PreemptedElsewhere)
		}},
		{"yielded", func(f schedtrace.Facts) string { return fmt.Sprint(f.Yielded) }},
		{"ran on several Ps", func(f schedtrace.Facts) string { return of(f.Moved, f.Ran) }},
		{"ran at a stretch", func(f schedtrace.Facts) string { return stretches(f.RunSlice) }},
		{"runnable before it ran", func(f schedtrace.Facts) string { return stretches(f.RunnableWait) }},
		{"system calls", func(f schedtrace.Facts) string {
			if f.Syscalls == 0 {
				return "0"
			}
			return fmt.Sprintf("%d in %s, %d lost the P", f.Syscalls, shortTime(f.SyscallTime), f.SyscallsHandedOver)
		}},
	}
	for i := range mostReasons {
		label := ""
		if i == 0 {
			label = "waited for"
		}
		rows = append(rows, factRow{label, func(f schedtrace.Facts) string {
			if i >= len(f.Blocked) {
				return ""
			}
			b := f.Blocked[i]
			return fmt.Sprintf("%s: %d×, %s on average", Inert(b.Reason), b.Count, shortTime(b.Total/time.Duration(max(1, b.Count))))
		}})
	}
	return append(rows, factRow{"garbage collection", func(f schedtrace.Facts) string {
		if f.GC.Cycles == 0 && f.GC.Active == 0 {
			return "none"
		}
		return fmt.Sprintf("%s, active %s, helped %d×", Plural(f.GC.Cycles, "cycle"), shortTime(f.GC.Active), f.GC.Assists)
	}}, factRow{"world stopped", func(f schedtrace.Facts) string {
		if f.GC.Pauses == 0 {
			return "never"
		}
		return fmt.Sprintf("%d×, %s at most", f.GC.Pauses, shortTime(f.GC.MaxPause))
	}})
}

func of(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d (%.0f %%)", part, whole, 100*float64(part)/float64(whole))
}

func stretches(d schedtrace.Distribution) string {
	if d.Count == 0 {
		return "–"
	}
	return fmt.Sprintf("median %s, p99 %s, most %s", shortTime(d.P50), shortTime(d.P99), shortTime(d.Max))
}

// Overlap says in a sentence what the pictures of the same work at several
// GOMAXPROCS show, where so many cores may be used. It says nothing of a single one.
func Overlap(out io.Writer, panels []Panel, cores int, style Style) error {
	if len(panels) < 2 {
		return nil
	}
	first, last := panels[0].Trace.Facts, panels[len(panels)-1].Trace.Facts
	var b strings.Builder
	text := fmt.Sprintf("On %s %.2f goroutines ran at once on average", Plural(first.Procs, "P"), first.MeanRunning)
	if first.Procs == 1 {
		text = fmt.Sprintf("On 1 P the goroutines take turns: never more than %d ran at once", first.MaxRunning)
	}
	text += fmt.Sprintf(". On %s up to %d overlap, %.2f on average; the same work took %.2f times as long (under the tracer, so no result).",
		Plural(last.Procs, "P"), last.MaxRunning, last.MeanRunning, float64(last.Span)/float64(max(1, first.Span)))
	if last.Procs > cores {
		text += fmt.Sprintf(" So it looks to Go: there are %s for these.", Plural(cores, "core"))
	}
	for _, line := range wrap(text, style.width()-2) {
		b.WriteString(line + "\n")
	}
	b.WriteByte('\n')
	_, err := io.WriteString(out, b.String())
	return err
}

// SchedulerFacts writes what the traces tell, a column each. Rows that are empty
// for all are left out.
func SchedulerFacts(out io.Writer, panels []Panel, style Style) error {
	var table [][]string
	head := []string{""}
	for _, p := range panels {
		head = append(head, Inert(p.Title))
	}
	table = append(table, head)
	for _, r := range factRows() {
		row, empty := []string{r.label}, true
		for _, p := range panels {
			text := r.value(p.Trace.Facts)
			if r.label == created && p.Created != nil {
				text += fmt.Sprintf(" (runtime/metrics: %d)", *p.Created)
			}
			row = append(row, text)
			empty = empty && text == ""
		}
		if !empty {
			table = append(table, row)
		}
	}
	p := &printer{w: out, style: style}
	p.columns(1, table)
	return p.err
}
