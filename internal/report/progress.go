package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"runbench/internal/analysis"
	"runbench/internal/resultfile"
)

// A Progress shows how a sweep goes on: on a terminal a bar and the gains as
// they form, redrawn in place; elsewhere a plain line a round. It is safe for
// concurrent use.
type Progress struct {
	out    io.Writer
	style  Style
	live   bool
	budget time.Duration
	rounds int // planned, 0 where the budget decides
	cells  int

	mu      sync.Mutex
	start   time.Time
	round   int
	runs    int // of this round
	ran     int // of this round so far
	total   int
	failed  int
	cell    string
	set     resultfile.Set
	config  string
	forming []string
	known   string // how many workloads are known well enough
	drawn   int    // lines on the screen
}

// NewProgress returns the progress of a sweep of the plan. config is the runs'
// configuration text, as in resultfile.Run. earlier holds the runs a resumed
// sweep begins with.
func NewProgress(out io.Writer, live bool, style Style, plan resultfile.Plan, config string, earlier *resultfile.Set) *Progress {
	p := &Progress{out: out, style: style, live: live, budget: plan.Budget, rounds: plan.Rounds, cells: len(plan.Cells()), config: config, start: time.Now()}
	p.set.Manifest = &resultfile.Manifest{Plan: plan} // the rounds that choose, and the precision
	if earlier != nil {
		p.set.Runs = append(p.set.Runs, earlier.Runs...)
		p.set.Rounds = append(p.set.Rounds, earlier.Rounds...)
		for i := range p.set.Runs {
			p.set.Runs[i].Config = config
		}
	}
	return p
}

// RoundStarted tells that a round of so many runs begins.
func (p *Progress) RoundStarted(round, runs int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.round, p.runs, p.ran = round, runs, 0
	p.draw()
}

// RunStarted tells which cell is being measured.
func (p *Progress) RunStarted(cell resultfile.Cell) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cell = cell.Name()
	p.draw()
}

// RunDone takes the values of a finished run.
func (p *Progress) RunDone(cell resultfile.Cell, round int, values []resultfile.Value) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ran++
	p.total++
	p.set.Runs = append(p.set.Runs, resultfile.Run{Cell: cell, Config: p.config, Round: round, Values: values})
}

// RunFailed tells of a run that gave no result; it is shown at once.
func (p *Progress) RunFailed(cell resultfile.Cell, round int, reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ran++
	p.failed++
	p.erase()
	fmt.Fprintf(p.out, "%s %s, round %d: %s\n", p.style.paint(red, "failed:"), Inert(cell.Name()), round, Inert(reason))
	p.draw()
}

// RoundDone tells that a round is complete; the gains are judged anew.
func (p *Progress) RoundDone(end resultfile.RoundEnd) {
	p.mu.Lock()
	defer p.mu.Unlock()
	round := end.Round
	p.set.Rounds = append(p.set.Rounds, end)
	a := analysis.Analyze(&p.set)
	p.known = known(a)
	if !p.live {
		fmt.Fprintf(p.out, "round %d: %s in %s%s%s\n", round, Plural(p.total, "run"), seconds(time.Since(p.start)), p.known, p.left())
		return
	}
	p.forming = p.forming[:0]
	for _, w := range a.Workloads {
		p.forming = append(p.forming, fmt.Sprintf("  %s concurrency %s  parallelism %s  %s",
			pad(w.Name, 20), pad(gain(w.ConcurrencyGain, round > 1), 14), pad(gain(w.ParallelismGain, round > 1), 14), w.Verdict))
	}
	for _, w := range a.Weak {
		p.forming = append(p.forming, fmt.Sprintf("  %s scaled speed-up %s", pad(w.Name, 20), gain(w.Speedup, round > 1)))
	}
	p.draw()
}

// known says how many workloads are known to the precision asked for, "" where
// none was.
func known(a analysis.Analysis) string {
	var converged []*bool
	for _, w := range a.Workloads {
		converged = append(converged, w.Converged)
	}
	for _, w := range a.Weak {
		converged = append(converged, w.Converged)
	}
	n := 0
	for _, c := range converged {
		if c == nil {
			return ""
		}
		if *c {
			n++
		}
	}
	return fmt.Sprintf(", %d of %s known to ±%.3g %%", n, Plural(len(converged), "workload"), 100*a.Precision)
}

// Close takes the live display off the screen.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	p.live = false
}

// left says how much time or how many rounds there are to go.
func (p *Progress) left() string {
	if p.rounds > 0 {
		return fmt.Sprintf(", %s to go", Plural(p.rounds-p.round, "round"))
	}
	if left := p.budget - time.Since(p.start); left > 0 {
		return fmt.Sprintf(", at most %s left", seconds(left))
	}
	return ""
}

// done returns the share of the sweep that is behind it.
func (p *Progress) done() float64 {
	byTime := float64(time.Since(p.start)) / float64(p.budget)
	if p.rounds > 0 && p.runs > 0 {
		return (float64(p.round-1) + float64(p.ran)/float64(p.runs)) / float64(p.rounds)
	}
	return min(1, byTime)
}

// draw shows the state in place of what was shown before. The callers hold mu.
func (p *Progress) draw() {
	if !p.live || p.round == 0 {
		return
	}
	lines := []string{
		fmt.Sprintf("%s round %d · run %d of %d%s%s", pad(Bar(p.done(), 16), 16), p.round, min(p.ran+1, p.runs), p.runs, p.left(), p.known),
		"  " + p.cell,
	}
	lines = append(lines, p.forming...)
	var b strings.Builder
	if p.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", p.drawn)
	}
	for _, line := range lines {
		if r := []rune(line); len(r) > p.style.width()-1 {
			line = string(r[:p.style.width()-1]) // a line that wraps would count as two
		}
		b.WriteString("\r\x1b[K" + line + "\n")
	}
	p.drawn = len(lines)
	_, _ = io.WriteString(p.out, b.String())
}

// erase takes what is drawn off the screen.
func (p *Progress) erase() {
	if p.drawn > 0 {
		fmt.Fprintf(p.out, "\x1b[%dA\x1b[J", p.drawn)
		p.drawn = 0
	}
}
