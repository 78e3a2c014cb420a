package report

import (
	"fmt"
	"strings"
	"time"

	"runbench/internal/analysis"
	"runbench/internal/history"
)

// Figures and sentences as the terminal has them, for other pages that show the
// same.

// Quantity writes a positive number with three significant digits at least.
func Quantity(v float64) string { return quantity(v) }

// Ratio writes a ratio, as 1.95×.
func Ratio(v float64) string { return ratio(v) }

// Gain writes a gain with half the width of its interval, "–" for none.
func Gain(g *analysis.Gain) string { return gain(g, true) }

// Kept writes the share that one step leaves of the step before, with its interval.
func Kept(part *analysis.Part) string { return kept(part) }

// Wide says of gains known less well than was asked for what would help.
func Wide(a analysis.Analysis) string {
	help := "more rounds would narrow it (--resume, with a larger --budget or --rounds)"
	if len(a.Disturbed) > 0 {
		help = "what others took is in it, so measure again when it is quiet"
	}
	return fmt.Sprintf("wider than the ±%.3g %% asked for: %s", 100*a.Precision, help)
}

// AA writes the half-width of an A/A comparison, and what it is.
func AA(halfWidth float64) string {
	return fmt.Sprintf("A/A %s (95 %%: what chance makes of two equal sweeps)", aaText(&halfWidth))
}

// Percent writes a share.
func Percent(share float64) string { return percent(share) }

// Against writes a ratio as a difference in per cent, with its interval.
func Against(r *analysis.Part) string { return against(r) }

// Small writes a number with two significant digits at least.
func Small(v float64) string { return small(v) }

// Coefficient writes σ or κ with its interval, "–" for none.
func Coefficient(p *analysis.Part) string { return coefficient(p) }

// Limit writes the speed-up that a law tends to, "–" where none is claimed.
func Limit(p *analysis.Part) string { return limit(p) }

// Peak writes where a law is largest.
func Peak(k *analysis.Peak) string { return peak(k) }

// Vague reports whether the σ of a law may be anything, so that it says nothing.
func Vague(l analysis.Law) bool { return l.Sigma != nil && within(l.Sigma, 0, 1) }

// Over says what a law follows and what is held fixed.
func Over(l analysis.Law) string { return over(l) }

// Config writes a configuration on one line.
func Config(text string) string { return configLine(text) }

// Remarks returns what a reader must know beside the figures, one item each: notes,
// warnings, marked and failed runs, what was disturbed, and of other projects'
// results what was used and what was not.
func Remarks(a analysis.Analysis) []string {
	var b strings.Builder
	p := &printer{w: &b, style: Style{Width: 1 << 20}}
	p.remarks(a)
	if a.Foreign != nil {
		p.reading(*a.Foreign)
	}
	var items []string
	for line := range strings.Lines(b.String()) {
		if line = strings.TrimSpace(line); line != "" {
			items = append(items, line)
		}
	}
	return items
}

// Divide splits an analysis into what has a surface and sweeps over one axis.
func Divide(a analysis.Analysis) (ours, sweeps analysis.Analysis) { return divide(a) }

// AxisName names an axis to a reader.
func AxisName(axis string) string { return axisName(axis) }

// Seconds writes a duration for people.
func Seconds(d time.Duration) string { return seconds(d) }

// WeakRows returns the table of weak scaling, its head first.
func WeakRows(ws []analysis.WeakScaling) [][]string { return weakRows(ws) }

// WeakTitle names a workload among others that were measured for weak scaling.
func WeakTitle(w analysis.WeakScaling, ws []analysis.WeakScaling) string { return weakTitle(w, ws) }

// WeakHead says what weak scaling is.
const WeakHead = weakHead

// Commit names a file of a history by its commit and label, or else by its path.
func Commit(f history.File) string { return commitName(f) }

// Amount writes a figure of a history in the scale that its unit asks for.
func Amount(v float64, unit string) string { return amount(v, unit) }

// Change writes a ratio of levels as a difference.
func Change(ratio float64) string { return change(ratio) }

// Reach says which files a history has, and in which order.
func Reach(r *history.Result) string { return reach(r) }

// Sureness says how far a history may be believed.
func Sureness(r *history.Result) string { return sureness(r) }
