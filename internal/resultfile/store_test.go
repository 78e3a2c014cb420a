package resultfile

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Blocks follow one another without gap or overlap, and are as long as take makes
// them.
func TestBlocks(t *testing.T) {
	block, place := 0, 0
	for i := range 5 * mostRows {
		if b, p := blockOf(i); b != block || p != place {
			t.Fatalf("row %d lies in block %d at %d, want block %d at %d", i, b, p, block, place)
		}
		if place++; place == fewestRows<<min(block, doublings) {
			block, place = block+1, 0
		}
	}
}

// Rows of columns that grow in turns keep what was put into them.
func TestColumnsInTurns(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	of := &figures{width: 2}
	columns, want := make([]column, 30), make([][]float64, 30)
	for range 40_000 {
		i := rng.IntN(30) * rng.IntN(30) / 30
		_, values := of.row(columns[i].add(of))
		values[0], values[1] = rng.Float64(), float64(i)
		want[i] = append(want[i], values[0])
	}
	for i := range columns {
		for n, v := range want[i] {
			if _, values := of.row(columns[i].row(n)); values[0] != v || values[1] != float64(i) {
				t.Fatalf("row %d of column %d holds %v, want %v", n, i, values, v)
			}
		}
	}
}

func TestOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var o order
	var want []entry
	add := func(e entry) {
		for i := range e.n {
			o.add(e.series, e.line+i, e.round)
		}
		want = append(want, e)
	}
	line := 1
	for range 20_000 {
		e := entry{rng.IntN(3), 1 + rng.IntN(3), line, rng.IntN(2)}
		if l := len(want) - 1; l >= 0 && e.series == want[l].series {
			e.line++ // else it would be one with the one before
		}
		add(e)
		line = e.line + e.n
	}
	add(entry{1 << 30, 1, 3, math.MaxInt})
	add(entry{0, 1, math.MaxInt, math.MinInt})
	o.close()
	if got := slices.Collect(o.all()); !slices.Equal(got, want) {
		t.Errorf("%d entries became %d, or others", len(want), len(got))
	}
}

// Results are the same in the order of the file and by series, whatever order names
// come in.
func TestSeries(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var text bytes.Buffer
	for i := range 5000 {
		switch n := rng.IntN(40); n {
		case 38:
			fmt.Fprintf(&text, "note: %d\n", rng.IntN(3))
		case 39:
			fmt.Fprintf(&text, "BenchmarkA %d 1 ns/op\n", uint64(math.MaxUint32)+uint64(i))
		default:
			fmt.Fprintf(&text, "BenchmarkB%d-2 %d %d ns/op %d B/op\n", n, i, i, rng.IntN(9))
		}
	}
	all := readBytes(t, text.Bytes())
	compact, err := ReadCompact(&text, "r.txt")
	check(t, err)
	for name, set := range map[string]*Set{"runs": all, "compact": compact} {
		series, order := set.Series()
		at := make([]int, len(series))
		n := 0
		for s := range order {
			of := &series[s.Series]
			for i := range s.Len {
				want := all.Runs[n]
				n++
				if of.Name != want.Name || of.Config != want.Config || s.Line+i != want.Line || of.Batches(at[s.Series]) != want.Batches || of.Value(at[s.Series], 0) != want.Values[0].Value || of.Units[0] != want.Values[0].Unit {
					t.Fatalf("%s: result %d of %+v is not %+v", name, at[s.Series], of, want)
				}
				at[s.Series]++
			}
		}
		for i := range series {
			if at[i] != series[i].Len() {
				t.Errorf("%s: %d of %d results of %s come in order", name, at[i], series[i].Len(), series[i].Name)
			}
		}
		if n != len(all.Runs) {
			t.Errorf("%s: %d of %d results", name, n, len(all.Runs))
		}
	}
}
