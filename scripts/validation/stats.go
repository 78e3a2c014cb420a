package main

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"runbench/internal/scaling"
)

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func median(xs []float64) float64 {
	if len(xs) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(xs))
	return sorted[len(sorted)/2]
}

// jackknife estimates a figure that is no mean, such as a serial fraction, from
// n rounds: f is given the rounds to leave out none (-1) or one of. The interval
// is t(n−1) times the jackknife standard error (Efron & Tibshirani, An
// Introduction to the Bootstrap, ch. 11).
func jackknife(n int, f func(without int) float64) scaling.Estimate {
	whole := f(-1)
	leftOut := make([]float64, n)
	for i := range leftOut {
		leftOut[i] = f(i)
	}
	m, squares := mean(leftOut), 0.0
	for _, x := range leftOut {
		squares += (x - m) * (x - m)
	}
	se := math.Sqrt(float64(n-1) / float64(n) * squares)
	t := distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975)
	return scaling.Estimate{Value: whole, Lo: whole - t*se, Hi: whole + t*se, Rounds: n, Basis: scaling.BetweenRuns}
}

// meanLog returns the mean log rate over rounds, one left out where without is
// not below 0, trimmed as comparisons are: over so many short runs somebody else
// had the core in a few.
func meanLog(obs []scaling.Observation, without int) float64 {
	var logs []float64
	for i, o := range obs {
		if i != without {
			logs = append(logs, math.Log(o.Rate))
		}
	}
	return math.Log(scaling.TrimmedInterval(logs, 0).Value)
}
