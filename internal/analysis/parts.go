package analysis

import (
	"fmt"
	"math"
	"slices"
)

// Few passes that differ are a comparison somebody wrote down, before and
// after; many are repetitions by a loop around go test.
const mostParts = 4

// apart is how far the times of a benchmark may differ between two passes, as
// a log ratio, before they are taken for two programs. Repetitions on one
// machine seldom differ by more in the median over a sweep.
var apart = math.Log(1.10)

// parts returns the passes that are to be judged each by itself: more than one span
// where a few of them disagree about a benchmark over its whole sweep.
func (g *gathered) parts() []span {
	if g.passed < 2 || g.passed > mostParts {
		return []span{{0, g.passed}}
	}
	out := []span{{0, 1}}
	for pass := 1; pass < g.passed; pass++ {
		if g.alike(pass-1, pass) {
			out[len(out)-1].to++
		} else {
			out = append(out, span{pass, pass + 1})
		}
	}
	return out
}

// alike reports whether two passes may be repetitions of one measurement: no
// benchmark they share has moved by more than apart in the median over its sweep.
func (g *gathered) alike(a, b int) bool {
	before, after := g.logsByName(a), g.logsByName(b)
	moved := make(map[string][]float64) // by benchmark
	for at, log := range after {
		if was, ok := before[at]; ok {
			moved[at.name] = append(moved[at.name], log-was)
		}
	}
	for _, shifts := range moved {
		slices.Sort(shifts)
		if middle := shifts[len(shifts)/2]; len(shifts) > 1 && math.Abs(middle) > apart {
			return false
		}
	}
	return true
}

// logsByName returns the log of the geometric mean throughput of each name in a pass.
func (g *gathered) logsByName(pass int) map[*spelling]float64 {
	type sum struct{ log, n float64 }
	sums := make(map[*spelling]sum)
	for _, all := range g.series {
		p := all.within(span{pass, pass + 1})
		s := sums[p.spelling]
		for i := range p.Len() {
			if x, reason := p.throughput(i, p.gauge); reason == "" {
				s = sum{s.log + math.Log(x), s.n + 1}
			}
		}
		if s.n > 0 {
			sums[p.spelling] = s
		}
	}
	logs := make(map[*spelling]float64)
	for at, s := range sums {
		logs[at] = s.log / s.n
	}
	return logs
}

// partName names a part beside others of its configuration.
func (g *gathered) partName(n int, part span) string {
	return fmt.Sprintf("part %d (lines %d to %d)", n+1, g.passes[part.from].first, g.passes[part.to-1].last)
}
