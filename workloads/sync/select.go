package sync

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"runbench/workloads"
)

const (
	// selectChannels is how many channels the receiver selects over, whatever the
	// number of senders.
	selectChannels = 4

	// selectTimeout is not meant to pass: a batch takes milliseconds.
	selectTimeout = time.Minute
)

// Select is one goroutine that receives from several channels at once, and could
// be told to stop.
var Select = workloads.Workload{
	Name:       "sync/select",
	Isolates:   "select: every message locks all the channels that could have brought it, the one that says stop among them",
	Expect:     "concurrency below 1× and below sync/channel; parallelism about 1×: one receiver uses all messages, and all goroutines meet at the lock of the channel that says stop",
	Definition: "the messages of sync/channel from all goroutines but one, spread over four unbuffered channels, to one that selects over these, ctx.Done() and a timer; senders select over their channel and ctx.Done() (BenchmarkSelectProdCons in Go's runtime package has these three cases); one goroutine makes and uses the messages in a loop",
	Advice:     "select over few channels: one channel of values that tell their kind; send many values at a time; look at ctx once in a while instead of at every message",
	Related:    []string{"sync/channel", "sync/mutex"},
	Batch:      exchangeBatch,
	Cooperates: true,
	Parameters: []workloads.Parameter{exchangeSizes.Parameter("messages a task")},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		perTask := exchangeSizes.Of(env.Params)
		many := func(ctx context.Context, goroutines int) (tally, error) {
			ctx, cancel := context.WithCancel(ctx)
			var senders sync.WaitGroup
			defer senders.Wait()
			defer cancel() // before the wait
			stop := ctx.Done()
			var inputs [selectChannels]chan uint64
			for k := range inputs {
				inputs[k] = make(chan uint64)
			}
			var next atomic.Int64
			for range goroutines - 1 {
				senders.Go(func() {
					for i := int(next.Add(1)) - 1; i < exchangeBatch; i = int(next.Add(1)) - 1 {
						for j := range perTask {
							select {
							case inputs[j%selectChannels] <- message(i*perTask + j):
							case <-stop:
								return
							}
						}
					}
				})
			}
			timeout := time.NewTimer(selectTimeout)
			defer timeout.Stop()
			var t tally
			for t.messages < exchangeBatch*perTask {
				var m uint64
				select {
				case m = <-inputs[0]:
				case m = <-inputs[1]:
				case m = <-inputs[2]:
				case m = <-inputs[3]:
				case <-stop:
					return t, context.Cause(ctx)
				case <-timeout.C:
					return t, fmt.Errorf("%d messages came within %v, want %d", t.messages, selectTimeout, exchangeBatch*perTask)
				}
				t.use(m)
			}
			return t, nil
		}
		return exchange(perTask, many), nil
	},
}
