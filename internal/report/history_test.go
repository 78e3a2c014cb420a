package report

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"runbench/internal/history"
)

// past returns a history of 24 files with a change for the worse in one workload, one for the better in another that
// came with one of the control arm, a file that stands apart, and names that would move a cursor.
func past() *history.Result {
	r := &history.Result{
		SchemaVersion: 1, Alpha: 0.01, MinChange: 0.01, Order: history.ByCommit, Changes: 3, Smaller: 2, TooShort: 1,
		Skipped:  []history.Skip{{Path: "torn|.txt", Reason: "found <nothing>"}},
		Warnings: []string{"1 of 5 series have fewer than 6 files and are not judged"},
	}
	for i := range 24 {
		when := time.Date(2026, 3, 1+i, 12, 0, 0, 0, time.UTC)
		f := history.File{Path: "c.txt", Commit: strings.Repeat("0123456789abcdef"[i%16:i%16+1], 40), Time: &when, SeriesIn: 4, Finished: true}
		if i == 23 {
			f.Label, f.Modified = "main\x1b[2J", true
		}
		if i == 5 {
			f.Path, f.Outlying = "noisy\x1b[31m.txt", 2
		}
		r.Files = append(r.Files, f)
	}
	series := func(s history.Series, level func(i int) float64) {
		s.Judged = s.Sees > 0
		for i := range r.Files {
			if !s.Judged && i > 3 {
				break
			}
			x := level(i) * (1 + s.Scatter*float64(i%3-1))
			p := history.Point{File: i, Value: x, Lo: ptr(x * 0.99), Hi: ptr(x * 1.01), Runs: 12, Outlier: i == 5}
			if i == 5 {
				p.Value *= 0.9
			}
			s.Points = append(s.Points, p)
		}
		r.Series = append(r.Series, s)
	}
	config := "cores: 2; cpu: Test; go: go1.26.8"
	fall := func(at int, from, to float64) func(i int) float64 {
		return func(i int) float64 {
			if i < at {
				return from
			}
			return to
		}
	}
	series(history.Series{
		Config: config, Workload: "cpu/hash", Strategy: "sequential", Goroutines: 1, Gomaxprocs: 1, Unit: "tasks/s", Better: 1, Scatter: 0.004, Sees: 0.007,
		Levels: []float64{34280, 32900}, Changes: []history.Change{{Index: 15, From: 14, To: 16, Before: 34280, After: 32900, Ratio: 0.9597, Lo: 0.955, Hi: 0.964, P: 2e-7, Direction: history.Worse}},
	}, fall(15, 34280, 32900))
	series(history.Series{
		Config: config, Workload: "cpu/hash", Strategy: "pool", Goroutines: 8, Gomaxprocs: 2, Unit: history.ParallelismGain, Better: 1, Scatter: 0.01, Sees: 0.02, Levels: []float64{1.95},
	}, fall(0, 0, 1.95))
	series(history.Series{
		Config: config, Workload: "io/http\x1b[2J", Strategy: "pool", Goroutines: 24, Gomaxprocs: 2, Unit: "p99-sec", Better: -1, Scatter: 0.02, Sees: 0.05,
		Levels: []float64{0.0123, 0.0111}, Changes: []history.Change{{Index: 8, From: 8, To: 8, Before: 0.0123, After: 0.0111, Ratio: 0.902, Lo: 0.88, Hi: 0.925, P: 0.0031, Direction: history.Better, Machine: true, SameCommit: true}},
	}, fall(8, 0.0123, 0.0111))
	series(history.Series{
		Config: config, Workload: "known/control", Strategy: "pool", Goroutines: 2, Gomaxprocs: 2, Unit: "tasks/s", Better: 1, Control: true, Scatter: 0.002, Sees: 0.004,
		Levels: []float64{1000, 1100}, Changes: []history.Change{{Index: 8, From: 8, To: 8, Before: 1000, After: 1100, Ratio: 1.1, Lo: 1.09, Hi: 1.11, P: 1e-12, Direction: history.Better}},
	}, fall(8, 1000, 1100))
	series(history.Series{Config: "pkg: other", Workload: "Encode-8", Unit: "allocs/op", Better: -1, Levels: []float64{12}}, fall(0, 0, 12))
	return r
}

func TestHistoryGolden(t *testing.T) {
	for name, style := range map[string]Style{
		"history":        {Width: 120},
		"history-color":  {Width: 120, Color: true},
		"history-narrow": {Width: 40},
	} {
		var b bytes.Buffer
		if err := History(&b, past(), style); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.String())
		if !style.Color && strings.ContainsRune(b.String(), 0x1b) {
			t.Errorf("%s holds an escape", name)
		}
	}
	var b bytes.Buffer
	if err := HistoryMarkdown(&b, past()); err != nil {
		t.Fatal(err)
	}
	golden(t, "history-markdown", b.String())
	b.Reset()
	if err := HistoryCSV(&b, past()); err != nil {
		t.Fatal(err)
	}
	golden(t, "history-csv", b.String())
}

// A course fits its room whatever the number of files, and has a mark for each change.
func TestHistoryCourse(t *testing.T) {
	p := &printer{}
	for _, n := range []int{1, 6, 59, 60, 61, 1000} {
		s := history.Series{Scatter: 0.01}
		for i := range n {
			s.Points = append(s.Points, history.Point{File: i, Value: float64(1 + i/3)})
		}
		for at := 3; at < n && at < 12; at += 3 {
			s.Changes = append(s.Changes, history.Change{Index: at, Direction: history.Changed})
		}
		course := p.course(s, 60)
		if got := utf8.RuneCountInString(course); got > 60 || strings.Count(course, "◆") != len(s.Changes) {
			t.Errorf("%d files: %d characters with %d marks for %d changes", n, got, strings.Count(course, "◆"), len(s.Changes))
		}
	}
}
