package report

import (
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"runbench/internal/schedtrace"
)

// The sizes of the picture, in its own units, which are pixels where it is not
// scaled.
const (
	svgWidth = 1000
	svgLeft  = 46 // of the lanes
	svgRight = 10
	procHigh = 26
	wayHigh  = 11
	laneGap  = 3
	titleGap = 26
	panelGap = 14
)

// TimelinesSVG writes the picture of [Timelines] as one SVG file: light or dark as
// its reader has it, with a text for every bar that a pointer rests on, and no
// script.
func TimelinesSVG(out io.Writer, title string, panels []Panel) error {
	span := commonSpan(panels)
	var body strings.Builder
	y := 30
	for _, p := range panels {
		y = svgPanel(&body, p, span, y) + panelGap
	}
	y = svgAxis(&body, panels[0].Trace.Procs.Start, span, y)
	y = svgLegend(&body, y)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`+"\n", svgWidth, y, svgWidth, y, html.EscapeString(Inert(title)))
	b.WriteString(svgStyle())
	fmt.Fprintf(&b, `<rect class="paper" width="%d" height="%d"/>`+"\n", svgWidth, y)
	fmt.Fprintf(&b, `<text class="title" x="%d" y="20">%s</text>`+"\n", svgRight, html.EscapeString(Inert(title)))
	b.WriteString(body.String())
	b.WriteString("</svg>\n")
	_, err := io.WriteString(out, b.String())
	return err
}

func svgStyle() string {
	var b strings.Builder
	b.WriteString("<style>\n" +
		"svg{font:12px system-ui,sans-serif;--paper:#fff;--ink:#1a1a1a;--faint:#767676;--lane:#f0f0f0;--idle:#d8d8d8}\n" +
		"@media (prefers-color-scheme:dark){svg{--paper:#16181c;--ink:#e8e8e8;--faint:#9a9a9a;--lane:#24272d;--idle:#3a3f47}}\n" +
		".paper{fill:var(--paper)}text{fill:var(--ink)}.title{font-size:15px;font-weight:600}.panel{font-weight:600}\n" +
		".faint{fill:var(--faint);font-size:11px}.lane{fill:var(--lane)}.grid{stroke:var(--faint);stroke-opacity:.35}\n" +
		".letter{fill:#000;font-size:11px;text-anchor:middle;pointer-events:none}.wait{fill:var(--idle)}\n" +
		".runnable{fill-opacity:.28}.syscall{fill-opacity:.6}\n")
	for i, p := range palette {
		fmt.Fprintf(&b, ".c%d{fill:%s}", i, p.hex)
	}
	b.WriteString("\n</style>\n")
	return b.String()
}

// svgX is where a time lies.
func svgX(t, span time.Duration) float64 {
	return svgLeft + float64(t)/float64(span)*(svgWidth-svgLeft-svgRight)
}

func svgPanel(b *strings.Builder, p Panel, span time.Duration, y int) int {
	who := cast(p.Trace)
	fmt.Fprintf(b, `<text class="panel" x="%d" y="%d">%s</text>`+"\n", svgRight, y+16, html.EscapeString(Inert(p.Title)))
	y += titleGap
	right := svgX(drawnSpan(p.Trace), span)
	for _, lane := range p.Trace.Procs.Lanes {
		fmt.Fprintf(b, `<text x="%d" y="%d">P%d</text><rect class="lane" x="%d" y="%d" width="%.1f" height="%d"/>`+"\n",
			svgRight, y+procHigh-8, lane.ID, svgLeft, y, right-svgLeft, procHigh)
		for _, bar := range bars(p.Trace.Procs, lane, span, false) {
			svgBar(b, p.Trace, who, bar, span, y, procHigh, fmt.Sprintf("on P%d", lane.ID))
		}
		y += procHigh + laneGap
	}
	y += laneGap
	shown, more := busiest(p.Trace)
	for _, lane := range shown {
		fmt.Fprintf(b, `<text class="faint" x="%d" y="%d">%s</text>`+"\n", svgLeft-16, y+wayHigh-1, string(who.letter(lane.ID)))
		for _, bar := range bars(p.Trace.Goroutines, lane, span, true) {
			svgBar(b, p.Trace, who, bar, span, y, wayHigh, "")
		}
		y += wayHigh + 2
	}
	if more > 0 {
		fmt.Fprintf(b, `<text class="faint" x="%d" y="%d">… and %s</text>`+"\n", svgLeft, y+11, Plural(more, "more goroutine"))
		y += 15
	}
	return y
}

// A bar is a stretch of a lane in which one goroutine was mostly in one state.
type bar struct {
	g          int64
	state      schedtrace.State
	start, end time.Duration
	busy       float64 // the share of it in that state
}

// svgColumns is how finely lanes are drawn: about a pixel each.
const svgColumns = svgWidth - svgLeft - svgRight

// bars joins the columns of a lane that look alike. A lane of a goroutine shows
// its waiting too.
func bars(t schedtrace.Timeline, lane schedtrace.Lane, span time.Duration, waits bool) []bar {
	var all []bar
	width := float64(span) / svgColumns
	for i := range svgColumns {
		cell := slice(t, lane, span, i, svgColumns)
		if len(cell) == 0 || !waits && cell[0].State == schedtrace.Waiting {
			continue
		}
		share := float64(cell[0].Time) / width
		if share < hardlyUsed {
			continue
		}
		next := bar{cell[0].Goroutine, cell[0].State, span * time.Duration(i) / svgColumns, span * time.Duration(i+1) / svgColumns, share}
		if n := len(all); n > 0 {
			last := &all[n-1]
			// Half-used columns are drawn paler, each for itself.
			if last.g == next.g && last.state == next.state && last.end == next.start && (last.busy > mostlyUsed) == (next.busy > mostlyUsed) {
				columns := float64(last.end-last.start) / width
				last.busy = (last.busy*columns + next.busy) / (columns + 1)
				last.end = next.end
				continue
			}
		}
		all = append(all, next)
	}
	return all
}

func svgBar(b *strings.Builder, t *schedtrace.Trace, who company, bar bar, span time.Duration, y, high int, where string) {
	x, width := svgX(bar.start, span), svgX(bar.end, span)-svgX(bar.start, span)
	class := fmt.Sprintf("c%d", who.color(bar.g))
	switch bar.state {
	case schedtrace.Waiting:
		class, y, high = "wait", y+high/2, 1
	case schedtrace.Runnable:
		class += " runnable"
	case schedtrace.Syscall:
		class += " syscall"
	}
	opacity := ""
	if bar.busy <= mostlyUsed && bar.state != schedtrace.Waiting {
		opacity = fmt.Sprintf(` opacity="%.2f"`, 0.35+bar.busy)
	}
	name := t.Names[bar.g]
	text := strings.Join(strings.Fields(fmt.Sprintf("goroutine %d %s %s %s, %s to %s", bar.g, Inert(name), bar.state, where,
		shortTime(t.Procs.Start+bar.start), shortTime(t.Procs.Start+bar.end))), " ")
	fmt.Fprintf(b, `<rect class="%s" x="%.1f" y="%d" width="%.1f" height="%d"%s><title>%s</title></rect>`, class, x, y, width, high, opacity, html.EscapeString(text))
	if where != "" && width > 12 && bar.busy > mostlyUsed {
		fmt.Fprintf(b, `<text class="letter" x="%.1f" y="%d">%s</text>`, x+width/2, y+high-9, string(who.letter(bar.g)))
	}
	b.WriteByte('\n')
}

func svgAxis(b *strings.Builder, start, span time.Duration, y int) int {
	all := ticks(span, 8)
	for _, t := range all {
		x := svgX(t, span)
		fmt.Fprintf(b, `<path class="grid" d="M%.1f 34V%d"/>`+"\n", x, y)
		if x < svgWidth-60 { // a label needs room
			fmt.Fprintf(b, `<text class="faint" x="%.1f" y="%d">%s</text>`+"\n", x+2, y+12, tickText(start, t, all))
		}
	}
	return y + 20
}

func svgLegend(b *strings.Builder, y int) int {
	x := svgLeft
	for _, entry := range []struct{ class, text string }{
		{"c0", "running (a colour and a letter for each goroutine)"},
		{"c0 syscall", "in a system call"},
		{"c0 runnable", "runnable, waiting for a P"},
		{"wait", "waiting for something else"},
	} {
		fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="14" height="10"/><text class="faint" x="%d" y="%d">%s</text>`+"\n", entry.class, x, y, x+18, y+9, entry.text)
		x += 40 + 6*len(entry.text)
	}
	return y + 20
}
