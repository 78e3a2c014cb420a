package compare

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteText writes the outcome, then the comparisons, those that fail first.
func (g Gate) WriteText(w io.Writer) error {
	var b strings.Builder
	how := "one file after the other"
	if g.Paired {
		how = "in turns, compared round by round"
	}
	comparisons := "comparisons"
	if len(g.Comparisons) == 1 {
		comparisons = "comparison"
	}
	fmt.Fprintf(&b, "gate: %s (%d %s, measured %s; false alarms in at most %.3g %% of gates)\n", g.Outcome, len(g.Comparisons), comparisons, how, 100*g.Alpha)
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "workload\tcores\tunit\tchange\t95 % interval\tallowed\tp\toutcome")
	for _, outcome := range []string{"fail", "inconclusive", "better", "pass"} {
		for _, c := range g.Comparisons {
			if c.Outcome != outcome {
				continue
			}
			change, interval := "–", "–"
			if c.Ratio != nil {
				change = signed(*c.Ratio)
			}
			if c.Lo != nil && c.Hi != nil {
				interval = signed(*c.Lo) + " … " + signed(*c.Hi)
			}
			fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t±%.1f %%\t%.3f\t%s\n", printable(c.Workload), c.Gomaxprocs, c.Unit, change, interval, 100*c.Delta, c.P, c.Outcome)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(g.Comparisons) > 0 {
		b.WriteString("allowed: the tolerance asked for, or what two equal sweeps differ by here (A/A) where that is more\n")
	}
	for _, text := range g.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", printable(text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// signed writes a ratio as a change: +5.0 %.
func signed(ratio float64) string { return fmt.Sprintf("%+.1f %%", 100*(ratio-1)) }
