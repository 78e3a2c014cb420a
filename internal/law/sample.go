package law

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A replicate is one independent measurement at some N: a run, or the geometric mean of the runs of one round.
type replicate struct {
	round int
	log   float64 // ln X
}

// A level is all that was measured at one N.
type level struct {
	n, runs int
	reps    []replicate // by ascending round
}

// group sorts samples into levels by ascending N and counts those that are no measurements. Sorting on every field
// makes the result independent of their order to the last bit.
func group(samples []Sample) (levels []level, dropped int) {
	sorted := make([]Sample, 0, len(samples))
	for _, s := range samples {
		if s.N >= 1 && s.X > 0 && !math.IsInf(s.X, 0) {
			sorted = append(sorted, s)
		}
	}
	dropped = len(samples) - len(sorted)
	slices.SortFunc(sorted, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Round, b.Round), cmp.Compare(a.X, b.X))
	})
	for i := 0; i < len(sorted); {
		s := sorted[i]
		j, total := i, 0.0
		for j < len(sorted) && sorted[j].N == s.N && sorted[j].Round == s.Round && (j == i || s.Round != 0) {
			total += math.Log(sorted[j].X)
			j++
		}
		if len(levels) == 0 || levels[len(levels)-1].n != s.N {
			levels = append(levels, level{n: s.N})
		}
		l := &levels[len(levels)-1]
		l.runs += j - i
		l.reps = append(l.reps, replicate{round: s.Round, log: total / float64(j-i)})
		i = j
	}
	return levels, dropped
}

// droppedNote says how many runs, of the workload or another kind, were no measurements.
func droppedNote(kind string, dropped int) string {
	if dropped == 0 {
		return ""
	}
	return fmt.Sprintf("%s%s without a positive, finite rate at an N of at least 1, left out", kind, count(dropped, "run"))
}

// count spells a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// meanVar returns the mean of the logs, and the variance of that mean with its degrees of freedom, 0 where one
// replicate tells nothing of it.
func (l level) meanVar() (mean, variance, df float64) {
	logs := make([]float64, len(l.reps))
	for i, r := range l.reps {
		logs[i] = r.log
	}
	return meanVar(logs)
}

func meanVar(logs []float64) (mean, variance, df float64) {
	n := float64(len(logs))
	for _, x := range logs {
		mean += x
	}
	mean /= n
	if n < 2 {
		return mean, math.NaN(), 0
	}
	for _, x := range logs {
		variance += (x - mean) * (x - mean)
	}
	return mean, variance / (n - 1) / n, n - 1
}

// at returns the replicate of a round other than 0.
func (l level) at(round int) (log float64, ok bool) {
	i, ok := slices.BinarySearchFunc(l.reps, round, func(r replicate, round int) int { return cmp.Compare(r.round, round) })
	if round == 0 || !ok {
		return 0, false
	}
	return l.reps[i].log, true
}

// find returns the level of n.
func find(levels []level, n int) (level, bool) {
	i, ok := slices.BinarySearchFunc(levels, n, func(l level, n int) int { return cmp.Compare(l.n, n) })
	if !ok {
		return level{}, false
	}
	return levels[i], true
}

// connected reports whether rounds tie all levels, at least one, together, so that each can be compared with every
// other within rounds, be it over a third one.
func connected(levels []level) bool {
	if len(levels) == 0 {
		return false
	}
	reached := make(map[int]bool) // rounds
	in := make([]bool, len(levels))
	reach := func(i int) {
		in[i] = true
		for _, r := range levels[i].reps {
			if r.round != 0 {
				reached[r.round] = true
			}
		}
	}
	reach(0)
	for grown := true; grown; {
		grown = false
		for i, l := range levels {
			if !in[i] && slices.ContainsFunc(l.reps, func(r replicate) bool { return reached[r.round] }) {
				reach(i)
				grown = true
			}
		}
	}
	return !slices.Contains(in, false)
}

// maxSpan bounds differences of log rates. Beyond it no unit is the same, and the coefficients of a law overflow.
const maxSpan = 100

// alike reports whether all rates lie within maxSpan of each other.
func alike(levels []level) bool {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, l := range levels {
		for _, r := range l.reps {
			lo, hi = min(lo, r.log), max(hi, r.log)
		}
	}
	return hi-lo <= maxSpan
}
