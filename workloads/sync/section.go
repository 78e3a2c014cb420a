package sync

import (
	"fmt"

	"runbench/workloads"
)

// Several workloads are the same work under different guards, so that they can be
// held against each other: tasks that keep coming to shared state, and between
// two such sections make steps of a generator of their own.
const (
	sectionBatch   = 128
	sectionInside  = 10 // steps on the shared state
	sectionOutside = 40 // steps on the task's own, between two sections
)

var sectionSizes = workloads.Sizes{S: 10, W: 1000, A: 16000}

// An own is what a task of such a workload leaves. It has cache lines of its own,
// so that tasks meet at the guard and nowhere else.
type own struct {
	x        uint64 // where the task's generator stands
	sections int    // done, also by a task that ran twice
	delta    uint64 // by how much the task changed the sum of the shared values
	_        [104]byte
}

// checkOwn reports the first task that did not do its sections once, with the
// given steps after each on a generator that began at the task's number, and
// clears what the tasks left.
func checkOwn(tasks []own, sections, outside int) error {
	defer clear(tasks)
	a, c := lcgStride(uint64(sections * outside))
	for i, t := range tasks {
		if t.sections != sections {
			return fmt.Errorf("task %d did %d sections, want %d", i, t.sections, sections)
		}
		if want := a*uint64(i) + c; t.x != want {
			return fmt.Errorf("task %d's own generator stands at %#x, want %#x", i, t.x, want)
		}
	}
	return nil
}

// A mix says which of a task's sections change the shared state: a share in a
// thousand of those of the whole batch, evenly spread.
type mix struct{ perMille, due int }

// newMix returns the mix of task i.
func newMix(perMille, i, sections int) mix {
	return mix{perMille: perMille, due: i * sections * perMille % 1000}
}

// change reports whether the next section is a change.
func (m *mix) change() bool {
	m.due += m.perMille
	if m.due < 1000 {
		return false
	}
	m.due -= 1000
	return true
}

// changes is how many changes the sections of a whole batch have.
func changes(perMille, sections int) int { return sectionBatch * sections * perMille / 1000 }
