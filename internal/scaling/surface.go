package scaling

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// A Cell is a point of the surface X(C, P).
type Cell struct {
	// Goroutines is C, how many tasks may be in flight at once. 1 is a plain loop. 0 says that the count is not
	// known, as in benchmarks of other projects; a surface of such cells has no others.
	Goroutines int
	// Gomaxprocs is P, at least 1.
	Gomaxprocs int
}

// String returns the cell as benchmark names spell it: goroutines=8/gomaxprocs=2.
func (c Cell) String() string {
	return fmt.Sprintf("goroutines=%d/gomaxprocs=%d", c.Goroutines, c.Gomaxprocs)
}

// compareCells orders cells by goroutines, then by gomaxprocs.
func compareCells(a, b Cell) int {
	return cmp.Or(cmp.Compare(a.Goroutines, b.Goroutines), cmp.Compare(a.Gomaxprocs, b.Gomaxprocs))
}

// An Observation is one run of a cell, the unit of replication.
type Observation struct {
	Round   int     // block: observations of different cells with the same Round were measured together
	Rate    float64 // tasks/s, positive and finite
	RelSE   float64 // relative standard error of Rate from the spread of batches inside the run; 0 = unknown
	Batches int     // number of batches behind RelSE; below 2 RelSE counts as unknown
}

// A Surface holds what was measured, by cell and in any order. A cell without observations counts as not measured.
type Surface map[Cell][]Observation

// Goroutines returns the distinct goroutine counts of s, ascending.
func Goroutines(s Surface) []int {
	return s.axis(func(c Cell) int { return c.Goroutines })
}

// Procs returns the distinct values of GOMAXPROCS of s, ascending.
func Procs(s Surface) []int {
	return s.axis(func(c Cell) int { return c.Gomaxprocs })
}

// axis returns the distinct values of one coordinate of the cells that were measured, ascending.
func (s Surface) axis(coordinate func(Cell) int) []int {
	var values []int
	for c, obs := range s {
		if len(obs) > 0 {
			values = append(values, coordinate(c))
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// check returns an error that says what was expected if s cannot be judged.
func (s Surface) check() error {
	measured, known, unknown := false, false, false
	for _, c := range slices.SortedFunc(maps.Keys(s), compareCells) {
		if c.Goroutines < 0 || c.Gomaxprocs < 1 {
			return fmt.Errorf("cell %v: want goroutines of at least 1 (0 if unknown) and gomaxprocs of at least 1", c)
		}
		for _, o := range s[c] {
			switch {
			case !(o.Rate > 0) || math.IsInf(o.Rate, 0):
				return fmt.Errorf("cell %v, round %d: rate is %v tasks/s, want a positive, finite number", c, o.Round, o.Rate)
			case !(o.RelSE >= 0) || math.IsInf(o.RelSE, 0):
				return fmt.Errorf("cell %v, round %d: relative standard error is %v, want a finite number of at least 0 (0 if unknown)",
					c, o.Round, o.RelSE)
			case o.Batches < 0:
				return fmt.Errorf("cell %v, round %d: %d batches, want at least 0", c, o.Round, o.Batches)
			}
			measured = true
			known = known || c.Goroutines > 0
			unknown = unknown || c.Goroutines == 0
		}
	}
	if !measured {
		return errors.New("no observations, want at least one run of one cell")
	}
	if known && unknown {
		return errors.New("cells with and without a goroutine count, want one or the other")
	}
	return nil
}

// A run is what a cell showed in one round.
type run struct {
	round  int
	log    float64 // natural log of tasks/s
	spread spread  // of log, from inside the run
}

// A series holds the runs of one cell, by ascending round, each round once.
type series []run

// newSeries sorts observations into a series. Sorting on every field makes the result independent of their order
// to the last bit.
func newSeries(obs []Observation) series {
	sorted := slices.Clone(obs)
	slices.SortFunc(sorted, func(a, b Observation) int {
		return cmp.Or(
			cmp.Compare(a.Round, b.Round),
			cmp.Compare(a.Rate, b.Rate),
			cmp.Compare(a.RelSE, b.RelSE),
			cmp.Compare(a.Batches, b.Batches),
		)
	})
	runs := make(series, 0, len(sorted))
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j].Round == sorted[i].Round {
			j++
		}
		runs = append(runs, newRun(sorted[i:j]))
		i = j
	}
	return runs
}

// newRun reduces the observations of one cell in one round, at least one, to their geometric mean.
func newRun(obs []Observation) run {
	r := run{round: obs[0].Round, log: math.Log(obs[0].Rate), spread: spreadOf(obs[0])}
	if len(obs) == 1 {
		return r
	}
	spreads := []spread{r.spread}
	for _, o := range obs[1:] {
		r.log += math.Log(o.Rate)
		spreads = append(spreads, spreadOf(o))
	}
	r.log /= float64(len(obs))
	r.spread = sum(spreads...)
	r.spread.se /= float64(len(obs))
	return r
}

// at returns the run of a round.
func (s series) at(round int) (run, bool) {
	i, ok := slices.BinarySearchFunc(s, round, func(r run, round int) int { return cmp.Compare(r.round, round) })
	if !ok {
		return run{}, false
	}
	return s[i], true
}

// within returns the runs of the given rounds, which ascend.
func (s series) within(rounds []int) series {
	kept := make(series, 0, len(s))
	for _, r := range s {
		if holds(rounds, r.round) {
			kept = append(kept, r)
		}
	}
	return kept
}

// A grid is a surface with its observations sorted; every cell has at least one run.
type grid map[Cell]series

func newGrid(s Surface) grid {
	g := make(grid, len(s))
	for c, obs := range s {
		if len(obs) > 0 {
			g[c] = newSeries(obs)
		}
	}
	return g
}

// axis returns the distinct values of one coordinate, ascending.
func (g grid) axis(coordinate func(Cell) int) []int {
	var values []int
	for c := range g {
		values = append(values, coordinate(c))
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// rounds returns the rounds in which any of the cells was measured, ascending.
func (g grid) rounds(cells []Cell) []int {
	var rounds []int
	for _, c := range cells {
		for _, r := range g[c] {
			rounds = append(rounds, r.round)
		}
	}
	slices.Sort(rounds)
	return slices.Compact(rounds)
}

// shared returns the rounds in which all of the cells, at least one, were measured, ascending.
func (g grid) shared(cells []Cell) []int {
	var rounds []int
	for _, r := range g[cells[0]] {
		everywhere := !slices.ContainsFunc(cells[1:], func(c Cell) bool {
			_, ok := g[c].at(r.round)
			return !ok
		})
		if everywhere {
			rounds = append(rounds, r.round)
		}
	}
	return rounds
}

// holds reports whether rounds, which ascend, hold round.
func holds(rounds []int, round int) bool {
	_, ok := slices.BinarySearch(rounds, round)
	return ok
}
