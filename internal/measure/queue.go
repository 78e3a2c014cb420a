package measure

import (
	"fmt"
	"math"
	"sync"
	"time"
)

// A queue counts the tasks in flight: what it sees is held against what the
// latencies of the tasks say. It is safe for concurrent use.
type queue struct {
	mu   sync.Mutex
	from time.Time
	last time.Duration // since from, when n changed last
	n    int
	most int           // the largest n
	area time.Duration // ∫ n dt
}

func (q *queue) enter() { q.change(+1) }
func (q *queue) leave() { q.change(-1) }

func (q *queue) change(by int) {
	q.mu.Lock()
	now := time.Since(q.from)
	q.area += time.Duration(q.n) * (now - q.last)
	q.last = now
	q.n += by
	q.most = max(q.most, q.n)
	q.mu.Unlock()
}

// reset forgets what was seen, while no task is in flight.
func (q *queue) reset() { *q = queue{from: time.Now()} }

// littleTolerance is how far N may lie from X·R.
const littleTolerance = 0.02

// littleHolds checks Little's law, N = X·R: the mean number in flight that the
// queue saw is the throughput times the mean latency that were recorded. Over
// a window that begins and ends empty it must hold exactly, whatever the load
// (Little, Operations Research 9, 1961; Buzen & Denning, Computing Surveys 10,
// 1978). The window's length is on both sides: what the check can see is a
// latency that was lost, left over, doubled or taken around the wrong part of a
// task, and more tasks in flight than were asked for; a clock that runs wrong it
// cannot. It returns why the run is in doubt, "" where it is not.
func (q *queue) littleHolds(c int, latencies time.Duration) string {
	ratio := float64(q.area) / float64(latencies)
	switch {
	case q.n != 0:
		return fmt.Sprintf("%d tasks were still in flight when the batch was over", q.n)
	case q.most > c:
		return fmt.Sprintf("%d tasks were in flight at once, and %d were asked for", q.most, c)
	case !(math.Abs(ratio-1) <= littleTolerance):
		return fmt.Sprintf("Little's law does not hold: the tasks in flight are %.3f times throughput × latency", ratio)
	}
	return ""
}
