package doctor

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat/distuv"

	"runbench/internal/host"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
)

// A script is a runner that gives the rates it is told to, by arm, and keeps
// what it was asked for.
type script struct {
	specs []measure.Spec
	rate  func(n int, spec measure.Spec) float64 // n-th run
}

func (s *script) run(_ context.Context, spec measure.Spec, _ time.Duration) (measure.Outcome, error) {
	s.specs = append(s.specs, spec)
	return measure.Outcome{Values: []resultfile.Value{
		{Unit: resultfile.NsPerOp, Value: 1}, {Unit: resultfile.TasksPerSec, Value: s.rate(len(s.specs)-1, spec)},
	}}, nil
}

func arm(spec measure.Spec) string { return spec.Scratch[len(spec.Scratch)-1:] }

// options are those of a trial that does not take the budget's time.
func options(run measure.Runner) Options {
	return Options{Run: run, Procs: []int{1, 4}, Seed: 1}.withDefaults(host.Host{LogicalCores: 4})
}

func TestTrial(t *testing.T) {
	s := &script{rate: func(_ int, spec measure.Spec) float64 { return 1000 }}
	var said []string
	opt := options(s.run)
	opt.Progress = func(doing string) { said = append(said, doing) }
	got, err := runTrial(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.specs) != 12*2*2 {
		t.Fatalf("%d runs, want 12 blocks of two arms at two GOMAXPROCS", len(s.specs))
	}
	if len(said) != 12 || said[3] != "A/A trial: 3 of 12 blocks" {
		t.Errorf("progress was %q", said)
	}
	for i, e := range got.Equal {
		if e.Gomaxprocs != opt.Procs[i] || len(e.Logs) != 12 || e.Centre != 0 || e.HalfWidth != 0 || e.Detects != 0 {
			t.Errorf("of equal rates: %+v", e)
		}
	}
	for _, spec := range s.specs {
		want := measure.Spec{
			Workload: "known/control", Strategy: "sequential", Goroutines: 1, Gomaxprocs: 1, RunTime: 100 * time.Millisecond,
			Scratch: spec.Scratch, Shared: spec.Shared,
		}
		if spec.Gomaxprocs != 1 {
			want.Strategy, want.Goroutines, want.Gomaxprocs = "pool", 4, 4
		}
		if diff := cmp.Diff(want, spec); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if _, err := os.Stat(spec.Shared); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left", spec.Shared)
		}
	}
}

// Either arm goes first in half of the blocks, at each GOMAXPROCS, and the order
// is another one with another seed.
func TestTrialUsesBothOrders(t *testing.T) {
	orders := make(map[string]bool)
	for seed := range uint64(8) {
		s := &script{rate: func(int, measure.Spec) float64 { return 1 }}
		opt := options(s.run)
		opt.Seed = seed
		if _, err := runTrial(t.Context(), opt); err != nil {
			t.Fatal(err)
		}
		first := make(map[int][]string)
		var order strings.Builder
		for pair := range slices.Chunk(s.specs, 2) {
			p := pair[0].Gomaxprocs
			if pair[1].Gomaxprocs != p || arm(pair[0]) == arm(pair[1]) {
				t.Fatalf("a block has %s and %s", pair[0].Scratch, pair[1].Scratch)
			}
			first[p] = append(first[p], arm(pair[0]))
			order.WriteString(arm(pair[0]))
		}
		for p, arms := range first {
			for two := range slices.Chunk(arms, 2) {
				if two[0] == two[1] {
					t.Errorf("seed %d, GOMAXPROCS %d: %q, want each arm first once in two blocks", seed, p, arms)
				}
			}
		}
		orders[order.String()] = true
	}
	if len(orders) < 2 {
		t.Errorf("8 seeds give %d orders", len(orders))
	}
}

// The half-width against the t interval worked out by hand. With B ahead by a
// twentieth in every second block, the logs are 0 and ln 1.05 six times each:
// mean ln(1.05)/2, s = ln(1.05)/2·√(12/11).
func TestHalfWidth(t *testing.T) {
	ahead := 0
	s := &script{}
	s.rate = func(n int, spec measure.Spec) float64 {
		if spec.Gomaxprocs == 4 && arm(spec) == "B" {
			ahead++
			if ahead%2 == 0 {
				return 1050
			}
		}
		return 1000
	}
	got, err := runTrial(t.Context(), options(s.run))
	if err != nil {
		t.Fatal(err)
	}
	mean := math.Log(1.05) / 2
	sd := mean * math.Sqrt(12.0/11)
	t11 := distuv.StudentsT{Sigma: 1, Nu: 11}.Quantile(0.975)
	e := got.Equal[1]
	near(t, "centre", e.Centre, math.Expm1(mean))
	near(t, "half-width", e.HalfWidth, math.Expm1(mean+t11*sd/math.Sqrt(12)))
	// A t test of 18 values, two left out at each end and Winsorised for the standard
	// error, found an effect of 0.7386 standard deviations at 5 % in 79.85 % of 200,000
	// draws of a Python program, whose standard error is 0.09 %. An effect of 0.74 is
	// found in 80 %.
	if d := math.Log1p(e.Detects) / sd; math.Abs(d-0.74) > 0.002 {
		t.Errorf("a change of %v standard deviations is found, want 0.74 ± 0.002", d)
	}
	near(t, "the worst of both", got.worst(), e.HalfWidth)
}

// The half-width is the same whichever of two equal arms is called B.
func TestHalfWidthIsSymmetric(t *testing.T) {
	logs := []float64{0.01, 0.03, -0.01, 0.02}
	var negated []float64
	for _, x := range logs {
		negated = append(negated, -x)
	}
	both := trialOf(logs, negated).Equal
	near(t, "half-width", both[1].HalfWidth, both[0].HalfWidth)
	near(t, "detectable change", both[1].Detects, both[0].Detects)
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// A spent budget ends the trial, but not before it has the least number of
// blocks.
func TestTrialKeepsToItsBudget(t *testing.T) {
	s := &script{rate: func(int, measure.Spec) float64 { return 1 }}
	opt := options(s.run)
	opt.Budget = 1
	got, err := runTrial(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Equal[0].Logs); n != minBlocks {
		t.Errorf("%d blocks, want %d", n, minBlocks)
	}
}

func TestTrialErrors(t *testing.T) {
	broken := errors.New("worker crashed")
	_, err := runTrial(t.Context(), options(func(context.Context, measure.Spec, time.Duration) (measure.Outcome, error) {
		return measure.Outcome{}, broken
	}))
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "known/control at GOMAXPROCS") {
		t.Errorf("error %v, want the run's with what it measured", err)
	}
	_, err = runTrial(t.Context(), options(func(context.Context, measure.Spec, time.Duration) (measure.Outcome, error) {
		return measure.Outcome{}, nil
	}))
	if err == nil || !strings.Contains(err.Error(), "no tasks/s") {
		t.Errorf("error %v of a run without a rate", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = runTrial(ctx, options(func(context.Context, measure.Spec, time.Duration) (measure.Outcome, error) {
		cancel()
		return measure.Outcome{}, broken
	}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of a cancelled trial", err)
	}
}
