package doctor

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The attributes used (ECMA-48, SGR).
const (
	bold  = "1"
	dim   = "2"
	red   = "1;31"
	green = "32"
	amber = "33"
)

var colors = map[Level]string{Bad: red, Warning: amber, Unknown: dim, Good: green}

const (
	defaultWidth = 100
	levelWidth   = 9  // of the column of levels, with the space behind it
	subjectWidth = 20 // of that of subjects
	narrow       = 70 // below this the text goes under its subject
)

// WriteText writes the report for people to read: the grade, the A/A trial, and
// the findings, worst first. Lines are at most width columns, 100 where it is 0;
// only a single long word makes one longer. The error is w's.
func (r Report) WriteText(w io.Writer, width int, color bool) error {
	if width <= 0 {
		width = defaultWidth
	}
	p := &page{width: width, color: color}
	p.para("", bold, r.Headline())
	p.para("", "", r.advice())
	if r.Trial != nil {
		p.line("")
		p.trial(*r.Trial)
	}
	p.line("")
	for _, f := range r.Findings {
		p.finding(f)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// advice says what the grade means for whoever measures here.
func (r Report) advice() string {
	var s string
	switch g := r.Grade; {
	case g.GoodTo != nil:
		s = fmt.Sprintf("Two equal measurements may seem to differ by up to %s here; a smaller difference says nothing.", fine(*g.GoodTo))
	case g.Fit():
		s = "Nothing was found that forbids measuring; how small a difference can be told, only the A/A trial shows."
	}
	if len(r.Grade.Lowered) > 0 {
		s += " Each bad finding lowers the grade by a step: " + strings.Join(r.Grade.Lowered, ", ") + "."
	}
	return strings.TrimSpace(s)
}

// A page is text in the making.
type page struct {
	strings.Builder
	width int
	color bool
}

func (p *page) paint(attr, text string) string {
	if !p.color || attr == "" || text == "" {
		return text
	}
	return "\x1b[" + attr + "m" + text + "\x1b[0m"
}

func (p *page) line(text string) { p.WriteString(strings.TrimRight(text, " ") + "\n") }

// para writes text after indent, on as many lines as it takes.
func (p *page) para(indent, attr, text string) {
	for _, line := range wrap(text, p.width-utf8.RuneCountInString(indent)) {
		p.line(indent + p.paint(attr, line))
	}
}

func (p *page) trial(t Trial) {
	p.para("", "", fmt.Sprintf("A/A trial: %s, %s of two equal runs of %v", t.Workload, count(len(t.Equal[0].Logs), "block"), short(t.RunTime)))
	for _, e := range t.Equal {
		p.para("  ", "", fmt.Sprintf("GOMAXPROCS %d: %+.2f %% apart, may be up to %s; two sweeps measured in turns show changes from about %s",
			e.Gomaxprocs, 100*e.Centre, fine(e.HalfWidth), fine(e.Detects)))
	}
}

// finding writes the level and the subject, and beside them what was found, what
// it means and what to change. What is good needs no meaning.
func (p *page) finding(f Finding) {
	texts := []string{f.Found}
	if f.Level != Good && f.Meaning != "" {
		texts = append(texts, f.Meaning)
	}
	if f.Change != "" {
		texts = append(texts, "change: "+f.Change)
	}
	head := p.paint(colors[f.Level], pad(string(f.Level), levelWidth)) + pad(f.Subject, subjectWidth)
	indent := strings.Repeat(" ", levelWidth+subjectWidth)
	if p.width < narrow {
		p.line(head)
		head, indent = "  ", "  "
	}
	for _, text := range texts {
		for _, line := range wrap(visible(text), p.width-utf8.RuneCountInString(indent)) {
			p.line(head + line)
			head = indent
		}
	}
}

// wrap breaks text at spaces into lines of at most width characters. A longer
// word has a line of its own. A number and the % after it stay together.
func wrap(text string, width int) (lines []string) {
	const together = "\x00%"
	var line string
	for word := range strings.FieldsSeq(strings.ReplaceAll(text, " %", together)) {
		word = strings.ReplaceAll(word, together, " %")
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// visible makes control characters, which could move the cursor or change the
// title of a terminal, visible: some of the text comes from files.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '�'
		}
		return r
	}, text)
}

// pad fills text with spaces to n columns, counting characters.
func pad(text string, n int) string {
	return text + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(text)))
}
