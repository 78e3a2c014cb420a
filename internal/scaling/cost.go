package scaling

import (
	"cmp"
	"math"
	"slices"
)

// A COST is the configuration that outperforms a single thread: what hardware a parallel program must have before it
// was worth writing.
//
// Source: McSherry, Isard & Murray, "Scalability! But at what COST?", HotOS 2015.
type COST struct {
	Never bool     // no configuration measured is faster for certain
	Cell  Cell     // the first that is; the fastest where none is
	Ratio Estimate // its throughput over that of one goroutine at GOMAXPROCS=1
}

// FindCOST returns the COST of a surface against its plain loop, one goroutine at GOMAXPROCS=1: the fewest Ps, then the
// fewest goroutines, of those above 1, that are certainly faster, and by enough to help as a gain does. Certainly is
// with 95 % over all configurations together (Bonferroni), since with many of them one looks faster by chance. Cores is
// the number of logical ones, 0 if unknown: cells with P above it are passed over. Lost is as in [Options]. It is nil
// where the loop or what to hold against it was not measured.
func FindCOST(s Surface, cores int, lost float64) *COST {
	g := newGrid(s)
	loop := g[Cell{1, 1}]
	cells := slices.DeleteFunc(g.cells(), func(c Cell) bool { return c.Goroutines <= 1 || cores > 0 && c.Gomaxprocs > cores })
	if len(loop) == 0 || len(cells) == 0 {
		return nil
	}
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Gomaxprocs, b.Gomaxprocs), cmp.Compare(a.Goroutines, b.Goroutines))
	})
	confidence := 1 - (1-DefaultConfidence)/float64(len(cells))
	fastest := COST{Never: true, Ratio: Estimate{Value: math.Inf(-1)}}
	for _, c := range cells {
		r := ratio(g[c], loop, confidence).widened(lost)
		if gain := (&Gain{Estimate: r, Effect: EffectOf(r)}); gain.helps() {
			return &COST{Cell: c, Ratio: r}
		}
		if r.Value > fastest.Ratio.Value {
			fastest.Cell, fastest.Ratio = c, r
		}
	}
	return &fastest
}
