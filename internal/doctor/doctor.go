package doctor

import (
	"context"
	"slices"
	"time"

	"runbench/internal/host"
	"runbench/internal/measure"
	"runbench/internal/noise"
	"runbench/internal/resultfile"
)

// A Report is what an examination found.
type Report struct {
	SchemaVersion int       `json:"schema_version"`
	Machine       string    `json:"machine"` // host.Host.Summary
	Grade         Grade     `json:"grade"`
	Findings      []Finding `json:"findings"` // worst first
	// Trial is nil where it was left out.
	Trial *Trial `json:"trial"`
	// Rest is the noise while nothing of ours ran.
	Rest   noise.Noise `json:"rest"`
	Clock  Clock       `json:"clock"`
	Sleeps []Sleep     `json:"sleeps"`
}

// Options say how to examine. Zero values stand for the defaults.
type Options struct {
	// Run measures the runs of the A/A trial, which is left out where it is nil.
	Run      measure.Runner
	Workload string        // that of the trial; default: the control arm, known/control
	Procs    []int         // GOMAXPROCS of the trial; default: 1 and all usable CPUs
	Blocks   int           // of the trial, at most; at least 4, default: 12
	RunTime  time.Duration // of each run of the trial; default: 100 ms
	Budget   time.Duration // for the trial; default: 8 s
	Seed     uint64        // decides the order of the runs of the trial
	Rest     time.Duration // how long to watch the machine at rest; default: 1 s

	// Progress, if not nil, is told in a few words what is going on.
	Progress func(doing string)
}

// runTimeout is how long one run of the trial may take. It takes a fraction of a
// second.
const runTimeout = 30 * time.Second

func (opt Options) withDefaults(h host.Host) Options {
	fallback(&opt.Workload, "known/control")
	fallback(&opt.Blocks, 12)
	opt.Blocks = max(opt.Blocks, minBlocks)
	fallback(&opt.RunTime, 100*time.Millisecond)
	fallback(&opt.Budget, 8*time.Second)
	fallback(&opt.Rest, time.Second)
	if len(opt.Procs) == 0 {
		opt.Procs = slices.Compact([]int{1, h.Usable()})
	}
	if opt.Progress == nil {
		opt.Progress = func(string) {}
	}
	return opt
}

func fallback[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

// Examine looks at the machine h, on which it must run, and tries it. It takes
// about 10 s, or 2 s without the trial. The error is about a run of the trial
// that failed, or about ctx.
func Examine(ctx context.Context, h host.Host, opt Options) (Report, error) {
	opt = opt.withDefaults(h)
	opt.Progress("watching the machine at rest")
	f, err := collect(ctx, h, opt.Rest)
	if err != nil {
		return Report{}, err
	}
	var trial *Trial
	if opt.Run != nil {
		t, err := runTrial(ctx, opt)
		if err != nil {
			return Report{}, err
		}
		trial = &t
		f.watches = append(f.watches, watched{"in the A/A trial", t.Noise})
	}
	return f.report(trial), nil
}

// report judges the facts.
func (f facts) report(trial *Trial) Report {
	findings := f.findings()
	return Report{
		SchemaVersion: resultfile.SchemaVersion,
		Machine:       f.host.Summary(),
		Grade:         grade(trial, findings),
		Findings:      findings,
		Trial:         trial,
		Rest:          f.watches[0].noise,
		Clock:         f.clock,
		Sleeps:        f.sleeps,
	}
}

// Headline is one line for the head of a table, as in
//
//	fit to measure: good (A/A ±0.6 %), steal 0.0 %, other programs below 0.02 cores, not throttled
func (r Report) Headline() string {
	seen := r.Rest
	if r.Trial != nil {
		seen = noise.Sum([]noise.Noise{r.Rest, r.Trial.Noise})
	}
	return "fit to measure: " + r.Grade.String() + ", " + seen.Summary()
}
