// Package history finds the commits at which a program became faster or slower, in the result files of many of them.
//
// The way from files to changes:
//
//  1. [Take] keeps of each file the mean log of every figure that is followed, with its standard error over runs
//     (trimmed from 16 runs on, as compare does). Gains come from ratios within rounds. Files are then forgotten: of a
//     thousand of them little is held.
//
//  2. [Follow] puts the files into order and makes a series of each figure: those of one configuration (machine,
//     package, Go version), which alone are comparable. Of runbench's own workloads it follows what a sweep's table has,
//     one goroutine on one core, the goroutines chosen, on all cores, and the gains.
//
//  3. A log varies by v, which the runs inside its file show, and by τ², what differs from file to file and shows in no
//     file: placement in memory, the machine's state, neighbours. τ² is estimated from differences of neighbours, by
//     their median, so that neither steps nor outliers count. A file weighs 1/(τ² + v).
//
//  4. Files that stand apart are drawn in towards what they share with their neighbours: one that was measured beside a
//     noisy one, or two, are no change. They are named, and none is left out.
//
//  5. The series is parted into levels of [MinStretch] files at least, by least squares with a penalty for each level:
//     the best partition of all, by dynamic programming. It is generous: what it finds is to be looked at.
//
//  6. Each change is judged by a t test of the levels beside it, with the variance around all levels, that around these
//     two where it is larger, and never less than the runs inside the files show. P is corrected for the search, as many
//     comparisons as it amounts to, for what files that stand apart make up by chance, and for the number of series
//     (Bonferroni). The least certain one is taken out, the others settle anew, until all that are left are certain.
//
// So in all series of a history together, anything is found where nothing changed with a chance of at most
// [DefaultAlpha]: one in a hundred, since history is looked at again with every commit. Simulated with noise as on real
// machines (0.3–3 % from run to run, up to 1 % from file to file, heavy tails, disturbed files) it is less than that:
//
//	go test ./internal/history -run 'Simulated|Show' -long -v
//
// What is to be known of the changes:
//
//   - A change shows with the third file after it at the soonest, and what lasts for less than three files is no change.
//     With 0.6 % of scatter, heavy tails, and twenty series, a step of 4 % is found three files before the end of 60 in
//     19 of 20 cases where nothing stands apart. Where one file in thirty does, which may make up three in a row, it is
//     found in 6 of 10 then, and in 9 of 10 after five files.
//   - The place is that of the best parting. Where the step is small against the noise it may be one or two files off;
//     [Change.From] and [Change.To] hold the true place 95 times of 100.
//   - A slow ramp shows as a flight of steps in one direction.
//   - Files are taken to vary independently of each other. On a machine that drifts over days, files have in common what
//     is between them, and levels of the machine are found as changes: the control arm, which does the same work in every
//     file, shows that, and changes that come with one of its own are marked. Nothing corrects for it: a correction by
//     the correlation of neighbours would take every step for drift.
//   - The interval of a change knows nothing of the search: a small change that is found was more likely found because
//     it looked large.
//
// # What else was considered
//
// E-divisive means (Matteson & James, Journal of the American Statistical Association 109, 2014), as MongoDB uses it
// (Daly et al., "The use of change point detection to identify software performance regressions in a continuous
// integration system", ICPE 2020), parts a series where the distributions on both sides differ most, and tests by
// permutation. A permutation test cannot be more certain than the number of permutations allows: three files at the end
// of 60 have a P of 1/17 000 at best, five of ten one of 1/126, before any correction for the number of series. It also
// finds changes of scatter, and splits one change after the other, so that a change that was taken back hides
// (TestAgainstEDivisive).
//
// Hunter (Fleming et al., "Hunter: using change point detection to hunt for performance regressions", ICPE 2023; now
// Apache Otava) replaces the permutations by Student's t test and works in windows, so as to find such changes, but does
// not correct for the number of places and series that it looks at. Here too the test is Student's, with weights and a
// scatter that a file's own runs bound from below, and the partition is found in one piece.
package history
