package compare

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"runbench/internal/scaling"
)

// WriteText writes the outcome, then the comparisons, those that fail first.
func (g Gate) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "gate: %s (%s)\n", g.Outcome, g.How())
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	head := []string{"workload", "cores", "unit", "change", "95 % interval", "allowed", "p", "outcome"}
	fmt.Fprintln(t, strings.Join(head, "\t"))
	for _, c := range g.Sorted() {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", printable(c.Title()), c.Cores(), c.UnitText(), c.Change(), c.Interval(), c.Allowed(), c.PText(), c.Outcome)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(g.Comparisons) > 0 {
		b.WriteString("allowed: the tolerance asked for, or what two equal sweeps differ by here (A/A) where that is more; p: of a change beyond what is allowed, Holm-corrected\n")
	}
	for _, text := range g.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", printable(text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// How says in words what was compared and how.
func (g Gate) How() string {
	how := "one file after the other"
	if g.Paired {
		how = "in turns, compared round by round"
	}
	return fmt.Sprintf("%s, measured %s; false alarms in at most %.3g %% of gates", plural(len(g.Comparisons), "comparison"), how, 100*g.Alpha)
}

// Sorted returns the comparisons, those that fail first.
func (g Gate) Sorted() []GateComparison {
	order := []string{string(scaling.OutcomeFail), string(scaling.OutcomeInconclusive), string(scaling.OutcomeBetter), string(scaling.OutcomePass)}
	return slices.SortedStableFunc(slices.Values(g.Comparisons), func(a, b GateComparison) int {
		return slices.Index(order, a.Outcome) - slices.Index(order, b.Outcome)
	})
}

// Title names what was compared, with its package, section or whatever else sets it
// apart where a gate is over several: "Encode (pkg: codec/json)".
func (c GateComparison) Title() string {
	if c.where == "" {
		return c.Workload
	}
	return c.Workload + " (" + c.where + ")"
}

// UnitText names the unit as benchstat does, and as a gate is asked for: sec/op for
// ns/op, which a change in per cent is the same of.
func (c GateComparison) UnitText() string {
	for _, u := range gateUnits {
		if u.unit == c.Unit {
			return u.tidy
		}
	}
	return c.Unit
}

// Cores writes GOMAXPROCS, "–" where a benchmark's name does not say it.
func (c GateComparison) Cores() string {
	if c.Gomaxprocs == 0 {
		return "–"
	}
	return strconv.Itoa(c.Gomaxprocs)
}

// Change writes by how much the new file differs: "+5.0 %", for a gain with both of
// them: "1.95× → 1.80×, -7.7 %"; "–" where there is nothing to compare.
func (c GateComparison) Change() string {
	switch {
	case c.Ratio == nil:
		return "–"
	case c.Old != nil && c.New != nil:
		return fmt.Sprintf("%.3g× → %.3g×, %s", *c.Old, *c.New, signed(*c.Ratio))
	}
	return signed(*c.Ratio)
}

// Interval writes the 95 % interval of the change, "–" where there is none.
func (c GateComparison) Interval() string {
	if c.Lo == nil || c.Hi == nil {
		return "–"
	}
	return signed(*c.Lo) + " … " + signed(*c.Hi)
}

// Allowed writes what a change must exceed to count. What two or three rounds allow can
// be beyond any meaning: that it is large is then all there is to say.
func (c GateComparison) Allowed() string {
	if c.Delta >= 10 {
		return "over ±1000 %"
	}
	return fmt.Sprintf("±%.1f %%", 100*c.Delta)
}

// PText writes the corrected p-value with three digits.
func (c GateComparison) PText() string { return pText(c.P) }

// pText writes a p-value with three digits.
func pText(p float64) string {
	if p < 0.0005 {
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", min(p, 1))
}

// signed writes a ratio as a change: +5.0 %.
func signed(ratio float64) string { return fmt.Sprintf("%+.1f %%", 100*(ratio-1)) }
