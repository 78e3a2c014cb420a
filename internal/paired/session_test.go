package paired

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"runbench/internal/compare"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

var long = flag.Bool("long", false, "judge four times as many pairs")

// A fake stands for two test binaries: its benchmarks take as long as it says.
type fake struct {
	benchmarks [2][]string
	nanos      func(side Side, name string) float64
	fails      func(side Side, process int) (out string, err error) // nil, or an error where one is to be

	calls [2]int
	order []Side
}

const fakeBench = "BenchmarkEncode"

func (f *fake) output(ctx context.Context, path string, args []string, _ string, _ time.Duration) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	side := Old
	if strings.Contains(path, "new") {
		side = New
	}
	if strings.HasPrefix(args[0], "-test.list") {
		return []byte(strings.Join(f.benchmarks[side], "\n") + "\n"), nil
	}
	counted := !slices.Contains(args, "-test.benchtime="+once)
	if counted {
		f.calls[side]++
		f.order = append(f.order, side)
		if f.fails != nil {
			if out, err := f.fails(side, f.calls[side]); err != nil {
				return []byte(out), err
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "goos: linux\ngoarch: amd64\npkg: %s\ncpu: a CPU\n", filepath.Base(filepath.Dir(path)))
	for _, name := range f.benchmarks[side] {
		if i := slices.IndexFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "-test.bench=^(") }); i >= 0 && !strings.Contains(args[i], name) {
			continue
		}
		fmt.Fprintf(&b, "%s-2 \t 100\t %.4f ns/op\t 0 B/op\t 0 allocs/op\n", name, f.nanos(side, name))
	}
	return []byte(b.String() + "PASS\n"), nil
}

// watched keeps what a session told.
type watched struct {
	failures []resultfile.Failure
	progress []Progress
	started  func(round int)
}

func (w *watched) Started(round int, _ Pair, _ Side) {
	if w.started != nil {
		w.started(round)
	}
}
func (w *watched) Failed(_ Side, f resultfile.Failure) { w.failures = append(w.failures, f) }
func (w *watched) RoundDone(p Progress)                { w.progress = append(w.progress, p) }

// pairOf returns a pair of programs that the fake stands for.
func pairOf(pkg string) Pair {
	pair := Pair{Name: pkg}
	for _, side := range Sides {
		path := filepath.Join(string(filepath.Separator), pkg, side.String()+".test")
		pair.Programs[side] = Program{Path: path, absolute: path, Kind: TestBinary, Is: resultfile.Program{Package: pkg, Go: "go1.26"}}
	}
	return pair
}

// files are where a test's session writes to.
func files(t *testing.T) [2]string {
	dir := t.TempDir()
	return [2]string{filepath.Join(dir, "old.txt"), filepath.Join(dir, "new.txt")}
}

// session opens a session on paths, one to be gone on with if there are such files.
func session(t *testing.T, paths [2]string, f *fake, opt Options, pkgs ...string) (*Session, *watched) {
	t.Helper()
	w := &watched{}
	opt.Bench, opt.Benchtime, opt.Timeout = ".", "1ms", time.Minute
	s := &Session{Options: opt, Watch: w, Output: f.output}
	for _, pkg := range pkgs {
		s.Pairs = append(s.Pairs, pairOf(pkg))
	}
	for side, path := range paths {
		var err error
		m := resultfile.Manifest{SchemaVersion: resultfile.SchemaVersion, Started: time.Unix(int64(side), 0), Plan: resultfile.Plan{Seed: opt.Seed}}
		s.Files[side], s.Had[side], err = resultfile.Resume(path, resultfile.Config{}, m)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Files[side].Close() })
	}
	if warnings, err := s.Prepare(t.Context()); err != nil {
		t.Fatal(err, warnings)
	}
	return s, w
}

func read(t *testing.T, path string) *resultfile.Set {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	set, err := resultfile.Read(file, path)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// machine returns the times of benchmarks on a machine that drifts by far more than
// the noise of single runs: only what is paired can tell small changes.
func machine(seed uint64, slower float64) func(Side, string) float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	drift := 0.0
	return func(side Side, _ string) float64 {
		drift += 0.02 * rng.NormFloat64()
		return 1000 * math.Exp(drift+0.01*rng.NormFloat64()) * (1 + slower*float64(side))
	}
}

