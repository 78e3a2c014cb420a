package htmlreport

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"runbench/internal/report"
)

// aboutFile says when and how the file was measured, and what makes its figures
// doubtful.
func aboutFile(f *File) (about, trouble []string) {
	a := f.Analysis
	if m := f.Set.Manifest; m != nil {
		about = append(about, "Measured "+m.Started.Format("2 January 2006, 15:04 MST"))
	}
	switch end := f.Set.End; {
	case end != nil:
		text := fmt.Sprintf("%s in %s and %s", runsText(f.runs), report.Plural(end.Rounds, "round"), report.Seconds(end.Wall))
		if end.OutsideShare > 0 && end.OutsideShare < 1 {
			text += fmt.Sprintf(", %.0f %% of it outside the measured work", 100*end.OutsideShare)
		}
		about = append(about, text)
		if end.Interrupted {
			trouble = append(trouble, "The run was interrupted: this is what was measured until then.")
		}
	case f.Set.Manifest != nil:
		about = append(about, runsText(f.runs))
		trouble = append(trouble, "The file has no end: the run was stopped, or goes on.")
	default:
		about = append(about, report.Plural(f.runs, "result"))
	}
	if f.Set.Torn {
		trouble = append(trouble, "The last line of the file is cut off and was dropped.")
	}
	if width, known := a.AAHalfWidth(); known {
		about = append(about, report.AA(width))
	}
	if a.Noise != nil {
		about = append(about, inert(a.Noise.Summary()))
	}
	for _, text := range a.Disturbed {
		trouble = append(trouble, "Disturbed: "+inert(text)+". Intervals are wider for it, and verdicts may tell of the others and not of the workloads.")
	}
	for _, c := range a.Control {
		if c.Drifted && c.Drift != nil {
			trouble = append(trouble, fmt.Sprintf("Drifted: the control arm at %s ran at %.2f× of its speed in the second half of the rounds. The machine changed, not the workloads.",
				report.Plural(c.Gomaxprocs, "core"), c.Drift.Value))
		}
	}
	if n := len(a.Failures); n > 0 {
		trouble = append(trouble, fmt.Sprintf("%s failed; the reasons stand under “To know”.", runsText(n)))
	}
	return about, trouble
}

