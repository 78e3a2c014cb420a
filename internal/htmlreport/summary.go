package htmlreport

import (
	"fmt"
	"html/template"

	"runbench/internal/analysis"
	"runbench/internal/report"
	"runbench/internal/scaling"
)

// A summary is the gains of all workloads, a row each.
type summary struct {
	Axis    template.HTML // of the strips
	Cores   string        // at the end of the parallelism gain
	Groups  []summaryGroup
	Starred bool   // a gain is wider than was asked for
	Wide    string // what would help there
}

// A summaryGroup has one configuration.
type summaryGroup struct {
	Config string
	Rows   []summaryRow
}

type summaryRow struct {
	ID, Name, Verdict, Sentence string
	Base, Unit                  string
	Concurrency, Parallelism    gainView
	Physical                    *gainView
	Total                       string
	Strip                       template.HTML
	Recommend                   string
}

// A gainView is a gain as a table has it: its figure, a sign and a word for its
// effect.
type gainView struct {
	Text, Effect, Sign, Word string
	Star                     bool
}

// effects are how effects are marked, never by colour alone.
var effects = map[string]struct{ sign, word string }{
	string(scaling.EffectHelps):        {"▲", "helps"},
	string(scaling.EffectHurts):        {"▼", "hurts"},
	string(scaling.EffectNone):         {"=", "no effect"},
	string(scaling.EffectInconclusive): {"?", "cannot be told"},
}

func newGainView(g *analysis.Gain, precision float64, asked bool) gainView {
	v := gainView{Text: report.Gain(g)}
	if g != nil {
		v.Effect, v.Sign, v.Word = g.Effect, effects[g.Effect].sign, effects[g.Effect].word
		v.Star = asked && g.Wider(precision)
	}
	return v
}

func newSummary(subjects []*namedSubject, a analysis.Analysis) *summary {
	t := &summary{Wide: report.Wide(a)}
	var e extent
	cores := make(map[int]bool)
	for _, s := range subjects {
		for _, g := range []*analysis.Gain{s.ConcurrencyGain, s.ParallelismGain} {
			if g != nil {
				e.add(g.Value)
				addBounds(&e, *partOf(g))
			}
		}
		cores[s.Gomaxprocs] = true
	}
	axis := ratioStrip(e)
	t.Axis = axis.head()
	t.Cores = "1 core → all"
	if len(cores) == 1 {
		t.Cores = "1 → " + report.Plural(subjects[0].Gomaxprocs, "core")
	}
	for _, s := range subjects {
		if n := len(t.Groups); n == 0 || t.Groups[n-1].Config != short(report.Config(s.Config)) {
			t.Groups = append(t.Groups, summaryGroup{Config: short(report.Config(s.Config))})
		}
		asked := s.Converged != nil
		row := summaryRow{
			ID: s.id, Name: s.title(), Verdict: s.Verdict, Sentence: inert(s.Sentence), Base: "–", Unit: s.unit,
			Concurrency: newGainView(s.ConcurrencyGain, a.Precision, asked), Parallelism: newGainView(s.ParallelismGain, a.Precision, asked),
			Total: "–", Recommend: "–",
			Strip: axis.marks(stripMark{0, "concurrency", partOf(s.ConcurrencyGain)}, stripMark{1, "parallelism", partOf(s.ParallelismGain)}),
		}
		t.Starred = t.Starred || row.Concurrency.Star || row.Parallelism.Star
		if s.Base != nil {
			row.Base = quantity(s.Base.Value)
		}
		if s.PhysicalGain != nil {
			g := newGainView(s.PhysicalGain, a.Precision, asked)
			row.Physical = &g
		}
		if s.TotalGain != nil {
			row.Total = report.Ratio(s.TotalGain.Value)
		}
		if s.Recommend.Gomaxprocs > 0 {
			row.Recommend = on(s.goroutines(s.Recommend.Goroutines), s.Recommend.Gomaxprocs)
		}
		group := &t.Groups[len(t.Groups)-1]
		group.Rows = append(group.Rows, row)
	}
	return t
}

// A gapTable says where the speed-up went that the cores could give.
type gapTable struct {
	Finding string
	Cores   string
	Rows    []gapRow
	Note    string
}

type gapRow struct {
	ID, Name                               string
	Bar                                    template.HTML
	Machine, Runtime, Program, Left, Ideal string
}

func newGapTable(subjects []*namedSubject) *gapTable {
	t := &gapTable{}
	most := 0
	var ws []analysis.Workload
	for _, s := range subjects {
		if s.Gaps != nil {
			most = max(most, s.Gaps.Cores)
			ws = append(ws, s.Workload)
		}
	}
	worst, owner, kept := "", "", 1.0
	for _, s := range subjects {
		g := s.Gaps
		if g == nil {
			continue
		}
		t.Rows = append(t.Rows, gapRow{
			ID: s.id, Name: s.title(), Bar: gapBar(g, most),
			Machine: report.Kept(g.Machine), Runtime: report.Kept(g.Runtime), Program: report.Kept(g.Program),
			Left: ratioText(g.Measured), Ideal: fmt.Sprintf("%d×", g.Cores),
		})
		for _, part := range []struct {
			who string
			of  *analysis.Part
		}{{"the machine", g.Machine}, {"the Go runtime", g.Runtime}, {"the program", g.Program}} {
			// What may as well be the noise of the measurement is nobody's loss.
			certain := part.of != nil && (part.of.Hi == nil || *part.of.Hi < 1)
			if certain && part.of.Value < kept {
				worst, owner, kept = s.title(), part.who, part.of.Value
			}
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	t.Cores = report.Plural(most, "core")
	t.Note = report.GapLegend(ws) + "; each keeps a share of what the one before left"
	t.Finding = "Next to nothing of the speed-up is lost"
	if kept < 0.95 {
		t.Finding = fmt.Sprintf("Most is lost in %s, to %s: it leaves %s", worst, owner, report.Percent(kept))
	}
	return t
}
