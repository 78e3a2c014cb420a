package compare

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"runbench/internal/noise"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

// side says how one file of a made-up comparison was measured.
type side struct {
	slower  float64   // of hash, as a share
	machine float64   // of the whole machine
	start   time.Time // of the first round
	every   time.Duration
	control bool
	without string // a workload that is not there
	seed    uint64
}

// sweepFile makes the file: hash and sort at two P, two goroutine counts, and the
// control arm, scattering by 1 % from run to run.
func sweepFile(s side, rounds int) *resultfile.Set {
	rng := rand.New(rand.NewPCG(s.seed, 9))
	set := &resultfile.Set{}
	for round := 1; round <= rounds; round++ {
		for _, c := range []resultfile.Cell{
			{Class: "CPU", Workload: "hash", Strategy: "sequential", Goroutines: 1, Gomaxprocs: 1},
			{Class: "CPU", Workload: "hash", Strategy: "pool", Goroutines: 8, Gomaxprocs: 1},
			{Class: "CPU", Workload: "hash", Strategy: "pool", Goroutines: 8, Gomaxprocs: 2},
			{Class: "CPU", Workload: "hash", Strategy: resultfile.Processes, Goroutines: 2, Gomaxprocs: 2},
			{Class: "CPU", Workload: "sort", Strategy: "pool", Goroutines: 8, Gomaxprocs: 1},
			{Class: "CPU", Workload: "sort", Strategy: "pool", Goroutines: 8, Gomaxprocs: 2},
			{Class: "Known", Workload: "control", Strategy: "sequential", Goroutines: 1, Gomaxprocs: 1},
			{Class: "Known", Workload: "control", Strategy: "pool", Goroutines: 2, Gomaxprocs: 2},
		} {
			if c.Class == "Known" && !s.control || c.Workload == s.without {
				continue
			}
			ns := 1e7 * math.Exp(0.01*rng.NormFloat64()) * (1 + s.machine)
			if c.Workload == "hash" {
				ns *= 1 + s.slower
			}
			set.Runs = append(set.Runs, resultfile.Run{Cell: c, Round: round, Config: "cores: 2", Values: []resultfile.Value{{Unit: resultfile.NsPerOp, Value: ns}}})
		}
		end := s.start.Add(time.Duration(round) * s.every)
		set.Rounds = append(set.Rounds, resultfile.RoundEnd{Round: round, End: end, Wall: time.Second})
	}
	return set
}

var midnight = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

func TestGate(t *testing.T) {
	turns := func(s side) side {
		s.start, s.every, s.control = midnight.Add(2*time.Second), 4*time.Second, true
		return s
	}
	after := func(s side) side { s.start, s.every, s.control = midnight.Add(time.Hour), time.Second, true; return s }
	old := turns(side{seed: 1})
	old.start = midnight
	for _, test := range []struct {
		name     string
		old, new side
		rule     string
		paired   bool
		outcome  string
		failing  string // workloads that fail
	}{
		{"the same, in turns", old, turns(side{seed: 2}), "sec/op:5%", true, "pass", ""},
		{"the same, one after the other", old, after(side{seed: 3}), "sec/op:5%", false, "pass", ""},
		{"8 % slower, in turns", old, turns(side{seed: 4, slower: 0.08}), "sec/op:2%", true, "fail", "cpu/hash cpu/hash"},
		{"8 % slower, one after the other", old, after(side{seed: 5, slower: 0.08}), "sec/op:2%", false, "fail", "cpu/hash cpu/hash"},
		{"8 % slower is within 10 %", old, turns(side{seed: 6, slower: 0.08}), "sec/op:10%", true, "pass", ""},
		{"8 % faster", old, turns(side{seed: 7, slower: -0.08}), "sec/op:2%", true, "pass", ""},
		{"hash is gone, in turns", old, turns(side{seed: 10, without: "hash"}), "sec/op:5%", true, "inconclusive", ""},
		// The control arm tells that it was not the workload: the data cannot tell.
		{"the machine is 8 % slower", old, after(side{seed: 8, machine: 0.08}), "sec/op:2%", false, "inconclusive", ""},
		{"nothing in common", old, turns(side{seed: 9}), "p99-sec:5%", true, "inconclusive", ""},
	} {
		rule, err := ParseRule(test.rule)
		if err != nil {
			t.Fatal(err)
		}
		g := Judge(sweepFile(test.old, 24), sweepFile(test.new, 24), []Rule{rule}, DefaultAlpha)
		var failing []string
		for _, c := range g.Comparisons {
			if c.Outcome == "fail" {
				failing = append(failing, c.Workload)
			}
		}
		if g.Outcome != test.outcome || g.Paired != test.paired || strings.Join(failing, " ") != test.failing {
			t.Errorf("%s: %s, paired %v, failing %v: %+v", test.name, g.Outcome, g.Paired, failing, g.Comparisons)
		}
		if rule.Unit == resultfile.NsPerOp && len(g.Comparisons) != 4 {
			t.Errorf("%s: %d comparisons, want hash and sort at two P each", test.name, len(g.Comparisons))
		}
		var b bytes.Buffer
		if err := g.WriteText(&b); err != nil || !strings.HasPrefix(b.String(), "gate: "+test.outcome) {
			t.Errorf("%s: %v\n%s", test.name, err, b.String())
		}
	}
}

