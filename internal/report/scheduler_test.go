package report

import (
	"bytes"
	"strings"
	"testing"

	"runbench/internal/analysis"
	"runbench/internal/noise"
	"runbench/internal/resultfile"
)

func schedulers() []analysis.Scheduler {
	of := func(median, lo, hi float64) analysis.Spread {
		return analysis.Spread{Median: median, Lo: lo, Hi: hi, Runs: 9}
	}
	return []analysis.Scheduler{{
		Workload: "io/http\x1b[2J", Strategy: "pool",
		Cells: []analysis.Scheduled{
			{Goroutines: 1, Gomaxprocs: 1, Runs: 9, Values: map[string]analysis.Spread{
				resultfile.Threads: of(5, 5, 5), resultfile.GoroutinesPerOp: of(0, 0, 0), resultfile.GCShare: of(0, 0, 0),
			}},
			{Goroutines: 64, Gomaxprocs: 1, Runs: 9, Values: map[string]analysis.Spread{
				resultfile.Threads: of(6, 5, 7), resultfile.GoroutinesPerOp: of(64, 64, 64),
				resultfile.RunningGoroutines: of(0.97, 0.95, 0.99), resultfile.RunnableGoroutines: of(12.5, 9.9, 14.2),
				resultfile.WaitingGoroutines: of(151, 140, 160), resultfile.NotInGoGoroutines: of(0.0004, 0, 0.01),
				resultfile.SchedP50Ns: of(1234, 567, 89012), resultfile.SchedP99Ns: of(2.5e6, 1.9e6, 3.1e6), resultfile.SchedMaxNs: of(1.2e9, 1e9, 2e9),
				resultfile.VoluntaryPerOp: of(321, 300, 345), resultfile.InvoluntaryPerOp: of(7, 5, 11),
				resultfile.MutexWaitNsPerOp: of(123456789, 1e7, 3e8), resultfile.GCShare: of(0.0213, 0.019, 0.0248),
			}},
			{Goroutines: 64, Gomaxprocs: 2, Runs: 8, Values: map[string]analysis.Spread{resultfile.Threads: of(7, 6, 8), resultfile.SchedP50Ns: of(0, 0, 64)}},
		},
	}}
}

func TestSchedulerGolden(t *testing.T) {
	for name, test := range map[string]struct {
		s     []analysis.Scheduler
		style Style
	}{
		"scheduler":        {schedulers(), Style{Width: 100}},
		"scheduler-narrow": {schedulers(), Style{Width: 80}},
		"scheduler-color":  {schedulers(), Style{Width: 100, Color: true}},
		"scheduler-none":   {nil, Style{}},
	} {
		var b bytes.Buffer
		a := analysis.Analysis{
			Failures: []analysis.Failure{{Cell: "IO/workload=http/strategy=pool/goroutines=64/gomaxprocs=2", Round: 3, Reason: "worker crashed"}},
		}
		if err := Scheduler(&b, a, test.s, test.style); err != nil {
			t.Fatal(err)
		}
		if !test.style.Color && strings.ContainsRune(b.String(), '\x1b') {
			t.Errorf("%s: an escape sequence reached the output", name)
		}
		golden(t, name, b.String())
	}
}

// Every unit has a label, and a disturbed machine is told of first.
func TestScheduler(t *testing.T) {
	for _, unit := range resultfile.SchedulerUnits() {
		if schedulerLabels[unit] == "" {
			t.Errorf("%s has no label", unit)
		}
	}
	var b bytes.Buffer
	a := analysis.Analysis{Noise: &noise.Noise{}, Disturbed: []string{"somebody else computed"}}
	if err := Scheduler(&b, a, schedulers(), Style{Width: 100}); err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(b.String(), "io/http"); !strings.Contains(first, "somebody else computed") {
		t.Errorf("no word of the disturbance:\n%s", b.String())
	}
}

func TestFigure(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.00001: "<0.001", 0.0012: "0.0012", 0.123: "0.12", 1.234: "1.2", 9.96: "10", 12.5: "12", 99.4: "99", 99.6: "100", 1234: "1 234",
	} {
		if got := figure(v); got != want {
			t.Errorf("%v: got %q, want %q", v, got, want)
		}
	}
}
