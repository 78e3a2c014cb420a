package analysis

import (
	"sort"

	"runbench/internal/resultfile"
)

// A gathered is the foreign results of one set under one configuration.
//
// In the order of the file they are passes: one ends where a benchmark comes again,
// but for repetitions that follow one another as -count makes them. There a sweep was
// run again into the same file.
type gathered struct {
	config string
	series []*placed // in the order in which they first come

	passed int         // how many passes there are
	passes []lineRange // of them, no more than mostParts
	latest *spelling   // of the last result
}

// A lineRange is where the first and the last result of a pass stand.
type lineRange struct{ first, last int }

// passes say in which pass, counted from 0, each result of a series was. They ascend,
// mostly by as many results each, and then take no room.
type passes struct {
	first int
	each  int      // results of every pass; 0 while all are of the first one
	of    []uint32 // by result, where passes have not as many
}

func (p *passes) at(result int) int {
	switch {
	case p.of != nil:
		return int(p.of[result])
	case p.each > 0:
		return p.first + result/p.each
	}
	return p.first
}

// add says that n more results, behind those there were of all that there will be,
// are of a pass.
func (p *passes) add(pass, had, n, all int) {
	switch {
	case had == 0:
		p.first = pass
	case p.each == 0 && pass == p.first+1:
		p.each = had
	}
	if p.of == nil && p.at(had) == pass && p.at(had+n-1) == pass {
		return
	}
	if p.of == nil {
		of := make([]uint32, had, all)
		for i := range of {
			of[i] = uint32(p.at(i))
		}
		p.of = of
	}
	for range n {
		p.of = append(p.of, uint32(pass))
	}
}

// gather reads the foreign results of a set, by configuration.
func gather(set *resultfile.Set, gauges map[string]*yardstick) []*gathered {
	series, order := set.Series()
	var out []*gathered
	byConfig := make(map[string]*gathered)
	spellings := make(map[[2]string]*spelling) // by configuration and name; of this set: what a "-N" is depends on the names beside it
	found, of := make([]*placed, len(series)), make([]*gathered, len(series))
	for i := range series {
		s := &series[i]
		if !foreign(&s.Cell) {
			continue
		}
		g := byConfig[s.Config]
		if g == nil {
			g = &gathered{config: s.Config}
			byConfig[s.Config] = g
			out = append(out, g)
		}
		at := spellings[[2]string{s.Config, s.Name}]
		if at == nil {
			at = spell(s.Cell)
			spellings[[2]string{s.Config, s.Name}] = at
		}
		p := &placed{spelling: at, Series: s}
		p.gauge, p.column = gauge(s.Units, gauges)
		found[i], of[i] = p, g
		g.series = append(g.series, p)
	}
	if len(out) == 0 {
		return nil
	}
	seen := make(map[*spelling]int, len(spellings)) // how many passes there were when it came last
	for s := range order {
		if p := found[s.Series]; p != nil {
			of[s.Series].take(p, s, seen)
		}
	}
	return out
}

// take takes the next results of a series.
func (g *gathered) take(p *placed, s resultfile.Stretch, seen map[*spelling]int) {
	if p.spelling != g.latest {
		if g.passed == 0 || seen[p.spelling] == g.passed {
			g.passed++
			if g.passed <= mostParts {
				g.passes = append(g.passes, lineRange{first: s.Line})
			}
		}
		seen[p.spelling] = g.passed
		g.latest = p.spelling
	}
	if g.passed <= mostParts {
		g.passes[g.passed-1].last = s.Line + s.Len - 1
	}
	p.passes.add(g.passed-1, p.to, s.Len, p.Series.Len())
	p.to += s.Len
}

// A span is the passes from the first up to, but not with, the last one.
type span struct{ from, to int }

// within returns the results of a series that were in some passes.
func (p *placed) within(part span) *placed {
	n := p.Series.Len()
	bound := func(pass int) int {
		return sort.Search(n, func(i int) bool { return p.passes.at(i) >= pass })
	}
	q := *p
	q.from, q.to = bound(part.from), bound(part.to)
	return &q
}