func TestGateWithoutControl(t *testing.T) {
	old, new := side{seed: 1, start: midnight, every: time.Second}, side{seed: 2, start: midnight.Add(time.Hour), every: time.Second}
	g := Judge(sweepFile(old, 12), sweepFile(new, 12), []Rule{{resultfile.NsPerOp, 0.05}}, DefaultAlpha)
	if len(g.Warnings) != 1 || !strings.Contains(g.Warnings[0], "no control arm") {
		t.Errorf("warnings %q", g.Warnings)
	}
	for _, c := range g.Comparisons {
		if c.AA == nil || *c.AA < 0.003 || *c.AA > 0.03 {
			t.Errorf("%s: A/A half-width %v from runs that scatter by 1 %%", c.Workload, c.AA)
		}
	}
}

func TestGateSaysWhatDisturbed(t *testing.T) {
	old, new := sweepFile(side{seed: 1, control: true}, 6), sweepFile(side{seed: 2, control: true}, 6)
	for i := range new.Rounds {
		new.Rounds[i].Noise = &noise.Noise{Wall: 1e9, CPUs: pointer(2), Steal: pointer(0.2)}
	}
	g := Judge(old, new, []Rule{{resultfile.NsPerOp, 0.05}}, DefaultAlpha)
	if len(g.Warnings) != 1 || !strings.Contains(g.Warnings[0], "while the new file was measured") {
		t.Errorf("warnings %q", g.Warnings)
	}
}

func TestGateSaysWhatWarmedUpOtherwise(t *testing.T) {
	old, new := sweepFile(side{seed: 1, control: true}, 6), sweepFile(side{seed: 2, control: true}, 6)
	rules := []Rule{{resultfile.NsPerOp, 0.05}}
	if g := Judge(old, new, rules, DefaultAlpha); len(g.Warnings) != 0 {
		t.Errorf("alike: warnings %q", g.Warnings)
	}
	old.Manifest, new.Manifest = &resultfile.Manifest{}, &resultfile.Manifest{Plan: resultfile.Plan{Seed: 2, WarmUp: 20 * time.Millisecond}}
	old.End, new.End = &resultfile.End{}, &resultfile.End{}
	if g := Judge(old, new, rules, DefaultAlpha); len(g.Warnings) != 1 || !strings.Contains(g.Warnings[0], "warmed up for 0s, the new one's for 20ms") {
		t.Errorf("warnings %q", g.Warnings)
	}
}

// A name without a count of cores is not said to be of none.
func TestGateCores(t *testing.T) {
	g := Gate{Comparisons: []GateComparison{{Workload: "Encode", Unit: "ns/op"}, {Workload: "Encode", Unit: "ns/op", Gomaxprocs: 8}}}
	for i, want := range []string{"–", "8"} {
		if got := g.Comparisons[i].Cores(); got != want {
			t.Errorf("GOMAXPROCS %d: %q, want %q", g.Comparisons[i].Gomaxprocs, got, want)
		}
	}
}

// Why nothing can be compared is said once, and not that each workload is missing.
func TestGateOfStrangers(t *testing.T) {
	old, new := sweepFile(side{seed: 1}, 6), sweepFile(side{seed: 2}, 6)
	for i := range new.Runs {
		new.Runs[i].Config = "cores: 2; cpu: other"
	}
	g := Judge(old, new, []Rule{{resultfile.NsPerOp, 0.05}}, DefaultAlpha)
	if len(g.Warnings) != 1 || !strings.Contains(g.Warnings[0], "the new one with (cpu: other)") {
		t.Errorf("warnings %q", g.Warnings)
	}
	if g.Outcome != "inconclusive" || !strings.HasPrefix(g.Advice(), "not comparable") {
		t.Errorf("outcome %s: %s", g.Outcome, g.Advice())
	}
}

func pointer[T any](v T) *T { return &v }

