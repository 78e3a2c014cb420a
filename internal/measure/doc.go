// Package measure turns a plan into runs.
//
//  1. A plan (see [NewPlan]) names the cells: workload, strategy, C and P.
//  2. A [Sweep] goes through the plan in rounds, in a fresh random order each, so
//     that drift of the machine is shared out. A [Steer] decides from the runs so
//     far which cells are still worth measuring, and when nothing is. Several
//     sweeps can be carried out in turns (see [Interleave]).
//  3. Each run is a fresh worker process (see [Process]): the program starts
//     itself with GOMAXPROCS set, so that what one run leaves behind (threads, a
//     grown heap, a warm scheduler) does not reach the next.
//  4. The worker (see [RunCell]) sets the workload up, warms up with
//     batches that count for nothing (see [WarmUp]), and then times batches with a
//     [Meter], checking each result. What makes a run doubtful, such as a violation
//     of Little's law, marks it.
//  5. Ceilings are measured in lanes that begin together behind a gate: n
//     processes show what the hardware leaves, n goroutines that share nothing
//     what the Go runtime leaves.
//  6. Finished runs go to the result file at once.
package measure
