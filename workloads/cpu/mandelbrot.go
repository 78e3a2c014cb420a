package cpu

import (
	"context"
	"fmt"
	"hash/crc32"

	"runbench/workloads"
)

const (
	mandelbrotRows  = 512 // of the image; one task is one row
	mandelbrotIters = 50
	mandelbrotLimit = 4.0 // |z|² beyond which a point is outside
)

// mandelbrotSizes are powers of two, by which a row's step divides exactly.
var mandelbrotSizes = workloads.Sizes{S: 16, W: 512, A: 8192}

// mandelbrotWant is, by the pixels of a row, the CRC-32 (IEEE) of the bitmap's
// bytes, as computed by a C program written from the same definition.
var mandelbrotWant = map[int]uint32{16: 0x96d3ad39, 512: 0x8b08e2b6, 8192: 0x7dbdb070}

// Mandelbrot is compute in tasks of uneven size: rows through the set cost many
// times what rows outside it do.
var Mandelbrot = workloads.Workload{
	Name:       "cpu/mandelbrot",
	Isolates:   "uneven compute: tasks differ in cost, so how they are handed out matters",
	Expect:     "concurrency 1×; parallelism close to the number of cores where tasks are handed out one by one",
	Definition: "The Computer Language Benchmarks Game, mandelbrot: N×N bitmap of [-1.5,0.5]×[-1,1], 50 iterations, limit |z|²>4, 8 pixels a byte; N=512, one row a task; classes S and A have as many rows of fewer or more pixels",
	Advice:     "hand tasks out as workers become free, not in equal shares up front",
	Related:    []string{"cpu/hash", "cpu/nqueens", "sched/skewed"},
	Batch:      mandelbrotRows,
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		mandelbrotSizes.Parameter("pixels of a row"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		width := mandelbrotSizes.Of(env.Params)
		want := mandelbrotWant[width]
		rowBytes := width / 8
		bitmap := make([]byte, mandelbrotRows*rowBytes)
		// Rows not drawn are striped, as no row of the image is: rows outside
		// the set are all zeros, and one left out must not look like them.
		blank := func() {
			for i := range bitmap {
				bitmap[i] = mandelbrotBlank
			}
		}
		blank()
		return &workloads.Instance{
			Task: func(_ context.Context, y int) error {
				mandelbrotRow(bitmap[y*rowBytes:(y+1)*rowBytes], y)
				return nil
			},
			Check: func(context.Context) error {
				got := crc32.ChecksumIEEE(bitmap)
				blank()
				if got != want {
					return fmt.Errorf("CRC-32 of the bitmap is %#x, want %#x", got, want)
				}
				return nil
			},
		}, nil
	},
}

// mandelbrotBlank is eight pixels of a row that was not drawn.
const mandelbrotBlank = 0xaa

// mandelbrotRow draws row y. The conversions to float64 forbid the compiler to
// fuse multiplications with additions, as it may on arm64, which would round
// differently and move pixels at the border of the set.
func mandelbrotRow(row []byte, y int) {
	ci := 2*float64(y)/mandelbrotRows - 1
	step := 2 / float64(8*len(row))
	for b := range row {
		var bits byte
		for x := 8 * b; x < 8*b+8; x++ {
			cr := float64(x)*step - 1.5
			var zr, zi, tr, ti float64
			for i := 0; i < mandelbrotIters && tr+ti <= mandelbrotLimit; i++ {
				zi = float64(2*zr*zi) + ci
				zr = tr - ti + cr
				tr = float64(zr * zr)
				ti = float64(zi * zi)
			}
			bits <<= 1
			if tr+ti <= mandelbrotLimit {
				bits |= 1
			}
		}
		row[b] = bits
	}
}
