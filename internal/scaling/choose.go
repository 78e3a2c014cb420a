package scaling

import (
	"math"
	"slices"
	"sync"
)

// minSplit is the number of complete rounds from which C† is chosen on one half and the gains are estimated on the
// other. Below it one half would hold a single round, which shows no variation between runs: a possible bias of the
// choice, at most a few percent and with a warning, is the smaller evil.
const minSplit = 4

// minEstimating is the number of rounds apart from [Options.ChooseOn] from which these estimate the gains: two show
// that runs vary, and by how much.
const minEstimating = 2

// A choice is the goroutine count C† with the rounds it was chosen on and those that are left to estimate the gains.
type choice struct {
	goroutines            int
	chosenOn, estimatedOn []int
}

// choose picks C† among the candidates, which ascend. Needed lists the cells behind the gains at a count; they all
// are in g. ChooseOn is that of [Options].
//
// Next is the count to measure in the rounds to come: the one that the rounds of chooseOn choose, be there enough
// others to estimate on or not, so that it stays the same while these are measured.
func choose(g grid, candidates []int, procs int, needed func(goroutines int) []Cell, chooseOn []int) (picked choice, next int) {
	if len(candidates) == 1 {
		c := candidates[0]
		return choice{goroutines: c, estimatedOn: g.shared(needed(c))}, c
	}
	tops := make([]Cell, len(candidates))
	for i, c := range candidates {
		tops[i] = Cell{c, procs}
	}
	chosenOn := slices.DeleteFunc(g.rounds(tops), func(r int) bool { return !holds(chooseOn, r) })
	if len(chosenOn) == 0 {
		picked = alternate(g, candidates, tops, needed)
		return picked, picked.goroutines
	}
	next = pick(g, candidates, tops, chosenOn)
	others := slices.DeleteFunc(g.shared(needed(next)), func(r int) bool { return holds(chooseOn, r) })
	if len(others) < minEstimating {
		return alternate(g, candidates, tops, needed), next
	}
	return choice{goroutines: next, chosenOn: chosenOn, estimatedOn: others}, next
}

// alternate picks C† on every second of the rounds that have all cells, and estimates on the others; on all rounds
// where there are fewer than minSplit.
func alternate(g grid, candidates []int, tops []Cell, needed func(goroutines int) []Cell) choice {
	all := slices.Clone(tops)
	for _, c := range candidates {
		all = append(all, needed(c)...)
	}
	chosenOn := g.rounds(tops)
	complete := g.shared(all)
	split := len(complete) >= minSplit
	if split {
		chosenOn = nil
		// The larger half estimates, where the number of rounds is odd.
		for i := 1; i < len(complete); i += 2 {
			chosenOn = append(chosenOn, complete[i])
		}
	}
	picked := choice{goroutines: pick(g, candidates, tops, chosenOn), chosenOn: chosenOn}
	for _, r := range g.shared(needed(picked.goroutines)) {
		if !split || !holds(chosenOn, r) {
			picked.estimatedOn = append(picked.estimatedOn, r)
		}
	}
	return picked
}

// pick returns the smallest candidate whose top cell is as good as the best of them over the given rounds.
func pick(g grid, candidates []int, tops []Cell, rounds []int) int {
	logs := g.cellMeans(tops, rounds)
	best := slices.Max(logs)
	return candidates[slices.IndexFunc(logs, func(log float64) bool { return asGood(log, best) })]
}

// A Recommendation is the cell to run with.
type Recommendation struct {
	Goroutines int // 1 for a plain loop; 0 where the surface does not know
	Gomaxprocs int
}

// recommend returns the smallest C, then the smallest P, that is as good as the best cell of g.
func recommend(g grid) Recommendation {
	cells := g.cells()
	logs := g.standing(cells, cells)
	best := slices.Max(logs)
	return Recommendation(cells[slices.IndexFunc(logs, func(log float64) bool { return asGood(log, best) })])
}

// levels returns the throughput of each cell of g as [grid.standing] has it, and such that (1,1), where it was measured,
// has its own mean.
func levels(g grid, contenders []Cell) map[Cell]float64 {
	cells := g.cells()
	logs := g.standing(cells, contenders)
	shift := 0.0
	if i := slices.Index(cells, Cell{1, 1}); i >= 0 {
		shift = meanOf(g[cells[i]].logs()) - logs[i]
	}
	levels := make(map[Cell]float64, len(cells))
	for i, c := range cells {
		levels[c] = math.Exp(logs[i] + shift)
	}
	return levels
}

