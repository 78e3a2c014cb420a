package analysis

import (
	"cmp"
	"fmt"
	"slices"

	"runbench/internal/law"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// A WeakScaling is how a workload scales whose batch grows with the cores: P
// goroutines on P cores do a batch P times as large.
type WeakScaling struct {
	Name     string            `json:"name"`
	Class    string            `json:"class"`
	Params   map[string]string `json:"params,omitempty"`
	Config   string            `json:"config,omitempty"` // only where the files hold several machines or versions
	Strategy string            `json:"strategy"`
	// Gomaxprocs is the largest P within the cores, which the figures are at.
	Gomaxprocs int `json:"gomaxprocs"`
	// Speedup is the scaled one: the time of the grown batch on one goroutine and
	// one core over that on Gomaxprocs of each.
	Speedup *Gain `json:"scaled_speedup"`
	// Efficiency is the time of the batch that has not grown, on one core, over
	// that of the grown one.
	Efficiency *Part `json:"efficiency"`
	// Serial is the share of the time on P cores that Gustafson's law takes for
	// serial; null where Refused says why.
	Serial    *Part       `json:"serial"`
	Refused   *string     `json:"refused"`
	Sentence  string      `json:"sentence"`
	Converged *bool       `json:"converged"` // as for a workload
	Points    []WeakPoint `json:"points"`
	Notes     []string    `json:"notes"`
}

// A WeakPoint is what was measured at one P.
type WeakPoint struct {
	N              int   `json:"n"`
	Oversubscribed bool  `json:"oversubscribed,omitempty"` // more than the cores
	Runs           int   `json:"runs"`
	X              Part  `json:"x"`              // tasks/s
	Speedup        *Part `json:"scaled_speedup"` // null where the grown batch was not measured on one core
	Efficiency     *Part `json:"efficiency"`     // null where one core was not measured
	Serial         *Part `json:"serial"`
}

// weakKey says which runs make one WeakScaling.
type weakKey struct{ config, subject string }

// weakRuns are the runs of weak-scaling sweeps, which are no surfaces.
type weakRuns struct {
	order []weakKey
	runs  map[weakKey][]resultfile.Run
}

// take takes a run that is one of them.
func (w *weakRuns) take(run resultfile.Run) bool {
	if run.Cell.Batches() == 0 {
		return false
	}
	k := weakKey{run.Config, run.Cell.Ungrown().Subject()}
	if _, ok := w.runs[k]; !ok {
		w.order = append(w.order, k)
	}
	if w.runs == nil {
		w.runs = make(map[weakKey][]resultfile.Run)
	}
	w.runs[k] = append(w.runs[k], run)
	return true
}

// configs returns how many configurations there are.
func (w *weakRuns) configs() int {
	seen := make(map[string]bool)
	for _, k := range w.order {
		seen[k.config] = true
	}
	return len(seen)
}

// judge returns what each workload's runs tell under each strategy, in reading
// order. Options and control are those of a configuration.
func (w *weakRuns) judge(options func(config string) scaling.Options, control func(config string) []law.Sample, precision float64) (out []WeakScaling, warnings []string) {
	out = []WeakScaling{}
	slices.SortStableFunc(w.order, func(a, b weakKey) int {
		return cmp.Or(classRank(w.runs[a][0].Cell.Class)-classRank(w.runs[b][0].Cell.Class), cmp.Compare(a.subject, b.subject))
	})
	several := w.configs() > 1
	for _, k := range w.order {
		var strategies []string
		for _, run := range w.runs[k] {
			if s := run.Cell.Strategy; s != resultfile.Sequential && !slices.Contains(strategies, s) {
				strategies = append(strategies, s)
			}
		}
		slices.Sort(strategies)
		for _, strategy := range strategies {
			s, err := weakOf(w.runs[k], strategy, options(k.config), control(k.config), precision)
			if err != nil {
				warnings = append(warnings, fmt.Sprintf("%s, weak scaling (%s): %v", k.subject, strategy, err))
				continue
			}
			if several {
				s.Config = k.config
			}
			out = append(out, s)
		}
	}
	return out, warnings
}

// weakOf judges one workload under one strategy.
func weakOf(runs []resultfile.Run, strategy string, opt scaling.Options, control []law.Sample, precision float64) (WeakScaling, error) {
	var grown, alone []law.Sample
	by := make(map[int][]resultfile.Run) // batches
	for _, run := range runs {
		n := run.Cell.Batches()
		if s := run.Cell.Strategy; s != strategy && s != resultfile.Sequential {
			continue
		}
		x, err := throughput(run)
		if err != nil {
			return WeakScaling{}, err
		}
		sample := law.Sample{N: n, X: x, Round: run.Round}
		switch c := run.Cell; {
		case c.Gomaxprocs == n && c.Goroutines == n:
			grown = append(grown, sample)
		case c.Gomaxprocs == 1 && c.Goroutines == 1:
			alone = append(alone, sample)
		default:
			continue
		}
		by[n] = append(by[n], run)
	}
	fit := law.AnalyzeWeak(grown, alone, law.Options{Physical: opt.PhysicalCores, Logical: opt.Cores, Control: control, Lost: opt.Lost})
	cell := runs[0].Cell.Ungrown()
	w := WeakScaling{
		Name: cell.Spec(), Class: cell.Class, Params: cell.Params, Strategy: strategy,
		Serial: lawPart(fit.Serial), Points: []WeakPoint{}, Notes: append([]string{}, fit.Notes...),
	}
	if fit.Refused != "" {
		w.Refused = &fit.Refused
	}
	converged := true
	for _, p := range fit.Points {
		pt := WeakPoint{
			N: p.N, Oversubscribed: opt.Cores > 0 && p.N > opt.Cores, Runs: p.Runs, X: bounded(p.X),
			Speedup: lawPart(&p.Speedup), Efficiency: lawPart(&p.Efficiency), Serial: lawPart(p.Serial),
		}
		w.Points = append(w.Points, pt)
		if pt.Oversubscribed || p.N == 1 {
			continue
		}
		w.Gomaxprocs, w.Efficiency, w.Speedup = p.N, pt.Efficiency, nil
		if s := pt.Speedup; s != nil {
			w.Speedup = &Gain{Value: s.Value, Lo: s.Lo, Hi: s.Hi, Effect: string(effectOf(*s)), Rounds: p.Runs}
		}
		needed, _ := open(by[p.N], strategy, opt, precision)
		converged = converged && len(needed) == 0
	}
	if precision > 0 {
		w.Converged = new(converged)
	}
	w.Sentence = w.sentence()
	return w, nil
}

// serialNone is the serial share below which there is none to speak of: what two
// equal cells may differ by.
const serialNone = 0.05

// sentence says in plain words how the workload scales with its batch.
func (w WeakScaling) sentence() string {
	s := w.Speedup
	switch {
	case w.Gomaxprocs == 0:
		return "cannot be told: no GOMAXPROCS above 1 within the cores was measured"
	case s == nil:
		return "cannot be told: the grown batch was not measured on one core"
	}
	n := w.Gomaxprocs
	words := fmt.Sprintf("a batch grown %d times runs %s as fast on %d cores as on one", n, times(s.Value), n)
	switch share := w.Serial; {
	case share == nil:
	case share.Hi != nil && *share.Hi <= serialNone:
		words += fmt.Sprintf(": grows with the cores, with no more than %.2g of the time serial (Gustafson)", *share.Hi)
	case share.Lo == nil || share.Hi == nil:
		words += fmt.Sprintf(": by Gustafson's law %.2g of the time is serial, from single runs", share.Value)
	case *share.Lo <= 0:
		words += fmt.Sprintf(": whether any of the time is serial could not be told, up to %.2g may be (Gustafson)", *share.Hi)
	default:
		words += fmt.Sprintf(": by Gustafson's law %.2g (%.2g…%.2g) of the time is serial, so that P cores do 1 + %.2g·(P − 1) times the work of one in its time",
			share.Value, *share.Lo, *share.Hi, 1-share.Value)
	}
	return words
}
