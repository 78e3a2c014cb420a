package analysis

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"runbench/internal/resultfile"
)

// steered is a sweep whose runs are made up: hash scatters by a tenth of a per
// cent, mutex by ten per cent.
func steered() resultfile.Plan {
	subject := func(class, workload string) resultfile.Subject {
		return resultfile.Subject{Class: class, Workload: workload, Batch: 64, Strategies: []string{"pool"}, Goroutines: []int{1, 2, 8}, Ceilings: []int{2}}
	}
	return resultfile.Plan{
		Procs: []int{1, 2}, Precision: 0.02, ChoiceRounds: 3,
		Subjects: []resultfile.Subject{
			subject("CPU", "hash"), subject("Sync", "mutex"),
			{Class: "Known", Workload: "control", Diagonal: true, Strategies: []string{"pool"}},
		},
	}
}

func made(rng *rand.Rand, c resultfile.Cell, round int) resultfile.Run {
	x, scatter := 100.0, 0.001
	if c.Gomaxprocs == 2 && c.Goroutines > 1 {
		x = 190
	}
	if c.Workload == "mutex" {
		scatter = 0.1
	}
	x *= 1 + scatter*rng.NormFloat64()
	return resultfile.Run{Cell: c, Config: config, Round: round, Values: []resultfile.Value{{Unit: resultfile.TasksPerSec, Value: x}}}
}

// names returns the cells of a subject, short.
func namesOf(cells []resultfile.Cell, workload string) string {
	var names []string
	for _, c := range cells {
		if c.Workload == workload {
			names = append(names, strings.Join(c.Parts()[1:], " "))
		}
	}
	return strings.Join(names, ", ")
}

func TestSteer(t *testing.T) {
	plan, steer := steered(), Steer(2, 2)
	rng := rand.New(rand.NewPCG(1, 1))
	var runs []resultfile.Run
	rounds := 0
	for round := 1; round <= 60; round++ {
		cells := steer(plan, runs)
		if round <= plan.ChoiceRounds && len(cells) != len(plan.Cells()) {
			t.Fatalf("round %d, which chooses, has %d cells of %d", round, len(cells), len(plan.Cells()))
		}
		if round == plan.ChoiceRounds+1 {
			want := "strategy=sequential goroutines=1 gomaxprocs=1, strategy=pool goroutines=2 gomaxprocs=1, strategy=pool goroutines=2 gomaxprocs=2"
			if got := namesOf(cells, "hash"); got != want {
				t.Errorf("after the choice hash is measured in\n%s\nwant\n%s", got, want)
			}
		}
		if round > plan.ChoiceRounds && strings.Contains(namesOf(cells, "hash"), "processes") != (round%2 == 1 && namesOf(cells, "hash") != "") {
			t.Errorf("round %d: ceilings are not measured every second round: %s", round, namesOf(cells, "hash"))
		}
		if got := namesOf(cells, "hash"); round > plan.ChoiceRounds+8 && got != "" {
			t.Errorf("round %d: hash is known, and measured on in %s", round, got)
		}
		if namesOf(cells, "mutex") != "" {
			rounds++
			if got := namesOf(cells, "control"); got != "strategy=sequential goroutines=1 gomaxprocs=1, strategy=pool goroutines=2 gomaxprocs=2" {
				t.Errorf("round %d: the control arm is measured in %s", round, got)
			}
		}
		for _, c := range cells {
			runs = append(runs, made(rng, c, round))
		}
	}
	// Hash is known after a dozen rounds; then nothing is left to save time for.
	if rounds < 55 {
		t.Errorf("mutex, which scatters by 10 %%, was measured in %d of 60 rounds", rounds)
	}
	// When the last one is known, nothing is measured, the control neither.
	plan.Subjects = slices.Delete(plan.Subjects, 1, 2)
	runs = slices.DeleteFunc(runs, func(r resultfile.Run) bool { return r.Cell.Workload == "mutex" })
	if cells := steer(plan, runs); len(cells) != 0 {
		t.Errorf("all is known, and %d cells are measured on", len(cells))
	}
}

// What scatters too much is measured every second round while others may yet be
// known.
func TestSteerTurnsToWhatCanBeKnown(t *testing.T) {
	plan, steer := steered(), Steer(2, 2)
	plan.Subjects[0].Workload = "sort" // scatters by 4 %, see below
	rng := rand.New(rand.NewPCG(2, 1))
	var runs []resultfile.Run
	both, one := 0, 0
	for round := 1; round <= 40; round++ {
		cells := steer(plan, runs)
		if round > 16 && namesOf(cells, "sort") != "" {
			if namesOf(cells, "mutex") != "" {
				both++
			} else {
				one++
			}
		}
		for _, c := range cells {
			r := made(rng, c, round)
			if c.Workload == "sort" {
				r.Values[0].Value *= 1 + 0.04*rng.NormFloat64()
			}
			runs = append(runs, r)
		}
	}
	if both == 0 || one == 0 || both-one > 2 || one-both > 2 {
		t.Errorf("sort with mutex in %d rounds, without in %d, want half and half", both, one)
	}
}

// A sweep without a precision measures all, in every round.
func TestSteerWithoutPrecision(t *testing.T) {
	plan := steered()
	plan.Precision, plan.ChoiceRounds = 0, 0
	rng := rand.New(rand.NewPCG(1, 1))
	var runs []resultfile.Run
	for round := 1; round <= 12; round++ {
		for _, c := range plan.Cells() {
			runs = append(runs, made(rng, c, round))
		}
	}
	if got := len(Steer(2, 2)(plan, runs)); got != len(plan.Cells()) {
		t.Errorf("%d cells of %d", got, len(plan.Cells()))
	}
}
