package sync

import (
	"context"
	"fmt"

	"runbench/workloads"
)

// Channel and Select are the same work over different ways from one goroutine to
// another: messages, each of which is made by one and used by one.
const (
	exchangeBatch = 64
	exchangeMade  = 100 // steps of the generator to make a message, about 100 ns
	exchangeUsed  = 100 // and to use it
)

var exchangeSizes = workloads.Sizes{S: 4, W: 500, A: 8000}

// message makes message n of a batch.
func message(n int) uint64 { return lcg(uint64(n), exchangeMade) }

// A tally is what one goroutine has made of the messages it got. It is kept in a
// local variable until the goroutine ends.
type tally struct {
	messages int
	sum      uint64
}

// use uses a message.
func (t *tally) use(m uint64) {
	t.messages++
	t.sum += lcg(m, exchangeUsed)
}

// add takes over what another goroutine has made.
func (t *tally) add(u tally) {
	t.messages += u.messages
	t.sum += u.sum
}

// whole returns the tally of a whole batch of n messages: a message is used n steps
// after its number, which is linear in the number.
func whole(n int) tally {
	a, c := lcgStride(exchangeMade + exchangeUsed)
	numbers := uint64(n) * uint64(n-1) / 2
	return tally{messages: n, sum: a*numbers + c*uint64(n)}
}

// exchange returns a workload whose tasks are perTask messages each. many does a
// batch on two goroutines or more; one alone has nobody to send to, and uses each
// message as it has made it.
func exchange(perTask int, many func(ctx context.Context, goroutines int) (tally, error)) *workloads.Instance {
	alone := func(ctx context.Context) (tally, error) {
		var t tally
		for i := range exchangeBatch {
			if ctx.Err() != nil {
				return t, context.Cause(ctx)
			}
			for j := range perTask {
				t.use(message(i*perTask + j))
			}
		}
		return t, nil
	}
	var total tally
	return &workloads.Instance{
		Run: func(ctx context.Context, goroutines int) error {
			var t tally
			var err error
			if goroutines == 1 {
				t, err = alone(ctx)
			} else {
				t, err = many(ctx, goroutines)
			}
			total.add(t)
			return err
		},
		// No two messages of a batch come to the same number, so one that was
		// lost is missing from the sum even where another came twice.
		Check: func(context.Context) error {
			got, want := total, whole(exchangeBatch*perTask)
			total = tally{}
			if got != want {
				return fmt.Errorf("%d messages add up to %#x, want %d and %#x", got.messages, got.sum, want.messages, want.sum)
			}
			return nil
		},
	}
}
