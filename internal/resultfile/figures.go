package resultfile

import "math/bits"

// figures hold the iterations and values of results that have the same number of
// values: rows in chunks that are never moved, so that growing leaves no garbage.
type figures struct {
	width  int // values of a row
	chunks []chunk
	taken  int // rows of the last chunk
	rows   int // of all
}

type chunk struct {
	batches []uint32
	values  []float64
}

// A row is numbered by its chunk and, in the lower bits, its place there.
const (
	placeBits    = 13
	rowsPerChunk = 1 << placeBits
	mostValues   = 64 << 10 // of a chunk that is no longer than one block
)

// take returns the first of n new rows, which lie in one chunk.
func (f *figures) take(n int) uint32 {
	last := len(f.chunks) - 1
	if last < 0 || f.taken+n > len(f.chunks[last].batches) {
		// Small files do not pay for a whole chunk.
		room := max(n, min(rowsPerChunk, f.rows, mostValues/max(1, f.width)))
		f.chunks = append(f.chunks, chunk{make([]uint32, room), make([]float64, room*f.width)})
		last, f.taken = last+1, 0
	}
	row := uint32(last<<placeBits | f.taken)
	f.taken += n
	f.rows += n
	return row
}

// row returns where the iterations and the values of a row are.
func (f *figures) row(row uint32) (batches *uint32, values []float64) {
	c, i := &f.chunks[row>>placeBits], int(row&(rowsPerChunk-1))
	return &c.batches[i], c.values[i*f.width : (i+1)*f.width]
}

// A column is the rows of one series. They lie in blocks, each twice as long as the
// one before, and from mostRows on all of one length: however results of many series
// come in turns, those of each are close together, and little room is left over.
type column struct {
	blocks []uint32 // first row of each
	n      int
}

const (
	fewestRows = 2
	doublings  = 7 // up to mostRows
	mostRows   = fewestRows << doublings
	doubled    = 2*mostRows - fewestRows // rows of the blocks up to that
)

// blockOf returns the block that a row of a column lies in, and its place there.
func blockOf(i int) (block, place int) {
	if i >= doubled {
		i -= doubled
		return doublings + 1 + i/mostRows, i % mostRows
	}
	block = bits.Len(uint(i/fewestRows+1)) - 1
	return block, i - fewestRows*(1<<block-1)
}

// add adds a row and returns it.
func (c *column) add(to *figures) uint32 {
	block, place := blockOf(c.n)
	if place == 0 {
		c.blocks = append(c.blocks, to.take(fewestRows<<min(block, doublings)))
	}
	c.n++
	return c.blocks[block] + uint32(place)
}

// row returns a row of the column.
func (c *column) row(i int) uint32 {
	block, place := blockOf(i)
	return c.blocks[block] + uint32(place)
}
