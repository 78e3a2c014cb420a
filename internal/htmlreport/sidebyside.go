package htmlreport

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"html/template"
	"io"
	"slices"

	"runbench/internal/analysis"
	"runbench/internal/compare"
	"runbench/internal/report"
	"runbench/internal/scaling"
)

// A sideBySide sets several files next to one another, by what each says of its own
// machine. Nothing is ranked by nanoseconds: between machines these say nothing of
// how work scales.
type sideBySide struct {
	Headline string
	Files    []sideFile
	Axis     template.HTML
	// Differences are what differs between two files for certain, and Compared is how
	// many comparisons that was corrected for; 0 where there was none.
	Differences []string
	Compared    int
	Rows        []sideRow
	Many        bool // more files than pictures can stand beside one another
	More        int  // workloads that a page has no room for
}

type sideFile struct {
	Name, Machine, Measured, Runs, AA string
}

// A sideRow is one workload on all files.
type sideRow struct {
	Name  string
	Maps  []sideMap
	Cells []sideCell
	Tells string // where the files differ
}

type sideMap struct {
	File string
	Map  template.HTML
	ID   string
}

// A sideCell is what one file says of a workload.
type sideCell struct {
	Strip                                                                template.HTML
	Sign                                                                 template.HTML
	File, Verdict, Base, Concurrency, Parallelism, Efficiency, Recommend string
}

const (
	mostSideFiles = 1000
	mostSideRows  = 200
	// mostDifferences is how many differences are named.
	mostDifferences = 20
)

// sideKey says which workloads of two files are the same.
type sideKey struct{ name, strategy, axis string }

func sideKeyOf(w analysis.Workload) sideKey {
	k := sideKey{name: w.Name, strategy: w.Strategy}
	if w.Sweep != nil {
		k.axis = w.Sweep.Axis
	}
	return k
}

// A sideEntry is a workload of a file.
type sideEntry struct {
	file int
	id   string // of its section, "" where it has none
	w    analysis.Workload
}

func newSideBySide(files []*File) *sideBySide {
	s := &sideBySide{Many: len(files) > MostInFull}
	files = files[:min(len(files), mostSideFiles)]
	names := apartNames(files)
	entries := make(map[sideKey][]sideEntry)
	var order []sideKey
	for i, f := range files {
		s.Files = append(s.Files, newSideFile(f, names[i], i))
		own, sweeps := 0, 0
		for _, w := range f.Analysis.Workloads {
			e := sideEntry{file: i, w: w}
			// The ids are those that newSubjects and sweepTables give.
			if w.Sweep == nil {
				own++
				e.id = fmt.Sprintf("f%d-w%d", i+1, own)
			} else {
				sweeps++
				e.id = fmt.Sprintf("f%d-s%d", i+1, sweeps)
			}
			if i >= MostInFull {
				e.id = ""
			}
			k := sideKeyOf(w)
			if entries[k] == nil {
				order = append(order, k)
			}
			entries[k] = append(entries[k], e)
		}
	}
	s.contrast(files)
	order = slices.DeleteFunc(order, func(k sideKey) bool { return len(entries[k]) < 2 })
	if len(order) == 0 {
		s.Headline = "No workload is in two of these files."
		return s
	}
	var e extent
	for _, k := range order {
		for _, x := range entries[k] {
			for _, g := range []*analysis.Part{partOf(x.w.ConcurrencyGain), partOf(x.w.ParallelismGain), lastSpeedup(x.w)} {
				if g != nil {
					e.add(g.Value)
					addBounds(&e, *g)
				}
			}
		}
	}
	axis := ratioStrip(e)
	s.Axis = axis.head()
	agree := 0
	for n, k := range order {
		if !differ(entries[k]) {
			agree++
		}
		if n >= mostSideRows {
			s.More++
			continue
		}
		s.Rows = append(s.Rows, newSideRow(k, entries[k], files, names, axis))
	}
	s.Headline = fmt.Sprintf("The files give the same verdict on %d of the %d workloads that two or more of them have.", agree, len(order))
	if len(order) == 1 {
		s.Headline = s.Rows[0].Name + ". " + s.Rows[0].Tells
	}
	return s
}

// contrast has package compare say what differs.
func (s *sideBySide) contrast(files []*File) {
	var sources []compare.Source
	for _, f := range files {
		if f.packed != nil && f.Contest == nil {
			sources = append(sources, compare.Source{Name: f.Name, Open: func() (io.ReadCloser, error) { return gzip.NewReader(bytes.NewReader(f.packed)) }})
		}
	}
	if s.Many || len(sources) < 2 {
		return
	}
	r, err := compare.Machines(context.Background(), sources)
	if err != nil {
		return // it fails only where its context does
	}
	s.Compared = r.Compared
	for i, d := range r.Differences {
		if i == mostDifferences {
			s.Differences = append(s.Differences, fmt.Sprintf("… and %d more.", len(r.Differences)-i))
			break
		}
		s.Differences = append(s.Differences, inert(d.Sentence))
	}
}