// Two builds of one thing pass the gate and a change of 5 % does not, on a machine
// whose speed wanders by a tenth and more meanwhile.
func TestGateOnADriftingMachine(t *testing.T) {
	times := 5
	if *long {
		times = 20
	}
	pass, fail := 0, 0
	for seed := range uint64(times) {
		for _, slower := range []float64{0, 0.05} {
			paths := files(t)
			f := &fake{benchmarks: [2][]string{{fakeBench}, {fakeBench}}, nanos: machine(seed, slower)}
			s, _ := session(t, paths, f, Options{Budget: time.Minute, Precision: 0.01, Seed: seed, Rounds: 200}, "p")
			ends, err := s.Do(t.Context())
			if err != nil || !ends[Old].Converged || ends[Old].Rounds < scaling.MinRounds {
				t.Fatalf("%+v, %v", ends, err)
			}
			g := compare.Judge(read(t, paths[Old]), read(t, paths[New]), []compare.Rule{{Unit: resultfile.NsPerOp, Tolerance: 0.02}}, compare.DefaultAlpha)
			if !g.Paired || len(g.Comparisons) != 1 {
				t.Fatalf("paired %v, %d comparisons", g.Paired, len(g.Comparisons))
			}
			switch {
			case slower == 0 && g.Outcome == "pass":
				pass++
			case slower == 0 && g.Outcome == "fail":
				t.Errorf("seed %d: equal programs fail: %+v", seed, g.Comparisons[0])
			case slower > 0 && g.Outcome == "fail":
				fail++
			}
		}
	}
	t.Logf("%d of %d equal pairs pass, %d of %d that are 5 %% slower fail", pass, times, fail, times)
	if pass < times-1 || fail < times-1 {
		t.Errorf("%d of %d equal pairs pass, %d of %d slower ones fail", pass, times, fail, times)
	}
}

// Every two rounds have both orders, and which one comes first is drawn by lot.
func TestOrder(t *testing.T) {
	oldCameFirst := 0
	for seed := range uint64(50) {
		for round := 1; round < 20; round += 2 {
			if oldFirst(seed, 0, round) == oldFirst(seed, 0, round+1) {
				t.Errorf("seed %d: rounds %d and %d have one order", seed, round, round+1)
			}
			if oldFirst(seed, 0, round) {
				oldCameFirst++
			}
		}
	}
	if oldCameFirst < 200 || oldCameFirst > 300 {
		t.Errorf("the old one came first %d of 500 times", oldCameFirst)
	}
	f := &fake{benchmarks: [2][]string{{fakeBench}, {fakeBench}}, nanos: machine(1, 0)}
	s, _ := session(t, files(t), f, Options{Budget: time.Minute, Seed: 7, Rounds: 4}, "p")
	if _, err := s.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	for round := 1; round <= 4; round++ {
		if first := f.order[2*(round-1)]; (first == Old) != oldFirst(7, 0, round) || f.order[2*round-1] == first {
			t.Errorf("round %d: %v", round, f.order)
		}
	}
}

// A pair that is known is left out of later rounds; the others go on, in one gate.
func TestKnownPairsRest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	var noisy bool // which of the two is measured the watcher knows
	f := &fake{benchmarks: [2][]string{{fakeBench}, {fakeBench}}, nanos: func(Side, string) float64 {
		if noisy {
			return 1000 * math.Exp(0.2*rng.NormFloat64())
		}
		return 1000
	}}
	paths := files(t)
	s, w := session(t, paths, f, Options{Budget: time.Minute, Precision: 0.02, Seed: 1, Rounds: 30}, "quiet", "noisy")
	s.Watch = &knowing{watched: w, noisy: &noisy}
	ends, err := s.Do(t.Context())
	if err != nil || ends[Old].Rounds != 30 || ends[Old].Converged {
		t.Fatalf("%+v, %v", ends[Old], err)
	}
	runs := make(map[string]int)
	for _, r := range read(t, paths[New]).Runs {
		runs[r.Config]++
	}
	quiet, rest := "cpu: a CPU; goarch: amd64; goos: linux; pkg: quiet", "cpu: a CPU; goarch: amd64; goos: linux; pkg: noisy"
	if runs[quiet] != scaling.MinRounds || runs[rest] != 30 {
		t.Errorf("runs: %v", runs)
	}
	if last := w.progress[len(w.progress)-1]; last.Known != 1 || last.Of != 2 || last.Runs != 2*(30+scaling.MinRounds) {
		t.Errorf("progress: %+v", last)
	}
}

