package measure

import (
	"errors"
	"math"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"runbench/internal/resultfile"
)

// A look is corrected for the goroutine that looks, and what was there before the
// batch is not the batch's.
func TestCensus(t *testing.T) {
	c := census{before: states{runnable: 1, running: 1, waiting: 3, notInGo: 1}.atRest()}
	for range 2 {
		c.look(states{runnable: 0, running: 2, waiting: 10, notInGo: 1}) // one beside it
		c.look(states{runnable: 7, running: 1, waiting: 4, notInGo: 3})  // it holds the only P
	}
	run := resultfile.Run{Values: c.values()}
	for unit, want := range map[string]float64{
		resultfile.RunnableGoroutines: 3,
		resultfile.RunningGoroutines:  1,
		resultfile.WaitingGoroutines:  3,
		resultfile.NotInGoGoroutines:  1,
	} {
		if v, ok := run.Value(unit); !ok || v != want {
			t.Errorf("%s is %v, %v, want %v", unit, v, ok, want)
		}
	}

	c = census{before: states{waiting: 9, notInGo: math.NaN()}}
	for range enoughLooks {
		if values := c.values(); len(values) > 0 {
			t.Errorf("%d looks tell %v", c.looks, values)
		}
		c.look(states{runnable: math.NaN(), running: 1, waiting: 5, notInGo: math.NaN()})
	}
	run = resultfile.Run{Values: c.values()}
	if waiting, ok := run.Value(resultfile.WaitingGoroutines); len(run.Values) != 2 || !ok || waiting != 0 {
		t.Errorf("fewer than before, and what is not told: %v", run.Values)
	}
}

// Goroutines that wait for the whole batch are counted as such, with the one that
// waits for them. The bubble's clock moves on only when all of them do, so every
// tick comes, and each look sees the same but for goroutines outside: those of the
// runtime, and of tests before that are ending.
func TestCensusOfWaiting(t *testing.T) {
	runtime.GC()
	synctest.Test(t, func(t *testing.T) {
		const n = 50
		c := newCensus()
		err := c.during(func() error {
			gate := make(chan struct{})
			var wg sync.WaitGroup
			for range n {
				wg.Go(func() { <-gate })
			}
			time.Sleep(20 * lookEvery)
			close(gate)
			wg.Wait()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		run := resultfile.Run{Values: c.values()}
		if v, ok := run.Value(resultfile.WaitingGoroutines); !ok || math.Abs(v-(n+1)) > n/2 {
			t.Errorf("%v goroutines waited, %v, on average of %d looks, want about %d", v, ok, c.looks, n+1)
		}
	})
}

// The batch's error is handed on.
func TestCensusOfFailure(t *testing.T) {
	c, why := newCensus(), errors.New("no such page")
	if err := c.during(func() error { return why }); !errors.Is(err, why) {
		t.Errorf("got %v, want %v", err, why)
	}
}
