package execsweep

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"runbench/internal/noise"
	"runbench/internal/resultfile"
)

// A program is what runs are simulated of: at P cores it takes wall[P] seconds and
// cpu[P] of CPU time, with lognormal noise.
type simulated struct {
	wall, cpu map[int]float64
	noise     float64 // standard deviation of ln(wall)
	rounds    int
}

func (s simulated) set(seed uint64) *resultfile.Set {
	rng := rand.New(rand.NewPCG(seed, 1))
	set := &resultfile.Set{}
	for round := 1; round <= s.rounds; round++ {
		drift := math.Exp(0.05 * rng.NormFloat64()) // the whole round's
		for p, wall := range s.wall {
			// Maps come in any order: noise of a cell does not depend on it.
			own := rand.New(rand.NewPCG(seed, uint64(1000*round+p)))
			factor := drift * math.Exp(s.noise*own.NormFloat64())
			w, c := wall*factor, s.cpu[p]*factor
			set.Runs = append(set.Runs, resultfile.Run{
				Cell:  resultfile.Cell{Class: resultfile.Exec, Workload: "x", Strategy: resultfile.Sequential, Goroutines: 1, Gomaxprocs: p},
				Round: round, Batches: 1,
				Values: []resultfile.Value{
					{Unit: resultfile.NsPerOp, Value: 1e9 * w},
					{Unit: resultfile.TasksPerSec, Value: 1 / w},
					{Unit: resultfile.CPUNsPerOp, Value: 1e9 * c},
					{Unit: resultfile.CoresUsed, Value: c / w},
				},
			})
		}
	}
	return set
}

func TestVerdicts(t *testing.T) {
	type at = map[int]float64
	for _, test := range []struct {
		name      string
		wall, cpu at
		rounds    int
		verdict   Verdict
		words     string
	}{
		{"computes", at{1: 1, 2: 0.52}, at{1: 1, 2: 1}, 10, Gains, "× at 2, uses 1.9 of them"},
		{"serial parts", at{1: 1, 4: 0.6}, at{1: 1, 4: 1.02}, 10, Gains, "one after the other"},
		{"memory", at{1: 1, 4: 0.5}, at{1: 1, 4: 1.9}, 10, Gains, "the same work costs more on several"},
		{"single", at{1: 1, 2: 1}, at{1: 0.99, 2: 1}, 10, OneCore, "does not use more than one core (CPU/wall 1.0"},
		{"sleeps", at{1: 1, 2: 1}, at{1: 0.03, 2: 0.03}, 10, Waits, "waits most of its time (CPU/wall 0.03): cores cannot help"},
		{"mostly waits", at{1: 1, 2: 1}, at{1: 0.3, 2: 0.3}, 10, Waits, "cores could give 1.43× at most"},
		{"spins", at{1: 1, 2: 1}, at{1: 1, 2: 1.9}, 10, Costs, "more cores cost CPU time without speed: 1.0"},
		{"contended", at{1: 1, 2: 1.4}, at{1: 1, 2: 2.7}, 10, Hurts, "more cores make it slower: 0.7"},
		{"own threads", at{1: 1, 2: 1}, at{1: 1.9, 2: 1.9}, 10, Ignores, "does not follow GOMAXPROCS"},
		{"one round", at{1: 1, 2: 0.5}, at{1: 1, 2: 1}, 1, Inconclusive, "too few rounds"},
		{"two rounds", at{1: 1, 2: 0.93}, at{1: 1, 2: 1.2}, 2, Inconclusive, "could not be told"},
		{"one P", at{2: 1}, at{2: 1.5}, 10, Inconclusive, "measured at 2 cores only: it uses 1.5"},
		{"oversubscribed", at{1: 1, 4: 0.3, 64: 5}, at{1: 1, 4: 1.1, 64: 1.1}, 10, Gains, "× at 4"},
	} {
		a, err := Judge(simulated{test.wall, test.cpu, 0.01, test.rounds}.set(7), Machine{Logical: 8})
		if err != nil {
			t.Fatal(err)
		}
		if a.Verdict != test.verdict || !strings.Contains(a.Sentence, test.words) {
			t.Errorf("%s: %s: %s; want %s: %s", test.name, a.Verdict, a.Sentence, test.verdict, test.words)
		}
		if text, err := json.Marshal(a); err != nil || strings.ContainsAny(a.Sentence, "\n") {
			t.Errorf("%s: %s, %v", test.name, text, err)
		}
	}
}

