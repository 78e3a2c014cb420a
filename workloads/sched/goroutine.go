package sched

import "runbench/workloads"

var goroutineSizes = workloads.Sizes{S: 1, W: 64, A: 1024}

// Goroutine starts partners, hands a token to and fro and lets them end, on
// goroutines: the many-to-many model, in which the runtime puts any number of them
// onto few threads and a switch is a function call in the program. LockedThread is
// the same work in the one-to-one model; the two are to be read side by side.
var Goroutine = workloads.Workload{
	Name:       "sched/goroutine",
	Isolates:   "start, switch and end of a goroutine, by the runtime's own scheduler",
	Expect:     "concurrency 1×; parallelism above 1× and below the number of cores: the pairs of different tasks have nothing in common, but idle cores wake up for partners that are not theirs; a start takes about a microsecond, a switch less",
	Definition: "64 partners a task, one after the other; each is started, hands a token to and fro 10 times over unbuffered channels (lat_ctx of lmbench, McVoy & Staelin, USENIX 1996, with two processes) and ends; the mean time of a start is recorded as start-ns, with the end in it, and that of a switch as switch-ns",
	Advice:     "start a goroutine for every thing that goes on at once; a pool saves little unless a task is shorter than a microsecond",
	Related:    []string{"sched/lockedthread", "sched/spawn", "sched/pingpong"},
	Batch:      tokenBatch,
	Parameters: tokenParameters(goroutineSizes),
	Setup:      setupToken(goroutineSizes, false),
}
