package resultfile

import (
	"iter"
	"slices"
	"strings"
)

// A store holds runs in 24 bytes each and 8 a value. What many have in common is
// held once, as a series.
type store struct {
	names    interner
	configs  interner
	headings interner
	shapes   interner   // units, joined by zero bytes
	units    [][]string // by shape

	cells  []Cell // by name
	series []series
	known  map[series]uint32
	latest uint32 // series of the last run

	rows   [][]row
	values [][]float64 // of the rows of a chunk, one after the other
	runs   int
	total  int // values

	texts []string // configurations by series, headings included where they count
	key   []byte   // for building a shape
}

// A series is what runs have in common that differ in their figures only: indices
// into the tables of the store.
type series struct{ name, config, heading, shape uint32 }

// A row is one run.
type row struct {
	series, line   uint32
	round, batches int
}

// rowsPerChunk rows are allocated at once, and never moved.
const rowsPerChunk = 8192

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
func (s *store) add(name []byte, config, heading uint32, units []string, values []float64, r row) {
	r.series = s.seriesOf(name, config, heading, units)
	last := len(s.rows) - 1
	if last < 0 || len(s.rows[last]) == rowsPerChunk {
		// Small files do not pay for a whole chunk.
		room := min(rowsPerChunk, max(16, s.runs))
		s.rows = append(s.rows, make([]row, 0, room))
		s.values = append(s.values, make([]float64, 0, room*len(values)))
		last++
	}
	s.rows[last] = append(s.rows[last], r)
	s.values[last] = append(s.values[last], values...)
	s.runs++
	s.total += len(values)
}

func (s *store) seriesOf(name []byte, config, heading uint32, units []string) uint32 {
	if len(s.series) > 0 {
		// Repetitions follow one another.
		if l := s.series[s.latest]; l.config == config && l.heading == heading &&
			s.names.texts[l.name] == string(name) && slices.Equal(s.units[l.shape], units) {
			return s.latest
		}
	}
	k := series{s.names.of(name), config, heading, s.shapeOf(units)}
	if int(k.name) == len(s.cells) {
		s.cells = append(s.cells, foreignCell(s.names.texts[k.name], true))
	}
	id, ok := s.known[k]
	if !ok {
		if s.known == nil {
			s.known = make(map[series]uint32)
		}
		id = uint32(len(s.series))
		s.series = append(s.series, k)
		s.known[k] = id
	}
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
	}
	return id
}

// finish settles what can be told only when all has been read: which names end in
// a GOMAXPROCS, which headings keep results apart, and rounds where no event gives
// them. It returns what of it the user must know.
func (s *store) finish() (warnings []string) {
	warnings = s.settleSuffixes()
	apart, told := s.settleHeadings()
	warnings = append(warnings, told...)
	s.texts = make([]string, len(s.series))
	type repeated struct {
		name   uint32
		config string
	}
	counters := make(map[repeated]int)
	counter := make([]int, len(s.series))
	for i, k := range s.series {
		s.texts[i] = s.configs.texts[k.config]
		if apart[headed{k.config, k.heading}] {
			s.texts[i] = joinConfig(s.texts[i], keySection+": "+s.headings.texts[k.heading])
		}
		r := repeated{k.name, s.texts[i]}
		if _, ok := counters[r]; !ok {
			counters[r] = len(counters)
		}
		counter[i] = counters[r]
	}
	seen := make([]int, len(counters))
	for _, chunk := range s.rows {
		for i := range chunk {
			if r := &chunk[i]; r.round == 0 {
				c := counter[r.series]
				seen[c]++
				r.round = seen[c]
			}
		}
	}
	return warnings
}

func joinConfig(config, pair string) string {
	if config == "" {
		return pair
	}
	pairs := append(strings.Split(config, "; "), pair)
	slices.Sort(pairs)
	return strings.Join(pairs, "; ")
}

// run returns the run of a row, with its values appended to room.
func (s *store) run(r row, values []float64, room []Value) Run {
	k := s.series[r.series]
	from := len(room)
	for i, unit := range s.units[k.shape] {
		room = append(room, Value{unit, values[i]})
	}
	return Run{
		Cell: s.cells[k.name], Name: s.names.texts[k.name], Config: s.texts[r.series],
		Round: r.round, Batches: r.batches, Line: int(r.line),
		Values: room[from:len(room):len(room)],
	}
}

// all yields the runs. Values are written over by the next run.
func (s *store) all() iter.Seq[Run] {
	return func(yield func(Run) bool) {
		var room []Value
		for i, chunk := range s.rows {
			values := s.values[i]
			for _, r := range chunk {
				run := s.run(r, values, room[:0])
				values, room = values[len(run.Values):], run.Values[:0]
				if cap(run.Values) == 0 {
					room = nil
				}
				if !yield(run) {
					return
				}
			}
		}
	}
}

// take returns the runs, and lets go of what it has turned into them.
func (s *store) take() []Run {
	if s.runs == 0 {
		return nil
	}
	runs, room := make([]Run, 0, s.runs), make([]Value, 0, s.total)
	for i, chunk := range s.rows {
		values := s.values[i]
		for _, r := range chunk {
			run := s.run(r, values, room)
			values, room = values[len(run.Values):], room[:len(room)+len(run.Values)]
			runs = append(runs, run)
		}
		s.rows[i], s.values[i] = nil, nil
	}
	return runs
}
