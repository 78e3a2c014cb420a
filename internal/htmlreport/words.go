package htmlreport

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"runbench/internal/analysis"
	"runbench/internal/report"
	"runbench/internal/scaling"
)

// mostText is how many characters of a text from a file are shown at most: lines of
// a result file can be long, and names are shown in many places.
const mostText = 160

// inert makes text from a file inert: no control characters, and none of those that
// turn the writing direction or take no room, by which one name can look like
// another.
func inert(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == 0x061c, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff,
			r >= 0xe0000 && r <= 0xe007f:
			return utf8.RuneError
		}
		return r
	}, report.Inert(text))
	return text
}

// short returns a name from a file, inert and of a length that a page has room for.
func short(name string) string {
	name = inert(name)
	if utf8.RuneCountInString(name) <= mostText {
		return name
	}
	return string([]rune(name)[:mostText-1]) + "…"
}

// fit shortens text to n characters.
func fit(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:max(0, n-1)]) + "…"
}

// interval writes bounds in brackets, nothing where there are none.
func interval(lo, hi *float64, write func(float64) string) string {
	if lo == nil || hi == nil {
		return ""
	}
	return fmt.Sprintf(" (%s…%s)", write(*lo), write(*hi))
}

// plainRatio writes a ratio without its sign, for bounds.
func plainRatio(v float64) string { return strings.TrimSuffix(report.Ratio(v), "×") }

// ratioText writes a ratio with its interval.
func ratioText(p *analysis.Part) string {
	if p == nil {
		return "–"
	}
	return report.Ratio(p.Value) + interval(p.Lo, p.Hi, plainRatio)
}

// rateText writes a throughput with its interval.
func rateText(p analysis.Part, unit string) string {
	return quantity(p.Value) + " " + unit + interval(p.Lo, p.Hi, quantity)
}

// cellText says where a cell lies.
func cellText(goroutines, procs int) string {
	cores := report.Plural(procs, "core")
	if goroutines == 0 {
		return cores
	}
	return report.Plural(goroutines, "goroutine") + ", " + cores
}

// on says with what something runs: "8 goroutines on 2 cores".
func on(goroutines, procs int) string {
	if goroutines == 0 {
		return report.Plural(procs, "core")
	}
	return report.Plural(goroutines, "goroutine") + " on " + report.Plural(procs, "core")
}

// quantity writes a positive number as the terminal does, in groups that do not break.
func quantity(v float64) string { return strings.ReplaceAll(report.Quantity(v), " ", "\u202f") }

// runsText counts runs.
func runsText(n int) string { return report.Plural(n, "run") }

// sentence begins with a capital.
func sentence(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return strings.ToUpper(string(r)) + text[size:]
}

// listed joins words as a sentence does.
func listed(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// part turns an estimate into what is written and drawn, nil where there is none.
func part(e scaling.Estimate) *analysis.Part {
	if !finite(e.Value) {
		return nil
	}
	p := &analysis.Part{Value: e.Value}
	if finite(e.Lo) && finite(e.Hi) {
		p.Lo, p.Hi = &e.Lo, &e.Hi
	}
	return p
}

func finite(v float64) bool { return v-v == 0 }

// distinct returns the values in order, each once.
func distinct(values []int) []int {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}

// position returns where a value stands among others, which it is one of.
func position(values []int, v int) int { return max(0, slices.Index(values, v)) }
