// Command peers is a worker of runbench that knows the pools people use besides
// those of package strategy. `runbench strategies` builds and starts it where it
// finds its source; it is a module of its own so that nobody else needs what it
// depends on.
//
// A peer is one file: an adapter to strategy.Strategy that uses the pool the way
// that is cheapest for it among those its documentation gives.
package main

import (
	"fmt"
	"os"

	"runbench/internal/child"
	"runbench/internal/measure"
	"runbench/workloads/all"
)

func main() {
	measure.RegisterWorker(all.Find, All()...)
	child.Main() // does not return in a worker

	fmt.Fprintln(os.Stderr, "peers: a worker that runbench starts; ask for: runbench strategies WORKLOAD --peers", os.Args[0])
	os.Exit(2)
}
