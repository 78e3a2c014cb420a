package resultfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"
	"pgregory.net/rapid"
)

var (
	testConfig = Config{CPU: "Example CPU", Cores: 2}
	testPlan   = Plan{Seed: 1, Procs: []int{1, 2}, Subjects: []Subject{
		{Class: "CPU", Workload: "hash", Batch: 256, Strategies: []string{"pool"}, Goroutines: []int{1, 8}},
	}}
	testManifest = Manifest{SchemaVersion: SchemaVersion, Host: []byte(`{}`), Plan: testPlan}
)

func values(x float64) []Value {
	return []Value{{NsPerOp, 1e9 / x}, {TasksPerSec, x}, {CPUNsPerOp, 12}, {P50Ns, 3}, {Threads, 5}}
}

// write makes a file of so many rounds and returns its path.
func write(t *testing.T, rounds int) string {
	path := filepath.Join(t.TempDir(), "r.txt")
	w, err := Create(path, testConfig, testManifest)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for round := 1; round <= rounds; round++ {
		check(t, w.Event(Event{Round: &Round{Round: round}}))
		for i, c := range testPlan.Cells() {
			check(t, w.Run(c, 10, values(float64(100*(i+1)+round))))
		}
		check(t, w.Event(Event{RoundEnd: &RoundEnd{Round: round}}))
	}
	return path
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func readBytes(t *testing.T, text []byte) *Set {
	t.Helper()
	set, err := Read(bytes.NewReader(text), "r.txt")
	check(t, err)
	return set
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	text, err := os.ReadFile(write(t, 3))
	check(t, err)
	set := readBytes(t, text)
	if len(set.Runs) != 12 || len(set.Rounds) != 3 || set.Manifest == nil || len(set.Warnings) != 0 || set.Torn {
		t.Fatalf("%d runs, %d rounds, manifest %v, warnings %v", len(set.Runs), len(set.Rounds), set.Manifest, set.Warnings)
	}
	for i, r := range set.Runs {
		if want := testPlan.Cells()[i%4].Name(); r.Cell.Name() != want || r.Round != i/4+1 || r.Batches != 10 || r.Config != testConfig.Text() {
			t.Errorf("run %d is %+v, want %s in round %d", i, r, want, i/4+1)
		}
		if x, ok := r.Value(TasksPerSec); !ok || x != float64(100*(i%4+1)+i/4+1) {
			t.Errorf("run %d has %v tasks/s", i, x)
		}
	}
	// Other readers of the format take every line.
	reader := benchfmt.NewReader(bytes.NewReader(text), "r.txt")
	for reader.Scan() {
		if bad, ok := reader.Result().(*benchfmt.SyntaxError); ok {
			t.Error(bad)
		}
	}
	check(t, reader.Err())
	for _, u := range units {
		if reader.Units().GetBetter(u.name) == 0 {
			t.Errorf("%s has no direction", u.name)
		}
	}
}

func TestBenchstatReadsIt(t *testing.T) {
	path := write(t, 6)
	out, err := exec.Command("go", "tool", "benchstat", "-row", "/workload,/goroutines", "-col", "/gomaxprocs", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := strings.Count(string(out), "sec/op"); n < 2 || !strings.Contains(string(out), "hash 8") {
		t.Errorf("want one table with a column for each GOMAXPROCS:\n%s", out)
	}
}

// Cut at any byte, as by kill -9 or a power failure, a file keeps every whole
// run, and what is appended after a resume is read too.
func TestResumeAfterACutAnywhere(t *testing.T) {
	whole, err := os.ReadFile(write(t, 1))
	check(t, err)
	dir := t.TempDir()
	for cut := range len(whole) + 1 {
		path := filepath.Join(dir, "cut.txt")
		check(t, os.WriteFile(path, whole[:cut], 0o644))
		want := bytes.Count(whole[:cut], []byte("\nBenchmark"))
		if i := bytes.LastIndexByte(whole[:cut], '\n'); bytes.HasPrefix(whole[i+1:cut], []byte("Benchmark")) {
			want-- // the last of them has no end
		}
		w, had, err := Resume(path, testConfig, testManifest)
		if err != nil {
			t.Fatalf("cut at %d (%q): %v", cut, whole[max(0, cut-20):cut], err)
		}
		if had != nil && len(had.Runs) != want || had == nil && want > 0 {
			t.Fatalf("cut at %d: the runs are %+v, want %d", cut, had, want)
		}
		extra := testPlan.Cells()[0]
		check(t, w.Run(extra, 77, values(1)))
		check(t, w.Close())
		text, err := os.ReadFile(path)
		check(t, err)
		set := readBytes(t, text)
		if len(set.Runs) != want+1 || set.Runs[want].Batches != 77 || set.Runs[want].Config != testConfig.Text() || set.Torn || len(set.Warnings) > 0 || set.Manifest == nil {
			t.Fatalf("cut at %d, then a run: %d runs, want %d; warnings %v\n%s", cut, len(set.Runs), want+1, set.Warnings, text)
		}
		check(t, os.Remove(path))
	}
}

func TestCreateWritesNothingOver(t *testing.T) {
	path := write(t, 1)
	before, err := os.ReadFile(path)
	check(t, err)
	if _, err := Create(path, testConfig, testManifest); !errors.Is(err, ErrExists) {
		t.Errorf("got %v, want %v", err, ErrExists)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file has changed")
	}
}

// full takes so many bytes and then fails, as a full disk does.
type full struct {
	bytes.Buffer
	room int
}

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.room {
		n, _ := f.Buffer.Write(p[:f.room])
		f.room = 0
		return n, errors.New("no space left on device")
	}
	f.room -= len(p)
	return f.Buffer.Write(p)
}

func TestFullDiskKeepsWhatWasWritten(t *testing.T) {
	disk := &full{room: 3000}
	w := newWriter(disk, nil, testConfig)
	err := w.begin(testManifest)
	runs := 0
	for err == nil {
		if err = w.Run(testPlan.Cells()[0], 10, values(100)); err == nil {
			runs++
		}
	}
	set := readBytes(t, disk.Bytes())
	if runs == 0 || len(set.Runs) != runs || !set.Torn {
		t.Errorf("%d runs were written, %d are read, torn %v", runs, len(set.Runs), set.Torn)
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "found an empty file",
		"nothing here\n":     "found 1 line without one",
		"Benchmark\x00X 1\n": "r.txt:1: expected benchmark results",
	} {
		_, err := Read(strings.NewReader(text), "r.txt")
		var input *InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an InputError with %q", text, err, want)
		}
	}
}

