package resultfile

import "iter"

// A Series is the results of a set that have all in common but their figures, in the
// order in which they were read.
type Series struct {
	Cell   Cell
	Name   string // as written, without "Benchmark"
	Config string // as that of a [Run]
	Units  []string

	store *store
	id    uint32
}

// Len returns the number of results.
func (s *Series) Len() int { return s.store.series[s.id].n }

// Value returns the value of a result in one of the units.
func (s *Series) Value(result, unit int) float64 {
	_, values := s.row(result)
	return values[unit]
}

// Batches returns the iterations of a result.
func (s *Series) Batches(result int) int {
	batches, _ := s.row(result)
	if *batches == inHuge {
		return s.store.huge[[2]uint32{s.id, uint32(result)}]
	}
	return int(*batches)
}

func (s *Series) row(result int) (batches *uint32, values []float64) {
	of := &s.store.series[s.id]
	return s.store.byShape[of.shape].row(of.row(result))
}

// A Stretch is results of one series on consecutive lines, as -count makes them.
type Stretch struct {
	Series int // index in what Series returns
	Len    int
	Line   int // of the first
}

// Series returns the results of the set by what they have in common, in the order in
// which it first comes, and all stretches of them in the order of the file. For sets
// from [ReadCompact] it refers to what they hold, and no result is copied.
func (s *Set) Series() ([]Series, iter.Seq[Stretch]) {
	of := s.store
	if of == nil {
		of = storeOf(s.Runs)
	}
	return of.bySeries(), func(yield func(Stretch) bool) {
		for e := range of.order.all() {
			if !yield(Stretch{e.series, e.n, e.line}) {
				return
			}
		}
	}
}

func (s *store) bySeries() []Series {
	out := make([]Series, 0, len(s.series))
	for id, k := range s.series {
		out = append(out, Series{
			Cell: s.cells[k.name], Name: s.names.texts[k.name], Config: s.texts[id], Units: s.units[k.shape],
			store: s, id: uint32(id),
		})
	}
	return out
}
