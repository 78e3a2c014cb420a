package report

import (
	"bytes"
	"strings"
	"testing"

	"runbench/internal/analysis"
	"runbench/internal/execsweep"
)

func executed() execsweep.Answer {
	near := func(v float64) analysis.Part {
		return analysis.Part{Value: v, Lo: ptr(0.99 * v), Hi: ptr(1.01 * v)}
	}
	refused := "Amdahl's law at most: 3 values of GOMAXPROCS; the USL takes 5"
	return execsweep.Answer{
		Name: "exec/go-build", Command: "a task is a run of: go build -a ./...\x1b[2J (cores by GOMAXPROCS)",
		Rounds: 9, Runs: 27, Verdict: execsweep.Gains, Recommend: analysis.Recommendation{Goroutines: 1, Gomaxprocs: 4},
		Noise: []string{"other programs used 0.5 of 4 cores"},
		Series: []execsweep.Series{{
			Goroutines: 1, Verdict: execsweep.Gains, Sentence: "gains from cores: 3.20× at 4, uses 3.5 of them",
			Points: []execsweep.Point{
				{Gomaxprocs: 1, Runs: 9, Wall: near(12.5), CPU: 12.4, CoresUsed: 0.99, Peak: ptr(300 << 20)},
				{Gomaxprocs: 4, Runs: 9, Wall: near(3.9), CPU: 13.6, CoresUsed: 3.49, Peak: ptr(310 << 20), Speedup: &analysis.Gain{Value: 3.2, Lo: ptr(3.168), Hi: ptr(3.232), Effect: "helps"}},
				{Gomaxprocs: 8, Oversubscribed: true, Runs: 9, Wall: analysis.Part{Value: 150}, CPU: 0.0001, CoresUsed: 0.01, Speedup: &analysis.Gain{Value: 0.1}},
			},
			Law: &analysis.Law{
				Axis: "gomaxprocs", Model: "amdahl", Sigma: &analysis.Part{Value: 0.08, Lo: ptr(0.07), Hi: ptr(0.09)},
				Base: 1, Limit: &analysis.Part{Value: 12.5}, Refused: &refused,
			},
		}},
		Failed:   []analysis.Failure{{Cell: "Exec/workload=go-build/strategy=sequential/goroutines=1/gomaxprocs=8", Round: 3, Reason: "exit status 3: no"}},
		Warnings: []string{"exec.txt:9: the last line has no end"},
	}
}

func TestExecGolden(t *testing.T) {
	two := executed()
	two.Own, two.Noise, two.Failed = true, nil, nil
	two.Series = append(two.Series, two.Series[0])
	two.Series[1].Goroutines, two.Series[1].Verdict, two.Series[1].Sentence = 8, execsweep.Waits, "waits most of its time (CPU/wall 0.03): cores cannot help"
	for i := range two.Series[0].Points {
		two.Series[0].Points[i].Rate = analysis.Part{Value: 1234 * float64(i+1)}
	}
	two.Goroutines = "8 are the fewest within 5 % of the best: 3.20× of the speed of 1, at 4 cores"
	two.Recommend.Goroutines = 8
	why := "no law: 2 goroutine counts; Amdahl's law takes 3, the USL 5"
	two.Across = &analysis.Law{Axis: "goroutines", Refused: &why}
	for name, test := range map[string]struct {
		a     execsweep.Answer
		style Style
	}{
		"exec":       {executed(), Style{Width: 100}},
		"exec-color": {two, Style{Width: 80, Color: true}},
	} {
		var b bytes.Buffer
		if err := Exec(&b, test.a, test.style); err != nil {
			t.Fatal(err)
		}
		if !test.style.Color && strings.ContainsRune(b.String(), '\x1b') {
			t.Errorf("%s: an escape sequence reached the output", name)
		}
		golden(t, name, b.String())
	}
}
