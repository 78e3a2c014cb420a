// Package measure turns a plan into runs.
//
//  1. A plan (see [NewPlan]) names the cells: workload, strategy, C and P.
//  2. A [Sweep] goes through the plan in rounds; each round is every cell once,
//     in a fresh random order, so that drift of the machine is shared out.
//  3. Each run is a fresh worker process (see [Process]): the program starts
//     itself with GOMAXPROCS set, so that what one run leaves behind (threads, a
//     grown heap, a warm scheduler) does not reach the next.
//  4. The worker (see [RunCell]) sets the workload up, discards a first batch,
//     and then times batches with a [Meter], checking each result.
//  5. Finished runs go to the result file at once.
package measure
