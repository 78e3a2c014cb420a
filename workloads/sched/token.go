package sched

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"runbench/internal/hashchain"
	"runbench/workloads"
)

const tokenBatch = 32

// tokenParameters are those of Goroutine and LockedThread.
func tokenParameters(sizes workloads.Sizes) []workloads.Parameter {
	return []workloads.Parameter{
		sizes.Parameter("partners that a task starts, one after the other"),
		workloads.IntParameter("trips", 10, 1, 10_000, "how often the token goes to a partner and back before it ends"),
	}
}

// setupToken returns the Setup of Goroutine, or of LockedThread where locked is
// set: the same work, but every goroutine of it has an OS thread to itself.
func setupToken(sizes workloads.Sizes, locked bool) func(context.Context, workloads.Env) (*workloads.Instance, error) {
	return func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		partners, trips := sizes.Of(env.Params), env.Params.Int("trips")
		// Each task has cache lines of its own to leave its result in.
		type result struct {
			holder
			_ [104]byte
		}
		results := make([]result, tokenBatch)
		wants := make([]uint64, tokenBatch)
		for i := range wants {
			wants[i] = hashchain.Nth(uint64(i), partners*trips*2)
		}
		// What the tasks spent since the figures were last read.
		var batches int
		var starting, switching time.Duration
		return &workloads.Instance{
			Task: func(ctx context.Context, i int) error {
				if locked {
					runtime.LockOSThread()
					defer runtime.UnlockOSThread()
				}
				h := holder{token: uint64(i)}
				for range partners {
					if ctx.Err() != nil {
						return context.Cause(ctx)
					}
					h.partner(trips, locked)
				}
				results[i].holder = h
				return nil
			},
			Check: func(context.Context) error {
				for i, r := range results {
					if r.token != wants[i] {
						return fmt.Errorf("task %d: the token came out as %#x, want %#x: a turn was lost or taken twice", i, r.token, wants[i])
					}
					starting += r.starting
					switching += r.switching
				}
				batches++
				clear(results)
				return nil
			},
			// Means of one start and of one switch, because the two workloads have
			// batches of different sizes.
			Figures: func() (map[string]float64, error) {
				if batches == 0 {
					return nil, nil
				}
				starts := float64(batches * tokenBatch * partners)
				figures := map[string]float64{
					"start-ns":  float64(starting) / starts,
					"switch-ns": float64(switching) / (starts * float64(2*trips)),
				}
				batches, starting, switching = 0, 0, 0
				return figures, nil
			},
		}, nil
	}
}

// A holder has the token between two partners.
type holder struct {
	token     uint64
	starting  time.Duration // until partners were there, and from the last turn until they had ended
	switching time.Duration // while the token went to and fro
}

// partner starts a partner, hands it the token and takes it back trips times,
// each side with a step of the hash chain first, and sees the partner off.
func (h *holder) partner(trips int, locked bool) {
	to, from := make(chan uint64), make(chan uint64)
	var partner sync.WaitGroup
	began := time.Now()
	partner.Go(func() {
		if locked {
			// Never unlocked: the thread ends with the goroutine.
			runtime.LockOSThread()
		}
		from <- 0 // the partner is there
		for x := range to {
			from <- hashchain.Nth(x, 1)
		}
	})
	<-from
	met := time.Now()
	for range trips {
		to <- hashchain.Nth(h.token, 1)
		h.token = <-from
	}
	parting := time.Now()
	close(to)
	partner.Wait()
	h.starting += met.Sub(began) + time.Since(parting)
	h.switching += parting.Sub(met)
}
