package schedtrace

import (
	"slices"
	"time"
)

// A Timeline is a picture of a span of time, in columns of equal width. Everything
// is counted into its columns as it is read, so that a timeline takes as much room
// for an hour as for a millisecond.
type Timeline struct {
	Start  time.Duration // ns, from the beginning of what is counted
	Column time.Duration // ns; the width of a column
	Lanes  []Lane
}

// A Lane is one row of a timeline: a P, or a goroutine.
type Lane struct {
	ID    int64 // of the P, or the goroutine
	Cells []Cell
}

// A Cell is what a lane did in a column, the longest first. What is missing to the
// width of the column is time in which it did nothing, or too many things to keep.
type Cell []Share

// A Share is for how long a goroutine was in a state.
type Share struct {
	Goroutine int64
	State     State
	Time      time.Duration // ns
}

// A State is what a goroutine does.
type State uint8

// The states.
const (
	Running  State = iota // runs Go code
	Syscall               // in a system call
	Runnable              // waits for a P
	Waiting               // waits for something else
)

func (s State) String() string {
	return [...]string{"running", "system call", "runnable", "waiting"}[s]
}

// mostShares is how many shares a cell keeps; mergers may drop the smallest.
const mostShares = 8

// bins are the lanes of a timeline while it is read.
type bins struct {
	columns int // at most
	width   time.Duration
	lanes   map[int64][]Cell
}

func newBins(columns int) *bins {
	return &bins{columns: columns, width: time.Microsecond, lanes: make(map[int64][]Cell)}
}

// add counts the time from start to end, which are from the timeline's start.
func (b *bins) add(lane int64, start, end time.Duration, g int64, state State) {
	if end <= start {
		return
	}
	b.fit(end)
	last := int((end - 1) / b.width)
	cells := b.lanes[lane]
	for len(cells) <= last {
		cells = append(cells, nil)
	}
	for i := int(start / b.width); i <= last; i++ {
		left, right := time.Duration(i)*b.width, time.Duration(i+1)*b.width
		cells[i].add(Share{Goroutine: g, State: state, Time: min(end, right) - max(start, left)})
	}
	b.lanes[lane] = cells
}

// fit makes columns so wide that there are enough up to end, which is above 0.
func (b *bins) fit(end time.Duration) {
	for (end-1)/b.width >= time.Duration(b.columns) {
		b.coarsen()
	}
}

// coarsen makes columns twice as wide.
func (b *bins) coarsen() {
	b.width *= 2
	for id, cells := range b.lanes {
		for i := range cells {
			if i%2 == 0 {
				cells[i/2] = cells[i]
				continue
			}
			for _, s := range cells[i] {
				cells[i/2].add(s)
			}
		}
		half := (len(cells) + 1) / 2
		clear(cells[half:]) // what was taken over must not be added to in two places
		b.lanes[id] = cells[:half]
	}
}

func (c *Cell) add(s Share) {
	for i := range *c {
		if old := &(*c)[i]; old.Goroutine == s.Goroutine && old.State == s.State {
			old.Time += s.Time
			return
		}
	}
	if len(*c) < mostShares {
		*c = append(*c, s)
		return
	}
	least := 0
	for i := range *c {
		if (*c)[i].Time < (*c)[least].Time {
			least = i
		}
	}
	if (*c)[least].Time < s.Time {
		(*c)[least] = s
	}
}

// timeline returns what was counted, in the order of the lanes' ids, or in the
// order given.
func (b *bins) timeline(start, span time.Duration, order []int64) Timeline {
	columns := 0
	if span > 0 {
		b.fit(span) // nothing may have been drawn towards its end
		columns = int((span-1)/b.width) + 1
	}
	t := Timeline{Start: start, Column: b.width}
	if order == nil {
		for id := range b.lanes {
			order = append(order, id)
		}
		slices.Sort(order)
	}
	for _, id := range order {
		cells := b.lanes[id]
		for len(cells) < columns {
			cells = append(cells, nil)
		}
		for _, c := range cells {
			slices.SortStableFunc(c, func(a, b Share) int { return int(b.Time - a.Time) })
		}
		t.Lanes = append(t.Lanes, Lane{ID: id, Cells: cells[:columns]})
	}
	return t
}