// sizeText writes a number of bytes.
func sizeText(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// A factGroup is facts of the machine.
type factGroup struct {
	Title string
	Facts []fact
}

type fact struct{ Label, Value string }

// factsOf returns what is known of the machine, and how it was measured.
func factsOf(f *File) []factGroup {
	var groups []factGroup
	h := f.host()
	if h != nil {
		for _, g := range h.Groups() {
			group := factGroup{Title: g.Title}
			for _, r := range g.Rows {
				group.Facts = append(group.Facts, fact{inert(r.Label), short(r.Value)})
			}
			groups = append(groups, group)
		}
	}
	m := f.Set.Manifest
	if m == nil {
		return groups
	}
	p := m.Plan
	plan := factGroup{Title: "Plan", Facts: []fact{
		{"seed", strconv.FormatUint(p.Seed, 10)},
		{"cells", itoa(len(p.Cells()))},
		{"GOMAXPROCS", joined(p.Procs)},
		{"time of a run", p.RunTime.Round(time.Millisecond).String() + " or more"},
		{"budget", p.Budget.String()},
	}}
	if p.Precision > 0 {
		plan.Facts = append(plan.Facts, fact{"precision", fmt.Sprintf("±%.3g %%", 100*p.Precision)})
	}
	if p.ChoiceRounds > 0 {
		plan.Facts = append(plan.Facts, fact{"rounds that choose C†", itoa(p.ChoiceRounds)})
	}
	for name, percent := range p.Slower {
		plan.Facts = append(plan.Facts, fact{"made slower on purpose", fmt.Sprintf("%s by %g %%", short(name), percent)})
	}
	plan.Facts = append(plan.Facts, fact{"GOGC", orDefault(m.GOGC)}, fact{"GODEBUG", orDefault(m.GODEBUG)})
	groups = append(groups, plan)
	if h != nil && len(h.Notes) > 0 {
		notes := factGroup{Title: "Notes"}
		for _, text := range h.Notes {
			notes.Facts = append(notes.Facts, fact{"", inert(text)})
		}
		groups = append(groups, notes)
	}
	return groups
}

func orDefault(text string) string {
	if text == "" {
		return "default"
	}
	return short(text)
}

func joined(values []int) string {
	var texts []string
	for _, v := range values {
		texts = append(texts, itoa(v))
	}
	return strings.Join(texts, ", ")
}

// A noiseView is what disturbed the measurement: the control arm at each P, and each
// round.
type noiseView struct {
	Control table
	Rounds  table
}

func newNoise(f *File) *noiseView {
	v := &noiseView{
		Control: table{Head: []string{"cores", "tasks/s", "95 %", "speed-up", "A/A ±", "second half / first", "rounds"}},
		Rounds:  table{Head: []string{"round", "ended", "took", "measured", "steal", "other programs", "throttled"}},
	}
	for _, c := range f.Analysis.Control {
		aa := "–"
		if c.AAHalfWidth != nil {
			aa = fmt.Sprintf("%.1f %%", 100**c.AAHalfWidth)
		}
		cores := itoa(c.Gomaxprocs)
		if c.Config != "" {
			cores += " (" + short(report.Config(c.Config)) + ")"
		}
		v.Control.add(cores, quantity(c.Value), boundsText(rate(c.Rate), quantity), ratioText(c.Speedup), aa, ratioText(c.Drift), itoa(c.Rounds))
	}
	for _, r := range f.Set.Rounds {
		steal, other, throttled := "–", "–", "–"
		if n := r.Noise; n != nil {
			if n.Steal != nil {
				steal = fmt.Sprintf("%.1f %%", 100**n.Steal)
			}
			if n.Foreign != nil {
				other = fmt.Sprintf("%.2g cores", *n.Foreign)
			}
			if n.Throttled != nil {
				throttled = fmt.Sprintf("%.1f %%", 100**n.Throttled)
			}
		}
		v.Rounds.add(itoa(r.Round), r.End.UTC().Format("15:04:05"), report.Seconds(r.Wall), report.Seconds(r.Measured), steal, other, throttled)
	}
	if len(v.Control.Rows) == 0 && len(v.Rounds.Rows) == 0 {
		return nil
	}
	return v
}

// seeded are the commands that take the seed of their order as a flag.
var seeded = []string{"run", "strategies", "exec"}

// reproduce returns the command lines that do the same again.
func reproduce(f *File) []string {
	m := f.Set.Manifest
	if m == nil {
		return nil
	}
	var words []string
	for _, env := range [][2]string{{"GOGC", m.GOGC}, {"GODEBUG", m.GODEBUG}} {
		if env[1] != "" {
			words = append(words, env[0]+"="+quoted(env[1]))
		}
	}
	words = append(words, "runbench")
	args := slices.Clone(m.Command)
	// The flags of what runs stand before what is run.
	seed := "--seed=" + strconv.FormatUint(m.Plan.Seed, 10)
	hasSeed := slices.ContainsFunc(args, func(a string) bool { return a == "--seed" || strings.HasPrefix(a, "--seed=") })
	switch {
	case hasSeed:
	case len(args) == 0 || strings.HasPrefix(args[0], "-"):
		args = append([]string{seed}, args...)
	case slices.Contains(seeded, args[0]):
		args = slices.Insert(args, 1, seed)
	}
	for _, a := range args {
		words = append(words, quoted(a))
	}
	commands := []string{strings.Join(words, " ")}
	return append(commands, "runbench analyze "+quoted(baseName(f.Name)), "runbench report "+quoted(baseName(f.Name)))
}

// quoted writes an argument as a POSIX shell takes it.
func quoted(arg string) string {
	arg = inert(arg)
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./=:,%@+", r)
	}
	if arg != "" && !strings.ContainsFunc(arg, func(r rune) bool { return !plain(r) }) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
