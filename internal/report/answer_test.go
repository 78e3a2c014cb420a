package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"runbench/internal/analysis"
)

func partOf(v, half float64) analysis.Part {
	return analysis.Part{Value: v, Lo: ptr(v - half), Hi: ptr(v + half)}
}

// answered returns an analysis with a surface and sweeps, and with hostile text
// wherever text comes from a file.
func answered() analysis.Analysis {
	point := func(n, runs int, x, half float64) analysis.LawPoint {
		pt := analysis.LawPoint{N: n, Runs: runs, X: partOf(100*x, 100*half), Speedup: partOf(x, half), Efficiency: partOf(x/float64(n), half/float64(n))}
		if runs == 1 {
			for _, part := range []*analysis.Part{&pt.X, &pt.Speedup, &pt.Efficiency} {
				part.Lo, part.Hi = nil, nil
			}
		}
		return pt
	}
	part := func(v, half float64) *analysis.Part { p := partOf(v, half); return &p }
	why := "no law: 2 values of GOMAXPROCS; Amdahl's law takes 3, the USL 5"
	few := "Amdahl's law at most: 3 values of GOMAXPROCS"
	a := sample()
	a.Workloads[0].Laws = []analysis.Law{
		{Axis: "gomaxprocs", Goroutines: 8, Base: 1, Refused: &why, Points: []analysis.LawPoint{point(1, 9, 1, 0), point(4, 9, 3.9, 0.02)}},
		{Axis: "goroutines", Gomaxprocs: 4, Base: 1, Model: "amdahl", Sigma: part(0.5, 0.5), Points: []analysis.LawPoint{point(1, 9, 1, 0), point(8, 9, 3.9, 0.02)}},
		{Axis: "goroutines", Gomaxprocs: 1, Base: 1, Model: "amdahl", Sigma: part(0.99, 0.01), Points: []analysis.LawPoint{point(1, 9, 1, 0), point(8, 9, 1.01, 0.02)}, Notes: []string{"no coherency (κ) shows: p = 0.3"}},
	}
	a.Workloads[0].Laws[0].Parallelism = &analysis.Parallelism{Gomaxprocs: 4, Least: 3.88, Most: ptr(153)}
	a.Workloads[0].COST = &analysis.COST{Goroutines: 8, Gomaxprocs: 2, Ratio: partOf(1.98, 0.02)}
	a.Workloads[1].COST = &analysis.COST{Never: true, Goroutines: 32, Gomaxprocs: 1, Ratio: partOf(0.97, 0.02)}
	a.Workloads[0].Advice = &analysis.Advice{Goroutines: 8, Lo: 8, Hi: 8, Gomaxprocs: 4}
	a.Workloads[1].Laws = []analysis.Law{
		{Axis: "gomaxprocs", Goroutines: 32, Base: 1, Refused: &why, Points: []analysis.LawPoint{point(1, 9, 1, 0), point(4, 9, 1, 0.02)}},
		{
			Axis: "goroutines", Gomaxprocs: 4, Base: 1, Model: "usl", Sigma: part(0.02, 0.005), Kappa: part(0.0005, 0.0001),
			Peak: &analysis.Peak{Part: partOf(44, 6), Extrapolated: true}, Limit: part(13.5, 2), Notes: []string{"no coherency (κ) shows: p = 1e-05"},
			Points: []analysis.LawPoint{point(1, 9, 1, 0), point(32, 9, 12, 0.3)},
		},
	}
	a.Workloads[1].Advice = &analysis.Advice{Goroutines: 32, Lo: 16, Hi: 32, Gomaxprocs: 1, Textbook: &analysis.Textbook{Goroutines: 20.4, WaitOverCPU: 19.4, Measured: 16, Throughput: part(0.93, 0.02)}}

	sweep := func(name, config string, shape analysis.Shape, sentence string, l analysis.Law) analysis.Workload {
		return analysis.Workload{
			Name: name, Config: config, Gomaxprocs: l.Points[len(l.Points)-1].N, Verdict: "parallelism", Sentence: sentence,
			Recommend: analysis.Recommendation{Gomaxprocs: 4}, Laws: []analysis.Law{l},
			Sweep: &analysis.Sweep{Axis: "gomaxprocs", Key: "-N", Unit: "ns/op", Cost: true, Rate: "ops/s", Base: 1234.5, Shape: shape},
		}
	}
	a.Workloads = append(
		a.Workloads,
		sweep("Set\x1b[2J", "cpu: Example   CPU ; goos: linux", analysis.ShapePeaks, "fastest at 4 (3.10×), slower beyond: 2.00× at 8", analysis.Law{
			Axis: "gomaxprocs", Base: 1, Model: "usl", Sigma: part(0.04, 0.01), Kappa: part(0.02, 0.004), Peak: &analysis.Peak{Part: partOf(5, 1)},
			Points: []analysis.LawPoint{point(1, 5, 1, 0), point(2, 5, 1.9, 0.1), point(4, 5, 3.1, 0.1), point(8, 5, 2, 0.1)}, Notes: []string{"no coherency (κ) shows: p = 0.3"},
		}),
		sweep("=Get|a", "cpu: Example   CPU ; goos: linux", analysis.ShapeFlat, "does not use more cores: 1.00× to 1.02× from 1 to 8", analysis.Law{
			Axis: "gomaxprocs", Base: 1, Model: "amdahl", Sigma: part(0.98, 0.02), Refused: &few,
			Points: []analysis.LawPoint{point(1, 1, 1, 0), point(2, 1, 1.02, 0), point(8, 1, 1, 0)},
		}),
		sweep("A/name/that/is/much/longer/than/its/column/takes", "", analysis.ShapeFalls, "slower with more GOMAXPROCS: 0.03× at 64", analysis.Law{
			Axis: "gomaxprocs", Base: 1, Refused: &why, Points: []analysis.LawPoint{point(1, 1, 1, 0), point(64, 1, 0.03, 0)},
		}),
	)
	a.Foreign = &analysis.Reading{
		Results: 40, Used: 29, Benchmarks: 12, Judged: 3,
		PassedOver:  []analysis.PassedOver{{Reason: "one value of GOMAXPROCS only", Results: 11, Benchmarks: []string{"a", "b", "c", "d", "e", "f\x1b[2J", "g"}}},
		Conventions: []string{"throughput is 1/(ns/op)"},
	}
	return a
}

