package claims

import (
	"context"
	"fmt"
)

const (
	// localQueueSize is how many goroutines a P's queue holds: len(p.runq) in
	// runtime/runtime2.go.
	localQueueSize = 256
	// localQueueMoved is how many leave it at once when it is full: half of it and
	// the one for which there was no room.
	localQueueMoved = localQueueSize/2 + 1

	// localQueueLimit is how many goroutines are made in a row at most to find
	// when the queue overflows.
	localQueueLimit = 1024
	// localQueueOver is how many are made to see what an overflow moves: enough
	// for one overflow and too few for a second, which would come with the 387th.
	localQueueOver = 300
	// localQueueRounds is how often, so that which moved ones happen to be taken
	// early, by the look at the global queue every 61st tick, differs.
	localQueueRounds = 21
)

var localQueue = Claim{
	ID:        10,
	Statement: "A P's own queue holds 256 goroutines; one more moves its older half to the global queue.",
	Expected:  "up to 256 start in the order made, besides the one in runnext; with one more 129 start late: the 128 oldest and the one without room",
	Lesson:    "Of many goroutines started at once the first may run last; where order matters, let a few take tasks from a channel.",
	Experiment: "With GOMAXPROCS=1 a goroutine makes n others in a row and waits; each notes its number as it starts. " +
		"While all fit, they start as the last one made, which has runnext to itself, and then the others in the order made. n grows until that order breaks: the queue held n−2. " +
		"Then 300 are made at a time, 21 times, which overflows once, and those are counted that in most rounds start later than a younger one: they were in the global queue, which is looked at when the own one is empty, and every 61st tick. " +
		"A round in which one starts before all are made is done again, because there the maker was preempted.",
	Sources: []string{
		"runtime/proc.go: runqput, runqputslow, runqget, findRunnable",
		"runtime/runtime2.go: type p, field runq",
		"Vyukov, Scalable Go Scheduler Design Doc (2012)",
	},
	Workloads:   []string{"sched/spawn"},
	Disturbance: Immune,
	Arms: func(int) []Arm {
		return []Arm{{Procs: 1, Run: localQueueTrial}}
	},
	Judge: judgeLocalQueue,
}

// localQueueTrial returns how many goroutines the queue held, how many one more
// moved, and how many of the oldest were among these.
func localQueueTrial(ctx context.Context) (Sample, error) {
	defer withoutGC()()
	settle()
	held, err := queueHolds(ctx)
	if err != nil {
		return nil, err
	}
	late := make([]int, localQueueOver)
	for range localQueueRounds {
		order, err := makeInOrder(localQueueOver)
		if err != nil {
			return nil, err
		}
		for _, i := range overtaken(order) {
			late[i]++
		}
	}
	moved, oldest := 0, 0
	for i, rounds := range late {
		if rounds <= localQueueRounds/2 {
			continue
		}
		if moved == i {
			oldest++
		}
		moved++
	}
	return Sample{"held": float64(held), "moved": float64(moved), "oldest": float64(oldest)}, nil
}

// queueHolds makes ever more goroutines in a row until they no longer start in the
// order of one queue, three times out of three, and returns how many that queue
// held.
func queueHolds(ctx context.Context) (int, error) {
	for n := 2; n <= localQueueLimit; n++ {
		for try := 0; ; try++ {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			order, err := makeInOrder(n)
			if err != nil {
				return 0, err
			}
			if oneQueue(order) {
				break
			}
			if try == 2 {
				return n - 2, nil
			}
		}
	}
	return localQueueLimit - 1, nil
}

// oneQueue says whether goroutines started as from one queue and runnext: the last
// one made, and then the others in the order made.
func oneQueue(order []int) bool {
	for at, i := range order {
		if i != (at+len(order)-1)%len(order) {
			return false
		}
	}
	return true
}

// overtaken returns the goroutines that started later than a younger one did. The
// youngest of all is in runnext and overtakes everyone; it is passed over.
func overtaken(order []int) (late []int) {
	youngest := -1
	for _, i := range order {
		switch {
		case i == len(order)-1:
		case i > youngest:
			youngest = i
		default:
			late = append(late, i)
		}
	}
	return late
}

func judgeLocalQueue(_ int, t Trials) Finding {
	held, moved, oldest := t.Spread("", "held"), t.Spread("", "moved"), t.Spread("", "oldest")
	whole := number(0, "")
	measured := fmt.Sprintf("%s in the order made; then %s moved at once, %s of them the oldest",
		held.Text(whole), moved.Text(whole), oldest.Text(whole))
	return holdsIf(held.always(localQueueSize) && moved.always(localQueueMoved) && oldest.always(localQueueMoved-1), measured)
}
