package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"runbench/internal/claims"
	"runbench/workloads"
)

// Catalogue writes a list of workloads, by class in the order given: what each
// isolates and whose definition it follows. Those that standard names carry a
// star.
func Catalogue(out io.Writer, list []workloads.Workload, standard func(name string) bool, style Style) error {
	var b strings.Builder
	names := 0
	for _, w := range list {
		names = max(names, utf8.RuneCountInString(w.Name)+2)
	}
	class := ""
	for _, w := range list {
		if w.Class() != class {
			if class != "" {
				b.WriteByte('\n')
			}
			class = w.Class()
			b.WriteString(style.paint(bold, class) + "\n")
		}
		name := w.Name
		if standard(w.Name) {
			name += " *"
		}
		hanging(&b, name, names, w.Isolates, style, "")
		hanging(&b, "", names, w.Definition, style, dim)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// Explain writes what there is to know of one workload before it is measured, with
// the claims in which the same is at work.
func Explain(out io.Writer, w workloads.Workload, about []claims.Claim, style Style) error {
	var b strings.Builder
	b.WriteString(style.paint(bold, w.Name) + "\n\n")
	const label = 12
	line := func(name, text string) {
		if text != "" {
			hanging(&b, name, label, text, style, "")
		}
	}
	line("isolates", w.Isolates)
	line("expect", w.Expect)
	line("definition", w.Definition)
	batch := fmt.Sprintf("%d tasks; one benchmark op is one batch", w.Batch)
	if w.Computes() && !w.Cooperates {
		batch += fmt.Sprintf("; equal tasks gain at most %d/⌈%d/P⌉ on P cores", w.Batch, w.Batch)
	}
	line("batch", batch)
	line("in your code", w.Advice)
	for _, p := range w.Parameters {
		line("parameter", fmt.Sprintf("%s=%s: %s", p.Name, p.Default, p.Meaning))
	}
	line("needs", w.Missing())
	line("related", strings.Join(w.Related, ", "))
	name := "claims"
	for _, c := range about {
		line(name, fmt.Sprintf("%d: %s", c.ID, c.Statement))
		name = ""
	}
	line("measure it", "runbench run "+w.Name+next(w))
	line("see it", "runbench trace "+w.Name)
	if len(w.Parameters) > 0 {
		p := w.Parameters[0]
		line("set one", fmt.Sprintf("runbench run '%s?%s=%s'", w.Name, p.Name, p.Default))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// next says what else to do with a workload than to measure it.
func next(w workloads.Workload) string {
	if w.Cooperates {
		return ""
	}
	return " · ways to run it side by side: runbench strategies " + w.Name
}

// hanging writes text behind a label of so many columns, its further lines below
// its first.
func hanging(b *strings.Builder, label string, columns int, text string, style Style, attr string) {
	for _, line := range wrap(text, max(40, style.width()-columns-2)) {
		b.WriteString(pad(label, columns) + "  " + style.paint(attr, line) + "\n")
		label = ""
	}
}
