package doctor

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"gonum.org/v1/gonum/stat"

	"runbench/internal/measure"
	"runbench/internal/noise"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// A Trial is an A/A trial: the same thing measured twice, over and over.
type Trial struct {
	Workload string        `json:"workload"`
	Seed     uint64        `json:"seed"`     // decides the order of runs
	RunTime  time.Duration `json:"run_time"` // of each run, ns
	Equal    []Equal       `json:"equal"`    // one for each GOMAXPROCS
	Noise    noise.Noise   `json:"noise"`    // while the trial ran
}

// An Equal says how far apart two equal measurements at one GOMAXPROCS lie.
type Equal struct {
	Gomaxprocs int `json:"gomaxprocs"`
	// Logs are ln(B/A) of each block, B and A the tasks/s of the two runs in it.
	Logs []float64 `json:"logs"`
	// Centre is the geometric mean of B/A less 1; nothing but chance makes it
	// differ from 0.
	Centre float64 `json:"centre"`
	// HalfWidth is how far from each other two equal measurements may seem to
	// lie: the farther end of the 95 % interval of B/A, as a share.
	HalfWidth float64 `json:"half_width"`
	// Detects is the smallest change for the worse, as a share, that a
	// comparison of two default sweeps finds in four of five cases.
	Detects float64 `json:"detects"`
}

// minBlocks is the least number of blocks that makes a trial. The t interval of
// fewer is so wide that it says nothing: t(3) is 3.2, t(1) is 12.7.
const minBlocks = 4

// runTrial measures in blocks. A block has, for each GOMAXPROCS, the arms A and
// B once, each in a process of its own; the GOMAXPROCS are in random order.
// Which arm goes first is random too, but of every two blocks it is A in one and
// B in the other, so that a machine that only gets slower favours neither. It
// ends after opt.Blocks, or before a block that is not expected to fit into
// opt.Budget, but not before minBlocks.
func runTrial(ctx context.Context, opt Options) (Trial, error) {
	dir, err := os.MkdirTemp("", "runbench-doctor-")
	if err != nil {
		return Trial{}, err
	}
	defer os.RemoveAll(dir)
	shared := filepath.Join(dir, "shared")
	if err := os.Mkdir(shared, 0o700); err != nil {
		return Trial{}, err
	}
	t := Trial{Workload: opt.Workload, Seed: opt.Seed, RunTime: opt.RunTime, Equal: make([]Equal, len(opt.Procs))}
	for i, p := range opt.Procs {
		t.Equal[i].Gomaxprocs = p
	}
	rng := rand.New(rand.NewPCG(opt.Seed, 0))
	bFirst := make([]bool, len(opt.Procs)) // whether arm B goes first
	before, start := noise.Take(), time.Now()
	for block := range opt.Blocks {
		spent := time.Since(start)
		if block >= minBlocks && spent+spent/time.Duration(block) > opt.Budget {
			break
		}
		opt.Progress(fmt.Sprintf("A/A trial: %d of %d blocks", block, opt.Blocks))
		for _, i := range rng.Perm(len(opt.Procs)) {
			if block%2 == 0 {
				bFirst[i] = rng.IntN(2) == 1
			} else {
				bFirst[i] = !bFirst[i]
			}
			log, err := opt.block(ctx, dir, shared, opt.Procs[i], bFirst[i])
			if err != nil {
				return Trial{}, err
			}
			t.Equal[i].Logs = append(t.Equal[i].Logs, log)
		}
	}
	t.Noise = noise.Between(before, noise.Take())
	for i := range t.Equal {
		t.Equal[i].judge()
	}
	return t, nil
}

// block measures both arms and returns ln(B/A).
func (opt Options) block(ctx context.Context, dir, shared string, p int, bFirst bool) (float64, error) {
	order := []string{"A", "B"}
	if bFirst {
		order = []string{"B", "A"}
	}
	rates := make(map[string]float64)
	for _, arm := range order {
		rate, err := opt.measure(ctx, filepath.Join(dir, arm), shared, p)
		if err != nil {
			return 0, err
		}
		rates[arm] = rate
	}
	return math.Log(rates["B"] / rates["A"]), nil
}

// measure does one run and returns its tasks/s. scratch is made for it and
// removed.
func (opt Options) measure(ctx context.Context, scratch, shared string, p int) (float64, error) {
	if err := os.Mkdir(scratch, 0o700); err != nil {
		return 0, err
	}
	defer os.RemoveAll(scratch)
	name := "pool"
	if p == 1 {
		name = resultfile.Sequential
	}
	out, err := opt.Run(ctx, measure.Spec{
		Workload: opt.Workload, Strategy: name, Goroutines: p, Gomaxprocs: p,
		RunTime: opt.RunTime, Scratch: scratch, Shared: shared,
	}, runTimeout)
	switch {
	case ctx.Err() != nil:
		return 0, context.Cause(ctx)
	case err != nil:
		return 0, fmt.Errorf("A/A trial: %s at GOMAXPROCS %d: %w", opt.Workload, p, err)
	}
	for _, v := range out.Values {
		if v.Unit == resultfile.TasksPerSec && v.Value > 0 && !math.IsInf(v.Value, 0) {
			return v.Value, nil
		}
	}
	return 0, fmt.Errorf("A/A trial: %s at GOMAXPROCS %d: the run gave no %s", opt.Workload, p, resultfile.TasksPerSec)
}

// judge computes what the logs say.
func (e *Equal) judge() {
	ratio := scaling.Interval(e.Logs, scaling.DefaultConfidence)
	e.Centre = ratio.Value - 1
	e.HalfWidth = max(ratio.Hi, 1/ratio.Lo) - 1
	e.Detects = detects(e.Logs)
}

// comparedRounds is how many rounds that estimate a sweep is planned to have.
const comparedRounds = measure.FewestRounds

// detects returns the smallest change for the worse, as a share, that a
// comparison of two sweeps of comparedRounds rounds, measured in turns, finds in
// four of five cases, at 5 % and with no change tolerated (see [scaling.Power]).
// It takes the rounds of the two sweeps to scatter as the blocks here do; sweeps
// that lie far apart in time differ by more.
func detects(logs []float64) float64 {
	sd := stat.StdDev(logs, nil)
	if sd == 0 {
		return 0
	}
	found := func(log float64) bool {
		return scaling.Power(comparedRounds, sd, math.Expm1(log), 0, 0.05) >= 0.8
	}
	lo, hi := 0.0, sd
	for !found(hi) {
		lo, hi = hi, 2*hi
	}
	for hi-lo > 1e-6*hi {
		if middle := (lo + hi) / 2; found(middle) {
			hi = middle
		} else {
			lo = middle
		}
	}
	return math.Expm1(hi)
}

// worst returns the largest half-width.
func (t Trial) worst() float64 {
	var most float64
	for _, e := range t.Equal {
		most = max(most, e.HalfWidth)
	}
	return most
}