// knowing says which package is measured.
type knowing struct {
	*watched
	noisy *bool
}

func (k *knowing) Started(_ int, pair Pair, _ Side) { *k.noisy = pair.Name == "noisy" }

// A program that keeps failing is given up, and what happened is in its file.
func TestFailures(t *testing.T) {
	crash := errors.New("exit status 1")
	paths := files(t)
	f := &fake{benchmarks: [2][]string{{fakeBench}, {fakeBench}}, nanos: machine(1, 0), fails: func(side Side, process int) (string, error) {
		if side == New && process > 2 {
			return "--- FAIL: BenchmarkEncode\n    encode_test.go:9: no such file\n    encode_test.go:10: again\nFAIL\n", crash
		}
		return "", nil
	}}
	s, w := session(t, paths, f, Options{Budget: time.Minute, Seed: 1, Rounds: 30}, "p")
	ends, err := s.Do(t.Context())
	if err != nil || ends[New].Failed != 2 || ends[New].Runs != 2 || ends[New].Rounds != 4 || ends[New].Converged {
		t.Errorf("%+v, %v", ends[New], err)
	}
	want := resultfile.Failure{Cell: "Encode", Round: 3, Reason: "encode_test.go:9: no such file; encode_test.go:10: again"}
	if set := read(t, paths[New]); len(set.Failures) != 2 || set.Failures[0] != want || len(w.failures) != 2 || len(set.Rounds) != 4 {
		t.Errorf("%+v", set.Failures)
	}
	// One that hangs is not tried again.
	paths = files(t)
	f.calls = [2]int{}
	f.fails = func(side Side, _ int) (string, error) {
		if side == Old {
			return "", fmt.Errorf("%w: killed after 1m", measure.ErrHung)
		}
		return "", nil
	}
	s, _ = session(t, paths, f, Options{Budget: time.Minute, Seed: 1, Rounds: 30}, "p")
	if ends, err := s.Do(t.Context()); err != nil || ends[Old].Failed != 1 || ends[Old].Rounds != 1 {
		t.Errorf("%+v, %v", ends[Old], err)
	}
	if set := read(t, paths[Old]); !set.Failures[0].Hung || set.Failures[0].Cell != "p" {
		t.Errorf("%+v", set.Failures)
	}
}

// A benchmark fails on a line of its own, or on one that began with its name; one
// fails with its sub-benchmarks, which say why; and a panic ends all.
func TestFailuresOfTests(t *testing.T) {
	const pkg = "example.com/p"
	for _, test := range []struct {
		out, status string
		want        []resultfile.Failure
	}{
		{"BenchmarkA-2   \t     100\t 5 ns/op\nBenchmarkF-2   \t--- FAIL: BenchmarkF-2\n    p_test.go:4: late\n--- FAIL: BenchmarkG\n    p_test.go:5: at once\nFAIL\n", "exit status 1", []resultfile.Failure{
			{Cell: "F-2", Reason: "p_test.go:4: late"}, {Cell: "G", Reason: "p_test.go:5: at once"},
		}},
		{"BenchmarkS/sub-2         \t--- FAIL: BenchmarkS/sub-2\n    p_test.go:6: no\n--- FAIL: BenchmarkS\nFAIL\n", "exit status 1", []resultfile.Failure{
			{Cell: "S/sub-2", Reason: "p_test.go:6: no"},
		}},
		{"--- FAIL: BenchmarkG\nBenchmarkP-2   \t", "exit status 2: panic: boom", []resultfile.Failure{
			{Cell: "G"}, {Cell: pkg, Reason: "exit status 2: panic: boom"},
		}},
		{"a log of --- FAIL: BenchmarkX\n", "exit status 1", []resultfile.Failure{{Cell: pkg, Reason: "exit status 1"}}},
	} {
		got := failuresOf(Program{Is: resultfile.Program{Package: pkg}}, &resultfile.Set{}, []byte(test.out), errors.New(test.status))
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: %+v, want %+v", test.out, got, test.want)
		}
	}
}

