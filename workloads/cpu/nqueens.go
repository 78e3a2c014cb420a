package cpu

import (
	"context"
	"fmt"

	"runbench/workloads"
)

const nqueensBatch = 64

var nqueensSizes = workloads.Sizes{S: 10, W: 13, A: 15}

// nqueensWant is the number of solutions by the edge of the board: OEIS A000170.
var nqueensWant = map[int]int{10: 724, 13: 73712, 15: 2279184}

// NQueens is compute in a tree of which nobody knows beforehand how large its
// branches are.
var NQueens = workloads.Workload{
	Name:       "cpu/nqueens",
	Isolates:   "an irregular search tree: what a branch costs is known only when it has been searched",
	Expect:     "concurrency 1×; parallelism close to the number of cores where branches are handed out one by one",
	Definition: "all placements of n queens on an n×n board (OEIS A000170), depth first on bit patterns (Richards, Cambridge TR 433, 1997), symmetry not used; the placements of the first two rows' queens, (n−1)(n−2) of them, are dealt out as 64 tasks of one to three each; n = 13 in class W",
	Advice:     "cut the tree into several times more branches than cores and hand them out as workers become free",
	Related:    []string{"cpu/mandelbrot", "cpu/fib", "sched/skewed"},
	Batch:      nqueensBatch,
	Idempotent: true,
	Grows:      true,
	Parameters: []workloads.Parameter{
		nqueensSizes.Parameter("queens, and rows and columns of the board"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		s := newSearch(nqueensSizes.Of(env.Params))
		return &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				s.branch(i)
				return nil
			},
			Check: func(context.Context) error { return s.check() },
		}, nil
	},
}

// A search is one for all placements of n queens.
type search struct {
	n        int
	openings []attacks
	found    [nqueensBatch]int
	done     []bool
}

// attacks are the squares of a row, as bits, that the queens of the rows above
// attack: down their columns and along their diagonals to the left and right.
type attacks struct{ columns, left, right uint }

// place returns what is attacked in the next row with one more queen in this one.
func (a attacks) place(queen uint) attacks {
	return attacks{columns: a.columns | queen, left: (a.left | queen) << 1, right: (a.right | queen) >> 1}
}

func newSearch(n int) *search {
	s := &search{n: n, done: make([]bool, nqueensBatch)}
	for first := range n {
		a := attacks{}.place(1 << first)
		for second := range n {
			if q := uint(1) << second; (a.columns|a.left|a.right)&q == 0 {
				s.openings = append(s.openings, a.place(q))
			}
		}
	}
	return s
}

// branch searches what follows the openings of task i.
func (s *search) branch(i int) {
	found := 0
	for _, o := range s.openings[i*len(s.openings)/nqueensBatch : (i+1)*len(s.openings)/nqueensBatch] {
		found += solutions(1<<s.n-1, o)
	}
	s.found[i], s.done[i] = found, true
}

// solutions returns how many ways there are to fill the rows that are left; all
// is a row in which every column is taken.
func solutions(all uint, a attacks) int {
	if a.columns == all {
		return 1
	}
	found := 0
	for free := all &^ (a.columns | a.left | a.right); free != 0; free &= free - 1 {
		found += solutions(all, a.place(free&-free))
	}
	return found
}

// check compares the number of solutions with the published one. That a task was
// done is told apart: one without solutions would not be missed in the sum.
func (s *search) check() error {
	if err := workloads.CheckDone(s.done); err != nil {
		return err
	}
	found := 0
	for _, f := range s.found {
		found += f
	}
	s.found = [nqueensBatch]int{}
	if want := nqueensWant[s.n]; found != want {
		return fmt.Errorf("%d placements of %d queens, want %d", found, s.n, want)
	}
	return nil
}
