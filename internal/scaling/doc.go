// Package scaling judges how the throughput X of a workload follows the number of goroutines C and the number of
// cores P it is given: how much concurrency gives, how much parallelism adds on top, and how many of each to use.
// Numbers in, numbers out; it reads and writes nothing.
//
// The way from observations to a verdict:
//
//  1. A [Surface] holds, for every measured [Cell] (C, P), one [Observation] a run. The run is the unit of
//     replication; iterations inside it are nested and only their spread is kept. Runs of different cells with the
//     same Round were measured together and are a block of a randomised complete block design. Several runs of one
//     cell in one round count as one, their geometric mean.
//
//  2. Everything is computed on log X. Ratios of rates are what is asked for, noise on rates is multiplicative, and
//     the logs of ratios add up.
//
//  3. Cells with P above the logical cores are oversubscribed and set aside. Pmax is the largest P left at which a
//     count above 1 was measured.
//
//  4. C†, the goroutine count of the gains, is the smallest count above 1 whose throughput at Pmax is at least 95 %
//     of the best such count there. The best of several noisy means is biased upwards, so C† is chosen on every
//     second round and the gains are estimated on the others. With fewer than 4 complete rounds the halves would be
//     too small to estimate anything: choice and estimate then share the rounds, and a warning says that this
//     flatters. With one count to choose from nothing is chosen, and every round estimates.
//
//  5. The gains are
//
//     concurrency = X(C†, 1)    / X(1, 1)
//     parallelism = X(C†, Pmax) / X(C†, 1)
//     total       = X(C†, Pmax) / X(1, 1) = concurrency × parallelism
//
//     all three over the same rounds, those that have every cell needed. The mean of the n within-round log-ratios ±
//     t(n−1)·s/√n, exponentiated, is the estimate and its interval (the paired t interval of a block design:
//     Box, Hunter & Hunter, Statistics for Experimenters, 2nd ed., ch. 3). What is common to a round, such as a
//     drifting clock, cancels. With one round the interval comes from the spread inside the two runs and knows
//     nothing of the variation between runs; [Estimate.Basis] says which it is.
//
//  6. A gain has no [Effect] when its interval lies inside [1/1.05, 1.05]; else it helps when the interval lies
//     above 1, hurts when it lies below 1, and is inconclusive when it does neither. No effect goes first: a gain
//     known to be 2 % is not worth a goroutine.
//
//  7. The [Verdict] names the gains that help. It is inconclusive where an inconclusive gain could still turn out
//     to help, which one that ends below 1.05 cannot.
//
//  8. The [Recommendation] looks at all cells that are not oversubscribed, C=1 included, over all rounds: the
//     smallest C, then the smallest P, whose throughput is at least 95 % of the best anywhere.
//
// Percentile bootstrap was not used: over the few rounds of a sweep its 95 % intervals cover 84–93 %. The t interval
// covers 95 % as long as log rates are near normal; the tests show it by simulation.
//
// All functions are safe for concurrent use as long as nobody changes the Surface meanwhile; none of them changes it.
package scaling
