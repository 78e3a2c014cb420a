package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"runbench/internal/history"
)

// HistoryMarkdown writes the changes as a table in GitHub's Markdown, the verdict first.
func HistoryMarkdown(w io.Writer, r *history.Result) error {
	m := &markdown{printer{w: w}}
	counts := make(map[string]int)
	for _, s := range r.Series {
		for _, c := range s.Changes {
			counts[c.Direction]++
		}
	}
	switch {
	case r.Changes == 0 && r.TooShort == len(r.Series):
		m.line("**Nothing is judged**: a series is judged from %d files on.\n", history.MinFiles)
	case r.Changes == 0:
		m.line("**No change** in %d series.\n", len(r.Series)-r.TooShort)
	default:
		m.line("**%s**: %d worse, %d better, %d other.\n", Plural(r.Changes, "change"), counts[history.Worse], counts[history.Better], counts[history.Changed])
	}
	m.line("%s\n", escape(reach(r)))
	rows := [][]string{{"commit", "date", "workload", "figure", "C", "P", "before", "after", "change", "95 % interval", "p", ""}}
	files, at := turnings(r)
	for _, file := range files {
		for _, t := range at[file] {
			s, c := t.series, t.change
			row := []string{escape(commitName(r.Files[file])), dateOf(r.Files[file])}
			for _, cell := range identity(s, contested(r.Series, s)) {
				row = append(row, escape(cell))
			}
			remarks := c.Direction
			for _, text := range remarksOn(r, t) {
				remarks += "; " + escape(text)
			}
			rows = append(rows, append(row, amount(c.Before, s.Unit), amount(c.After, s.Unit), change(c.Ratio), change(c.Lo)+" … "+change(c.Hi), sure(c.P), remarks))
		}
	}
	if len(rows) > 1 {
		m.table(rows, "llllrrrrrrrl")
	}
	m.line("%s\n", escape(sureness(r)))
	for _, s := range r.Skipped {
		m.line("- left out: %s: %s", escape(s.Path), escape(s.Reason))
	}
	for _, text := range r.Warnings {
		m.line("- %s", escape(text))
	}
	return m.err
}

// historyHead names the columns of HistoryCSV.
var historyHead = []string{
	"config", "workload", "strategy", "goroutines", "gomaxprocs", "unit",
	"path", "commit", "label", "commit_time", "started", "runs", "value", "value_lo", "value_hi", "outlier",
	"level", "direction", "ratio", "ratio_lo", "ratio_hi", "p",
}

// HistoryCSV writes a line for each point of each series (RFC 4180), with the level it belongs to; where a new level
// begins, with the change.
func HistoryCSV(w io.Writer, r *history.Result) error {
	out := csv.NewWriter(w)
	if err := out.Write(historyHead); err != nil {
		return err
	}
	for _, s := range r.Series {
		level := 0
		for i, pt := range s.Points {
			f := r.Files[pt.File]
			row := []string{
				inertCell(s.Config), inertCell(s.Workload), inertCell(s.Strategy), count(s.Goroutines), count(s.Gomaxprocs), inertCell(s.Unit),
				inertCell(f.Path), inertCell(f.Commit), inertCell(f.Label), stampText(f.Time), stampText(f.Started),
				strconv.Itoa(pt.Runs), exact(pt.Value), optional(pt.Lo), optional(pt.Hi), strconv.FormatBool(pt.Outlier),
			}
			changed := []string{"", "", "", "", ""}
			if level < len(s.Changes) && s.Changes[level].Index == i {
				c := s.Changes[level]
				changed = []string{c.Direction, exact(c.Ratio), exact(c.Lo), exact(c.Hi), fmt.Sprintf("%.3g", c.P)}
				level++
			}
			row = append(append(row, exact(s.Levels[level])), changed...)
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func stampText(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

func optional(v *float64) string {
	if v == nil {
		return ""
	}
	return exact(*v)
}
