package mem

import (
	"context"
	"fmt"
	"math/rand/v2"

	"runbench/internal/host/cache"
	"runbench/workloads"
)

const (
	chaseBatch = 64

	// chaseStride is how far apart nodes lie, in bytes: a line of most caches, so
	// that the arrays take as much of a cache as they are large.
	chaseStride = 64

	// chaseRound is in how many batches a task gets round its array. A batch stays
	// short, and still a task comes back to a line only when all tasks have visited
	// all others. Where lines are fetched in pairs, or have 128 bytes, one visit in
	// sixteen finds that of the node beside it still in the cache.
	chaseRound = 8
)

// chaseSizes are arrays of 4 KiB, 1 MiB and 16 MiB: 64 MiB and 1 GiB in all in W
// and A.
var chaseSizes = workloads.Sizes{S: 64, W: 16384, A: 262144}

// A chaseNode names the node to go on with. It is an index and not a pointer, so
// that the garbage collector has nothing to follow.
type chaseNode struct {
	next uint32
	_    [chaseStride - 4]byte
}

// Chase waits for memory and does nothing else: the address of each load is what
// the load before it returned.
var Chase = workloads.Workload{
	Name:       "mem/chase",
	Isolates:   "memory latency: loads that cannot begin before the one before them has ended",
	Expect:     "concurrency 1×: a core that waits for memory runs no other goroutine meanwhile; parallelism close to the number of cores, for one load at a time from each is far from filling the memory bus",
	Definition: "lat_mem_rd of lmbench (McVoy & Staelin, USENIX ATC 1996), loads that each yield the address of the next, the walk through the page tables included; here in random order instead of at a fixed stride, a cycle as Sattolo's algorithm draws it (Information Processing Letters 22, 1986) through the 16,384 nodes of an array of each task's own, 64 bytes apart, 64 MiB in all; 2,048 loads a task, and the next batch goes on from there",
	Advice:     "follow fewer pointers: slices of values instead of lists and trees of pointers, indices small enough for the cache; cores help as far as there are independent chains to follow",
	Related:    []string{"mem/sum", "mem/triad", "mem/alloc"},
	Batch:      chaseBatch,
	Grows:      true,
	Parameters: []workloads.Parameter{chaseSizes.Parameter("nodes of 64 bytes in each task's array, of which a batch visits an eighth")},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		n := chaseSizes.Of(env.Params)
		steps := n / chaseRound
		// Nothing can tell from one array what the order is in another, so all
		// have the same.
		order := rand.New(rand.NewPCG(1, 2)).Perm(n)
		nodes := make([]chaseNode, chaseBatch*n)
		for i := range chaseBatch {
			own := nodes[i*n : (i+1)*n]
			for j, node := range order {
				own[node].next = uint32(order[(j+1)%n])
			}
		}
		// Each task has cache lines of its own to leave where it stands. It starts
		// on a node of its own, so that tasks do not load from the same place in
		// their arrays at the same time.
		type place struct {
			node uint32
			_    [124]byte
		}
		start := func(i int) int { return i * n / chaseBatch }
		places := make([]place, chaseBatch)
		for i := range places {
			places[i].node = uint32(order[start(i)])
		}
		batches := 0
		return &workloads.Instance{
			Notes: []string{chaseNote(int64(len(nodes)*chaseStride), chaseBatch*steps)},
			Task: func(_ context.Context, i int) error {
				own := nodes[i*n : (i+1)*n]
				at := places[i].node
				for range steps {
					at = own[at].next
				}
				places[i].node = at
				return nil
			},
			// The nodes were linked in a known order, so where a task stands says
			// how many steps it has made.
			Check: func(context.Context) error {
				batches++
				for i, p := range places {
					if want := order[(start(i)+batches*steps)%n]; int(p.node) != want {
						return fmt.Errorf("task %d stands on node %d after %d batches, want %d", i, p.node, batches, want)
					}
				}
				return nil
			},
		}, nil
	},
}

// chaseNote says how the arrays compare with the cache, and how many loads a
// batch is, by which ns/op becomes the latency of one.
func chaseNote(bytes int64, loads int) string {
	note := fmt.Sprintf("%d loads a batch through arrays of %d KiB in all", loads, bytes>>10)
	llc, known := cache.LastLevel()
	switch {
	case !known:
		return note + "; the size of the last-level cache is unknown"
	case bytes <= llc:
		return note + fmt.Sprintf(", which fit the last-level cache of %d KiB: this is the cache's latency", llc>>10)
	}
	return note + fmt.Sprintf(", %.1f× the last-level cache", float64(bytes)/float64(llc))
}
