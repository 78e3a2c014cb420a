package report

import (
	"bytes"
	"strings"
	"testing"

	"runbench/internal/analysis"
)

func contest() analysis.Contest {
	rate := func(v float64) analysis.Rate {
		return analysis.Rate{Value: v, Lo: ptr(0.99 * v), Hi: ptr(1.01 * v)}
	}
	relative := func(v float64) *analysis.Part {
		return &analysis.Part{Value: v, Lo: ptr(v - 0.01), Hi: ptr(v + 0.01)}
	}
	return analysis.Contest{
		Workload: "cpu/mandelbrot", Batch: 512, Goroutines: 8, Gomaxprocs: 2, Rounds: 9,
		Strategies: []analysis.Contestant{
			{Strategy: "pool", Goroutines: 8, Rate: rate(57120), Tied: true, HandOut: ptr(11.6), Allocs: ptr(0.031), Started: ptr(0.0137), Switches: ptr(0.004)},
			{Strategy: "peer-ants", Peer: true, Goroutines: 8, Rate: rate(56900), Relative: relative(0.996), Tied: true, HandOut: ptr(321), Allocs: ptr(1.02), Started: ptr(0), Switches: ptr(1.3)},
			{Strategy: "locked", Goroutines: 8, Rate: rate(50100), Relative: relative(0.877), HandOut: ptr(1234.5), Allocs: ptr(0.06), Started: ptr(0.0156)},
			{Strategy: "sequential", Goroutines: 1, Rate: analysis.Rate{Value: 29810}, Relative: &analysis.Part{Value: 0.522}},
		},
		Processes: &analysis.Contestant{Strategy: "processes", Goroutines: 2, Rate: rate(57400), Relative: relative(1.005)},
		Sentences: []string{"use pool, the default: it is the fastest; not to be told from it: peer-ants", "handing out a task costs pool 12 ns; of the peers peer-ants comes cheapest with 321 ns"},
		Failures:  []analysis.Failure{{Cell: "CPU/workload=mandelbrot/strategy=static\x1b[2J/goroutines=8/gomaxprocs=2", Round: 3, Reason: "worker crashed"}},
	}
}

func TestStrategiesGolden(t *testing.T) {
	waiting := contest()
	waiting.Timed, waiting.Processes = true, nil
	for name, test := range map[string]struct {
		k     analysis.Contest
		style Style
	}{
		"strategies":       {contest(), Style{Width: 100}},
		"strategies-color": {waiting, Style{Width: 80, Color: true}},
		"strategies-none":  {analysis.Contest{}, Style{}},
	} {
		var b bytes.Buffer
		if err := Strategies(&b, test.k, test.style); err != nil {
			t.Fatal(err)
		}
		if !test.style.Color && strings.ContainsRune(b.String(), '\x1b') {
			t.Errorf("%s: an escape sequence reached the output", name)
		}
		golden(t, name, b.String())
	}
}
