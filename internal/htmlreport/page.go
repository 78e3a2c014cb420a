package htmlreport

import (
	"fmt"
	"html/template"
	"slices"

	"runbench/internal/analysis"
	"runbench/internal/report"
	"runbench/internal/scaling"
)

// A page is what the template shows.
type page struct {
	Title     string
	Lead      []string // sentences below it
	Policy    string
	Style     template.HTML
	Script    template.HTML
	Several   bool
	Side      *sideBySide
	Course    *courseView
	Parts     []partView
	Timelines []timeline
	LeftOut   []string // files that are not shown in full
	Rules     []ruleView
	Own       bool // some of the files are of runbench
}

// A partView is what the page shows of one file.
type partView struct {
	ID      string
	Name    string
	Machine string
	About   []string // when, how long, how quiet
	Trouble []string // what makes all figures doubtful

	Headline string
	Summary  *summary
	Cards    []card
	Gaps     *gapTable
	Weak     *weakView
	Rankings []ranking
	Sweeps   []sweepTable
	Results  *table

	Swept     []sweptView
	Subjects  []subjectView
	Open      bool // show the subjects unfolded
	OpenSwept bool // and the sweeps, of which each has one picture
	Timed     bool // tasks were timed singly

	Remarks  []string
	Facts    []factGroup
	Noise    *noiseView
	Commands []string
	Download template.HTMLAttr
	Bytes    string
}

// A subjectView is one workload in full.
type subjectView struct {
	ID       string
	Name     string
	Verdict  string
	Sentence string
	Figures  []figure
	Notes    []string
}

// A card is a workload in the overview of surfaces.
type card struct {
	ID      string
	Name    string
	Verdict string
	Map     template.HTML
}

// MostInFull is how many files a page shows in full; of more it says how they
// compare.
const MostInFull = 8

// mostUnfolded is how many workloads a file may have for all of them to be unfolded.
const mostUnfolded = 12

func newPage(r Report) page {
	own := slices.ContainsFunc(r.Files, func(f *File) bool { return f.Set.Manifest != nil })
	p := page{Several: len(r.Files) > 1, Rules: rules(own), Own: own}
	for i, f := range r.Files {
		if i >= MostInFull {
			p.LeftOut = append(p.LeftOut, short(f.Name))
			continue
		}
		p.Parts = append(p.Parts, newPart(f, fmt.Sprintf("f%d", i+1)))
	}
	for i, t := range r.Pictures {
		p.Timelines = append(p.Timelines, newTimeline(t, fmt.Sprintf("t%d", i+1)))
	}
	switch {
	case p.Several:
		p.Title = fmt.Sprintf("%d result files side by side", len(r.Files))
		p.Side, p.Course = newSideBySide(r.Files), newCourse(r.Files)
	case len(p.Parts) == 1:
		p.Title = titleOf(r.Files[0])
	default:
		p.Title = "Scheduler timelines"
	}
	return p
}

// titleOf names the page of one file.
func titleOf(f *File) string {
	h := f.host()
	switch {
	case f.Contest != nil:
		return "Ways to put " + short(f.Contest.Workload) + " onto goroutines"
	case h == nil:
		return "How it scales: " + short(baseName(f.Name))
	}
	cpu := "this machine"
	if h.CPUModel != "" {
		cpu = short(string(h.CPUModel))
	}
	cores := report.Plural(h.LogicalCores, "core")
	if n := h.PhysicalCores; n != nil && *n != h.LogicalCores {
		cores = fmt.Sprintf("%s with %s", report.Plural(*n, "core"), report.Plural(h.LogicalCores, "thread"))
	}
	return fmt.Sprintf("Concurrency and parallelism on %s, %s", cpu, cores)
}

func newPart(f *File, id string) partView {
	a := f.Analysis
	v := partView{ID: id, Name: short(baseName(f.Name)), Machine: f.machine(), Bytes: sizeText(f.bytes)}
	v.About, v.Trouble = aboutFile(f)
	ours, sweeps := report.Divide(a)
	subjects := newSubjects(ours.Workloads, f, id)
	v.Headline = headline(f, ours.Workloads, sweeps.Workloads)
	if len(subjects) > 0 {
		v.Summary = newSummary(subjects, a)
		v.Gaps = newGapTable(subjects)
		v.Rankings = rankings(subjects)
	}
	v.Weak = newWeak(a.Weak)
	if f.Contest != nil {
		v.Rankings = append(v.Rankings, contestRanking(*f.Contest))
	}
	for _, s := range subjects {
		if len(s.Surface) > 0 {
			v.Cards = append(v.Cards, card{s.id, s.title(), s.Verdict, s.heat().mini()})
		}
		v.Subjects = append(v.Subjects, s.view())
	}
	v.Sweeps, v.Swept = sweepTables(sweeps.Workloads, id)
	v.Open, v.OpenSwept = len(v.Subjects) <= mostUnfolded, len(sweeps.Workloads) <= 4*mostUnfolded
	v.Timed = slices.ContainsFunc(subjects, func(s *namedSubject) bool { return len(s.latencyCounts()) > 0 })
	if a.Foreign != nil {
		v.Results = resultTable(f)
	}
	for _, text := range report.Remarks(remarked(a)) {
		v.Remarks = append(v.Remarks, inert(text))
	}
	v.Facts = factsOf(f)
	v.Noise = newNoise(f)
	v.Commands = reproduce(f)
	if f.packed != nil {
		v.Download = download(f)
	}
	return v
}

// A weakView is how workloads scale whose batch grows with the cores.
type weakView struct {
	Head      string
	Data      table
	Sentences []string
}

