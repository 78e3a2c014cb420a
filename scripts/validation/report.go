package main

import (
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"runbench/internal/host"
	"runbench/internal/noise"
	"runbench/internal/scaling"
)

// A report collects what was expected and what was measured.
type report struct {
	path     string
	machine  host.Host
	started  time.Time
	sections []part
	noise    noise.Noise
}

type part struct {
	about string
	took  time.Duration
	lines []line
	notes []string
}

// A line is one thing that must hold.
type line struct {
	what, expected, measured, interval string
	holds                              bool
	told                               bool // not a condition, only told
}

func (r *report) begin(about string) { r.sections = append(r.sections, part{about: about}) }

func (r *report) last() *part { return &r.sections[len(r.sections)-1] }

func (r *report) took(d time.Duration) { r.last().took = d }

// holds adds a line that holds or does not.
func (r *report) holds(holds bool, what, expected, measured, interval string) {
	r.last().lines = append(r.last().lines, line{what: what, expected: expected, measured: measured, interval: interval, holds: holds})
	fmt.Fprintf(os.Stderr, "          %s: expected %s, measured %s %s\n", what, expected, measured, interval)
}

// tell adds a line that is only told.
func (r *report) tell(what, expected, measured, interval string) {
	r.holds(true, what, expected, measured, interval)
	lines := r.last().lines
	lines[len(lines)-1].told = true
}

// note adds a sentence below the lines.
func (r *report) note(format string, args ...any) {
	r.last().notes = append(r.last().notes, fmt.Sprintf(format, args...))
}

// failed adds the reason why a section came to no end.
func (r *report) failed(err error) { r.holds(false, "the section", "a result", err.Error(), "") }

func (r *report) missed() int {
	n := 0
	for _, p := range r.sections {
		for _, l := range p.lines {
			if !l.holds {
				n++
			}
		}
	}
	return n
}

func (r *report) text() string {
	var b strings.Builder
	lines := 0
	for _, p := range r.sections {
		for _, l := range p.lines {
			if !l.told {
				lines++
			}
		}
	}
	fmt.Fprintf(&b, "# Validation: %s\n\n", r.machine.Summary())
	fmt.Fprintf(&b, "%s, %.0f minutes, by `scripts/validate`. %d of %d lines hold. Intervals are 95 %%.\n",
		r.started.UTC().Format("2006-01-02 15:04 UTC"), time.Since(r.started).Minutes(), lines-r.missed(), lines)
	if r.noise.Wall > 0 {
		fmt.Fprintf(&b, "Meanwhile: %s.\n", r.noise.Summary())
	}
	for _, p := range r.sections {
		fmt.Fprintf(&b, "\n## %s\n\n", p.about)
		b.WriteString("| what | expected | measured | interval | holds |\n|---|---|---|---|---|\n")
		for _, l := range p.lines {
			verdict := "yes"
			switch {
			case l.told:
				verdict = "–"
			case !l.holds:
				verdict = "**no**"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", l.what, l.expected, l.measured, l.interval, verdict)
		}
		for _, n := range p.notes {
			fmt.Fprintf(&b, "\n%s\n", n)
		}
		fmt.Fprintf(&b, "\n(%.0f s)\n", p.took.Seconds())
	}
	return b.String()
}

func (r *report) write() error { return os.WriteFile(r.path, []byte(r.text()), 0o644) }

// interval writes an estimate's interval.
func interval(e scaling.Estimate, format string) string {
	if math.IsNaN(e.Lo) {
		return "none"
	}
	return fmt.Sprintf(format+" … "+format, e.Lo, e.Hi)
}