// apartNames returns names that tell the files apart: their base names, with the
// whole path where two have the same.
func apartNames(files []*File) []string {
	uses := make(map[string]int)
	for _, f := range files {
		uses[baseName(f.Name)]++
	}
	var names []string
	for _, f := range files {
		name := baseName(f.Name)
		if uses[name] > 1 {
			name = f.Name
		}
		names = append(names, short(name))
	}
	return names
}

// differ reports whether files give a workload different verdicts.
func differ(of []sideEntry) bool {
	return slices.ContainsFunc(of, func(e sideEntry) bool { return e.w.Verdict != of[0].w.Verdict })
}

func newSideFile(f *File, name string, i int) sideFile {
	v := sideFile{Name: name, Machine: f.machine(), Measured: "–", Runs: itoa(f.runs), AA: "–"}
	if m := f.Set.Manifest; m != nil {
		v.Measured = m.Started.Format("2006-01-02 15:04")
	}
	if width, known := f.Analysis.AAHalfWidth(); known {
		v.AA = fmt.Sprintf("±%.1f %%", 100*width)
	}
	return v
}

// lastSpeedup is the speed-up of a sweep at its end, nil for what is none.
func lastSpeedup(w analysis.Workload) *analysis.Part {
	if w.Sweep == nil || len(w.Laws) == 0 {
		return nil
	}
	l := w.Laws[0]
	return &l.Points[len(l.Points)-1].Speedup
}

func newSideRow(k sideKey, of []sideEntry, files []*File, names []string, axis strip) sideRow {
	row := sideRow{Name: short(k.name)}
	if k.strategy != "" {
		row.Name += " · " + short(k.strategy)
	}
	for _, x := range of {
		w, name := x.w, names[x.file]
		c := sideCell{File: name, Verdict: w.Verdict, Base: "–", Concurrency: "–", Parallelism: "–", Efficiency: "–", Recommend: "–"}
		switch {
		case w.Sweep != nil:
			c.Verdict = string(w.Sweep.Shape)
			c.Base = quantity(w.Sweep.Base) + " " + short(w.Sweep.Unit)
			l := w.Laws[0]
			last := l.Points[len(l.Points)-1]
			c.Parallelism = fmt.Sprintf("%s at %d", ratioText(&last.Speedup), last.N)
			c.Efficiency = report.Percent(last.Efficiency.Value)
			c.Strip = axis.marks(stripMark{1, fmt.Sprintf("%s, at %d:", name, last.N), &last.Speedup})
		default:
			if w.Base != nil {
				c.Base = rateText(rate(*w.Base), "tasks/s")
			}
			c.Concurrency, c.Parallelism = report.Gain(w.ConcurrencyGain), report.Gain(w.ParallelismGain)
			if g := w.ParallelismGain; g != nil && w.Gomaxprocs > 1 {
				c.Efficiency = fmt.Sprintf("%s of %d", report.Percent(g.Value/float64(w.Gomaxprocs)), w.Gomaxprocs)
			}
			c.Strip = axis.marks(stripMark{0, name + ", concurrency:", partOf(w.ConcurrencyGain)}, stripMark{1, name + ", parallelism:", partOf(w.ParallelismGain)})
			if len(w.Surface) > 0 && len(files) <= MostInFull {
				row.Maps = append(row.Maps, sideMap{File: name, Map: newSubject(w, files[x.file]).heat().mini(), ID: x.id})
			}
		}
		if r := w.Recommend; r.Gomaxprocs > 0 || r.Goroutines > 0 {
			switch {
			case r.Goroutines == 0:
				c.Recommend = report.Plural(r.Gomaxprocs, "core")
			case r.Gomaxprocs == 0:
				c.Recommend = report.Plural(r.Goroutines, "goroutine")
			default:
				c.Recommend = on(r.Goroutines, r.Gomaxprocs)
			}
		}
		row.Cells = append(row.Cells, c)
	}
	row.Tells = tells(of, names)
	return row
}

// tells says in a sentence whether the files agree.
func tells(of []sideEntry, names []string) string {
	verdict := func(w analysis.Workload) string {
		if w.Sweep != nil {
			return string(w.Sweep.Shape)
		}
		return w.Verdict
	}
	same := true
	for _, x := range of {
		same = same && verdict(x.w) == verdict(of[0].w)
	}
	if same {
		return "All say: " + verdict(of[0].w) + "."
	}
	// A verdict that could not be told does not contradict.
	var told []string
	for _, x := range of {
		if verdict(x.w) != string(scaling.VerdictInconclusive) && !slices.Contains(told, verdict(x.w)) {
			told = append(told, verdict(x.w))
		}
	}
	if len(told) == 1 {
		return "Not told by all; those that tell say: " + told[0] + "."
	}
	if len(of) > MostInFull {
		return "They differ: " + listed(told) + "."
	}
	var each []string
	for _, x := range of {
		each = append(each, fmt.Sprintf("%s in %s", verdict(x.w), names[x.file]))
	}
	return "They differ: " + listed(each) + "."
}
