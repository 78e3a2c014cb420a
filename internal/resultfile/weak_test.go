package resultfile

import (
	"slices"
	"testing"

	"golang.org/x/perf/benchfmt"
)

func TestWeakCells(t *testing.T) {
	s := Subject{Class: "CPU", Workload: "hash", Params: map[string]string{"n": "9"}, Strategies: []string{"pool"}, Weak: true}
	var names []string
	for _, c := range s.Cells([]int{1, 2, 4}) {
		names = append(names, c.Name())
		parsed, err := ParseCell(benchfmt.Name(c.Name()))
		if err != nil || parsed.Batches() != c.Batches() || parsed.Ungrown().Subject() != "CPU/workload=hash/n=9" {
			t.Errorf("%s is read as %+v, %v", c.Name(), parsed, err)
		}
	}
	want := []string{
		"CPU/workload=hash/n=9/weak=1/strategy=sequential/goroutines=1/gomaxprocs=1",
		"CPU/workload=hash/n=9/weak=2/strategy=sequential/goroutines=1/gomaxprocs=1",
		"CPU/workload=hash/n=9/weak=2/strategy=pool/goroutines=2/gomaxprocs=2",
		"CPU/workload=hash/n=9/weak=4/strategy=sequential/goroutines=1/gomaxprocs=1",
		"CPU/workload=hash/n=9/weak=4/strategy=pool/goroutines=4/gomaxprocs=4",
	}
	if !slices.Equal(names, want) {
		t.Errorf("got %q", names)
	}
	if _, ok := s.Params["weak"]; ok {
		t.Error("the subject's own parameters were written to")
	}
}

// A key of that name in anybody else's benchmark is a part of it like any other.
func TestWeakElsewhere(t *testing.T) {
	for _, name := range []string{"Refs/weak=2-8", "CPU/workload=hash/weak=yes/strategy=pool/goroutines=1/gomaxprocs=1", "CPU/workload=hash/strategy=pool/goroutines=1/gomaxprocs=1"} {
		c, err := ParseCell(benchfmt.Name(name))
		if err != nil || c.Batches() != 0 || c.Ungrown().Name() != c.Name() {
			t.Errorf("%s: %d batches, %v", name, c.Batches(), err)
		}
	}
}