// Interrupted in any process, a session keeps what it has and goes on to the same
// number of rounds, each of them there once, as if nothing had been.
func TestResume(t *testing.T) {
	for stop := 1; stop <= 12; stop++ {
		paths := files(t)
		ctx, cancel := context.WithCancel(t.Context())
		processes := 0
		f := &fake{benchmarks: [2][]string{{fakeBench}, {fakeBench}}, nanos: machine(1, 0)}
		opt := Options{Budget: time.Minute, Seed: 1, Rounds: 3}
		s, w := session(t, paths, f, opt, "p", "q")
		w.started = func(int) {
			if processes++; processes == stop {
				cancel()
			}
		}
		ends, err := s.Do(ctx)
		if !errors.Is(err, context.Canceled) || !ends[Old].Interrupted || !ends[New].Interrupted {
			t.Fatalf("stopped in process %d: %+v, %v", stop, ends, err)
		}
		if n := len(read(t, paths[Old]).Runs) + len(read(t, paths[New]).Runs); n != stop-1 {
			t.Errorf("stopped in process %d: %d runs are kept", stop, n)
		}
		for _, file := range s.Files {
			file.Close()
		}
		s, _ = session(t, paths, f, opt, "p", "q")
		if ends, err = s.Do(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			set := read(t, path)
			var rounds []int
			for _, r := range set.Rounds {
				rounds = append(rounds, r.Round)
			}
			if !slices.Equal(rounds, []int{1, 2, 3}) || set.End == nil || set.End.Rounds != 3 || set.End.Interrupted {
				t.Errorf("stopped in process %d: rounds %v, end %+v", stop, rounds, set.End)
			}
			in := make(map[string]bool) // by package and round
			for _, r := range set.Runs {
				in[fmt.Sprint(r.Config, r.Round)] = true
			}
			if len(in) != 6 {
				t.Errorf("stopped in process %d: %v", stop, in)
			}
		}
		if g := compare.Judge(read(t, paths[Old]), read(t, paths[New]), []compare.Rule{{Unit: resultfile.NsPerOp, Tolerance: 0.5}}, compare.DefaultAlpha); !g.Paired {
			t.Errorf("stopped in process %d: not paired", stop)
		}
		cancel()
	}
}

// Killed between the marks of the two sides, the round counts as finished.
func TestResumeBetweenMarks(t *testing.T) {
	paths := files(t)
	f := &fake{benchmarks: [2][]string{{fakeBench}, {fakeBench}}, nanos: machine(1, 0)}
	s, _ := session(t, paths, f, Options{Budget: time.Minute, Seed: 1, Rounds: 2}, "p")
	if _, err := s.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(paths[New])
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(string(text), `#runbench {"round_end"`)
	if err := os.WriteFile(paths[New], text[:at], 0o644); err != nil {
		t.Fatal(err)
	}
	s, _ = session(t, paths, f, Options{Budget: time.Minute, Seed: 1, Rounds: 3}, "p")
	if _, err := s.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if set := read(t, path); len(set.Rounds) != 3 || len(set.Runs) != 3 {
			t.Errorf("%s: %d rounds, %d runs", path, len(set.Rounds), len(set.Runs))
		}
	}
}

// Only what both have is measured, and what only one has is told.
func TestInCommon(t *testing.T) {
	paths := files(t)
	f := &fake{benchmarks: [2][]string{{fakeBench, "BenchmarkGone"}, {fakeBench, "BenchmarkFresh"}}, nanos: machine(1, 0)}
	s := &Session{Pairs: []Pair{pairOf("p")}, Options: Options{Bench: ".", Benchtime: "1ms"}, Output: f.output}
	warnings, err := s.Prepare(t.Context())
	told := strings.Join(warnings, "\n")
	if err != nil || !strings.Contains(told, "BenchmarkGone") || !strings.Contains(told, "BenchmarkFresh") || strings.Contains(told, fakeBench) {
		t.Errorf("%v, %v", warnings, err)
	}
	s, _ = session(t, paths, f, Options{Budget: time.Minute, Rounds: 2}, "p")
	if _, err := s.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		for _, r := range read(t, path).Runs {
			if r.FullName() != "Encode-2" {
				t.Errorf("%s was measured", r.FullName())
			}
		}
	}
	f.benchmarks[New] = []string{"BenchmarkFresh"}
	s = &Session{Pairs: []Pair{pairOf("p")}, Options: Options{Bench: ".", Benchtime: "1ms"}, Output: f.output}
	if _, err := s.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing to compare") {
		t.Errorf("nothing in common: %v", err)
	}
}