// Where others took much of the machine, a program that used little of it may have
// been kept from it. One that used next to nothing was not.
func TestDisturbed(t *testing.T) {
	cpus, foreign := 2, 1.2
	for _, test := range []struct {
		wall, cpu map[int]float64
		want      Verdict
		words     string
	}{
		{map[int]float64{1: 1, 2: 1}, map[int]float64{1: 0.7, 2: 0.7}, Inconclusive, "others took 60 % of the machine's CPU time"},
		{map[int]float64{1: 1, 2: 1}, map[int]float64{1: 0.02, 2: 0.02}, Waits, "cores cannot help"},
		{map[int]float64{1: 1, 2: 0.1}, map[int]float64{1: 0.9, 2: 0.9}, Gains, "(4…25) at 2"},
	} {
		set := simulated{test.wall, test.cpu, 0.005, 8}.set(3)
		set.Rounds = []resultfile.RoundEnd{{Round: 1, Noise: &noise.Noise{Wall: time.Second, CPUs: &cpus, Foreign: &foreign}}}
		a, err := Judge(set, Machine{Logical: 2})
		if err != nil || a.Verdict != test.want || !strings.Contains(a.Sentence, test.words) || len(a.Noise) == 0 {
			t.Errorf("%+v: %s: %s; %v", test, a.Verdict, a.Sentence, a.Noise)
		}
	}
}

// A program that computes on one core and does the same at two is seldom said to
// gain or lose, however much runs scatter, and its one core is found out.
func TestNothingIsNotGained(t *testing.T) {
	const trials = 1000
	for _, noise := range []float64{0.003, 0.03, 0.1} {
		wrong, found := 0, 0
		for seed := range uint64(trials) {
			s := simulated{map[int]float64{1: 1, 2: 1}, map[int]float64{1: 1, 2: 1}, noise, 8}
			a, err := Judge(s.set(seed), Machine{Logical: 2})
			if err != nil {
				t.Fatal(err)
			}
			switch a.Verdict {
			case Gains, Hurts:
				wrong++
			case OneCore:
				found++
			}
		}
		// The intervals are 95 %, and what is smaller than 5 % is no verdict.
		if wrong > trials*65/1000 || found < trials*93/100 {
			t.Errorf("noise %v: %d of %d say gains or hurts, %d one core", noise, wrong, trials, found)
		}
	}
}

// Speed-up intervals hold what was put in as often as they say.
func TestSpeedupCovers(t *testing.T) {
	const truth = 1.9
	trials, within := 4000, 0.01
	if testing.Short() {
		trials, within = 500, 0.03
	}
	held := 0
	for seed := range uint64(trials) {
		s := simulated{map[int]float64{1: truth, 2: 1}, map[int]float64{1: 1, 2: 1}, 0.02, 8}
		by := surfaces(s.set(seed).Runs)
		cells := sortedCells(by.rate)
		if r := by.ratio(by.rate, cells[1], cells[0]); *r.Lo <= truth && truth <= *r.Hi {
			held++
		}
	}
	if share := float64(held) / float64(trials); math.Abs(share-0.95) > within {
		t.Errorf("95 %% intervals cover %.1f %%", 100*share)
	}
}

// A sweep goes on while a ratio is not known well enough, and with a number of
// rounds until these are done.
func TestSteer(t *testing.T) {
	plan := NewPlan("x", Axes{Procs: []int{2, 1}})
	quiet := simulated{map[int]float64{1: 1, 2: 0.5}, map[int]float64{1: 1, 2: 1}, 0.005, 8}
	noisy := quiet
	noisy.noise = 0.1
	few := quiet
	few.rounds = 4
	counted := plan
	counted.Rounds = 100
	for name, test := range map[string]struct {
		plan resultfile.Plan
		runs []resultfile.Run
		want int
	}{
		"nothing yet":         {plan, nil, 2},
		"known":               {plan, quiet.set(1).Runs, 0},
		"noisy":               {plan, noisy.set(1).Runs, 2},
		"too early":           {plan, few.set(1).Runs, 2},
		"rounds asked for":    {counted, quiet.set(1).Runs, 2},
		"one cell, all alike": {NewPlan("x", Axes{Procs: []int{1}}), nil, 1},
	} {
		if got := Steer(test.plan, test.runs); len(got) != test.want {
			t.Errorf("%s: %d cells, want %d", name, len(got), test.want)
		}
	}
}