func newWeak(ws []analysis.WeakScaling) *weakView {
	if len(ws) == 0 {
		return nil
	}
	rows := report.WeakRows(ws)
	v := &weakView{Head: report.WeakHead + ".", Data: table{Head: rows[0], Rows: rows[1:]}}
	for _, w := range ws {
		text := report.WeakTitle(w, ws) + ": " + w.Sentence
		if w.Refused != nil {
			text += "; " + *w.Refused
		}
		v.Sentences = append(v.Sentences, inert(text)+".")
	}
	return v
}

// mostWarned is how many runs, notes and warnings a page names.
const mostWarned = 200

// remarked returns an analysis with no more remarks than a page has room for.
func remarked(a analysis.Analysis) analysis.Analysis {
	if more := len(a.Warnings) - mostWarned; more > 0 {
		a.Warnings = append(slices.Clone(a.Warnings[:mostWarned]), fmt.Sprintf("%d more of these", more))
	}
	a.Marks = a.Marks[:min(len(a.Marks), 50*mostWarned)]
	a.Failures = a.Failures[:min(len(a.Failures), 50*mostWarned)]
	return a
}

// subjects of a page, with their names.
func newSubjects(ws []analysis.Workload, f *File, id string) []*namedSubject {
	var out []*namedSubject
	for i, w := range ws {
		n := &namedSubject{subject: newSubject(w, f), id: fmt.Sprintf("%s-w%d", id, i+1)}
		// Strategies are told apart where one workload has several.
		for _, other := range ws {
			if other.Name == w.Name && other.Strategy != w.Strategy {
				n.with = " · " + short(w.Strategy)
			}
		}
		out = append(out, n)
	}
	return out
}

type namedSubject struct {
	*subject
	id   string
	with string // its strategy, where that must be told
}

func (s *namedSubject) title() string { return short(s.Name) + s.with }

func (s *namedSubject) view() subjectView {
	v := subjectView{ID: s.id, Name: s.title(), Verdict: s.Verdict, Sentence: inert(s.Sentence), Figures: s.figures()}
	if s.Config != "" {
		v.Notes = append(v.Notes, short(report.Config(s.Config)))
	}
	if s.Converged != nil && !*s.Converged {
		v.Notes = append(v.Notes, "A gain is known less well than was asked for.")
	}
	for _, text := range s.Warnings {
		v.Notes = append(v.Notes, sentence(inert(text))+".")
	}
	return v
}

// headline says what all workloads of a file come to.
func headline(f *File, ours, sweeps []analysis.Workload) string {
	switch {
	case f.Contest != nil:
		if len(f.Contest.Sentences) == 0 {
			return "No strategy has results yet."
		}
		return sentence(inert(f.Contest.Sentences[0])) + "."
	case len(ours)+len(sweeps) == 0 && len(f.Analysis.Weak) > 0:
		return sentence(inert(f.Analysis.Weak[0].Sentence)) + "."
	case len(ours)+len(sweeps) == 1:
		w := append(slices.Clone(ours), sweeps...)[0]
		return short(w.Name) + ": " + inert(w.Sentence) + "."
	case len(ours) > 0:
		return verdictsText(ours, "workload")
	case len(sweeps) > 0:
		return shapesText(sweeps)
	case f.Analysis.Foreign != nil && f.Analysis.Foreign.Results > 0:
		return "Nothing here tells how the work scales: no benchmark was measured over GOMAXPROCS or over goroutines."
	}
	return "No workload has results yet."
}

// verdictsText counts verdicts in one sentence.
func verdictsText(ws []analysis.Workload, noun string) string {
	count := make(map[string]int)
	for _, w := range ws {
		count[w.Verdict]++
	}
	var told []string
	for _, kind := range []struct{ verdict, one, many string }{
		{string(scaling.VerdictParallelism), "needs cores", "need cores"},
		{string(scaling.VerdictConcurrency), "needs goroutines", "need goroutines"},
		{string(scaling.VerdictBoth), "needs both", "need both"},
		{string(scaling.VerdictNeither), "gains by neither", "gain by neither"},
		{string(scaling.VerdictInconclusive), "could not be told", "could not be told"},
	} {
		switch n := count[kind.verdict]; {
		case n == 1:
			told = append(told, "1 "+kind.one)
		case n > 1:
			told = append(told, fmt.Sprintf("%d %s", n, kind.many))
		}
	}
	return fmt.Sprintf("Of %s, %s.", report.Plural(len(ws), noun), listed(told))
}

// shapesText counts the shapes of sweeps in one sentence.
func shapesText(ws []analysis.Workload) string {
	count := make(map[analysis.Shape]int)
	var order []analysis.Shape
	for _, w := range ws {
		if count[w.Sweep.Shape]++; count[w.Sweep.Shape] == 1 {
			order = append(order, w.Sweep.Shape)
		}
	}
	words := map[analysis.Shape][2]string{
		analysis.ShapeScales: {"scales", "scale"}, analysis.ShapeRises: {"rises to the end, below ideal", "rise to the end, below ideal"},
		analysis.ShapeLevels: {"levels off", "level off"}, analysis.ShapePeaks: {"peaks and falls", "peak and fall"},
		analysis.ShapeFlat: {"does not use more", "do not use more"}, analysis.ShapeFalls: {"gets slower", "get slower"},
		analysis.ShapeInconclusive: {"could not be told", "could not be told"},
	}
	var told []string
	for _, s := range order {
		told = append(told, fmt.Sprintf("%d %s", count[s], words[s][min(count[s]-1, 1)]))
	}
	return fmt.Sprintf("Of %s, %s.", report.Plural(len(ws), "benchmark"), listed(told))
}
