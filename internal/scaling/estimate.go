package scaling

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// DefaultConfidence is the confidence of an interval where none is asked for.
const DefaultConfidence = 0.95

// Basis says what the interval of an estimate is made of.
type Basis int

const (
	// NoInterval: one run and no spread known inside it, or no two runs to pair. Lo and Hi are NaN.
	NoInterval Basis = iota
	// WithinRun: the spread of batches inside one run a cell. Variation between runs is unseen, so that the interval
	// is narrower than it ought to be.
	WithinRun
	// BetweenRuns: the spread over rounds, which holds all there is.
	BetweenRuns
)

// An Estimate is a rate (tasks/s) or a ratio of rates with its interval.
type Estimate struct {
	Value  float64 // geometric mean; NaN where nothing was measured
	Lo, Hi float64 // bounds of the interval; NaN when Basis is NoInterval
	Rounds int     // rounds behind Value; 0 for a ratio of cells that share no round
	Basis  Basis
}

// Interval returns exp of the mean of logs with its t interval, exp(mean ± t(n−1)·s/√n). Each log is one replicate: a
// log rate, or the log of a ratio within a round. Fewer than two logs give NoInterval, none the value NaN.
// Confidence lies between 0 and 1; 0 stands for [DefaultConfidence].
//
// Source: Box, Hunter & Hunter, Statistics for Experimenters, 2nd ed., section 3.3 (paired comparisons).
func Interval(logs []float64, confidence float64) Estimate {
	mean, s := meanSpread(logs)
	if !s.known() {
		return point(mean, len(logs))
	}
	return around(mean, s, confidence, len(logs), BetweenRuns)
}

// Mean returns the throughput of a cell in tasks/s: the geometric mean over its rounds with a 95 % interval. With one
// round the interval is that of the batches inside the run; where the cell was not measured Value is NaN.
func (s Surface) Mean(c Cell) Estimate {
	return newSeries(s[c]).mean(DefaultConfidence)
}

// LogRatio returns ln(X(num)/X(den)) for each round in which both cells were measured, by ascending round.
func (s Surface) LogRatio(num, den Cell) (rounds []int, logs []float64) {
	for _, r := range pair(newSeries(s[num]), newSeries(s[den])) {
		rounds = append(rounds, r.round)
		logs = append(logs, r.log)
	}
	return rounds, logs
}

// Ratio returns X(num)/X(den) estimated as the gains are, over all rounds in which both cells were measured. Where
// they share no round it is the ratio of their means without an interval, and NaN where one was not measured.
// Confidence lies between 0 and 1; 0 stands for [DefaultConfidence].
func (s Surface) Ratio(num, den Cell, confidence float64) Estimate {
	return ratio(newSeries(s[num]), newSeries(s[den]), confidence)
}

// ratio returns num/den over the rounds they share; without an interval where they share none.
func ratio(num, den series, confidence float64) Estimate {
	if paired := pair(num, den); len(paired) > 0 {
		return paired.mean(confidence)
	}
	return unpaired(num, den)
}

// pair returns the log-ratios of two cells over the rounds they share, as a series.
func pair(num, den series) series {
	paired := make(series, 0, len(num))
	for _, n := range num {
		if d, ok := den.at(n.round); ok {
			paired = append(paired, run{round: n.round, log: n.log - d.log, spread: sum(n.spread, d.spread)})
		}
	}
	return paired
}

// unpaired returns the ratio of the means of two cells that share no round. Drift between their rounds is in it, of a
// size nobody knows: no interval.
func unpaired(num, den series) Estimate {
	return point(meanOf(num.logs())-meanOf(den.logs()), 0)
}

// mean returns exp of the mean log with the best interval the series allows.
func (s series) mean(confidence float64) Estimate {
	if len(s) == 1 && s[0].spread.known() {
		return around(s[0].log, s[0].spread, confidence, 1, WithinRun)
	}
	return Interval(s.logs(), confidence)
}

func (s series) logs() []float64 {
	logs := make([]float64, len(s))
	for i, r := range s {
		logs[i] = r.log
	}
	return logs
}

// point returns an estimate without an interval.
func point(log float64, rounds int) Estimate {
	return Estimate{Value: math.Exp(log), Lo: math.NaN(), Hi: math.NaN(), Rounds: rounds, Basis: NoInterval}
}

// around returns exp(log ± t·se).
func around(log float64, s spread, confidence float64, rounds int, basis Basis) Estimate {
	if confidence == 0 {
		confidence = DefaultConfidence
	}
	t := quantile(confidence, s.df)
	return Estimate{
		Value:  math.Exp(log),
		Lo:     math.Exp(log - t*s.se),
		Hi:     math.Exp(log + t*s.se),
		Rounds: rounds,
		Basis:  basis,
	}
}

// quantiles remembers what quantile returned for whole degrees of freedom. Finding one takes ten microseconds, most of
// the time of a judgement, and judging after every round asks for the same few.
var quantiles sync.Map // [2]float64{confidence, df} → float64

// quantile returns t(df, (1+confidence)/2), which bounds a t distribution with df degrees of freedom on both sides.
func quantile(confidence, df float64) float64 {
	key := [2]float64{confidence, df}
	if t, ok := quantiles.Load(key); ok {
		return t.(float64)
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile((1 + confidence) / 2)
	if df == math.Trunc(df) {
		quantiles.Store(key, t)
	}
	return t
}

// meanOf returns the arithmetic mean, NaN of nothing.
func meanOf(xs []float64) float64 {
	var total float64
	for _, x := range xs {
		total += x
	}
	return total / float64(len(xs))
}

// meanSpread returns the mean of logs with the spread between them, unknown for fewer than two.
func meanSpread(logs []float64) (mean float64, s spread) {
	n := len(logs)
	mean = meanOf(logs)
	if n < 2 {
		return mean, spread{}
	}
	var squares float64
	for _, x := range logs {
		squares += (x - mean) * (x - mean)
	}
	df := float64(n - 1)
	return mean, spread{se: math.Sqrt(squares / df / float64(n)), df: df}
}

// A spread is the standard error of a log rate and the degrees of freedom behind it. The zero spread is unknown.
type spread struct{ se, df float64 }

// spreadOf returns the spread inside a run. The standard error of ln X is that of X divided by X to first order
// (delta method), which is what RelSE holds.
func spreadOf(o Observation) spread {
	if o.RelSE == 0 || o.Batches < 2 {
		return spread{}
	}
	return spread{se: o.RelSE, df: float64(o.Batches - 1)}
}

func (s spread) known() bool { return s.df > 0 }

// sum returns the spread of a sum or difference of independent logs, unknown if one of them is. The degrees of
// freedom are those of Welch and Satterthwaite, (Σse²)²/Σ(se⁴/df) (Welch, Biometrika 34, 1947), written with shares of
// the variance because fourth powers underflow. Where nothing varies they add up.
func sum(spreads ...spread) spread {
	var se float64
	for _, s := range spreads {
		if !s.known() {
			return spread{}
		}
		se = math.Hypot(se, s.se)
	}
	var df, inverse float64
	for _, s := range spreads {
		share := (s.se / se) * (s.se / se)
		inverse += share * share / s.df
		df += s.df
	}
	if se == 0 {
		return spread{df: df}
	}
	return spread{se: se, df: 1 / inverse}
}
