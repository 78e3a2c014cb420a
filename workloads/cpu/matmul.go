package cpu

import (
	"context"
	"fmt"
	"math/rand/v2"

	"runbench/workloads"
)

const (
	matmulGrid  = 8 // blocks along an edge of the result
	matmulBatch = matmulGrid * matmulGrid

	// matmulTile is the edge of the piece of B that is kept near: 4.5 KiB, which
	// leaves most of a first-level cache of 32 KiB to the rows that pass by.
	matmulTile = 24
)

var matmulSizes = workloads.Sizes{S: 64, W: 384, A: 1536}

// Matmul is compute that uses each number from memory many times over, as long
// as it is done in blocks that a cache holds.
var Matmul = workloads.Workload{
	Name:       "cpu/matmul",
	Isolates:   "compute out of the caches: each number is used many times while it is near the core",
	Expect:     "concurrency 1×; parallelism close to the number of cores, since each works out of its own cache and asks little of memory",
	Definition: "C = A·B for square matrices of float64, blocked, with the tile in use copied together (Lam, Rothberg & Wolf, ASPLOS 1991); here 8×8 blocks of C, one a task, in tiles of at most 24×24; order 384 in class W; entries are small whole numbers, so that every sum is exact; checked as Freivalds does (IFIP 1977), row by row",
	Advice:     "before adding cores, arrange loops so that data are used again while they are in the cache; then cores add up",
	Related:    []string{"mem/sum", "mem/triad", "cpu/fft", "cpu/hash"},
	Batch:      matmulBatch,
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		matmulSizes.Parameter("rows and columns of a matrix"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		p := newProduct(matmulSizes.Of(env.Params))
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				p.block(i)
				return nil
			},
			Check: func(context.Context) error { return p.check() },
		}, nil
	},
}

// A product is C = A·B. Matrices are n×n, one row after the other.
type product struct {
	n       int
	a, b, c []float64
	x, want []float64 // a fixed vector, and A(Bx)
}

// newProduct returns the product to do. Entries are 1 to 16 and those of x at
// most 2²⁰, so up to n = 4,096 no sum of the product or of its check exceeds 2⁵³
// and all are exact, in whatever order they are added.
func newProduct(n int) *product {
	rng := rand.New(rand.NewPCG(1, 2))
	p := &product{n: n, a: make([]float64, n*n), b: make([]float64, n*n), c: make([]float64, n*n), x: make([]float64, n)}
	for i := range p.a {
		p.a[i], p.b[i] = float64(1+rng.Uint64()%16), float64(1+rng.Uint64()%16)
	}
	for i := range p.x {
		p.x[i] = float64(1 + rng.Uint64()%(1<<20))
	}
	p.want = times(p.a, times(p.b, p.x))
	return p
}

// block computes block i of C.
func (p *product) block(i int) {
	n, edge := p.n, p.n/matmulGrid
	row, col := i/matmulGrid*edge, i%matmulGrid*edge
	for r := row; r < row+edge; r++ {
		clear(p.c[r*n+col : r*n+col+edge])
	}
	// The rows of a tile lie n numbers apart, and for round n caches have no room
	// for many lines at such distances; so the tile is copied together.
	tile := min(edge, matmulTile)
	var near [matmulTile * matmulTile]float64
	for k := 0; k < n; k += tile {
		for j := col; j < col+edge; j += tile {
			for r := range tile {
				copy(near[r*tile:(r+1)*tile], p.b[(k+r)*n+j:])
			}
			for r := row; r < row+edge; r++ {
				sums := p.c[r*n+j : r*n+j+tile]
				// Four rows at a time, so that each sum is fetched and put back a
				// quarter as often, and the loop is long enough not to depend on
				// where in memory its code begins: one row at a time took 6 ms a
				// batch in one build and 10 in the next.
				for s := 0; s < tile; s += 4 {
					f := p.a[r*n+k+s:][:4]
					f0, f1, f2, f3 := f[0], f[1], f[2], f[3]
					row0 := near[s*tile:][:len(sums)]
					row1 := near[(s+1)*tile:][:len(sums)]
					row2 := near[(s+2)*tile:][:len(sums)]
					row3 := near[(s+3)*tile:][:len(sums)]
					for t := range sums {
						sums[t] += f0*row0[t] + f1*row1[t] + f2*row2[t] + f3*row3[t]
					}
				}
			}
		}
	}
}

// check compares Cx with A(Bx), which takes n² steps where the product takes n³.
// All numbers are positive, so a block left out makes its rows' values too small,
// and one wrong entry makes its row's wrong, for certain. Several in a row could
// cancel out, for one x in 2²⁰ at most.
func (p *product) check() error {
	got := times(p.c, p.x)
	clear(p.c)
	for r, v := range got {
		if v != p.want[r] {
			return fmt.Errorf("row %d of C times the vector x is %v, want %v", r, v, p.want[r])
		}
	}
	return nil
}

// times returns the product of a matrix and a vector.
func times(m, v []float64) []float64 {
	n := len(v)
	product := make([]float64, n)
	for r := range product {
		for i, f := range m[r*n : (r+1)*n] {
			product[r] += f * v[i]
		}
	}
	return product
}
