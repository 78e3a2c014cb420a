package report

import (
	"io"
	"slices"

	"runbench/internal/analysis"
)

// Answer writes all that an analysis has to say: the gains of what has both
// axes, how far they go and the surfaces; how batches that grow with the cores
// scale; then how other projects' benchmarks do.
func Answer(w io.Writer, a analysis.Analysis, style Style) error {
	p := &printer{w: w, style: style}
	ours, sweeps := divide(a)
	if p.begin(ours) {
		p.howFar(ours.Workloads)
		p.bounds(ours.Workloads)
		p.advice(ours.Workloads)
		p.line("")
		p.plot(ours)
	}
	p.weak(a.Weak, len(ours.Workloads) > 0)
	if a.Foreign == nil {
		return p.err
	}
	if len(ours.Workloads)+len(a.Weak) > 0 {
		p.line("")
	}
	p.sweeps(sweeps.Workloads)
	p.reading(*a.Foreign)
	if len(ours.Workloads)+len(a.Weak) == 0 {
		p.remarks(sweeps)
	}
	return p.err
}

// Brief writes the answer for those who have just measured: what [Answer] says, but
// of advice and laws a line for each workload, and no law that is refused. File is
// where the rest can be read from.
func Brief(w io.Writer, a analysis.Analysis, file string, style Style) error {
	p := &printer{w: w, style: style}
	if p.begin(a) {
		p.outlook(a.Workloads, file)
		p.line("")
		p.plot(a)
	}
	p.weak(a.Weak, len(a.Workloads) > 0)
	return p.err
}

// begin writes the table of what has a surface, or what else there is to know, and
// reports whether there are surfaces.
func (p *printer) begin(ours analysis.Analysis) bool {
	if len(ours.Workloads) == 0 && len(ours.Weak) == 0 && ours.Foreign != nil {
		return false
	}
	if p.err == nil {
		p.err = Table(p.w, ours, p.style)
	}
	return len(ours.Workloads) > 0
}

func (p *printer) plot(a analysis.Analysis) {
	if p.err == nil {
		p.err = Plot(p.w, a, p.style)
	}
}

// divide splits an analysis into what has a surface and sweeps over one axis.
func divide(a analysis.Analysis) (ours, sweeps analysis.Analysis) {
	ours, sweeps = a, a
	ours.Workloads = slices.DeleteFunc(slices.Clone(a.Workloads), func(w analysis.Workload) bool { return w.Sweep != nil })
	sweeps.Workloads = slices.DeleteFunc(slices.Clone(a.Workloads), func(w analysis.Workload) bool { return w.Sweep == nil })
	return ours, sweeps
}
