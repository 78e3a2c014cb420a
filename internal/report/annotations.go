package report

import (
	"fmt"
	"io"
	"strings"

	"runbench/internal/compare"
	"runbench/internal/scaling"
)

// mostAnnotations is how many annotations of a kind GitHub shows of one step.
const mostAnnotations = 10

// Annotations writes a gate as workflow commands of GitHub Actions, which become
// annotations of the run: an error for each comparison that fails, a warning for each
// that is inconclusive.
func Annotations(w io.Writer, g compare.Gate) error {
	for _, kind := range []struct{ command, outcome string }{
		{"error", string(scaling.OutcomeFail)},
		{"warning", string(scaling.OutcomeInconclusive)},
	} {
		var lines []string
		for _, c := range g.Sorted() {
			if c.Outcome != kind.outcome {
				continue
			}
			title := fmt.Sprintf("%s: %s", c.Title(), c.Unit)
			at := ""
			if c.Gomaxprocs > 0 {
				at = " at " + Plural(c.Gomaxprocs, "core")
			}
			text := fmt.Sprintf("%s: %s of %s%s, interval %s, allowed %s", c.Outcome, c.Change(), c.Unit, at, c.Interval(), c.Allowed())
			lines = append(lines, workflowCommand(kind.command, title, text))
		}
		if n := len(lines); n > mostAnnotations {
			more := fmt.Sprintf("%d more comparisons: %s", n-mostAnnotations+1, kind.outcome)
			lines = append(lines[:mostAnnotations-1], workflowCommand(kind.command, "gate", more))
		}
		for _, line := range lines {
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// workflowCommand writes a command with a title, escaped as the runner undoes it
// (actions/toolkit, packages/core/src/command.ts). Names from files cannot end the
// line, nor begin a property.
func workflowCommand(command, title, message string) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	return fmt.Sprintf("::%s title=%s::%s", command, property.Replace(Inert(title)), data.Replace(Inert(message)))
}
