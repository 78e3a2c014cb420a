package report

import (
	"fmt"
	"slices"

	"runbench/internal/analysis"
)

const weakHead = "Weak scaling: P goroutines on P cores, with a batch P times as large"

// weak writes how workloads scale whose batch grows with the cores. Below says that
// something stands above.
func (p *printer) weak(ws []analysis.WeakScaling, below bool) {
	if len(ws) == 0 {
		return
	}
	if below {
		p.line("")
	}
	p.line("%s", p.style.paint(bold, weakHead))
	p.columns(1, weakRows(ws))
	for _, w := range ws {
		p.wrapped(weakTitle(w, ws)+": "+Inert(w.Sentence), "")
	}
	var refused, notes telling
	for _, w := range ws {
		if w.Refused != nil {
			refused.add(*w.Refused, w.Name)
		}
		for _, text := range w.Notes {
			notes.add(text, w.Name)
		}
	}
	p.told(refused, notes, len(ws), "workload")
	p.wrapped("scaled speed-up S: time of the same batch on one core over that on P; efficiency: time of a batch that has not grown on one core over that of the grown one on P; serial: (P − S)/(P − 1), the share of the time that is serial by Gustafson's law (CACM 31(5), 1988)", dim)
}

// weakRows returns a row for each P above one.
func weakRows(ws []analysis.WeakScaling) [][]string {
	rows := [][]string{{"", "cores", "tasks/s", "scaled speed-up", "efficiency", "serial"}}
	for _, w := range ws {
		shown := weakTitle(w, ws)
		for _, pt := range w.Points {
			if pt.N == 1 {
				continue
			}
			row := []string{shown, fmt.Sprint(pt.N), quantity(pt.X.Value), "–", "–", coefficient(pt.Serial)}
			if pt.Oversubscribed {
				row[1] += " (over)"
			}
			if pt.Speedup != nil {
				row[3] = withInterval(*pt.Speedup)
			}
			if pt.Efficiency != nil {
				row[4] = kept(pt.Efficiency)
			}
			rows = append(rows, row)
			shown = ""
		}
	}
	return rows
}

// weakTitle names a workload, with its strategy and configuration where those differ.
func weakTitle(w analysis.WeakScaling, ws []analysis.WeakScaling) string {
	name := Inert(w.Name)
	if slices.ContainsFunc(ws, func(other analysis.WeakScaling) bool { return other.Strategy != w.Strategy }) {
		name += " (" + Inert(w.Strategy) + ")"
	}
	if w.Config != "" {
		name += " · " + configLine(w.Config)
	}
	return name
}