func TestReadForeign(t *testing.T) {
	long := "BenchmarkLong" + strings.Repeat("x", 1<<20) + " 1 1 ns/op\n"
	text := "goos: linux\r\nBenchmarkA/size=8-4 \t 10 \t 5 ns/op\r\nsome log\n" + long + "BenchmarkA/size=8-4 10 7 ns/op\nBenchmarkB-0 1 1 ns/op\nBenchmarkC 10 1 ns/op"
	set := readBytes(t, []byte(text))
	if len(set.Runs) != 4 || set.Runs[0].Cell.Gomaxprocs != 4 || set.Runs[0].Round != 1 || set.Runs[1].Round != 2 || set.Runs[2].Cell.Class != "B-0" || set.Runs[3].Cell.Class != "C" {
		t.Errorf("runs are %+v", set.Runs)
	}
	if len(set.Warnings) != 2 { // the long line and B's GOMAXPROCS of 0, which is taken for a part of the name
		t.Errorf("warnings: %v", set.Warnings)
	}
}

func TestCellNameRoundTrip(t *testing.T) {
	word := rapid.StringMatching(`[a-z][a-z.]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		c := Cell{
			Class: "CPU", Workload: word.Draw(t, "workload"), Strategy: word.Draw(t, "strategy"),
			Goroutines: rapid.IntRange(1, 1e6).Draw(t, "C"), Gomaxprocs: rapid.IntRange(1, 1024).Draw(t, "P"),
		}
		if rapid.Bool().Draw(t, "with a parameter") {
			c.Params = map[string]string{"p" + word.Draw(t, "key"): word.Draw(t, "value")}
		}
		got, err := ParseCell(benchfmt.Name(c.Name()))
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c) {
			t.Fatalf("%s came back as %+v, %v", c.Name(), got, err)
		}
		if _, parts := benchfmt.Name(c.Name()).Parts(); strings.HasPrefix(string(parts[len(parts)-1]), "-") {
			t.Fatalf("%s has a part that reads as GOMAXPROCS", c.Name())
		}
	})
}
