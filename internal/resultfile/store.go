package resultfile

import (
	"iter"
	"math"
	"slices"
	"strings"
)

// A store holds runs: what many have in common once, as a series, their figures by
// series, 4 bytes a run and 8 a value, and in which order they came.
type store struct {
	names    interner
	configs  interner
	headings interner
	shapes   interner   // units, joined by zero bytes
	units    [][]string // by shape
	byShape  []*figures

	cells   []Cell // by name
	series  []series
	known   map[common]uint32
	latest  uint32            // series of the last run
	byWidth map[int]*figures  // number of values
	huge    map[[2]uint32]int // iterations that need more than 32 bits, by series and result
	order   order
	runs    int
	total   int // values

	texts    []string // configurations by series, headings included where they count
	counter  []int    // which counts the rounds of a series where no event gives them
	counters int
	key      []byte // for building a shape
}

// A series is runs that differ in their figures only.
type series struct {
	common
	column
	next uint32 // the series that came behind it when it came last
}

// common is what the runs of a series have in common: indices into the tables of the
// store.
type common struct{ name, config, heading, shape uint32 }

// inHuge stands for iterations that do not fit in.
const inHuge = math.MaxUint32

// A place is where a result stood, in lines and in rounds.
type place struct{ line, round int }

// An interner numbers texts.
type interner struct {
	ids   map[string]uint32
	texts []string
}

func (t *interner) of(text []byte) uint32 {
	id, ok := t.ids[string(text)]
	if !ok {
		if t.ids == nil {
			t.ids = make(map[string]uint32)
		}
		id = uint32(len(t.texts))
		t.texts = append(t.texts, string(text))
		t.ids[t.texts[id]] = id
	}
	return id
}

// add adds a run. It keeps neither name nor units nor values.
func (s *store) add(name []byte, config, heading uint32, units []string, values []float64, batches int, at place) {
	id := s.seriesOf(name, config, heading, units)
	of := &s.series[id]
	to := s.byShape[of.shape]
	count, row := to.row(of.column.add(to))
	*count = uint32(batches)
	if batches < 0 || batches >= inHuge {
		if s.huge == nil {
			s.huge = make(map[[2]uint32]int)
		}
		*count = inHuge
		s.huge[[2]uint32{id, uint32(of.n - 1)}] = batches
	}
	copy(row, values)
	s.order.add(int(id), at.line, at.round)
	s.runs++
	s.total += len(values)
}

// seriesOf returns the series of a run. Repetitions follow one another, or names come
// in the same order again, so that most often no table is needed to find it.
func (s *store) seriesOf(name []byte, config, heading uint32, units []string) uint32 {
	is := func(id uint32) bool {
		l := &s.series[id].common
		return l.config == config && l.heading == heading && s.names.texts[l.name] == string(name) && slices.Equal(s.units[l.shape], units)
	}
	if len(s.series) > 0 {
		if is(s.latest) {
			return s.latest
		}
		if next := s.series[s.latest].next; is(next) {
			s.latest = next
			return next
		}
	}
	k := common{s.names.of(name), config, heading, s.shapeOf(units)}
	if int(k.name) == len(s.cells) {
		s.cells = append(s.cells, foreignCell(s.names.texts[k.name], true))
	}
	id, ok := s.known[k]
	if !ok {
		if s.known == nil {
			s.known = make(map[common]uint32)
		}
		id = uint32(len(s.series))
		s.series = append(s.series, series{common: k})
		s.known[k] = id
	}
	s.series[s.latest].next = id
	s.latest = id
	return id
}

func (s *store) shapeOf(units []string) uint32 {
	s.key = s.key[:0]
	for _, u := range units {
		s.key = append(append(s.key, u...), 0)
	}
	id := s.shapes.of(s.key)
	if int(id) == len(s.units) {
		s.units = append(s.units, slices.Clone(units))
		of := s.byWidth[len(units)]
		if of == nil {
			if s.byWidth == nil {
				s.byWidth = make(map[int]*figures)
			}
			of = &figures{width: len(units)}
			s.byWidth[len(units)] = of
		}
		s.byShape = append(s.byShape, of)
	}
	return id
}

// finish settles what can be told only when all has been read: which names end in
// a GOMAXPROCS, which headings keep results apart, and rounds where no event gives
// them. It returns what of it the user must know.
func (s *store) finish() (warnings []string) {
	s.order.close()
	warnings = s.settleSuffixes()
	apart, told := s.settleHeadings()
	warnings = append(warnings, told...)
	s.texts = make([]string, len(s.series))
	for i, k := range s.series {
		s.texts[i] = s.configs.texts[k.config]
		if apart[headed{k.config, k.heading}] {
			s.texts[i] = joinConfig(s.texts[i], keySection+": "+s.headings.texts[k.heading])
		}
	}
	s.settleRounds()
	return warnings
}

// settleRounds has the repetitions of a name under a configuration counted together.
func (s *store) settleRounds() {
	type repeated struct {
		name   uint32
		config string
	}
	counters := make(map[repeated]int)
	s.counter = make([]int, len(s.series))
	for i, k := range s.series {
		r := repeated{k.name, s.texts[i]}
		if _, ok := counters[r]; !ok {
			counters[r] = len(counters)
		}
		s.counter[i] = counters[r]
	}
	s.counters = len(counters)
}

func joinConfig(config, pair string) string {
	if config == "" {
		return pair
	}
	pairs := append(strings.Split(config, "; "), pair)
	slices.Sort(pairs)
	return strings.Join(pairs, "; ")
}

// all yields the runs. Values are written over by the next run.
func (s *store) all() iter.Seq[Run] {
	return func(yield func(Run) bool) {
		all := s.bySeries()
		at, seen := make([]int, len(s.series)), make([]int, s.counters)
		var room []Value
		for e := range s.order.all() {
			of := &all[e.series]
			for i := range e.n {
				run := Run{
					Cell: of.Cell, Name: of.Name, Config: of.Config, Round: e.round, Line: e.line + i,
					Batches: of.Batches(at[e.series]), Values: room[:0],
				}
				if e.round == 0 {
					seen[s.counter[e.series]]++
					run.Round = seen[s.counter[e.series]]
				}
				for unit, name := range of.Units {
					run.Values = append(run.Values, Value{name, of.Value(at[e.series], unit)})
				}
				room = run.Values
				at[e.series]++
				if !yield(run) {
					return
				}
			}
		}
	}
}

// take returns the runs.
func (s *store) take() []Run {
	if s.runs == 0 {
		return nil
	}
	runs, room := make([]Run, 0, s.runs), make([]Value, 0, s.total)
	for run := range s.all() {
		from := len(room)
		room = append(room, run.Values...)
		run.Values = room[from:len(room):len(room)]
		runs = append(runs, run)
	}
	return runs
}

// storeOf returns a store of runs that are there already.
func storeOf(runs []Run) *store {
	s := &store{}
	var units []string
	var values []float64
	for _, run := range runs {
		units, values = units[:0], values[:0]
		for _, v := range run.Values {
			units, values = append(units, v.Unit), append(values, v.Value)
		}
		s.add([]byte(run.FullName()), s.configs.of([]byte(run.Config)), 0, units, values, run.Batches, place{run.Line, run.Round})
		s.cells[s.series[s.latest].name] = run.Cell
	}
	s.order.close()
	for _, k := range s.series {
		s.texts = append(s.texts, s.configs.texts[k.config])
	}
	s.settleRounds()
	return s
}
