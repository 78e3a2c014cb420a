package sync

import (
	"context"
	"sync"
	"sync/atomic"

	"runbench/workloads"
)

// Channel is producers and consumers over one channel.
var Channel = workloads.Workload{
	Name:       "sync/channel",
	Isolates:   "a channel: what it costs to hand each small piece of work to another goroutine",
	Expect:     "concurrency below 1×, because a loop that makes and uses a message hands nothing over; parallelism about 1×, for what two cores do at once is spent on handing over between them; a buffer raises both, since goroutines then switch once for many messages",
	Definition: "BenchmarkChanProdConsWork in Go's runtime package: half of the goroutines send on one channel and the others receive, with work on either side, here 100 steps of a linear congruential generator; the whole is 32,000 messages whatever the number of goroutines, and one goroutine makes and uses them in a loop",
	Advice:     "send more at a time, slices instead of single values, and give the channel a buffer; for work as small as this do both halves in one goroutine and divide the input",
	Related:    []string{"sync/select", "sync/mutex"},
	Batch:      exchangeBatch,
	Cooperates: true,
	Parameters: []workloads.Parameter{
		exchangeSizes.Parameter("messages a task"),
		workloads.IntParameter("buffer", 0, 0, 1_000_000, "messages that the channel holds; 0: sender and receiver meet"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		perTask, buffer := exchangeSizes.Of(env.Params), env.Params.Int("buffer")
		// A producer looks at ctx before each task and no oftener: consumers go on
		// until the channel is closed, so no send waits for ever.
		many := func(ctx context.Context, goroutines int) (tally, error) {
			messages := make(chan uint64, buffer)
			var next atomic.Int64
			var producers, consumers sync.WaitGroup
			for range goroutines / 2 {
				producers.Go(func() {
					for ctx.Err() == nil {
						i := int(next.Add(1)) - 1
						if i >= exchangeBatch {
							return
						}
						for j := range perTask {
							messages <- message(i*perTask + j)
						}
					}
				})
			}
			tallies := make([]tally, goroutines-goroutines/2)
			for c := range tallies {
				consumers.Go(func() {
					var t tally
					for m := range messages {
						t.use(m)
					}
					tallies[c] = t
				})
			}
			producers.Wait()
			close(messages)
			consumers.Wait()
			var sum tally
			for _, t := range tallies {
				sum.add(t)
			}
			return sum, context.Cause(ctx)
		}
		return exchange(perTask, many), nil
	},
}
