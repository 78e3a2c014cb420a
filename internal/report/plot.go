package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"runbench/internal/analysis"
	"runbench/internal/resultfile"
)

// Plot draws each workload's throughput over goroutines, a row for each number
// of them and a column for each P, on one scale a workload, with the
// recommended numbers.
func Plot(w io.Writer, a analysis.Analysis, style Style) error {
	p := &printer{w: w, style: style}
	rate := "throughput"
	if len(a.Workloads) > 0 && !slices.ContainsFunc(a.Workloads, func(w analysis.Workload) bool { return rateUnit(w) != rateUnit(a.Workloads[0]) }) {
		rate = Inert(rateUnit(a.Workloads[0]))
	}
	for _, line := range p.fitted("How many goroutines? " + rate + " over goroutines; ◀ the fewest goroutines and cores within 5 % of the best, in the rounds they share") {
		p.line("%s", style.paint(bold, line))
	}
	for _, wl := range a.Workloads {
		p.surface(wl)
	}
	return p.err
}

// barWidth bounds the length of a bar; short bars compare as well as long ones.
const (
	minBar = 8
	maxBar = 30
)

// surface draws one workload.
func (p *printer) surface(w analysis.Workload) {
	var cs, ps []int
	best := 0.0
	at := make(map[[2]int]analysis.Point)
	numbers := 0
	for _, pt := range w.Surface {
		cs, ps = append(cs, pt.Goroutines), append(ps, pt.Gomaxprocs)
		best = max(best, pt.Value)
		at[[2]int{pt.Goroutines, pt.Gomaxprocs}] = pt
		numbers = max(numbers, len([]rune(quantity(pt.Value))))
	}
	cs, ps = unique(cs), unique(ps)
	name := Inert(w.Name)
	if w.Strategy != "" {
		name += " · " + Inert(w.Strategy)
	}
	label := max(len("goroutines"), len(fmt.Sprint(slices.Max(cs))))
	room := p.style.width() - label - 2
	// A column is a bar, the number, the mark and space to the next.
	beside := numbers + 5
	fit := max(1, room/(minBar+beside))
	shown := spread(ps, fit, w.Recommend.Gomaxprocs)
	bar := min(maxBar, room/len(shown)-beside)

	p.line("")
	head := pad("goroutines", label+2)
	for _, procs := range shown {
		head += pad(Plural(procs, "core"), bar+beside)
	}
	p.line("%s", p.style.paint(bold, name))
	p.line("%s", strings.TrimRight(head, " "))
	for _, c := range cs {
		row := padLeft(fmt.Sprint(c), label) + "  "
		for _, procs := range shown {
			pt, ok := at[[2]int{c, procs}]
			if !ok {
				row += strings.Repeat(" ", bar+beside)
				continue
			}
			mark := "  "
			if c == w.Recommend.Goroutines && procs == w.Recommend.Gomaxprocs {
				mark = " ◀"
			}
			row += pad(Bar(pt.Value/best, bar), bar) + " " + padLeft(quantity(pt.Value), numbers) + mark + "  "
		}
		p.line("%s", strings.TrimRight(row, " "))
	}
	p.counted(w, shown)
	if len(shown) < len(ps) {
		p.line("%s", p.style.paint(dim, fmt.Sprintf("%*s(%d of %d numbers of cores shown; --json has all)", label+2, "", len(shown), len(ps))))
	}
}

// counted writes what a workload counts itself, such as deadlines missed, at the
// goroutines of its gains and each of the given P; and its threads, where they
// are more than the Go scheduler needs.
func (p *printer) counted(w analysis.Workload, procs []int) {
	var items []string
	for _, unit := range append(resultfile.OwnUnits(), resultfile.Threads) {
		var values []string
		most := 0.0
		for _, n := range procs {
			i := slices.IndexFunc(w.Surface, func(pt analysis.Point) bool { return pt.Goroutines == w.Goroutines && pt.Gomaxprocs == n })
			if i < 0 {
				continue
			}
			if v, ok := w.Surface[i].Values[unit]; ok {
				values, most = append(values, measured(v, unit)), max(most, v)
			}
		}
		// The scheduler's own are a few, and one for each P.
		if len(values) == 0 || unit == resultfile.Threads && most <= float64(slices.Max(procs)+10) {
			continue
		}
		items = append(items, strings.TrimSuffix(unit, "-ns")+" "+strings.Join(values, " → "))
	}
	if len(items) == 0 {
		return
	}
	var cores []string
	for _, n := range procs {
		cores = append(cores, fmt.Sprint(n))
	}
	on := strings.Join(cores, " → ") + " cores"
	if on == "1 cores" {
		on = "1 core"
	}
	text := fmt.Sprintf("counted with %s, at %s: %s", Plural(w.Goroutines, "goroutine"), on, strings.Join(items, " · "))
	for _, line := range wrap(text, p.style.width()) {
		p.line("%s", p.style.paint(dim, line))
	}
}

// measured writes a value with its unit's scale.
func measured(v float64, unit string) string {
	if strings.Contains(unit, "-ns") {
		d := time.Duration(v)
		for _, step := range []time.Duration{time.Second, time.Millisecond, time.Microsecond} {
			if d >= step {
				d = d.Round(step / 100)
				break
			}
		}
		return d.String()
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// spread picks at most n of the values: the first, the last, the one asked for,
// then others from the end.
func spread(values []int, n, asked int) []int {
	if len(values) <= n {
		return values
	}
	pick := []int{values[0]}
	for _, v := range append([]int{values[len(values)-1], asked}, reversed(values)...) {
		if len(pick) < n && slices.Contains(values, v) && !slices.Contains(pick, v) {
			pick = append(pick, v)
		}
	}
	slices.Sort(pick)
	return pick
}

func reversed(values []int) []int {
	r := slices.Clone(values)
	slices.Reverse(r)
	return r
}

func unique(values []int) []int {
	slices.Sort(values)
	return slices.Compact(values)
}

// Bar draws a share from 0 to 1 in eighths of a character, at most width long.
// Anything above 0 shows.
func Bar(share float64, width int) string {
	eighths := int(share*float64(width)*8 + 0.5)
	if share > 0 {
		eighths = max(1, eighths)
	}
	eighths = min(eighths, 8*width)
	bar := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		bar += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return bar
}
