package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"runbench/internal/resultfile"
)

// contestOf returns the set of a contest of some rounds on 100 tasks, with the
// given throughputs, which vary by noise between runs and by 5 % between rounds.
func contestOf(rounds int, noise float64, rates map[string]float64) *resultfile.Set {
	rng := rand.New(rand.NewPCG(1, 2))
	subject := resultfile.Subject{Class: "CPU", Workload: "hash", Batch: 100, Goroutines: []int{1, 8}}
	for name := range rates {
		subject.Strategies = append(subject.Strategies, name)
	}
	set := &resultfile.Set{Manifest: &resultfile.Manifest{Plan: resultfile.Plan{Procs: []int{2}, Subjects: []resultfile.Subject{subject}}}}
	for round := 1; round <= rounds; round++ {
		drift := math.Exp(0.05 * rng.NormFloat64())
		// In a set order: the numbers drawn are to be the same in every test run.
		for _, name := range []string{"sequential", "pool", "static", "dynamic", "peer-ants", "peer-conc", "processes"} {
			rate, ok := rates[name]
			if !ok {
				continue
			}
			c := 8
			switch name {
			case "sequential":
				c = 1
			case "processes":
				c = 2
			}
			run := resultfile.Run{
				Cell:  resultfile.Cell{Class: "CPU", Workload: "hash", Strategy: name, Goroutines: c, Gomaxprocs: 2},
				Round: round, Batches: 10,
				Values: []resultfile.Value{{Unit: resultfile.TasksPerSec, Value: rate * drift * math.Exp(noise*rng.NormFloat64())}},
			}
			if name != "processes" {
				run.Values = append(
					run.Values,
					resultfile.Value{Unit: resultfile.HarnessNsPerOp, Value: 100 * float64(len(name))},
					resultfile.Value{Unit: resultfile.AllocsPerOp, Value: 50},
					resultfile.Value{Unit: resultfile.GoroutinesPerOp, Value: 7},
				)
			}
			set.Runs = append(set.Runs, run)
		}
	}
	return set
}

func TestStrategies(t *testing.T) {
	k, err := Strategies(contestOf(10, 0.002, map[string]float64{
		"sequential": 500, "pool": 900, "static": 700, "dynamic": 1000, "peer-ants": 1000, "peer-conc": 890, "processes": 1050,
	}))
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for i, c := range k.Strategies {
		order = append(order, c.Strategy)
		if tied := c.Strategy == "dynamic" || c.Strategy == "peer-ants"; c.Tied != tied {
			t.Errorf("%s: tied %v", c.Strategy, c.Tied)
		}
		if c.Peer != strings.HasPrefix(c.Strategy, "peer-") || (c.Relative == nil) != (i == 0) || c.Runs != 10 {
			t.Errorf("%+v", c)
		}
		if *c.HandOut != float64(len(c.Strategy)) || *c.Allocs != 0.5 || *c.Started != 0.07 || c.Switches != nil {
			t.Errorf("%s: a task costs %v ns, %v allocations, %v goroutines, switches %v", c.Strategy, *c.HandOut, *c.Allocs, *c.Started, c.Switches)
		}
	}
	// The two that are alike may come in either order.
	if got := fmt.Sprint(order[2:]); got != "[pool peer-conc static sequential]" {
		t.Errorf("the order is %v", order)
	}
	if r := k.Find("static").Relative; math.Abs(r.Value-0.7) > 0.005 || !(*r.Lo < 0.7 && *r.Hi > 0.7) {
		t.Errorf("static is at %v (%v…%v), want 0.7", r.Value, *r.Lo, *r.Hi)
	}
	if p := k.Processes; p == nil || math.Abs(p.Relative.Value-1.05) > 0.005 || p.HandOut != nil {
		t.Errorf("processes: %+v", k.Processes)
	}
	if k.Workload != "cpu/hash" || k.Batch != 100 || k.Goroutines != 8 || k.Gomaxprocs != 2 || k.Rounds != 10 || k.Timed {
		t.Errorf("got %+v", k)
	}
}

func TestStrategiesSay(t *testing.T) {
	for _, test := range []struct {
		name   string
		rounds int
		noise  float64
		rates  map[string]float64
		want   string
	}{
		{"the default is the fastest", 10, 0.002, map[string]float64{"sequential": 500, "pool": 1000, "static": 800}, "use pool, the default: it is the fastest"},
		{"another is faster", 10, 0.002, map[string]float64{"sequential": 500, "pool": 800, "static": 1000}, "use static: it gives 1.25× what pool gives"},
		{"another is a little faster", 10, 0.002, map[string]float64{"sequential": 500, "pool": 980, "static": 1000}, "use pool, the default: static is faster, but by less than 5 %"},
		{"cannot be told", 9, 0.1, map[string]float64{"sequential": 500, "pool": 900, "static": 1000}, "use pool, the default: it cannot be told from the fastest, static"},
		{"too noisy", 5, 1, map[string]float64{"sequential": 500, "pool": 900, "static": 1000}, "none could be told from another"},
		{"nothing gains", 10, 0.002, map[string]float64{"sequential": 1000, "pool": 700, "static": 800}, "use a plain loop"},
		{"one round", 1, 0.002, map[string]float64{"sequential": 500, "pool": 800, "static": 1000}, "cannot be said after one round"},
		{"few rounds", 3, 0.002, map[string]float64{"sequential": 500, "pool": 800, "static": 1000}, "3 rounds tell little"},
		{"without the default", 10, 0.002, map[string]float64{"sequential": 500, "dynamic": 800, "static": 1000}, "use static"},
		{"peers", 10, 0.002, map[string]float64{"sequential": 500, "pool": 800, "peer-ants": 1000, "peer-conc": 800}, "handing out a task costs pool 4.0 ns; of the peers peer-ants comes cheapest with 9.0 ns"},
		{"one result", 10, 0.002, map[string]float64{"pool": 800}, "only pool has a result"},
	} {
		k, err := Strategies(contestOf(test.rounds, test.noise, test.rates))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(k.Sentences, ". "); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// Strategies that are alike are tied with the fastest of them in at least 95 % of
// contests, all at once, although the fastest was chosen by its luck.
func TestTiesHoldTogether(t *testing.T) {
	const contests = 400
	rng := rand.New(rand.NewPCG(3, 4))
	wrong := 0
	for range contests {
		set := contestOf(6, 0, map[string]float64{"pool": 1000, "static": 1000, "dynamic": 1000, "peer-ants": 1000, "peer-conc": 1000})
		for i := range set.Runs {
			set.Runs[i].Values[0].Value *= math.Exp(0.02 * rng.NormFloat64())
		}
		k, err := Strategies(set)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range k.Strategies {
			if !c.Tied {
				wrong++
				break
			}
		}
	}
	// 5 % of 400 and three standard deviations of such a count.
	if most := 20 + 13; wrong > most {
		t.Errorf("in %d of %d contests among equals one was said to be slower, want at most %d", wrong, contests, most)
	}
}

func TestStrategiesWithoutAPlan(t *testing.T) {
	if _, err := Strategies(&resultfile.Set{}); err == nil || !strings.Contains(err.Error(), "expected a file that runbench strategies wrote") {
		t.Errorf("got %v", err)
	}
	set := contestOf(1, 0, map[string]float64{"pool": 1})
	set.Runs = nil
	if k, err := Strategies(set); err != nil || len(k.Strategies) > 0 || len(k.Sentences) > 0 {
		t.Errorf("without runs: %+v, %v", k, err)
	}
}
