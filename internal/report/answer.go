package report

import (
	"io"
	"slices"

	"runbench/internal/analysis"
)

// Answer writes all that an analysis has to say: the gains of what has both
// axes, how far they go and the surfaces; then how other projects' benchmarks
// scale.
func Answer(w io.Writer, a analysis.Analysis, style Style) error {
	p := &printer{w: w, style: style}
	ours, sweeps := divide(a)
	if len(ours.Workloads) > 0 {
		if p.err = Table(w, ours, style); p.err == nil {
			p.howFar(ours.Workloads)
			p.advice(ours.Workloads)
			p.line("")
		}
		if p.err == nil {
			p.err = Plot(w, ours, style)
		}
	}
	if a.Foreign == nil {
		return p.err
	}
	if len(ours.Workloads) > 0 {
		p.line("")
	}
	p.sweeps(sweeps.Workloads)
	p.reading(*a.Foreign)
	if len(ours.Workloads) == 0 {
		p.remarks(sweeps)
	}
	return p.err
}

// divide splits an analysis into what has a surface and sweeps over one axis.
func divide(a analysis.Analysis) (ours, sweeps analysis.Analysis) {
	ours, sweeps = a, a
	ours.Workloads = slices.DeleteFunc(slices.Clone(a.Workloads), func(w analysis.Workload) bool { return w.Sweep != nil })
	sweeps.Workloads = slices.DeleteFunc(slices.Clone(a.Workloads), func(w analysis.Workload) bool { return w.Sweep == nil })
	return ours, sweeps
}
