package law

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A curve is what an arm tells about the shape of a law, reduced to one mean log rate for each N and the information
// behind it. Every round, or all runs together where they are not blocked, has a constant of its own: γ as the
// machine was then. The constants are eliminated exactly, since they enter ln X linearly, so that
//
//	residual sum of squares of a law = pure + |root·(y − f)|²
//
// with y the means and f the law, both relative to the first N: least squares on log X with γ free has only σ and κ
// left. y solves the normal equations of the additive model level + round (Searle, Linear Models, 1971, chapter 7).
type curve struct {
	n    []float64 // ascending
	y    []float64 // ln X(N)/N relative to the first N
	root []float64 // upper triangular, row by row, for N but the first

	pure   float64 // sum of squares that no law explains: what repeats scatter
	pureDF float64

	blocks [][]cell // the replicates of each block, for γ

	residuals []float64 // scratch
	deviation []float64
	slope     []float64
}

// A cell is a replicate of level i.
type cell struct {
	i   int
	log float64
}

// newCurve reduces an arm of at least two levels.
func newCurve(a arm) *curve {
	k := len(a.levels)
	c := &curve{
		n: make([]float64, k), y: make([]float64, k), root: make([]float64, (k-1)*(k-1)),
		residuals: make([]float64, k-1), deviation: make([]float64, k-1), slope: make([]float64, k-1),
	}
	c.blocks = blocksOf(a)
	replicates := 0
	information := mat.NewSymDense(k, nil)
	moment := make([]float64, k)
	counts := make([]float64, k)
	for _, b := range c.blocks {
		clear(counts)
		mean := 0.0
		for _, r := range b {
			counts[r.i]++
			mean += r.log
		}
		mean /= float64(len(b))
		for _, r := range b {
			moment[r.i] += r.log - mean
		}
		for i := range k {
			if counts[i] == 0 {
				continue
			}
			information.SetSym(i, i, information.At(i, i)+counts[i])
			for j := i; j < k; j++ {
				information.SetSym(i, j, information.At(i, j)-counts[i]*counts[j]/float64(len(b)))
			}
		}
		replicates += len(b)
	}
	// Levels are known up to a constant: that of the first is set to 0.
	reduced := mat.NewSymDense(k-1, nil)
	for i := 1; i < k; i++ {
		for j := i; j < k; j++ {
			reduced.SetSym(i-1, j-1, information.At(i, j))
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(reduced) {
		panic("law: levels are not connected") // newCurve is given one block, or rounds that connect them
	}
	level := mat.NewVecDense(k-1, c.deviation)
	if err := factor.SolveVecTo(level, mat.NewVecDense(k-1, moment[1:])); err != nil {
		panic("law: levels are not connected: " + err.Error())
	}
	for i, l := range a.levels {
		c.n[i] = float64(l.n)
		if i > 0 {
			c.y[i] = level.AtVec(i-1) - math.Log(c.n[i]/c.n[0])
		}
	}
	for _, b := range c.blocks {
		mean := 0.0
		for _, r := range b {
			mean += r.log - c.level(r.i)
		}
		mean /= float64(len(b))
		for _, r := range b {
			d := r.log - c.level(r.i) - mean
			c.pure += d * d
		}
	}
	c.pureDF = float64(replicates - len(c.blocks) - (k - 1))
	if a.control != nil {
		addControl(&factor, a.control)
	}
	c.setRoot(&factor)
	return c
}

// blocksOf returns the replicates by round, or all in one block if the arm is not blocked.
func blocksOf(a arm) [][]cell {
	if !a.blocked {
		var all []cell
		for i, l := range a.levels {
			for _, r := range l.reps {
				all = append(all, cell{i, r.log})
			}
		}
		return [][]cell{all}
	}
	var blocks [][]cell
	index := make(map[int]int)
	for i, l := range a.levels {
		for _, r := range l.reps {
			at, ok := index[r.round]
			if !ok {
				at = len(blocks)
				index[r.round] = at
				blocks = append(blocks, nil)
			}
			blocks[at] = append(blocks[at], cell{i, r.log})
		}
	}
	return blocks
}

// addControl adds to the covariance behind factor that of the control's means, taken to scatter from run to run as
// the workload does.
func addControl(factor *mat.Cholesky, runs []float64) {
	var covariance mat.SymDense
	if err := factor.InverseTo(&covariance); err != nil {
		return
	}
	k := len(runs) - 1
	for i := range k {
		for j := i; j < k; j++ {
			v := covariance.At(i, j) + 1/runs[0]
			if i == j {
				v += 1 / runs[i+1]
			}
			covariance.SetSym(i, j, v)
		}
	}
	var wider, information mat.Cholesky
	var inverse mat.SymDense
	if wider.Factorize(&covariance) && wider.InverseTo(&inverse) == nil && information.Factorize(&inverse) {
		*factor = information
	}
}

func (c *curve) setRoot(factor *mat.Cholesky) {
	k := len(c.n) - 1
	var u mat.TriDense
	factor.UTo(&u)
	for i := range k {
		for j := i; j < k; j++ {
			c.root[i*k+j] = u.At(i, j)
		}
	}
}

// level returns the mean log rate at level i relative to the first.
func (c *curve) level(i int) float64 { return c.y[i] + math.Log(c.n[i]/c.n[0]) }

// loss returns D(N) = 1 + σ(N−1) + κN(N−1), by which a law falls short of γN.
func loss(n, sigma, kappa float64) float64 { return 1 + sigma*(n-1) + kappa*n*(n-1) }

// weigh writes root·v to out.
func (c *curve) weigh(v, out []float64) {
	k := len(v)
	for i := range k {
		sum := 0.0
		for j := i; j < k; j++ {
			sum += c.root[i*k+j] * v[j]
		}
		out[i] = sum
	}
}

// residual writes the weighted residuals of a law to out, false where it gives no positive rate.
func (c *curve) residual(sigma, kappa float64, out []float64) bool {
	first := loss(c.n[0], sigma, kappa)
	if !(first > 0) {
		return false
	}
	for i, n := range c.n[1:] {
		d := loss(n, sigma, kappa)
		if !(d > 0) {
			return false
		}
		c.deviation[i] = c.y[i+1] + math.Log(d/first)
	}
	c.weigh(c.deviation, out)
	return true
}

// gradient writes the derivatives of the weighted residuals with respect to σ, or κ, to out.
func (c *curve) gradient(sigma, kappa float64, toKappa bool, out []float64) {
	first := lossSlope(c.n[0], toKappa) / loss(c.n[0], sigma, kappa)
	for i, n := range c.n[1:] {
		c.deviation[i] = lossSlope(n, toKappa)/loss(n, sigma, kappa) - first
	}
	c.weigh(c.deviation, out)
}

// lossSlope returns ∂D/∂σ or ∂D/∂κ.
func lossSlope(n float64, toKappa bool) float64 {
	if toKappa {
		return n * (n - 1)
	}
	return n - 1
}

func squares(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return sum
}
