// Package law fits laws of scaling to throughput X measured at several N, the cores (GOMAXPROCS) or the goroutines
// that a workload is given: how far it is from X = γN, what the loss looks like, and where more would stop to help.
// Numbers in, numbers out; it reads and writes nothing.
//
// The laws are one family, a ladder from simple to general:
//
//	linear  X = γN
//	Amdahl  X = γN / (1 + σ(N−1))              σ: contention, the share of work done one at a time
//	USL     X = γN / (1 + σ(N−1) + κN(N−1))    κ: coherency, the cost of each pair that must agree
//
// (Amdahl, AFIPS 30, 1967; Gunther, Guerrilla Capacity Planning, 2007, chapter 4, the Universal Scalability Law.) With
// 0 ≤ σ ≤ 1 and κ > 0 throughput peaks at N = √((1−σ)/κ). The way from runs to a [Fit]:
//
//  1. A run is the unit of replication; several runs of one N in one round count as one, their geometric mean. Rates
//     that are not positive and finite are left out and noted.
//
//  2. Speed-up and efficiency are relative to the smallest N measured: paired t intervals of log-ratios within rounds
//     where at least two rounds are shared, Welch's otherwise. The serial fraction of Karp and Flatt goes with them.
//
//  3. No law crosses the border between physical cores and their further hardware threads, or that to more threads
//     than there are: it is fitted to the physical cores, and the notes say what was cut off. The further threads have
//     a law of their own ([SMT]), from all physical cores on, which claims nothing beyond the threads there are.
//
//  4. With a control arm that shares nothing the rate is divided by the control's rate per core, relative to its
//     first. A clock that falls as cores get busy then counts as neither σ nor κ. Points show what was measured.
//
//  5. With fewer than 3 distinct N left there is no law; with 3 or 4 Amdahl's at most; κ needs 5.
//
//  6. The fit is least squares on ln X, since noise on rates is multiplicative. γ is free: taken as known, X(1)'s
//     error would be counted as σ. Where rounds connect all N each round has a γ of its own, so that drift cancels.
//     These constants are eliminated exactly; σ and κ are found by Levenberg's and Marquardt's method from the linear
//     form N/X, bounded at 0 (and σ at 1).
//
//  7. One coefficient is added as long as it improves the fit at the 5 % level by an F test (one-sided: half of that)
//     against the scatter of repeats (pure error). With less than 8 degrees of freedom of that, or none, the scatter of
//     the points about the most general law is pooled with it. A linear law that is left only because noise hides
//     what may be a loss above 5 % is marked so ([Fit.Refused]).
//
//  8. Intervals of σ, κ and the peak are profile likelihood intervals, those of the most general law the points carry:
//     the σ of an Amdahl law over five N allows for a κ that is too small to show. Where the points lie farther from
//     the law than repeats explain (lack of fit, p < 5 %) the intervals are those of that scatter. If they certainly
//     do (p < 0.1 %) and the coefficients could then be 0, the law is refused.
//
//  9. A peak is claimed if κ's lower bound is above 0, with 3 % of the interval to spare, and the peak lies inside the
//     range measured, or up to twice as far ([Peak.Extrapolated]). A limit of the speed-up is claimed where σ, or the
//     peak, gives one.
//
// That the intervals cover 95 % is shown by simulation:
//
//	go test ./internal/law -run Coverage -long -v
//
// [FitX] and [FitXQuadratic] are the unweighted fits of X that the literature has, to be held against it. [AnalyzeWeak]
// is for problems that grow with N (Gustafson's law), and [Parallelism] bounds work/span.
//
// All functions are safe for concurrent use.
package law
