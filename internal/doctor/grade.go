package doctor

import "fmt"

// A Grade says in words how small a difference this machine can tell.
type Grade struct {
	Word string `json:"word"`
	// GoodTo is the largest half-width of the A/A trial, as a share: smaller
	// differences say nothing. It is nil where there was no trial.
	GoodTo *float64 `json:"good_to"`
	// Lowered holds the subjects of the bad findings, each of which lowers the
	// grade by a step.
	Lowered []string `json:"lowered_by"`
}

// steps are the grades by half-width, best first. The last has no bound.
var steps = []struct {
	below float64
	word  string
}{
	{0.005, "very good"},
	{0.01, "good"},
	{0.02, "fair"},
	{0.05, "poor"},
	{0, "not fit to measure on"},
}

const (
	poor      = 3 // index into steps
	notGraded = "not graded"
)

// grade judges the trial, nil where there was none, and the findings. Without a
// trial there is no grade, or a poor one where a finding is bad.
func grade(trial *Trial, findings []Finding) Grade {
	g := Grade{Word: notGraded, Lowered: []string{}}
	for _, f := range findings {
		if f.Level == Bad {
			g.Lowered = append(g.Lowered, f.Subject)
		}
	}
	if trial == nil {
		if len(g.Lowered) > 0 {
			g.Word = steps[poor].word
		}
		return g
	}
	worst := trial.worst()
	g.GoodTo = &worst
	i := 0
	for i < len(steps)-1 && !(worst < steps[i].below) {
		i++
	}
	g.Word = steps[min(i+len(g.Lowered), len(steps)-1)].word
	return g
}

// Fit reports whether results from here mean anything: the grade is not poor or
// worse.
func (g Grade) Fit() bool { return g.Word != steps[poor].word && g.Word != steps[poor+1].word }

// String is the word with what the trial showed, as in "good (A/A ±0.6 %)".
func (g Grade) String() string {
	if g.GoodTo == nil {
		return g.Word + " (no A/A trial)"
	}
	return fmt.Sprintf("%s (A/A ±%s)", g.Word, fine(*g.GoodTo))
}

// fine writes a share in percent, with two decimals where it is small.
func fine(share float64) string {
	if share < 0.001 && share > -0.001 {
		return fmt.Sprintf("%.2f %%", 100*share)
	}
	return percent(share)
}
