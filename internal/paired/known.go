package paired

import (
	"math"
	"slices"

	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// times are the logs of the times of a pair's benchmarks, by name and round. The
// zero value has none.
type times [2]map[string]map[int]float64

// add adds a run. What only calibrates others is none of the benchmarks.
func (t *times) add(side Side, r resultfile.Run) {
	ns, ok := r.Value(resultfile.NsPerOp)
	if !ok || !(ns > 0) || math.IsInf(ns, 0) || resultfile.Ceiling(r.Cell.Strategy) || r.Cell.Spec() == resultfile.ControlArm {
		return
	}
	if t[side] == nil {
		t[side] = make(map[string]map[int]float64)
	}
	name := r.FullName()
	if t[side][name] == nil {
		t[side][name] = make(map[int]float64)
	}
	t[side][name][r.Round] = math.Log(ns)
}

// count returns how many benchmarks both sides have, and of how many new over old
// is known to the precision, a share. An interval counts only from
// [scaling.MinRounds] rounds on, for the reason given there.
func (t *times) count(precision float64) (known, of int) {
	for name, old := range t[Old] {
		new := t[New][name]
		if new == nil {
			continue
		}
		of++
		var rounds []int
		for round := range old {
			if _, both := new[round]; both {
				rounds = append(rounds, round)
			}
		}
		slices.Sort(rounds) // sums depend on the order, in their last bits
		var ratios []float64
		for _, round := range rounds {
			ratios = append(ratios, new[round]-old[round])
		}
		e := scaling.Interval(ratios, 0)
		if e.Basis == scaling.BetweenRuns && e.Rounds >= scaling.MinRounds && math.Expm1(e.HalfWidth()) <= precision {
			known++
		}
	}
	return known, of
}

// known reports whether all benchmarks are known to the precision. 0 asks for none.
func (t *times) known(precision float64) bool {
	known, of := t.count(precision)
	return precision > 0 && of > 0 && known == of
}
