package htmlreport

import (
	"html/template"
	"strings"

	"runbench/internal/report"
)

// A timeline is a picture of traces: who ran where and when.
type timeline struct {
	ID      string
	Title   string
	Picture template.HTML
	Facts   string // in the words of the terminal

	style string // of the picture, for the one style of the page
}

func newTimeline(p Picture, id string) timeline {
	t := timeline{ID: id, Title: short(p.Title)}
	var svg, facts strings.Builder
	// Writing to a strings.Builder does not fail.
	_ = report.TimelinesSVG(&svg, p.Title, p.Panels)
	_ = report.Overlap(&facts, p.Panels, p.Cores, report.Style{Width: 110})
	_ = report.SchedulerFacts(&facts, p.Panels, report.Style{Width: 110})
	t.Facts = facts.String()
	// The picture brings its style along, which the page's policy would refuse: it
	// goes into the one style that is allowed, for this picture only.
	text := svg.String()
	if before, rest, ok := strings.Cut(text, "<style>"); ok {
		if style, after, ok := strings.Cut(rest, "</style>"); ok {
			text, t.style = before+after, "\n.timeline{"+style+"}\n.timeline svg.timeline{--paper:var(--raised);--ink:var(--text);--faint:var(--soft);--lane:var(--line);--idle:var(--soft)}\n"
		}
	}
	text = strings.Replace(text, `<svg xmlns="http://www.w3.org/2000/svg" `, `<svg class="timeline" `, 1)
	t.Picture = template.HTML(text)
	return t
}
