package claims

import (
	"errors"
	"math"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

// attemptsToMake is how often makeInOrder begins anew at most.
const attemptsToMake = 50

// makeInOrder makes n goroutines in a row and returns their numbers in the order
// in which they started. With one P nothing but the order of the run queues
// decides that, unless the goroutine that makes them is itself preempted meanwhile:
// then some start before all are made, and it is done again.
func makeInOrder(n int) ([]int, error) {
	for range attemptsToMake {
		order := make([]int, n)
		var started, ended atomic.Int64
		all := make(chan struct{})
		for i := range n {
			go func() {
				order[started.Add(1)-1] = i
				if ended.Add(1) == int64(n) {
					close(all)
				}
			}()
		}
		early := started.Load()
		<-all
		if early == 0 {
			return order, nil
		}
	}
	return nil, errors.New("the goroutine that makes the others was interrupted every time")
}

// settle lets everything run that is runnable, such as what this program started
// before, so that it is not in the run queues any more when an experiment begins.
func settle() {
	for range 10 {
		runtime.Gosched()
	}
}

// withoutGC turns the garbage collector off, which stops the world and has
// goroutines of its own to run, and returns what turns it on again. A memory limit
// would have it run all the same.
func withoutGC() (again func()) {
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(math.MaxInt64)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// always says whether every trial found exactly this.
func (s Spread) always(v float64) bool { return s.N > 0 && s.Min == v && s.Max == v }
