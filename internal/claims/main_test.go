package claims

import (
	"fmt"
	"maps"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"

	"runbench/internal/child"
)

// The test binary carries out trials as the program does.
func TestMain(m *testing.M) {
	register(append(All(), fewerThreads))
	child.Main()
	// Under the race detector every trial would otherwise wait for a second before
	// it ends.
	os.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0"))
	os.Exit(m.Run())
}

// alike returns the samples of three trials that found the same.
func alike(s Sample) []Sample { return []Sample{s, s, s} }

// with returns s with some keys changed.
func (s Sample) with(changes Sample) Sample {
	s = maps.Clone(s)
	maps.Copy(s, changes)
	return s
}

// A judgement is what a judge is to say on two cores of trials.
type judgement struct {
	name   string
	claim  Claim
	trials Trials
	want   Result
	text   string // in what was measured
}

// testJudges checks judgements, and that whatever cannot be told has a reason.
func testJudges(t *testing.T, judgements []judgement) {
	t.Helper()
	for _, test := range judgements {
		t.Run(fmt.Sprintf("%d/%s", test.claim.ID, test.name), func(t *testing.T) {
			got := test.claim.Judge(2, test.trials)
			if got.Result != test.want || !strings.Contains(got.Measured, test.text) {
				t.Errorf("%s: %q, want %s with %q", got.Result, got.Measured, test.want, test.text)
			}
			if (got.Result == Untold) != (got.Why != "") {
				t.Errorf("%s because %q", got.Result, got.Why)
			}
		})
	}
}

// oneTrialOfEach carries out one trial of every arm of a claim on two cores, each in
// a process of its own, and checks what they found as checkMeasured does.
func oneTrialOfEach(t *testing.T, c Claim) (Trials, Finding) {
	t.Helper()
	const cores = 2
	trials := Trials{}
	for i, a := range c.Arms(cores) {
		s, err := a.run(t.Context(), trial{Claim: c.ID, Arm: i, Cores: cores})
		if err != nil {
			t.Fatalf("arm %q: %v", a.Name, err)
		}
		trials[a.Name] = []Sample{s}
	}
	return trials, checkMeasured(t, c, trials)
}

// checkMeasured checks that the judge finds all figures that it looks for, and
// returns what it says.
func checkMeasured(t *testing.T, c Claim, trials Trials) Finding {
	t.Helper()
	for name, samples := range trials {
		for key, v := range samples[0] {
			if math.IsNaN(v) || v < 0 {
				t.Errorf("arm %q: %s is %v", name, key, v)
			}
		}
	}
	f := c.Judge(2, trials)
	t.Logf("%s: %s", f.Result, f.Measured)
	if c.ID == spinning.ID && runtime.GOOS == "windows" {
		return f // its CPU time is too coarse
	}
	for _, missing := range []string{"NaN", "unknown"} {
		if f.Measured == "" || strings.Contains(f.Measured, missing) {
			t.Errorf("a figure is missing: %q of %v", f.Measured, trials)
		}
	}
	return f
}