// weakly returns what a weak-scaling sweep told.
func weakly() []analysis.WeakScaling {
	part := func(v, half float64) *analysis.Part { p := partOf(v, half); return &p }
	why := "no serial share: no GOMAXPROCS above 1"
	return []analysis.WeakScaling{
		{
			Name: "known/serial", Strategy: "pool", Gomaxprocs: 2, Serial: part(0.2, 0.01), Sentence: "a batch grown 2 times runs 1.80× as fast",
			Points: []analysis.WeakPoint{
				{N: 1, Runs: 9, X: partOf(1000, 5), Efficiency: part(1, 0), Speedup: part(1, 0)},
				{N: 2, Runs: 9, X: partOf(2000, 10), Efficiency: part(1, 0.01), Speedup: part(1.8, 0.01), Serial: part(0.2, 0.01)},
				{N: 4, Runs: 1, Oversubscribed: true, X: analysis.Part{Value: 2100}, Speedup: &analysis.Part{Value: 1.7}},
			},
			Notes: []string{"the share is against a control"},
		},
		{Name: "cpu/sort\x1b[2J", Strategy: "pool", Sentence: "cannot be told", Refused: &why, Points: []analysis.WeakPoint{{N: 2, X: analysis.Part{Value: 5}}}},
	}
}

// What a run prints at its end is less than what analyze prints of the same file.
func TestBrief(t *testing.T) {
	a := answered()
	a.Workloads, a.Foreign = a.Workloads[:2], nil
	var brief, answer bytes.Buffer
	if err := errors.Join(Brief(&brief, a, "r.txt", Style{Width: 120}), Answer(&answer, a, Style{Width: 120})); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(answer.String(), "\n") - strings.Count(brief.String(), "\n"); n < 12 {
		t.Errorf("only %d lines shorter", n)
	}
	golden(t, "brief", brief.String())

	a.Workloads = a.Workloads[:1] // whose laws are refused or say nothing
	brief.Reset()
	if err := Brief(&brief, a, "r.txt", Style{}); err != nil || !strings.Contains(brief.String(), "\nno law can be told from these runs\n") {
		t.Errorf("%v\n%s", err, brief.String())
	}
}

func TestWeakGolden(t *testing.T) {
	a := answered()
	a.Workloads, a.Foreign, a.Weak = nil, nil, weakly()
	var text, csvText, markdown bytes.Buffer
	if err := errors.Join(Answer(&text, a, Style{Width: 100}), Markdown(&markdown, a), CSV(&csvText, a)); err != nil {
		t.Fatal(err)
	}
	all := text.String() + "\n" + markdown.String() + "\n" + csvText.String()
	if strings.ContainsRune(all, '\x1b') || strings.Contains(all, "no workload has results") {
		t.Errorf("%s", all)
	}
	var brief bytes.Buffer
	if err := Brief(&brief, a, "r.txt", Style{Width: 100}); err != nil || brief.String() != text.String() {
		t.Errorf("%v\n%s", err, brief.String())
	}
	golden(t, "answer-weak", all)
}

func TestAnswerGolden(t *testing.T) {
	foreign := answered()
	foreign.Workloads = foreign.Workloads[2:]
	for name, test := range map[string]struct {
		a     analysis.Analysis
		style Style
	}{
		"answer":         {answered(), Style{Width: 120}},
		"answer-color":   {answered(), Style{Width: 100, Color: true}},
		"answer-foreign": {foreign, Style{Width: 100}},
	} {
		var b bytes.Buffer
		if err := Answer(&b, test.a, test.style); err != nil {
			t.Fatal(err)
		}
		if !test.style.Color && strings.ContainsRune(b.String(), '\x1b') {
			t.Errorf("%s: an escape sequence reached the output", name)
		}
		golden(t, name, b.String())
	}
}

func TestMarkdownGolden(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, answered()); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsRune(b.String(), '\x1b') {
		t.Error("an escape sequence reached the output")
	}
	golden(t, "answer-markdown", b.String())
}

// Every row has every column, and no cell is a formula or moves a cursor.
func TestCSV(t *testing.T) {
	var b bytes.Buffer
	a := answered()
	if err := CSV(&b, a); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll() // fails on rows of different lengths
	if err != nil {
		t.Fatal(err)
	}
	points := 0
	for _, w := range a.Workloads {
		for _, l := range w.Laws {
			points += len(l.Points)
		}
	}
	if len(rows) != points+1 {
		t.Errorf("%d rows for %d points", len(rows), points)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") || strings.ContainsRune(cell, '\x1b') {
				t.Errorf("cell %q", cell)
			}
		}
	}
	golden(t, "answer-csv", strings.Join(rows[0], "\n")+"\n\n"+strings.Join(rows[len(rows)-1], "\n")+"\n")
}
