package analysis

import (
	"fmt"
	"slices"
	"strings"

	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// Reading says what of the output of other projects' benchmarks was used, and
// what was passed over and why.
type Reading struct {
	Results    int          `json:"results"`    // result lines read
	Used       int          `json:"used"`       // of them behind a verdict
	Benchmarks int          `json:"benchmarks"` // names without their axes
	Judged     int          `json:"judged"`     // sweeps with a verdict
	PassedOver []PassedOver `json:"passed_over"`
	// Conventions say how the figures were read, one line each.
	Conventions []string `json:"conventions"`
}

// PassedOver is what was not judged for one reason.
type PassedOver struct {
	Reason     string   `json:"reason"`
	Results    int      `json:"results"`
	Benchmarks []string `json:"benchmarks"`

	named map[string]bool // those of Benchmarks, of which there may be a million
}

// pass adds results of a benchmark to those passed over for a reason. None is what
// is left of a benchmark whose results were all passed over before.
func (r *Reading) pass(reason, name string, results int) {
	if results == 0 {
		return
	}
	i := slices.IndexFunc(r.PassedOver, func(p PassedOver) bool { return p.Reason == reason })
	if i < 0 {
		i = len(r.PassedOver)
		r.PassedOver = append(r.PassedOver, PassedOver{Reason: reason, Benchmarks: []string{}, named: make(map[string]bool)})
	}
	p := &r.PassedOver[i]
	p.Results += results
	if !p.named[name] {
		p.named[name] = true
		p.Benchmarks = append(p.Benchmarks, name)
	}
}

// convene adds a convention once.
func (r *Reading) convene(text string) {
	if !slices.Contains(r.Conventions, text) {
		r.Conventions = append(r.Conventions, text)
	}
}

// foreign reports whether runs of a cell are to be read by their name alone: they are
// none of our catalogue, nor of bench.Sweep, which name both axes.
func foreign(c *resultfile.Cell) bool {
	return c.Workload == "" && (c.Strategy == "" || c.Goroutines == 0 || c.Gomaxprocs == 0)
}

// A placed series is what is kept of foreign results, of which there may be millions:
// their figures stay in the set.
type placed struct {
	*spelling // one for each name
	*resultfile.Series
	from, to int        // its results
	gauge    *yardstick // of a column of the values
	column   int
	passes   passes // of all results of the series
	block    int    // that of the first pass; they are counted from 1 over all files
}

// Len returns the number of results.
func (p *placed) Len() int { return p.to - p.from }

// value returns the value of a result that is read for its throughput.
func (p *placed) value(result int) float64 { return p.Value(p.from+result, p.column) }

// batches returns the iterations of a result.
func (p *placed) batches(result int) int { return p.Batches(p.from + result) }

// blockOf returns the block that a result was measured in: those of one block were
// made one after the other.
func (p *placed) blockOf(result int) int { return p.block + p.passes.at(p.from+result) }

// family is all results of one benchmark under one configuration, whatever axes
// its name has.
type family struct {
	config string
	name   string
	runs   []*placed
	known  []*spelling // see spellings
}

// spellings returns the distinct names of the results, once all of them are there.
func (f *family) spellings() []*spelling {
	if f.known != nil {
		return f.known
	}
	seen := make(map[*spelling]bool)
	for _, p := range f.runs {
		if !seen[p.spelling] {
			seen[p.spelling] = true
			f.known = append(f.known, p.spelling)
		}
	}
	return f.known
}

// results returns how many there are.
func (f *family) results() int {
	n := 0
	for _, p := range f.runs {
		n += p.Len()
	}
	return n
}

// families groups the foreign results of all sets, in the order in which their
// names first come.
func families(sets []*resultfile.Set, r *Reading) []*family {
	var out []*family
	index := make(map[[2]string]*family)
	gauges := make(map[string]*yardstick)
	block := 1
	for _, set := range sets {
		for _, g := range gather(set, gauges) {
			parts := g.parts()
			for n, part := range parts {
				named := g.config
				if len(parts) > 1 {
					named = strings.TrimPrefix(named+"; "+g.partName(n, part), "; ")
				}
				for _, all := range g.series {
					p := all.within(part)
					if p.Len() == 0 {
						continue
					}
					p.block = block
					r.Results += p.Len()
					k := [2]string{named, p.name}
					f := index[k]
					if f == nil {
						f = &family{config: named, name: p.name}
						index[k] = f
						out = append(out, f)
					}
					f.runs = append(f.runs, p)
				}
			}
			if len(parts) > 1 {
				r.convene(fmt.Sprintf("the same names come %d times with other times, as before and after a change do: each part is judged by itself; to have repetitions pooled, give them as files of their own", len(parts)))
			}
			block += g.passed
		}
	}
	return out
}

// values returns the distinct counts of a family on the axis of a key, ascending.
// No "-N" means GOMAXPROCS=1 where other results of the benchmark have one.
func (f *family) values(key string) []int {
	var vs []int
	for _, s := range f.spellings() {
		if n, ok := s.at[key]; ok {
			vs = append(vs, n)
		} else if key == suffix {
			vs = append(vs, 1)
		}
	}
	slices.Sort(vs)
	return slices.Compact(vs)
}

// has reports whether all runs have a count under key.
func (f *family) has(key string) bool {
	return key == suffix || !slices.ContainsFunc(f.spellings(), func(s *spelling) bool { _, ok := s.at[key]; return !ok })
}

// axes returns the keys over which the family was swept, those of GOMAXPROCS
// first, each axis by its most telling key only.
func (f *family) axes() (procs, goroutines string) {
	keys := []string{suffix}
	for _, k := range axisKeys {
		keys = append(keys, k.key)
	}
	for _, key := range keys {
		vs := f.values(key)
		if len(vs) < 2 || !f.has(key) {
			continue
		}
		if key == "n" && (vs[0] != 1 || slices.Max(vs) > 1024 || procs != "" || goroutines != "") {
			continue // a size
		}
		switch {
		case axisOf(key) == axisProcs && procs == "":
			procs = key
		case axisOf(key) == axisGoroutines && goroutines == "":
			goroutines = key
		}
	}
	return procs, goroutines
}

// split returns the families that differ in the given keys' counts only in
// name: what is not an axis is part of the name.
func (f *family) split(keep ...string) []*family {
	var out []*family
	index := make(map[string]*family)
	of := make(map[*spelling]*family)
	for _, p := range f.runs {
		g := of[p.spelling]
		if g == nil {
			name := p.nameBut(keep)
			if g = index[name]; g == nil {
				g = &family{config: f.config, name: name}
				index[name] = g
				out = append(out, g)
			}
			of[p.spelling] = g
		}
		g.runs = append(g.runs, p)
	}
	return out
}

// nameBut returns a name with all its axes but those given.
func (s *spelling) nameBut(keys []string) string {
	name := s.name
	for _, k := range axisKeys {
		if n, ok := s.at[k.key]; ok && !slices.Contains(keys, k.key) {
			name += fmt.Sprintf("/%s=%d", k.key, n)
		}
	}
	if n, ok := s.at[suffix]; ok && !slices.Contains(keys, suffix) {
		name += fmt.Sprintf("-%d", n)
	}
	return name
}

// A sweep is a benchmark measured over one axis.
type sweep struct {
	*family
	key string // of its axis
}

// plain takes foreign results apart into what can be judged as a surface, in the
// form of our own runs, and sweeps over one axis. What is neither is passed over.
func plain(sets []*resultfile.Set, r *Reading) (surfaces []resultfile.Run, sweeps []sweep) {
	for _, f := range families(sets, r) {
		procs, goroutines := f.axes()
		switch {
		case procs != "" && procs == suffix && looksLikeSizes(f.name, f.values(suffix)):
			r.Benchmarks++
			r.pass("the number that ends its name is a size, not GOMAXPROCS", f.name, f.results())
			continue
		case procs != "" && goroutines != "":
			if f.hasOrigin(procs, goroutines) {
				for _, g := range f.split(procs, goroutines) {
					r.Benchmarks++
					surfaces = append(surfaces, g.surface(procs, goroutines, r)...)
				}
				continue
			}
			goroutines = ""
		}
		key := procs + goroutines
		if key == "" {
			r.Benchmarks++
			r.pass(f.unswept(), f.name, f.results())
			continue
		}
		for _, g := range f.split(key) {
			r.Benchmarks++
			if len(g.values(key)) < 2 {
				r.pass(g.unswept(), g.name, g.results())
				continue
			}
			sweeps = append(sweeps, sweep{g, key})
		}
	}
	return surfaces, sweeps
}

// unswept says why there is nothing to be said about how a benchmark scales.
func (f *family) unswept() string {
	for _, s := range f.spellings() {
		if _, ok := s.at[suffix]; ok {
			return "one value of GOMAXPROCS only: give go test -cpu 1,2,4,8"
		}
	}
	for _, k := range axisKeys {
		if k.key != "n" && len(f.values(k.key)) > 0 {
			return fmt.Sprintf("one value of %s only", k.key)
		}
	}
	return "no axis in its name: neither -N nor a count of goroutines; give go test -cpu 1,2,4,8"
}

// hasOrigin reports whether one goroutine was measured at GOMAXPROCS=1, which
// gains are relative to.
func (f *family) hasOrigin(procs, goroutines string) bool {
	return slices.ContainsFunc(f.spellings(), func(s *spelling) bool { return s.count(procs) == 1 && s.count(goroutines) == 1 })
}

// count returns the name's place on an axis.
func (s *spelling) count(key string) int {
	if n, ok := s.at[key]; ok {
		return n
	}
	return 1 // no "-N"
}

// surface returns the results in the form in which ours are judged, without those
// that it passes over.
func (f *family) surface(procs, goroutines string, r *Reading) []resultfile.Run {
	y, units, ok := chooseYardstick(f.runs)
	if !ok {
		r.pass(noThroughput(units), f.name, f.results())
		return nil
	}
	var out []resultfile.Run
	rounds := make(map[scaling.Cell]int)
	for _, p := range f.runs {
		at := scaling.Cell{Goroutines: p.count(goroutines), Gomaxprocs: p.count(procs)}
		for i := range p.Len() {
			rounds[at]++
			x, reason := p.throughput(i, y)
			if reason != "" {
				r.pass(reason, f.name, 1)
				continue
			}
			out = append(out, resultfile.Run{
				Cell:   resultfile.Cell{Class: f.name, Goroutines: at.Goroutines, Gomaxprocs: at.Gomaxprocs},
				Config: f.config, Round: rounds[at], Batches: p.batches(i),
				Values: []resultfile.Value{{Unit: y.rate, Value: x}},
			})
		}
	}
	if len(out) > 0 {
		r.Judged++
		r.Used += len(out)
		conventions(r, y, axisGoroutines, goroutines)
	}
	return out
}
