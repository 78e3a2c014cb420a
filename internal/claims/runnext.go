package claims

import (
	"context"
	"fmt"
)

// runNextMade is how many goroutines are made in a row. Its orders are written
// with a digit each.
const runNextMade = 8

const runNextRounds = 100

// runNextOrder is the expected order as a number of runNextMade digits.
const runNextOrder = 70123456

var runNext = Claim{
	ID:        9,
	Statement: "A new goroutine goes to the queue of the P that made it, as the next to run; the one it displaces goes to the end of that queue.",
	Expected:  "8 goroutines made in a row at P=1 start in the order 7 0 1 2 3 4 5 6; holds if at least 90 % of the rounds do",
	Lesson:    "The order of go statements is not the order of execution: what must come first needs a channel or a lock.",
	Experiment: "With GOMAXPROCS=1 a goroutine makes 8 others in a row, without giving way, and waits; each notes its number as it starts. " +
		"That is done 100 times in each process, and a round in which one of the 8 starts before all are made is done again, because there the maker was preempted. " +
		"The order says what the scheduler does: the last one made sits in runnext, a place for one goroutine that is looked at before the queue, and the others come in the order made. " +
		"Were there a queue only, the order would be 0 1 2 3 4 5 6 7. Programs built with the race detector choose at random.",
	Sources: []string{
		"runtime/proc.go: newproc, runqput, runqget",
		"Vyukov, Scalable Go Scheduler Design Doc (2012)",
	},
	Workloads:   []string{"sched/spawn", "sched/goroutine"},
	Disturbance: Immune,
	Arms: func(int) []Arm {
		return []Arm{{Procs: 1, Run: runNextTrial}}
	},
	Judge: judgeRunNext,
}

// runNextTrial counts the rounds, those of them in the expected order, and returns
// the commonest order as a number.
func runNextTrial(ctx context.Context) (Sample, error) {
	defer withoutGC()()
	settle()
	count := make(map[int]int)
	for range runNextRounds {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		order, err := makeInOrder(runNextMade)
		if err != nil {
			return nil, err
		}
		count[digits(order)]++
	}
	commonest := runNextOrder
	for order, n := range count {
		if n > count[commonest] {
			commonest = order
		}
	}
	return Sample{
		"rounds":    runNextRounds,
		"in_order":  float64(count[runNextOrder]),
		"commonest": float64(commonest),
	}, nil
}

// digits writes numbers below 10 behind each other.
func digits(numbers []int) (n int) {
	for _, d := range numbers {
		n = 10*n + d
	}
	return n
}

func judgeRunNext(_ int, t Trials) Finding {
	var rounds, inOrder float64
	for _, s := range t[""] {
		rounds += s["rounds"]
		inOrder += s["in_order"]
	}
	commonest := t[""][0]["commonest"]
	measured := fmt.Sprintf("started in the order %s in %.0f of %.0f rounds", spaced(runNextOrder), inOrder, rounds)
	if commonest != runNextOrder {
		measured += ", most often in the order " + spaced(int(commonest))
	}
	share := inOrder / rounds
	if share < 0.9 && share > 0.5 {
		return untold(measured, "something interrupts the goroutines too often")
	}
	return holdsIf(share >= 0.9, measured)
}

// spaced writes an order given as a number.
func spaced(order int) string {
	s := fmt.Sprintf("%0*d", runNextMade, order)
	out := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		if i > 0 {
			out = append(out, ' ')
		}
		out = append(out, s[i])
	}
	return string(out)
}
