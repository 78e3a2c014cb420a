package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"runbench/internal/analysis"
	"runbench/internal/resultfile"
)

// schedulerLabels say what the units are to a reader; what is of a batch is said
// once, below.
var schedulerLabels = map[string]string{
	resultfile.Threads:            "threads",
	resultfile.GoroutinesPerOp:    "goroutines started",
	resultfile.RunningGoroutines:  "goroutines running",
	resultfile.RunnableGoroutines: "  runnable, not running",
	resultfile.WaitingGoroutines:  "  waiting",
	resultfile.NotInGoGoroutines:  "  in system calls",
	resultfile.SchedP50Ns:         "runnable until run, p50",
	resultfile.SchedP99Ns:         "  p99",
	resultfile.SchedMaxNs:         "  longest",
	resultfile.VoluntaryPerOp:     "switches, voluntary",
	resultfile.InvoluntaryPerOp:   "switches, involuntary",
	resultfile.MutexWaitNsPerOp:   "waits for mutexes",
	resultfile.GCShare:            "collector's CPU share",
}

// Scheduler writes what the Go scheduler, the collector and the kernel did, a
// table a workload with a column for each of the cells that its gains are made of.
func Scheduler(w io.Writer, a analysis.Analysis, schedulers []analysis.Scheduler, style Style) error {
	p := &printer{w: w, style: style}
	p.noise(a)
	if len(schedulers) == 0 {
		p.line("nothing is told of the scheduler: no run has any of the units that runbench measures it in, such as %s", resultfile.SchedP99Ns)
		return p.err
	}
	config, narrow := "", false
	for _, s := range schedulers {
		if s.Config != config {
			config = s.Config
			p.line("%s", style.paint(bold, Inert(config)))
		}
		rows := scheduled(s, true)
		if width(rows) > style.width() {
			rows, narrow = scheduled(s, false), true
		}
		p.line("%s", style.paint(bold, Inert(s.Workload)+" · "+Inert(s.Strategy)))
		p.columns(2, rows)
		p.line("")
	}
	for _, text := range legend(narrow) {
		for _, line := range wrap(text, style.width()) {
			p.line("%s", style.paint(dim, line))
		}
	}
	p.marks(a.Marks)
	p.failures(a.Failures)
	return p.err
}

// legend says how to read the tables.
func legend(narrow bool) []string {
	spread := "medians over the runs; in brackets the middle half of them"
	if narrow {
		spread += ", where it fits"
	}
	return []string{
		spread + "; – not known",
		"read to the right: first what more goroutines change, then what more cores do; runnable ones wait for a core, waiting ones for one another, a timer or the network",
		"started, switches (of threads, by the kernel) and waits for mutexes are of one batch; goroutines seen in each state are means over looks at the discarded first batch, which come when a core is free or something has happened: no averages over time, and not known where they were too few; of waits to run and for mutexes the runtime times one in eight",
	}
}

// scheduled returns the rows of a table, two of them its head.
func scheduled(s analysis.Scheduler, spread bool) [][]string {
	rows := [][]string{{""}, {""}}
	for _, c := range s.Cells {
		rows[0] = append(rows[0], Plural(c.Goroutines, "goroutine"))
		rows[1] = append(rows[1], Plural(c.Gomaxprocs, "core"))
	}
	for _, unit := range resultfile.SchedulerUnits() {
		row := []string{schedulerLabels[unit]}
		for _, c := range s.Cells {
			text := "–"
			if v, ok := c.Values[unit]; ok {
				text = spreadText(v, unit, spread)
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	return rows
}

// spreadText writes a median and, where asked, the quartiles, all three in the
// scale of the median.
func spreadText(s analysis.Spread, unit string, spread bool) string {
	scale, name := 1.0, ""
	switch {
	case strings.Contains(unit, "-ns"):
		scale, name = timeScale(s.Median)
	case unit == resultfile.GCShare:
		scale, name = 0.01, " %"
	}
	middle, lo, hi := figure(s.Median/scale), figure(s.Lo/scale), figure(s.Hi/scale)
	if !spread || lo == middle && hi == middle {
		return middle + name
	}
	return fmt.Sprintf("%s%s (%s…%s)", middle, name, lo, hi)
}

// timeScale returns the unit of time in which to write ns, with a space before
// its name.
func timeScale(ns float64) (scale float64, name string) {
	switch {
	case ns >= 1e9:
		return 1e9, " s"
	case ns >= 1e6:
		return 1e6, " ms"
	case ns >= 1e3:
		return 1e3, " µs"
	}
	return 1, " ns"
}

// figure writes a number with two significant digits, from 10 on without any
// behind the point, and as a bound where it is too small to tell anything.
func figure(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0.001:
		return "<0.001"
	case v < 9.95:
		return strconv.FormatFloat(v, 'g', 2, 64)
	case v < 99.5:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return quantity(max(v, 100))
}

// width returns how many columns the rows take.
func width(rows [][]string) int {
	n := 0
	for _, w := range widths(rows) {
		n += w + 2
	}
	return n - 2
}