// standing returns the log rates of cells that compare: each is held against the best of the contenders in the rounds
// the two share. Where those are all rounds, these are the plain means.
//
// The best is that of the rounds in which all contenders were measured, where there are any, unless another beats it in
// the rounds the two share: cells that were dropped after the first rounds were spared what came later, which is not the
// same for every cell. A neighbour that takes a core halves those at two cores and not those at one, so that no effect
// of a round, as in cellMeans, describes it.
func (g grid) standing(cells, contenders []Cell) []float64 {
	rounds := g.shared(contenders)
	if len(rounds) == 0 {
		rounds = g.rounds(contenders)
	}
	means := g.cellMeans(contenders, rounds)
	best := contenders[slices.Index(means, slices.Max(means))]
	fitted := sync.OnceValue(func() map[Cell]float64 { // for cells that share no round with the best
		all := g.cells()
		fit := make(map[Cell]float64, len(all))
		for i, log := range g.cellMeans(all, g.rounds(all)) {
			fit[all[i]] = log
		}
		return fit
	})
	against := func(best Cell, cells []Cell) []float64 {
		own := meanOf(g[best].logs())
		logs := make([]float64, len(cells))
		for i, c := range cells {
			if paired := pair(g[c], g[best]); len(paired) > 0 {
				logs[i] = own + meanOf(paired.logs())
			} else {
				logs[i] = own + fitted()[c] - fitted()[best]
			}
		}
		return logs
	}
	for beaten := map[Cell]bool{}; !beaten[best]; {
		beaten[best] = true
		logs := against(best, contenders)
		if next := slices.Max(logs); next > meanOf(g[best].logs())+slack {
			best = contenders[slices.Index(logs, next)]
		}
	}
	return against(best, cells)
}

// AsGood is the share of the best throughput that is as good: more goroutines or
// cores than give it are not worth it.
const AsGood = 1 - tolerance

// asGood reports whether a throughput is at least 95 % of the best, both as logs.
func asGood(log, best float64) bool { return log >= best+math.Log1p(-tolerance)-slack }

// cellMeans returns the mean log rate of each cell over the given rounds, −Inf for a cell with none, freed of what is
// common to a round.
//
// Where every cell has every round these are the plain means. Where runs are missing, plain means would compare cells
// over different rounds and take drift for a difference; so the additive model log X = cell + round is fitted by least
// squares, the intra-block analysis of an incomplete block design (Yates, Annals of Eugenics 10, 1940). Alternating
// between the two sets of effects is Gauss–Seidel on the normal equations, which are positive semidefinite, and
// converges. Cells that no chain of shared rounds connects are compared as they were measured. Using only complete
// rounds was rejected: one cell that fails often would cost all others their rounds.
func (g grid) cellMeans(cells []Cell, rounds []int) []float64 {
	const (
		maxPasses = 1000
		converged = 1e-12 // change of a log in one pass; far below slack
	)
	kept := make([]series, len(cells))
	means := make([]float64, len(cells))
	for i, c := range cells {
		kept[i] = g[c].within(rounds)
		means[i] = math.Inf(-1)
		if len(kept[i]) > 0 {
			means[i] = meanOf(kept[i].logs())
		}
	}
	effects := make([]float64, len(rounds))
	counts := make([]int, len(rounds))
	for range maxPasses {
		clear(effects)
		clear(counts)
		for i, runs := range kept {
			for _, r := range runs {
				k, _ := slices.BinarySearch(rounds, r.round)
				effects[k] += r.log - means[i]
				counts[k]++
			}
		}
		for k, n := range counts {
			effects[k] /= float64(max(n, 1))
		}
		change := 0.0
		for i, runs := range kept {
			var total float64
			for _, r := range runs {
				k, _ := slices.BinarySearch(rounds, r.round)
				total += r.log - effects[k]
			}
			if len(runs) > 0 {
				next := total / float64(len(runs))
				change = max(change, math.Abs(next-means[i]))
				means[i] = next
			}
		}
		if change < converged {
			break
		}
	}
	return means
}

// cells returns the cells of g, by ascending goroutines and gomaxprocs.
func (g grid) cells() []Cell {
	cells := make([]Cell, 0, len(g))
	for c := range g {
		cells = append(cells, c)
	}
	slices.SortFunc(cells, compareCells)
	return cells
}
