package sched

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"runbench/workloads"
)

const (
	// hackbenchBatch is a multiple of the messages of ten groups in which every
	// sender writes once to every receiver, so that whole numbers come out for
	// every number of groups.
	hackbenchBatch = 4000

	hackbenchSide = 20 // senders of a group, and receivers
	hackbenchText = 92 // with the two numbers of a message, 100 bytes

	// hackbenchBuffer is how many messages fit into a channel: several from each
	// sender, as into a socket, and fewer than a batch brings.
	hackbenchBuffer = 64
)

var hackbenchSizes = workloads.Sizes{S: 1, W: 100, A: 2500}

// Hackbench is a crowd of goroutines that only pass messages.
var Hackbench = workloads.Workload{
	Name:       "sched/hackbench",
	Isolates:   "a crowd of senders and receivers: the scheduler has hundreds of goroutines that can run and little for each to do",
	Expect:     "concurrency far below 1×: the loop copies a message and no more; parallelism above 1× and below the number of cores, because groups have nothing in common, while the two ends of a channel that lie on different cores send its lock and its buffer to and fro; a few cores do not make up for what the channels cost",
	Definition: "hackbench (Russell, Molnar, Zijlstra; `perf bench sched messaging`): groups of 20 senders and 20 receivers, every sender writes to every receiver of its group, 100 bytes a message, 10 groups by default; goroutines and buffered channels of 64 messages in place of processes and sockets, and starting and ending the goroutines is timed too",
	Advice:     "pass slices of messages, or fewer and larger ones; keep those who talk much to one another on one goroutine",
	Related:    []string{"sched/pingpong", "sync/channel", "io/pipe"},
	Batch:      hackbenchBatch,
	Cooperates: true,
	Goroutines: func(p workloads.Params) []int { return []int{1, crowd(p.Int("groups"))} },
	Parameters: []workloads.Parameter{
		hackbenchSizes.Parameter("messages of a task"),
		workloads.ChoiceParameter("groups", "10", []string{"1", "2", "5", "10"}, "groups of 20 senders and 20 receivers; the messages are divided among them"),
	},
	Setup: func(_ context.Context, env workloads.Env) (*workloads.Instance, error) {
		h := newHackbench(env.Params.Int("groups"), hackbenchBatch*hackbenchSizes.Of(env.Params))
		return &workloads.Instance{Run: h.run, Check: h.check}, nil
	},
}

// crowd returns how many goroutines that many groups are.
func crowd(groups int) int { return 2 * hackbenchSide * groups }

// A message is 100 bytes.
type message struct {
	sender, number uint32 // number counts what a sender writes to a receiver
	text           [hackbenchText]byte
}

// A hackbench is the groups and what their receivers have got.
type hackbench struct {
	groups, rounds int // in a round every sender writes once to every receiver
	texts          [hackbenchSide][hackbenchText]byte
	inboxes        []inbox // by group and receiver
}

// An inbox is what a receiver has got. It has cache lines of its own.
type inbox struct {
	next [hackbenchSide]uint32 // by sender: the number of its next message
	bad  int                   // messages that were not the next of their sender, or spoilt
	_    [40]byte
}

func newHackbench(groups, messages int) *hackbench {
	h := &hackbench{
		groups:  groups,
		rounds:  messages / (groups * hackbenchSide * hackbenchSide),
		inboxes: make([]inbox, groups*hackbenchSide),
	}
	for s := range h.texts {
		for i := range h.texts[s] {
			h.texts[s][i] = byte(s + i)
		}
	}
	return h
}

// take receives a message.
func (h *hackbench) take(in *inbox, m *message) {
	if m.number != in.next[m.sender] || m.text != h.texts[m.sender] {
		in.bad++
	}
	in.next[m.sender]++
}

func (h *hackbench) run(ctx context.Context, goroutines int) error {
	switch goroutines {
	case 1:
		return h.alone(ctx)
	case crowd(h.groups):
		return h.together(ctx)
	}
	return fmt.Errorf("sched/hackbench: asked for %d goroutines, want 1 or %d", goroutines, crowd(h.groups))
}

// alone delivers the messages of all senders in a loop.
func (h *hackbench) alone(ctx context.Context) error {
	slots := make([]message, hackbenchSide) // one for each receiver of a group
	for round := range h.rounds {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		for g := range h.groups {
			inboxes := h.inboxes[g*hackbenchSide : (g+1)*hackbenchSide]
			for s := range hackbenchSide {
				m := message{sender: uint32(s), number: uint32(round), text: h.texts[s]}
				for r := range inboxes {
					slots[r] = m
					h.take(&inboxes[r], &slots[r])
				}
			}
		}
	}
	return nil
}

func (h *hackbench) together(ctx context.Context) error {
	var wg sync.WaitGroup
	for g := range h.groups {
		channels := make([]chan message, hackbenchSide)
		for r := range channels {
			channels[r] = make(chan message, hackbenchBuffer)
			in := &h.inboxes[g*hackbenchSide+r]
			wg.Go(func() {
				for m := range channels[r] {
					h.take(in, &m)
				}
			})
		}
		var senders atomic.Int32
		senders.Store(hackbenchSide)
		for s := range hackbenchSide {
			wg.Go(func() {
				h.send(ctx, s, channels)
				// The last sender of a group lets its receivers go.
				if senders.Add(-1) == 0 {
					for _, c := range channels {
						close(c)
					}
				}
			})
		}
	}
	wg.Wait()
	return context.Cause(ctx)
}

// send writes what sender s has to say to the receivers of its group.
func (h *hackbench) send(ctx context.Context, s int, channels []chan message) {
	m := message{sender: uint32(s), text: h.texts[s]}
	for round := range h.rounds {
		if ctx.Err() != nil {
			return
		}
		m.number = uint32(round)
		for _, c := range channels {
			c <- m
		}
	}
}

// check reports the first receiver that did not get every message of every
// sender of its group, once and in order.
func (h *hackbench) check(context.Context) error {
	defer clear(h.inboxes)
	for i := range h.inboxes {
		in := &h.inboxes[i]
		if in.bad > 0 {
			return fmt.Errorf("group %d, receiver %d: %d messages were spoilt or out of order", i/hackbenchSide, i%hackbenchSide, in.bad)
		}
		for s, n := range in.next {
			if int(n) != h.rounds {
				return fmt.Errorf("group %d, receiver %d got %d messages of sender %d, want %d", i/hackbenchSide, i%hackbenchSide, n, s, h.rounds)
			}
		}
	}
	return nil
}
