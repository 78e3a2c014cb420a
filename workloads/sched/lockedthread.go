package sched

import "runbench/workloads"

// lockedThreadSizes are far smaller than Goroutine's, because threads take so much
// longer.
var lockedThreadSizes = workloads.Sizes{S: 1, W: 3, A: 48}

// LockedThread is the work of Goroutine in the one-to-one model: each goroutine is
// locked to an OS thread, as each of Java's platform threads is one. A switch is
// then the kernel's, one thread woken and one put to sleep; and a goroutine that
// ends while it is locked takes its thread with it, so that for every start a
// thread has been started.
//
// It is an upper bound for what the model costs: where a locked goroutine blocks,
// the runtime has its own hand-over to make on top of the kernel's, and it starts
// threads on behalf of locked ones by way of a thread that it keeps for that.
var LockedThread = workloads.Workload{
	Name:       "sched/lockedthread",
	Isolates:   "start, switch and end of an OS thread, by the kernel: a thread for every goroutine",
	Expect:     "concurrency about 1×; parallelism up to the number of cores, but from far below: a start takes tens of microseconds and more, a switch from several to tens, most where the core of the other thread had gone to sleep; sched/goroutine does both in about a hundredth of that",
	Definition: "sched/goroutine with 3 partners a task in place of 64, and with runtime.LockOSThread in the task and in its partner: the one-to-one threading model (as Java's platform threads, java.lang.Thread); partners end while locked, which ends their threads; start-ns and switch-ns as recorded (threads counts those that are left at the end)",
	Advice:     "do not lock goroutines to threads but where a C library needs it; where threads are all there is, keep them in a pool and hand them more work at a time",
	Related:    []string{"sched/goroutine", "sched/spawn", "io/blocking-syscall"},
	Batch:      tokenBatch,
	Parameters: tokenParameters(lockedThreadSizes),
	Setup:      setupToken(lockedThreadSizes, true),
}
