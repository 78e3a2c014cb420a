package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"golang.org/x/perf/benchproc"
)

// readTexts reads files that are called 0.txt, 1.txt, ….
func readTexts(t *testing.T, opt Options, texts ...string) (*Result, error) {
	t.Helper()
	var inputs []Input
	for i, text := range texts {
		inputs = append(inputs, Input{Path: fmt.Sprintf("%d.txt", i), Open: func() (io.ReadCloser, error) {
			if text == "missing" {
				return nil, errors.New("no such file")
			}
			return io.NopCloser(strings.NewReader(text)), nil
		}})
	}
	return Read(context.Background(), inputs, opt, nil)
}

func follows(t *testing.T, opt Options, texts ...string) *Result {
	t.Helper()
	r, err := readTexts(t, opt, texts...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// foreign returns a file with a few runs of one benchmark around a time.
func foreign(head string, ns float64) string {
	text := head
	for i := range 5 {
		text += fmt.Sprintf("BenchmarkX-8 100 %.4f ns/op 16 B/op\n", ns*(1+0.002*float64(i-2)))
	}
	return text
}

// steps returns twelve files with a step from the seventh on, with heads of their own.
func steps(head func(i int) string) []string {
	var texts []string
	for i := range 12 {
		ns := 100 + 0.1*float64(i%3)
		if i >= 6 {
			ns *= 1.10
		}
		texts = append(texts, foreign(head(i), ns))
	}
	return texts
}

func TestFollowForeignFiles(t *testing.T) {
	r := follows(t, Options{}, steps(func(int) string { return "goos: linux\npkg: example.org/x\n" })...)
	if r.Order != ByArgument || len(r.Series) != 1 || len(r.Warnings) > 0 {
		t.Fatalf("order %s, %d series, warnings %q", r.Order, len(r.Series), r.Warnings)
	}
	s := r.Series[0]
	if s.Workload != "X-8" || s.Unit != "sec/op" || s.Better != -1 || s.Config != "goos: linux; pkg: example.org/x" || len(s.Points) != 12 {
		t.Errorf("the series is %+v", s)
	}
	if len(s.Changes) != 1 {
		t.Fatalf("found %+v", s.Changes)
	}
	c := s.Changes[0]
	if c.Index != 6 || c.From != 6 || c.To != 6 || c.Direction != Worse || math.Abs(c.Ratio-1.10) > 0.002 || c.Lo > c.Ratio || c.Hi < c.Ratio || c.P > 1e-6 {
		t.Errorf("the change is %+v", c)
	}
	if p := s.Points[0]; math.Abs(p.Value-100e-9) > 1e-9 || p.Runs != 5 || p.Lo == nil || *p.Lo > p.Value {
		t.Errorf("the first point is %+v", p)
	}
	if len(s.Levels) != 2 || math.Abs(s.Levels[0]-c.Before) > 1e-15 || s.Within <= 0 || s.Within > s.Scatter+1e-12 {
		t.Errorf("levels %v, scatter %v, within %v", s.Levels, s.Scatter, s.Within)
	}
	if !r.WorseWithin(6) || r.WorseWithin(5) {
		t.Error("the change is within the last 6 files and not within the last 5")
	}
}

// Commits in the files order them, whatever the arguments' order, and make no series of their own.
func TestFollowCommits(t *testing.T) {
	texts := steps(func(i int) string {
		return fmt.Sprintf("commit: c%02d\ncommit-time: 2026-03-%02dT10:00:00+09:00\nbranch: main\npkg: x\n", i, i+1)
	})
	slices.Reverse(texts)
	r := follows(t, Options{}, texts...)
	if r.Order != ByCommit || len(r.Series) != 1 || r.Changes != 1 || r.Files[0].Commit != "c00" || r.Files[0].Label != "main" {
		t.Fatalf("order %s, %d series, %d changes, first file %+v", r.Order, len(r.Series), r.Changes, r.Files[0])
	}
	if c := r.Series[0].Changes[0]; r.Files[r.Series[0].Points[c.Index].File].Commit != "c06" || c.SameCommit {
		t.Errorf("the change is %+v", c)
	}
	// In the order given it is the other way round.
	r = follows(t, Options{Order: ByArgument}, texts...)
	if r.Order != ByArgument || r.Changes != 1 || r.Series[0].Changes[0].Direction != Better {
		t.Errorf("order %s, %d changes", r.Order, r.Changes)
	}
	// One file may hold all of them.
	slices.Reverse(texts)
	r = follows(t, Options{}, strings.Join(texts, ""))
	if len(r.Files) != 12 || r.Changes != 1 {
		t.Errorf("of one file: %d files, %d changes", len(r.Files), r.Changes)
	}
	// One that does not say makes the order of the arguments count, and is named.
	r = follows(t, Options{}, append(texts, foreign("pkg: x\n", 110))...)
	if r.Order != ByArgument || len(r.Warnings) != 1 || !strings.HasPrefix(r.Warnings[0], "12.txt does not say when it was committed") {
		t.Errorf("order %s, warnings %q", r.Order, r.Warnings)
	}
}

// A change between two files of one commit is not the program's.
func TestFollowSameCommit(t *testing.T) {
	r := follows(t, Options{}, steps(func(i int) string {
		commit := max(i, 6)
		if i < 6 {
			commit = i + 1
		}
		return fmt.Sprintf("commit: %d\n", commit)
	})...)
	if r.Changes != 1 || !r.Series[0].Changes[0].SameCommit {
		t.Errorf("%d changes: %+v", r.Changes, r.Series[0].Changes)
	}
}

// Other machines are other series, and it is said in what they differ; keys may be ignored.
func TestFollowConfigurations(t *testing.T) {
	texts := steps(func(i int) string { return fmt.Sprintf("cpu: A\ngo: go1.%d\n", 25+i/6) })
	r := follows(t, Options{}, texts...)
	if len(r.Series) != 2 || r.Changes != 0 || len(r.Warnings) != 1 || r.Warnings[0] != "2 configurations are followed each by itself: they differ in go" {
		t.Errorf("%d series, %d changes, warnings %q", len(r.Series), r.Changes, r.Warnings)
	}
	r = follows(t, Options{Ignore: []string{"go"}}, texts...)
	if len(r.Series) != 1 || r.Changes != 1 || r.Series[0].Config != "cpu: A" {
		t.Errorf("without go: %d series, %d changes", len(r.Series), r.Changes)
	}
}

// cells returns a file with three rounds of a workload at C of 1, 2 and 8 and P of 1 and 2, of which those with 8
// goroutines are measured in more rounds, and the control arm. Rates are per round: what is common cancels in gains.
func cells(i int, of func(goroutines, procs int) float64) string {
	text := "cpu: T\ncores: 2\n"
	line := func(class, workload, strategy string, c, p int, rate float64) {
		text += fmt.Sprintf("Benchmark%s/workload=%s/strategy=%s/goroutines=%d/gomaxprocs=%d 9 %.6g ns/op %.6g tasks/s\n", class, workload, strategy, c, p, 1e9/rate, rate)
	}
	for round := range 6 {
		drift := 1 + 0.01*float64(round%3) + 0.001*float64(i%2)
		for _, p := range []int{1, 2, 4} { // 4 is above the cores
			if round < 3 || p == 1 {
				line("CPU", "hash", "sequential", 1, p, drift*of(1, p))
			}
			for _, c := range []int{2, 8} {
				if round < 3 || c == 8 {
					line("CPU", "hash", "pool", c, p, drift*of(c, p))
				}
			}
		}
		line("CPU", "hash", "processes", 2, 2, 3)
		line("Known", "control", "sequential", 1, 1, drift*of(0, 1))
		line("Known", "control", "pool", 2, 2, drift*of(0, 2))
	}
	return text
}

func TestFollowOwnFiles(t *testing.T) {
	rate := func(i int) func(c, p int) float64 {
		return func(c, p int) float64 {
			x := 1000 * float64(min(c, p, 2))
			switch {
			case c == 0:
				x = 500 * float64(p)
			case i >= 6 && c == 8 && p == 2:
				x *= 0.9
			}
			return x
		}
	}
	var texts []string
	for i := range 12 {
		texts = append(texts, cells(i, rate(i)))
	}
	r := follows(t, Options{}, texts...)
	var got []string
	for _, s := range r.Series {
		got = append(got, fmt.Sprintf("%s %s C=%d P=%d changes=%d", s.Workload, s.Unit, s.Goroutines, s.Gomaxprocs, len(s.Changes)))
	}
	want := []string{
		"cpu/hash tasks/s C=1 P=1 changes=0",
		"cpu/hash tasks/s C=8 P=2 changes=1",
		"cpu/hash concurrency_gain C=8 P=1 changes=0",
		"cpu/hash parallelism_gain C=8 P=2 changes=1",
		"known/control tasks/s C=1 P=1 changes=0",
		"known/control tasks/s C=2 P=2 changes=0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("series\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	gain := r.Series[3]
	if p := gain.Points[0]; math.Abs(p.Value-2) > 1e-6 || p.Runs != 6 {
		t.Errorf("the parallelism gain of the first file is %+v, want 2 from 6 rounds", p)
	}
	if r = follows(t, Options{Every: true, Units: []string{"sec/op"}}, texts...); len(r.Series) != 9+2 {
		t.Errorf("every cell: %d series, want 11", len(r.Series))
	}
	filter, err := benchproc.NewFilter("/gomaxprocs:1")
	if err != nil {
		t.Fatal(err)
	}
	r = follows(t, Options{Filter: filter}, texts...)
	for _, s := range r.Series {
		if s.Gomaxprocs != 1 {
			t.Errorf("the filter let through %+v", s)
		}
	}
}

// Where the control arm changes at the same place it was the machine.
func TestFollowMachine(t *testing.T) {
	var texts []string
	for i := range 16 {
		texts = append(texts, cells(i, func(c, p int) float64 {
			x := 1000 * float64(max(1, min(c, p, 2)))
			if i >= 8 {
				x *= 0.9
			}
			return x
		}))
	}
	r := follows(t, Options{}, texts...)
	marked := 0
	for _, s := range r.Series {
		for _, c := range s.Changes {
			if c.Machine == s.Control {
				t.Errorf("%s %s: machine %v", s.Workload, s.Unit, c.Machine)
			}
			if c.Machine {
				marked++
			}
		}
	}
	if marked != 2 || r.WorseWithin(100) {
		t.Errorf("%d changes are marked, want 2: %+v", marked, r.Series)
	}
}

// What cannot be read is named, and the rest goes on; the same run counts once.
func TestFollowSkips(t *testing.T) {
	manifest := `#runbench {"manifest":{"schema_version":1,"started":"2026-11-24T20:18:39Z","command":["run"],"host":{},"plan":{},"commit":{"revision":"abc","time":"2026-11-23T20:18:39Z","modified":true},"label":"main"}}` + "\n"
	texts := append([]string{"missing", "", "a letter\n", "\x00\x01", manifest + foreign("", 100), manifest + foreign("", 100)}, steps(func(int) string { return "" })...)
	r := follows(t, Options{}, texts...)
	var skipped []string
	for _, s := range r.Skipped {
		skipped = append(skipped, s.Path)
	}
	if want := []string{"0.txt", "1.txt", "2.txt", "3.txt", "5.txt"}; !slices.Equal(skipped, want) || r.Skipped[4].Reason != "the same run as 4.txt" {
		t.Errorf("left out %+v, want %v", r.Skipped, want)
	}
	if f := r.Files[0]; f.Commit != "abc" || f.Label != "main" || !f.Modified || f.Time == nil || f.Started == nil || f.Finished {
		t.Errorf("the file with a manifest is %+v", f)
	}
	if r.Changes != 1 {
		t.Errorf("%d changes, want 1", r.Changes)
	}
	for _, test := range []struct{ text, want string }{
		{"missing", "0.txt: no such file"},
		{"", "found an empty file"},
		{"BenchmarkX 1 5 apples\n", "0.txt: no result has a unit to follow, only apples"},
	} {
		if _, err := readTexts(t, Options{}, test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: error %v, want one with %q", test.text, err, test.want)
		}
	}
	var many strings.Builder
	for i := range mostBenchmarks + 1 {
		fmt.Fprintf(&many, "BenchmarkX%d 1 5 ns/op\n", i)
	}
	if _, err := readTexts(t, Options{}, many.String()); err == nil || !strings.Contains(err.Error(), "expected at most 50000 benchmarks, found more") {
		t.Errorf("error %v", err)
	}
}

// A history that is interrupted says so.
func TestReadInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, []Input{{Path: "x"}}, Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// Progress counts every file once.
func TestReadTells(t *testing.T) {
	var inputs []Input
	for range 50 {
		inputs = append(inputs, Input{Path: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(foreign("", 1))), nil }})
	}
	var told []int
	if _, err := Read(context.Background(), inputs, Options{}, func(n int) { told = append(told, n) }); err != nil {
		t.Fatal(err)
	}
	if len(told) != 50 || told[0] != 1 || told[49] != 50 {
		t.Errorf("told %v", told)
	}
}

// Whatever files hold, a history ends and gives JSON.
func FuzzFollow(f *testing.F) {
	f.Add(foreign("commit: a\ndate: 2026-01-01\n", 100), foreign("", 1e300), 3)
	f.Add(cells(1, func(c, p int) float64 { return float64(1 + c*p) }), "BenchmarkX 1 0 B/op 0 ns/op\n", 9)
	f.Add("BenchmarkX 1 1e-320 ns/op\nBenchmarkX 1 1e308 MB/s\n", "BenchmarkX 1 1e70 ns/op 1e-69 tasks/s\n", 4)
	f.Add("commit-time: 9999-12-31T23:59:59-23:00\nBenchmarkX 1 1 ns/op\n", "#runbench {\"manifest\":{\"started\":\"0001-01-01T00:00:00Z\"}}\nBenchmarkX 1 1 ns/op\n", 4)
	f.Fuzz(func(t *testing.T, a, b string, n int) {
		if len(a)+len(b) > 1<<14 {
			return
		}
		var inputs []Input
		for i := range 6 + max(0, n)%8 {
			text := a
			if i > 3 {
				text = b
			}
			inputs = append(inputs, Input{Path: fmt.Sprint(i), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
		}
		r, err := Read(context.Background(), inputs, Options{Every: true, Units: []string{"sec/op", "B/op", "B/s", "tasks/s", ConcurrencyGain, ParallelismGain, TotalGain}}, nil)
		if err != nil {
			return
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
		for _, s := range r.Series {
			if len(s.Levels) != len(s.Changes)+1 {
				t.Fatalf("%d levels of %d changes", len(s.Levels), len(s.Changes))
			}
			for _, c := range s.Changes {
				if c.From < 1 || c.From > c.Index || c.To < c.Index || c.To >= len(s.Points) {
					t.Fatalf("a change at %d…%d…%d of %d points", c.From, c.Index, c.To, len(s.Points))
				}
			}
		}
	})
}
