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
//     of the best such count there. The best of several noisy means is biased upwards, so C† is chosen on some rounds
//     and the gains are estimated on others. A sweep that knows this beforehand measures a few rounds to choose on
//     ([Options.ChooseOn]) and then only the cells that the gains need ([Judgement.Needed]), which makes most of its
//     time. Of other sweeps every second round chooses. With fewer than 4 complete rounds the halves would be too
//     small to estimate anything: choice and estimate then share the rounds, and a warning says that this flatters.
//     With one count to choose from nothing is chosen, and every round estimates.
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
//  9. A sweep stops when its gains are [Judgement.Precise], which looks at the width of the intervals and never at
//     where they lie, or when its time is up. Intervals that were waited for until narrow cover a little less than
//     they say; a first look after [MinRounds] rounds keeps that above 93 %.
//
//  10. What n cores do not deliver is put down to the machine, the Go runtime and the program by [FindGaps], which
//     compares the workload with n processes and with goroutines that share nothing, measured in the same rounds.
//
// Two sweeps, old and new, are compared by [Gate]: it fails on effect and certainty together, a whole interval beyond
// a [Tolerance] that is at least what two equal sweeps differ by ([AAHalfWidth]), Holm-corrected over all comparisons.
// Where runs are many, both leave the highest and the lowest eighth out of the means; the gains never do, so that the
// total one is the product of the other two.
// [Power] and [RoundsNeeded] say beforehand what it could find. Before all this [FindShift] marks runs that did not
// settle: a run is one observation only if its batches are alike.
//
// Percentile bootstrap was not used: over the few rounds of a sweep its 95 % intervals cover 84–93 %. The t interval
// covers 95 % as long as log rates are near normal. The tests show it by simulation:
//
//	go test ./internal/scaling -run Coverage -long -v
//
// prints what intervals, stop rule, gate and power promise beside what they keep. Skewed batches do not matter: a run
// is a mean over many of them, and in a ratio of cells that are skewed alike it cancels.
//
// All functions are safe for concurrent use as long as nobody changes the Surface meanwhile; none of them changes it.
package scaling
