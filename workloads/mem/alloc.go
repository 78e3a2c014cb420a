package mem

import (
	"context"
	"fmt"
	"runtime/metrics"
	"time"

	"runbench/workloads"
)

const (
	allocBatch = 64
	allocDepth = 8 // of the trees that tasks build and drop

	// allocLongLived is the depth of the tree that lives as long as the instance,
	// 131,071 nodes in 2 MiB: it is what every collection has to mark.
	allocLongLived = 16
)

var allocSizes = workloads.Sizes{S: 1, W: 16, A: 256}

// Alloc builds small objects, links them, looks at each once and drops them.
var Alloc = workloads.Workload{
	Name:       "mem/alloc",
	Isolates:   "the allocator and the garbage collector: small linked objects, dropped as soon as they are built",
	Expect:     "concurrency 1×; parallelism a little below the number of cores with the collector on or off, for it takes its quarter of one core as of many; what it costs shows in tasks/s, which are half as many again with gc=off, and with gc=on in more than one core used even at one goroutine",
	Definition: "The Computer Language Benchmarks Game, binary-trees: trees built bottom up, counted and dropped while a long-lived one stays; here 16 trees of depth 8 a task, the long-lived one of depth 16, GOGC as the environment sets it or gc=off; assist-ns/op is the runtime's estimate of the time in which the goroutines assisted",
	Advice:     "allocate less: slices of values instead of pointers, buffers that are used again, objects kept on the stack; where memory is plenty, a higher GOGC with a memory limit",
	Related:    []string{"cpu/sort", "mem/chase"},
	Batch:      allocBatch,
	Settles:    50 * time.Millisecond, // the first 20 ms take a fifth longer
	Idempotent: true,
	Parameters: []workloads.Parameter{
		allocSizes.Parameter("trees of 511 nodes that each task builds and drops"),
		workloads.ChoiceParameter("gc", "on", []string{"on", "off"}, "the garbage collector; off: it runs only when the process has grown by 256 MiB"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		trees := allocSizes.Of(env.Params)
		longLived := growTree(allocLongLived)
		// Each task has cache lines of its own to leave its result in.
		type result struct {
			nodes int
			_     [120]byte
		}
		results := make([]result, allocBatch)
		in := &workloads.Instance{
			Task: func(_ context.Context, i int) error {
				nodes := 0
				for range trees {
					nodes += growTree(allocDepth).count()
				}
				results[i].nodes = nodes
				return nil
			},
			Check: func(context.Context) error {
				if got, want := longLived.count(), treeNodes(allocLongLived); got != want {
					return fmt.Errorf("the long-lived tree has %d nodes, want %d", got, want)
				}
				for i, r := range results {
					if want := trees * treeNodes(allocDepth); r.nodes != want {
						return fmt.Errorf("task %d counted %d nodes, want %d", i, r.nodes, want)
					}
				}
				clear(results)
				return nil
			},
			Counters: collections,
		}
		if env.Params["gc"] == "off" {
			limit := collector.pause()
			in.Notes = []string{fmt.Sprintf("the collector is off up to a memory limit of %d MiB", limit>>20)}
			in.Close = func() error {
				collector.resume()
				return nil
			}
		}
		return in, nil
	},
}

// A tree is a binary tree by its root. All leaves of ours are at one depth.
type tree struct{ left, right *tree }

// growTree returns a tree of the given depth, built bottom up.
func growTree(depth int) *tree {
	if depth == 0 {
		return new(tree)
	}
	return &tree{growTree(depth - 1), growTree(depth - 1)}
}

// count walks the tree and returns how many nodes it has.
func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

// treeNodes is how many nodes a tree of that depth has.
func treeNodes(depth int) int { return 1<<(depth+1) - 1 }

// collections returns what the collector has done since the process began, as
// package runtime/metrics documents it. The time is brought up to date when a
// collection ends.
func collections() (map[string]float64, error) {
	samples := [2]metrics.Sample{
		{Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"},
	}
	metrics.Read(samples[:])
	return map[string]float64{
		"gc-cycles/op": float64(samples[0].Value.Uint64()),
		"assist-ns/op": samples[1].Value.Float64() * 1e9,
	}, nil
}
