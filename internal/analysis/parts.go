package analysis

import (
	"fmt"
	"math"
	"slices"
)

// stretches splits results of one file and one configuration, in the order of
// the file, where a benchmark comes again, but for repetitions that follow one
// another as -count makes them: there a sweep was run again into the same file.
func stretches(all []placed) [][]placed {
	var out [][]placed
	seen := make(map[*spelling]bool)
	from := 0
	for i, p := range all {
		if i > 0 && p.spelling == all[i-1].spelling {
			continue
		}
		if seen[p.spelling] {
			out, from = append(out, all[from:i]), i
			clear(seen)
		}
		seen[p.spelling] = true
	}
	return append(out, all[from:])
}

// Few stretches that differ are a comparison somebody wrote down, before and
// after; many are repetitions by a loop around go test.
const mostParts = 4

// apart is how far the times of a benchmark may differ between two stretches, as
// a log ratio, before they are taken for two programs. Repetitions on one
// machine seldom differ by more in the median over a sweep.
var apart = math.Log(1.10)

// parts returns the stretches that are to be judged each by itself: more than
// one where a few of them disagree about a benchmark over its whole sweep.
func parts(all [][]placed) [][][]placed {
	if len(all) < 2 || len(all) > mostParts {
		return [][][]placed{all}
	}
	out := [][][]placed{{all[0]}}
	for _, s := range all[1:] {
		current := out[len(out)-1]
		if alike(current[len(current)-1], s) {
			out[len(out)-1] = append(current, s)
		} else {
			out = append(out, [][]placed{s})
		}
	}
	return out
}

// alike reports whether two stretches may be repetitions of one measurement: no
// benchmark they share has moved by more than apart in the median over its
// sweep.
func alike(a, b []placed) bool {
	before, after := logsByName(a), logsByName(b)
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

// logsByName returns the log of the geometric mean throughput of each name.
func logsByName(ps []placed) map[*spelling]float64 {
	type sum struct{ log, n float64 }
	sums := make(map[*spelling]sum)
	for _, p := range ps {
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
func partName(n int, part [][]placed) string {
	last := part[len(part)-1]
	end := last[len(last)-1]
	return fmt.Sprintf("part %d (lines %d to %d)", n+1, part[0][0].Line(0), end.Line(end.Len()-1))
}