// The cells of a round share what the machine did meanwhile, and must not count
// as so many replicates of it.
func TestGateCoversWithSharedRounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	make := func() map[string][]resultfile.Run {
		cells := map[string][]resultfile.Run{}
		for round := 1; round <= 10; round++ {
			shared := 0.01 * rng.NormFloat64()
			for _, name := range []string{"a", "b", "c", "d"} {
				ns := math.Exp(shared + 0.005*rng.NormFloat64())
				cells[name] = append(cells[name], resultfile.Run{Round: round, Values: []resultfile.Value{{Unit: resultfile.NsPerOp, Value: ns}}})
			}
		}
		return cells
	}
	covered := 0
	const trials = 4000 // a standard error of 0.34 %
	for range trials {
		c := compareCells(make(), make(), resultfile.NsPerOp, false)
		c.Better = -1
		if g := scaling.Gate([]scaling.Comparison{c}, DefaultAlpha)[0]; g.Lo <= 1 && 1 <= g.Hi {
			covered++
		}
	}
	if share := float64(covered) / trials; share < 0.94 || share > 0.96 {
		t.Errorf("%.1f %% of the intervals cover no change, want 94–96 %%", 100*share)
	}
}

// After the rounds that choose, a sweep measures some cells only; those are
// compared, over all rounds.
func TestGateComparesTheSameCells(t *testing.T) {
	cells := map[string][]resultfile.Run{}
	for round := 1; round <= 12; round++ {
		for _, name := range []string{"needed", "other"} {
			if name == "needed" || round <= 3 {
				cells[name] = append(cells[name], resultfile.Run{Round: round, Values: []resultfile.Value{{Unit: resultfile.NsPerOp, Value: 100}}})
			}
		}
	}
	if c := compareCells(cells, cells, resultfile.NsPerOp, true); len(c.Paired) != 12 || len(c.New[0]) != 12 {
		t.Errorf("%d pairs, %d rounds, want 12 of the cell that has them", len(c.Paired), len(c.New[0]))
	}
}

// Counts that are 0 are compared like others.
func TestGateOnCounts(t *testing.T) {
	file := func(allocs float64) *resultfile.Set {
		set := &resultfile.Set{}
		for round := 1; round <= 6; round++ {
			c := resultfile.Cell{Class: "CPU", Workload: "hash", Strategy: "sequential", Goroutines: 1, Gomaxprocs: 1}
			set.Runs = append(set.Runs, resultfile.Run{Cell: c, Round: round, Values: []resultfile.Value{{Unit: resultfile.AllocsPerOp, Value: allocs}}})
		}
		return set
	}
	for _, test := range []struct {
		old, new float64
		want     string
	}{{0, 0, "pass"}, {3, 3, "pass"}, {100, 100, "pass"}, {0, 500, "fail"}, {500, 0, "pass"}, {10, 11, "fail"}} {
		if g := Judge(file(test.old), file(test.new), []Rule{{resultfile.AllocsPerOp, 0}}, DefaultAlpha); g.Outcome != test.want {
			t.Errorf("%v to %v allocs/op: %s, want %s: %+v", test.old, test.new, g.Outcome, test.want, g.Comparisons)
		}
	}
}

func TestParseRule(t *testing.T) {
	for text, want := range map[string]Rule{
		"sec/op:5%": {resultfile.NsPerOp, 0.05}, "ns/op:0.5": {resultfile.NsPerOp, 0.005}, "tasks/s: 3 %": {resultfile.TasksPerSec, 0.03}, "allocs/op:0%": {resultfile.AllocsPerOp, 0},
	} {
		if got, err := ParseRule(text); err != nil || got.Unit != want.Unit || math.Abs(got.Tolerance-want.Tolerance) > 1e-12 {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "sec/op", "sec/op:", "sec/op:-1%", "sec/op:x%", "hours/op:5%", ":5%", "sec/op:NaN%"} {
		if r, err := ParseRule(text); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q was taken as %+v, %v", text, r, err)
		}
	}
}

// Benchmarks of one name in several packages are told apart, and only then is there
// anything to tell.
func TestGateTitles(t *testing.T) {
	read := func(packages ...string) *resultfile.Set {
		var text strings.Builder
		text.WriteString("goos: linux\n")
		for _, pkg := range packages {
			fmt.Fprintf(&text, "pkg: %s\n", pkg)
			for i := range 6 {
				fmt.Fprintf(&text, "BenchmarkEncode-2 10 %d ns/op\n", 100+i)
			}
		}
		set, err := resultfile.Read(strings.NewReader(text.String()), "go.txt")
		if err != nil {
			t.Fatal(err)
		}
		return set
	}
	rules := []Rule{{resultfile.NsPerOp, 0.5}}
	for want, packages := range map[string][]string{
		"Encode": {"codec/json"},
		"Encode (pkg: codec/json) | Encode (pkg: codec/xml)": {"codec/json", "codec/xml"},
	} {
		set := read(packages...)
		var titles []string
		for _, c := range Judge(set, read(packages...), rules, DefaultAlpha).Comparisons {
			titles = append(titles, c.Title())
		}
		slices.Sort(titles)
		if got := strings.Join(titles, " | "); got != want {
			t.Errorf("%v: %q, want %q", packages, got, want)
		}
	}
}
