package bench

import (
	"slices"
	"strings"
	"testing"

	"runbench/internal/resultfile"
	"runbench/workloads"
)

// names returns the names of the cells that the options make, at P of 1 and 2
// where they do not say.
func names(options ...Option) ([]string, error) {
	s := settings{batch: DefaultBatch}
	for _, option := range options {
		option(&s)
	}
	cells, err := s.cells(workloads.Workload{Batch: s.batch, Waits: s.waits}, []int{1, 2})
	var names []string
	for _, c := range cells {
		names = append(names, strings.Join(c.Parts(), "/"))
	}
	return names, err
}

func TestCells(t *testing.T) {
	for _, test := range []struct {
		what    string
		options []Option
		want    string
	}{
		{"defaults", nil, `
			strategy=sequential/goroutines=1/gomaxprocs=1
			strategy=sequential/goroutines=1/gomaxprocs=2
			strategy=pool/goroutines=2/gomaxprocs=1
			strategy=pool/goroutines=2/gomaxprocs=2
			strategy=pool/goroutines=8/gomaxprocs=1
			strategy=pool/goroutines=8/gomaxprocs=2`},
		{"waiting", []Option{Waits(), Procs(1), Batch(20)}, `
			strategy=sequential/goroutines=1/gomaxprocs=1
			strategy=pool/goroutines=4/gomaxprocs=1
			strategy=pool/goroutines=16/gomaxprocs=1
			strategy=pool/goroutines=20/gomaxprocs=1`},
		{"repeated and out of order", []Option{Goroutines(4, 1, 4, 100), Procs(2, 2), Strategies("static", "sequential", "static")}, `
			strategy=sequential/goroutines=1/gomaxprocs=2
			strategy=static/goroutines=4/gomaxprocs=2`},
		{"the later option", []Option{Batch(1), Batch(2), Procs(1), Goroutines(2)}, `
			strategy=pool/goroutines=2/gomaxprocs=1`},
		{"the base alone", []Option{Strategies("sequential"), Goroutines(1), Procs(1)}, `
			strategy=sequential/goroutines=1/gomaxprocs=1`},
		{"one task", []Option{Batch(1), Procs(1)}, `
			strategy=sequential/goroutines=1/gomaxprocs=1`},
	} {
		got, err := names(test.options...)
		if err != nil || !slices.Equal(got, strings.Fields(test.want)) {
			t.Errorf("%s: got %v\n%s\nwant%s", test.what, err, strings.Join(got, "\n"), test.want)
		}
	}
}

func TestOptionErrors(t *testing.T) {
	for want, options := range map[string][]Option{
		"batch: expected at least 1 task, found 0":                                {Batch(0)},
		"procs: expected numbers above 0, found -1":                               {Procs(2, -1)},
		"goroutines: expected numbers above 0, found 0":                           {Goroutines(0, 1)},
		"goroutines: expected a number from 1 to the 4 tasks of a batch, found [": {Batch(4), Goroutines(8, 16)},
		`unknown strategy "spool" (known: sequential, `:                           {Strategies("spool")},
		"sequential runs one goroutine only: expected 1 among the goroutines":     {Strategies("sequential"), Goroutines(2)},
	} {
		if got, err := names(options...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, %v, want %q", got, err, want)
		}
	}
}

// The first round is in reading order; each has every cell once, in an order of
// its own that does not change from sweep to sweep.
func TestOrderOfRounds(t *testing.T) {
	var cells []resultfile.Cell
	for c := range 20 {
		cells = append(cells, resultfile.Cell{Strategy: "pool", Goroutines: c + 2, Gomaxprocs: 1})
	}
	order := func(round int) (counts []int) {
		for _, c := range inOrder(cells, round) {
			counts = append(counts, c.Goroutines)
		}
		return counts
	}
	reading := order(0)
	if !slices.IsSorted(reading) {
		t.Errorf("the first round is %v", reading)
	}
	for round := 1; round < 4; round++ {
		got := order(round)
		if slices.Equal(got, order(round-1)) || !slices.Equal(got, order(round)) {
			t.Errorf("round %d: %v, then %v; the one before: %v", round, got, order(round), order(round-1))
		}
		if slices.Sort(got); !slices.Equal(got, reading) {
			t.Errorf("round %d has %v", round, got)
		}
	}
}
