package measure

import (
	"context"
	"strings"
	"testing"
	"time"

	"runbench/bench/strategy"
	"runbench/workloads"
)

// waits measures batches of tasks that wait, and returns the meter.
func waits(t *testing.T, c int) *Meter {
	in := &workloads.Instance{
		Task:  func(context.Context, int) error { time.Sleep(time.Millisecond); return nil },
		Check: right,
	}
	m := NewMeter(in, strategy.Default, c, 16, true)
	if _, err := m.Prepare(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := m.Batch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestLittlesLawHoldsForEveryStrategy(t *testing.T) {
	for _, c := range []int{1, 3, 16} {
		m := waits(t, c)
		if marks := m.Marks(); len(marks) > 0 {
			t.Errorf("C=%d: %q", c, marks)
		}
		if m.queue.most > c {
			t.Errorf("C=%d: %d in flight", c, m.queue.most)
		}
	}
}

// Each way to get a latency wrong is noticed.
func TestLittlesLawFindsWrongLatencies(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(m *Meter)
		want  string
	}{
		{"too long", func(m *Meter) { m.samples[0] += total(m.samples) / 20 }, "Little's law"},
		{"too short", func(m *Meter) { m.samples = m.samples[:len(m.samples)-2] }, "Little's law"},
		{"one left over", func(m *Meter) { m.queue.enter() }, "still in flight"},
		{"more than asked", func(m *Meter) { m.queue.most++ }, "at once"},
	} {
		m := waits(t, 4)
		test.spoil(m)
		marks := m.Marks()
		if len(marks) != 1 || !strings.Contains(marks[0], test.want) {
			t.Errorf("%s: %q, want %q", test.name, marks, test.want)
		}
	}
}
