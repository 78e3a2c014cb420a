package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"runbench/internal/claims"
)

// Claim writes how the test of one claim came out.
func Claim(out io.Writer, o claims.Outcome, style Style) error {
	var b strings.Builder
	const label = 2
	paint := map[claims.Result]string{claims.Holds: green, claims.Fails: red, claims.Untold: amber}[o.Result]
	sign := map[claims.Result]string{claims.Holds: "✓", claims.Fails: "✗", claims.Untold: "?"}[o.Result]
	hanging(&b, fmt.Sprintf("%*d", label, o.ID), label, o.Statement, style, bold)
	line := func(name, text, attr string) {
		if text != "" {
			hanging(&b, strings.Repeat(" ", label+2)+name, label+2+9, text, style, attr)
		}
	}
	result := sign + " " + string(o.Result)
	if o.Why != "" {
		result += ": " + o.Why
	}
	line("", result, paint)
	line("measured", o.Measured, "")
	line("expected", o.Expected, dim)
	if o.Result == claims.Holds {
		line("lesson", o.Lesson, "")
	}
	b.WriteByte('\n')
	_, err := io.WriteString(out, b.String())
	return err
}

// ClaimsSummary writes how many claims came out which way.
func ClaimsSummary(out io.Writer, outcomes []claims.Outcome, took time.Duration, style Style) error {
	count := make(map[claims.Result]int)
	numbers := make(map[claims.Result]string)
	trials := 0
	for _, o := range outcomes {
		count[o.Result]++
		numbers[o.Result] += fmt.Sprintf(" %d", o.ID)
		trials += o.Trials
	}
	text := fmt.Sprintf("%s: %d hold, %d do not hold, %d cannot be told here (%d fresh processes, %s)",
		Plural(len(outcomes), "claim"), count[claims.Holds], count[claims.Fails], count[claims.Untold], trials, seconds(took))
	for _, r := range []claims.Result{claims.Fails, claims.Untold} {
		if count[r] > 0 {
			text += fmt.Sprintf("\n%s:%s", r, numbers[r])
		}
	}
	_, err := fmt.Fprintf(out, "%s\nhow one is tested, and where it is said: runbench claims explain N\n", style.paint(bold, text))
	return err
}

// ExplainClaims writes the experiments behind claims.
func ExplainClaims(out io.Writer, list []claims.Claim, style Style) error {
	var b strings.Builder
	const label = 12
	for i, c := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		hanging(&b, fmt.Sprintf("claim %d", c.ID), label, c.Statement, style, bold)
		line := func(name, text string) {
			if text != "" {
				hanging(&b, name, label, text, style, "")
			}
		}
		line("experiment", c.Experiment)
		line("expected", c.Expected)
		line("other load", c.Disturbance.String())
		line("needs", needs(c))
		name := "sources"
		for _, s := range c.Sources {
			line(name, s)
			name = ""
		}
		line("lesson", c.Lesson)
		line("workloads", strings.Join(c.Workloads, ", "))
		line("test it", fmt.Sprintf("runbench claims %d", c.ID))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func needs(c claims.Claim) string {
	if c.Cores < 2 {
		return ""
	}
	return fmt.Sprintf("%d cores", c.Cores)
}
