package resultfile

import (
	"iter"
	"slices"
	"strings"
)

// A store holds runs in 4 bytes each and 8 a value, and 40 for each stretch of them.
// What many have in common is held once, as a series.
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

	stretches [][]Stretch // slices that are never moved
	open      *chunk      // of the last run
	runs      int
	total     int // values

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

// A Stretch is results on consecutive lines that have all in common but their
// figures, as -count makes them. It holds those of a set that is read compactly, and
// refers to them: nothing is copied.
type Stretch struct {
	in           *chunk
	series, line uint32 // line of the first
	values       uint32 // index of the first in the chunk
	high         uint32 // upper half of the iterations of all
	from, n      uint16 // results in the chunk
	width        uint16 // values of a result
	counted      bool   // each is one round after the one before
	round        int    // of the first
}

// Len returns the number of results.
func (s *Stretch) Len() int { return int(s.n) }

// Value returns one of the values of a result.
func (s *Stretch) Value(result, i int) float64 {
	return s.in.values[int(s.values)+result*int(s.width)+i]
}

// Batches returns the iterations of a result.
func (s *Stretch) Batches(result int) int {
	return int(uint64(s.high)<<32 | uint64(s.in.batches[int(s.from)+result]))
}

// Line returns the line of a result.
func (s *Stretch) Line(result int) int { return int(s.line) + result }

// Round returns the round of a result.
func (s *Stretch) Round(result int) int {
	if s.counted {
		return s.round + result
	}
	return s.round
}

func highHalf(batches int) uint32 { return uint32(uint64(batches) >> 32) }

// A chunk holds the figures of stretches, one after the other.
type chunk struct {
	batches []uint32 // lower halves
	values  []float64
}

// rowsPerChunk rows are allocated at once, and stretchesPerSlice stretches.
const (
	rowsPerChunk      = 8192
	stretchesPerSlice = 1024
)

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
	if s.open == nil || len(s.open.batches) == rowsPerChunk {
		// Small files do not pay for a whole chunk.
		room := min(rowsPerChunk, max(16, s.runs))
		s.open = &chunk{make([]uint32, 0, room), make([]float64, 0, room*len(values))}
	}
	in := s.open
	if l := s.last(); l != nil && l.in == in && l.series == r.series && l.line+uint32(l.n) == r.line && l.round == r.round && l.high == highHalf(r.batches) {
		l.n++
	} else {
		s.begin(Stretch{
			in: in, series: r.series, line: r.line, round: r.round, high: highHalf(r.batches),
			from: uint16(len(in.batches)), n: 1, values: uint32(len(in.values)), width: uint16(len(values)),
		})
	}
	in.batches = append(in.batches, uint32(r.batches))
	in.values = append(in.values, values...)
	s.runs++
	s.total += len(values)
}

// last returns the last stretch, nil if there is none.
func (s *store) last() *Stretch {
	if len(s.stretches) == 0 {
		return nil
	}
	l := s.stretches[len(s.stretches)-1]
	return &l[len(l)-1]
}

func (s *store) begin(first Stretch) {
	n := len(s.stretches)
	if n == 0 || len(s.stretches[n-1]) == cap(s.stretches[n-1]) {
		room := 16
		if n > 0 {
			room = min(stretchesPerSlice, 2*cap(s.stretches[n-1]))
		}
		s.stretches = append(s.stretches, make([]Stretch, 0, room))
		n++
	}
	s.stretches[n-1] = append(s.stretches[n-1], first)
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
	for _, of := range s.stretches {
		for i := range of {
			if l := &of[i]; l.round == 0 {
				c := counter[l.series]
				l.round, l.counted = seen[c]+1, true
				seen[c] += l.Len()
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

// run returns a run of a stretch, with its values appended to room.
func (s *store) run(l *Stretch, result int, room []Value) Run {
	k := s.series[l.series]
	from := len(room)
	for i, unit := range s.units[k.shape] {
		room = append(room, Value{unit, l.Value(result, i)})
	}
	return Run{
		Cell: s.cells[k.name], Name: s.names.texts[k.name], Config: s.texts[l.series],
		Round: l.Round(result), Batches: l.Batches(result), Line: l.Line(result),
		Values: room[from:len(room):len(room)],
	}
}

// each yields the stretches, each with its first run. Values are written over by the
// next one.
func (s *store) each() iter.Seq2[Run, *Stretch] {
	return func(yield func(Run, *Stretch) bool) {
		var room []Value
		for _, of := range s.stretches {
			for i := range of {
				run := s.run(&of[i], 0, room[:0])
				room = run.Values
				if !yield(run, &of[i]) {
					return
				}
			}
		}
	}
}

// all yields the runs. Values are written over by the next run.
func (s *store) all() iter.Seq[Run] {
	return func(yield func(Run) bool) {
		for run, l := range s.each() {
			room := run.Values
			for i := range l.Len() {
				if i > 0 {
					run = s.run(l, i, room[:0])
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
	s.open = nil
	for _, of := range s.stretches {
		for i := range of {
			for result := range of[i].Len() {
				run := s.run(&of[i], result, room)
				room = room[:len(room)+len(run.Values)]
				runs = append(runs, run)
			}
			of[i].in = nil
		}
	}
	return runs
}

// stretchesOf returns each run as a stretch.
func stretchesOf(runs []Run) iter.Seq2[Run, *Stretch] {
	return func(yield func(Run, *Stretch) bool) {
		for _, run := range runs {
			l := &Stretch{
				in:   &chunk{batches: []uint32{uint32(run.Batches)}},
				line: uint32(run.Line), round: run.Round, high: highHalf(run.Batches), n: 1, width: uint16(len(run.Values)),
			}
			for _, v := range run.Values {
				l.in.values = append(l.in.values, v.Value)
			}
			if !yield(run, l) {
				return
			}
		}
	}
}
