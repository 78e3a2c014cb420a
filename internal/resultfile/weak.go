package resultfile

import (
	"maps"
	"strconv"
)

// keyWeak is the key of a cell of a weak-scaling sweep. Its value is by how many times the batch is larger than the
// workload's own, which is also the P that it has grown for: "weak=4" at C=P=4, and at one goroutine on one core, which
// the scaled speed-up is over.
const keyWeak = "weak"

// Grown returns the cell with a batch n times as large.
func (c Cell) Grown(n int) Cell {
	params := maps.Clone(c.Params)
	if params == nil {
		params = make(map[string]string)
	}
	params[keyWeak] = strconv.Itoa(n)
	c.Params = params
	return c
}

// Batches returns by how many times the batch of a cell of a weak-scaling sweep is larger than the workload's own, from
// 1; 0 for every other cell.
func (c Cell) Batches() int {
	n, err := strconv.Atoi(c.Params[keyWeak])
	if err != nil || n < 1 || c.Strategy == "" || c.Goroutines == 0 || c.Gomaxprocs == 0 {
		return 0
	}
	return n
}

// Ungrown returns the cell without what makes it one of a weak-scaling sweep: its workload, with the parameters that
// the workload knows.
func (c Cell) Ungrown() Cell {
	if c.Batches() == 0 {
		return c
	}
	c.Params = maps.Clone(c.Params)
	delete(c.Params, keyWeak)
	return c
}

// weakCells returns the cells of a subject whose batch grows with P: at each P as many goroutines as Ps, and the same
// batch on one goroutine and one P.
func (s Subject) weakCells(procs []int) []Cell {
	var cells []Cell
	one := Cell{Class: s.Class, Workload: s.Workload, Params: s.Params, Strategy: Sequential, Goroutines: 1, Gomaxprocs: 1}
	for _, p := range procs {
		cells = append(cells, one.Grown(p))
		for _, strategy := range s.Strategies {
			if p == 1 {
				break // the plain loop is the base of every strategy
			}
			c := one.Grown(p)
			c.Strategy, c.Goroutines, c.Gomaxprocs = strategy, p, p
			cells = append(cells, c)
		}
	}
	return cells
}
