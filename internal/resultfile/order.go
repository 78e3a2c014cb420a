package resultfile

import (
	"encoding/binary"
	"iter"
)

// An order says of which series the results of a file are, one after the other. It
// takes a byte for each where series follow one another as they did the first time,
// and a few for all repetitions that stand on consecutive lines.
type order struct {
	chunks [][]byte // of entries that are complete
	before entry    // the last of them
	open   entry    // may grow; n is 0 where there is none
}

// An entry is results of one series on consecutive lines.
type entry struct {
	series, n int
	line      int // of the first
	round     int // of all, by the last event; 0 where none says
}

// What an entry takes at most, and the chunks of them.
const (
	mostBytes     = 4 * binary.MaxVarintLen64
	bytesPerChunk = 64 << 10
)

// add adds a result.
func (o *order) add(series, line, round int) {
	if e := &o.open; e.n > 0 && e.series == series && e.line+e.n == line && e.round == round {
		e.n++
		return
	}
	o.close()
	o.open = entry{series, 1, line, round}
}

// close makes the open entry a complete one.
func (o *order) close() {
	if o.open.n == 0 {
		return
	}
	last := len(o.chunks) - 1
	if last < 0 || cap(o.chunks[last])-len(o.chunks[last]) < mostBytes {
		size := mostBytes
		if last >= 0 {
			size = min(bytesPerChunk, 2*cap(o.chunks[last]))
		}
		o.chunks = append(o.chunks, make([]byte, 0, size))
		last++
	}
	o.chunks[last] = o.before.append(o.chunks[last], o.open)
	o.before, o.open = o.open, entry{}
}

// next is the entry that is written in a byte behind e.
func (e entry) next() entry { return entry{e.series + 1, 1, e.line + e.n, e.round} }

// append writes the entry behind e as what it differs in from the next one.
func (e entry) append(to []byte, behind entry) []byte {
	next := e.next()
	series := int64(behind.series-next.series) << 1
	if next.series = behind.series; next == behind {
		return binary.AppendVarint(to, series|1)
	}
	to = binary.AppendVarint(to, series)
	to = binary.AppendUvarint(to, uint64(behind.n))
	to = binary.AppendVarint(to, int64(behind.line-next.line))
	return binary.AppendVarint(to, int64(behind.round-next.round))
}

// behind reads what append wrote, and returns what follows it too.
func (e entry) behind(text []byte) (entry, []byte) {
	take := func() int {
		v, n := binary.Varint(text)
		text = text[n:]
		return int(v)
	}
	next, series := e.next(), take()
	next.series += series >> 1
	if series&1 == 0 {
		n, size := binary.Uvarint(text)
		text = text[size:]
		next.n = int(n)
		next.line += take()
		next.round += take()
	}
	return next, text
}

// all yields the entries that are complete.
func (o *order) all() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		var e entry
		for _, text := range o.chunks {
			for len(text) > 0 {
				if e, text = e.behind(text); !yield(e) {
					return
				}
			}
		}
	}
}
