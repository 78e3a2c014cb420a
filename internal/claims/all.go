package claims

import "slices"

// All returns the claims, in the order of the table: first what concurrency and
// parallelism are, then what a goroutine is to a thread, then how the scheduler
// deals goroutines out, then what it costs.
func All() []Claim {
	return []Claim{
		composition, simultaneous, devices, waitingOverlaps, computingDoesNot,
		notThreads, blockingThreads, usableCPUs,
		runNext, localQueue, globalQueue, stealing, pairs,
		preemption, handOver, poller,
		ownership, collector, spinning, latency,
	}
}

// About returns the claims in which the same is at work as in a workload of the
// catalogue.
func About(workload string) []Claim {
	return slices.DeleteFunc(All(), func(c Claim) bool { return !slices.Contains(c.Workloads, workload) })
}
