package history

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"runbench/internal/resultfile"
)

// A fleet makes the result files of many commits: ten workloads with four cells each and the control arm, in rounds, as
// a default sweep writes them.
type fleet struct {
	seed    uint64
	commits int
	at      int     // the commit with which one workload changes; none is below 0
	change  float64 // of the time of one of its tasks
}

// changing is the workload that changes, one with middling noise.
const changing = 3

// noiseOf is how the runs of a workload scatter: 0.3 to 3 %.
func noiseOf(workload int) float64 { return 0.003 * math.Pow(10, float64(workload)/9) }

// cells of a workload: one goroutine and eight, one core and two.
var fleetCells = []resultfile.Cell{
	{Strategy: resultfile.Sequential, Goroutines: 1, Gomaxprocs: 1},
	{Strategy: "pool", Goroutines: 8, Gomaxprocs: 1},
	{Strategy: "pool", Goroutines: 8, Gomaxprocs: 2},
}

// file returns the text of one commit's file. Sessions differ by 0.5 % for all workloads alike and by 0.5 % for each;
// tails are heavy, and one file in thirty was measured beside a neighbour that took up to a tenth of everything.
func (f fleet) file(commit int) string {
	r := rand.New(rand.NewPCG(f.seed, uint64(commit)))
	kind := noise{heavy: true}
	session := 0.005 * kind.draw(r)
	if r.IntN(30) == 0 {
		session -= 0.03 + 0.07*r.Float64()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "commit: %08x\ncommit-time: %s\n", commit, time.Date(2026, 1, 1+commit, 0, 0, 0, 0, time.UTC).Format(time.RFC3339))
	b.WriteString("goos: linux\ncpu: Test\ncores: 2\ngo: go1.26.8\n")
	line := func(c resultfile.Cell, rate float64) {
		fmt.Fprintf(&b, "Benchmark%s 10 %.6g ns/op %.6g tasks/s\n", c.Name(), 1e9*64/rate, rate)
	}
	own := make([]float64, 11)
	for w := range own {
		own[w] = session + 0.005*kind.draw(r)
	}
	for range 8 + r.IntN(8) { // rounds
		for w := range own {
			spread := noiseOf(w)
			if w == 10 {
				spread = 0.005
			}
			round := spread * kind.draw(r)
			for i, c := range fleetCells {
				c.Class, c.Workload = "CPU", fmt.Sprintf("w%d", w)
				log := math.Log(1e4*float64(1+w)) + own[w] + (round+spread*kind.draw(r))/math.Sqrt2
				if i == 2 {
					log += math.Log(1.9)
				}
				if w == changing && f.at >= 0 && commit >= f.at {
					log -= math.Log1p(f.change)
				}
				if w == 10 {
					if i == 1 {
						continue
					}
					c.Class, c.Workload, c.Goroutines = "Known", "control", c.Gomaxprocs
				}
				line(c, math.Exp(log))
			}
		}
	}
	return b.String()
}

func (f fleet) read(t *testing.T, opt Options) *Result {
	t.Helper()
	var inputs []Input
	for commit := range f.commits {
		text := f.file(commit)
		inputs = append(inputs, Input{Path: fmt.Sprintf("%03d.txt", commit), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
	}
	r, err := Read(context.Background(), inputs, opt, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Whole files of sixty commits: where nothing changes nothing is found, in at least 19 of 20 histories, each of all
// workloads in throughput and gains, or in two units.
func TestShowFlat(t *testing.T) {
	skipShort(t)
	for _, units := range [][]string{nil, {"sec/op", "tasks/s"}} {
		quiet, series := 0, 0
		n := times(20, 200)
		for seed := range n {
			r := fleet{seed: uint64(seed), commits: 60, at: -1}.read(t, Options{Units: units})
			if series = len(r.Series); r.Changes == 0 {
				quiet++
			}
		}
		t.Logf("units %v: nothing found in %d of %d flat histories of %d series", units, quiet, n, series)
		if series < 20 || quiet < n*19/20 {
			t.Errorf("units %v: nothing found in %d of %d flat histories of %d series", units, quiet, n, series)
		}
	}
}

// And a step of 4 % in one of them is found within one commit of its place, in both its cells, and nothing else.
func TestShowStep(t *testing.T) {
	skipShort(t)
	for _, at := range []int{12, 30, 48} {
		right := 0
		n := times(20, 200)
		for seed := range n {
			r := fleet{seed: uint64(seed), commits: 60, at: at, change: 0.04}.read(t, Options{})
			found, others := 0, 0
			for _, s := range r.Series {
				for _, c := range s.Changes {
					off := s.Points[c.Index].File - at
					if s.Workload == fmt.Sprintf("cpu/w%d", changing) && s.Unit == "tasks/s" && off >= -1 && off <= 1 && c.Direction == Worse && !c.Machine {
						found++
					} else {
						others++
					}
				}
			}
			if found == 2 && others == 0 {
				right++
			}
		}
		t.Logf("a step at commit %d: it and nothing else in %d of %d", at, right, n)
		if right < n*19/20 {
			t.Errorf("a step at commit %d: it and nothing else in %d of %d", at, right, n)
		}
	}
}
