package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// compareTexts compares two texts with labels and file names "old" and "new".
func compareTexts(old, new string, opt Options) (*Report, error) {
	return Compare(context.Background(), []Input{
		{Name: "old", Data: strings.NewReader(old)},
		{Name: "new", Data: strings.NewReader(new)},
	}, opt)
}

func mustCompare(t *testing.T, old, new string, opt Options) *Report {
	t.Helper()
	r, err := compareTexts(old, new, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// deltas returns the comparisons in r by configuration, unit and benchmark.
func deltas(r *Report) map[string]*Delta {
	all := make(map[string]*Delta)
	for _, table := range r.Tables {
		for _, row := range table.Rows {
			if cell := row.Cells[1]; cell != nil && cell.Delta != nil {
				all[table.Config.key()+table.Unit+" "+row.Name] = cell.Delta
			}
		}
	}
	return all
}

// TestSwappingInvertsRatios has no equal values in its samples, for which
// benchmath's U-test is not the same both ways.
func TestSwappingInvertsRatios(t *testing.T) {
	opposite := map[Direction]Direction{Better: Worse, Worse: Better, NoDifference: NoDifference, Unknown: Unknown}
	compared := 0
	for seed := range uint64(30) {
		old, new := generate(rand.New(rand.NewPCG(seed, 2)), false)
		forth := deltas(mustCompare(t, string(old), string(new), Options{}))
		back := deltas(mustCompare(t, string(new), string(old), Options{}))
		if len(forth) != len(back) {
			t.Fatalf("seed %d: %d comparisons forth, %d back", seed, len(forth), len(back))
		}
		compared += len(forth)
		for key, f := range forth {
			b := back[key]
			if b.Direction != opposite[f.Direction] || b.Significant != f.Significant || b.N1 != f.N2 {
				t.Errorf("seed %d, %s: forth %+v, back %+v", seed, key, f, b)
			}
			if math.Abs(f.P-b.P) > 1e-9 {
				t.Errorf("seed %d, %s: p is %v forth, %v back", seed, key, f.P, b.P)
			}
			if product := f.Ratio * b.Ratio; math.Abs(product-1) > 1e-12 {
				t.Errorf("seed %d, %s: ratios %v and %v", seed, key, f.Ratio, b.Ratio)
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d comparisons", compared)
	}
}

// Cells of a sweep are sorted, whatever order the first round had. Other names keep
// theirs.
func TestNameOrder(t *testing.T) {
	const (
		wide     = "IO/workload=http/strategy=pool/goroutines=16/gomaxprocs=1"
		narrow   = "IO/workload=http/strategy=pool/goroutines=4/gomaxprocs=1"
		allCores = "IO/workload=http/strategy=pool/goroutines=4/gomaxprocs=2"
		hash     = "CPU/workload=hash/strategy=pool/goroutines=8/gomaxprocs=2"
		foreign  = "Encode-8"
	)
	for _, test := range []struct{ names, want []string }{
		{[]string{allCores, wide, hash, narrow}, []string{hash, narrow, wide, allCores}},
		{[]string{wide, narrow, foreign}, []string{wide, narrow, foreign}},
	} {
		for i, name := range test.want {
			if got := nameOrder([]*samples{{names: test.names}})[name]; got != i {
				t.Errorf("%s of %q is row %d, want %d", name, test.names, got, i)
			}
		}
	}
}

func TestNothingDiffersFromItself(t *testing.T) {
	for seed := range uint64(30) {
		data, _ := generate(rand.New(rand.NewPCG(seed, 3)), true)
		r := mustCompare(t, string(data), string(data), Options{})
		if !r.Comparable {
			t.Errorf("seed %d: not comparable with itself: %q", seed, r.Warnings)
		}
		for key, d := range deltas(r) {
			if d.Significant || d.Direction != NoDifference {
				t.Errorf("seed %d, %s: %+v", seed, key, d)
			}
		}
	}
}

func TestDirection(t *testing.T) {
	const units = "Unit tasks/s better=higher\nUnit size assume=exact better=lower\n"
	low := strings.Repeat("BenchmarkX 1 10 ns/op 10 MB/s 10 tasks/s 10 things 10 size\n", 2) +
		strings.Repeat("BenchmarkX 1 11 ns/op 11 MB/s 11 tasks/s 11 things 10 size\n", 2)
	high := strings.Repeat("BenchmarkX 1 20 ns/op 20 MB/s 20 tasks/s 20 things 20 size\n", 4)
	r := mustCompare(t, units+low, high, Options{})
	got := make(map[string]Direction)
	for _, table := range r.Tables {
		got[table.Unit] = table.Rows[0].Cells[1].Delta.Direction
	}
	want := map[string]Direction{"sec/op": Worse, "B/s": Better, "tasks/s": Better, "things": Unknown, "size": Worse}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnits(t *testing.T) {
	const old = "BenchmarkX 1 10 ns/op 5 B/op 1 MB/s\nBenchmarkY 1 0 ns/op 1 old/op\n"
	const new = "BenchmarkX 1 10 ns/op 5 B/op 1 MB/s 3 new/op\n"
	for _, test := range []struct {
		asked, want []string
	}{
		{nil, []string{"sec/op", "B/op", "B/s", "ns/op"}},
		{[]string{"B/op", "ns/op"}, []string{"B/op", "sec/op", "ns/op"}},
		{[]string{"sec/op"}, []string{"sec/op", "ns/op"}},
		{[]string{"B/s", "MB/s"}, []string{"B/s"}},
		{[]string{"old/op"}, []string{"old/op"}},
	} {
		r := mustCompare(t, old, new, Options{Units: test.asked})
		var got []string
		for _, table := range r.Tables {
			got = append(got, table.Unit)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("units %q: tables in %q, want %q", test.asked, got, test.want)
		}
	}
	_, err := compareTexts(old, new, Options{Units: []string{"no/op"}})
	if err == nil || !strings.Contains(err.Error(), `"no/op"`) || !strings.Contains(err.Error(), "sec/op") {
		t.Errorf("unknown unit: error %v", err)
	}
}

func TestInputErrors(t *testing.T) {
	const good = "BenchmarkX 1 10 ns/op\n"
	for _, test := range []struct {
		name, data string
		want       string
	}{
		{"empty", "", "new: expected Go benchmark output, with lines like \"BenchmarkName 100 12345 ns/op\", found an empty file"},
		{"prose", "hello\nworld", "found 2 lines without a benchmark result"},
		{"line", "goos: linux\n", "found 1 line without a benchmark result"},
		{"json", "\n {\"level\":\"start\"}\n", "found JSON that is not"},
		{"events", "{\"Action\":\"start\"}\n", "found events of go test -json without any output"},
		{"events of prose", "{\"Action\":\"output\",\"Output\":\"hello\"}\n", "found 1 line without a benchmark result"},
		{"utf16", "\xff\xfeB\x00e\x00", "found 1 line without a benchmark result"},
		{"broken", "PASS\nBenchmarkX 1 10\n", "new:2: expected Go benchmark output"},
		{"long line", good + good + strings.Repeat("x", 70<<10) + "\n" + good, "new:3: expected lines of less than 65536 bytes, found a longer one"},
		{"long last line", good + strings.Repeat("x", 70<<10), "new:2: expected"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := compareTexts(good, test.data, Options{})
			var input *InputError
			if !errors.As(err, &input) {
				t.Fatalf("error %v is no InputError", err)
			}
			if input.File != "new" || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q, want %q in it", err, test.want)
			}
		})
	}
}

func TestReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	_, err := Compare(context.Background(), []Input{
		{Name: "old", Data: io.MultiReader(strings.NewReader("goos: linux\nBenchmarkX 1 10 ns/op\n"), iotest.ErrReader(broken))},
		{Name: "new", Data: strings.NewReader("BenchmarkX 1 10 ns/op\n")},
	}, Options{})
	if !errors.Is(err, broken) {
		t.Errorf("error %v does not wrap that of the reader", err)
	}
	if want := "old:3: expected Go benchmark output, found a read error: disk on fire"; fmt.Sprint(err) != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

func TestOptionErrors(t *testing.T) {
	const data = "BenchmarkX 1 10 ns/op\n"
	for _, opt := range []Options{
		{Filter: "a:("},
		{Filter: ".name:Y"},
		{Confidence: 1.5},
		{Confidence: math.NaN()},
		{Alpha: -0.1},
	} {
		if _, err := compareTexts(data, data, opt); err == nil {
			t.Errorf("%+v: no error", opt)
		}
	}
	if _, err := Compare(context.Background(), []Input{{Data: strings.NewReader(data)}}, Options{}); err == nil {
		t.Error("one input: no error")
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	const data = "BenchmarkX 1 10 ns/op\n"
	_, err := Compare(ctx, []Input{
		{Name: "old", Data: strings.NewReader(data)},
		{Name: "new", Data: strings.NewReader(data)},
	}, Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

func TestSyntaxWarningsAreLimited(t *testing.T) {
	old := "BenchmarkX 1 10 ns/op\n" + strings.Repeat("Benchmark made of prose\n", 50)
	r := mustCompare(t, old, "BenchmarkX 1 10 ns/op\n", Options{})
	if len(r.Warnings) != maxSyntaxWarnings+1 {
		t.Fatalf("%d warnings, want %d", len(r.Warnings), maxSyntaxWarnings+1)
	}
	if want := "old:2: parsing iteration count: invalid syntax"; r.Warnings[0] != want {
		t.Errorf("first warning %q, want %q", r.Warnings[0], want)
	}
	if want := "old: 40 more lines could not be understood"; r.Warnings[maxSyntaxWarnings] != want {
		t.Errorf("last warning %q, want %q", r.Warnings[maxSyntaxWarnings], want)
	}
}

func TestExplainConfigs(t *testing.T) {
	// file returns results under each of the configurations "pkg cpu go".
	file := func(configs ...string) string {
		var b strings.Builder
		for _, c := range configs {
			fields := strings.Fields(c)
			fmt.Fprintf(&b, "goos: linux\npkg: %s\ncpu: %s\ngo: %s\nBenchmarkX 1 10 ns/op\n", fields[0], fields[1], fields[2])
		}
		return b.String()
	}
	const nothing = "nothing could be compared: no benchmark and unit is in both old and new under the same configuration"
	for _, test := range []struct {
		name       string
		old, new   string
		comparable bool
		want       []string
	}{
		{"same", file("a X 1"), file("a X 1"), true, nil},
		{"order of keys", "goos: linux\npkg: a\nBenchmarkX 1 1 ns/op\n", "pkg: a\ngoos: linux\nBenchmarkX 1 1 ns/op\n", true, nil},
		{"cpu", file("a X 1"), file("a Y 1"), false, []string{"not comparable: cpu differs: X / Y", nothing}},
		{"cpu and go", file("a X 1"), file("a Y 2"), false, []string{"not comparable: cpu differs: X / Y; go differs: 1 / 2", nothing}},
		{"every package", file("a X 1", "b X 1"), file("a Y 1", "b Y 1"), false, []string{"not comparable: cpu differs: X / Y", nothing}},
		{"absent", "BenchmarkX 1 1 ns/op\n", file("a X 1"), false, []string{
			"not comparable: goos differs: (not given) / linux; pkg differs: (not given) / a; cpu differs: (not given) / X; go differs: (not given) / 1", nothing,
		}},
		{"new package", file("a X 1"), file("a X 1", "b X 1"), true, []string{"only in new, so not compared: pkg: b"}},
		{"renamed package", file("a X 1"), file("b X 1"), false, []string{"not comparable: pkg differs: a / b", nothing}},
		{"second machine", file("a X 1", "a Y 1"), file("a X 1"), true, []string{"only in old, so not compared: cpu: Y"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := mustCompare(t, test.old, test.new, Options{})
			if r.Comparable != test.comparable {
				t.Errorf("Comparable is %v", r.Comparable)
			}
			if !slices.Equal(r.Warnings, test.want) {
				t.Errorf("warnings %q, want %q", r.Warnings, test.want)
			}
		})
	}
}

func TestManyConfigsAreExplainedBriefly(t *testing.T) {
	var old, new strings.Builder
	for i := range 3 * maxExplained {
		fmt.Fprintf(&old, "run: %d\nBenchmarkX 1 10 ns/op\n", i)
		fmt.Fprintf(&new, "run: -%d\nBenchmarkX 1 10 ns/op\n", i+1)
	}
	r := mustCompare(t, old.String(), new.String(), Options{})
	if n := len(r.Warnings); n > 2*maxExplained+3 {
		t.Errorf("%d warnings", n)
	}
}

// TestTextFitsWidth checks that no line of figures is wider than asked.
func TestTextFitsWidth(t *testing.T) {
	for _, files := range [][2]string{{"sweep-old.txt", "sweep-new.txt"}, {"foreign-old.txt", "foreign-new.txt"}} {
		r, err := compareFiles(t, Options{}, files[0], files[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, width := range []int{80, 100, 120} {
			var b bytes.Buffer
			if err := r.WriteText(&b, TextOptions{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				line = strings.TrimSuffix(line, "\n")
				if n := utf8.RuneCountInString(line); n > width && strings.Contains(line, plusMinus) {
					t.Errorf("%s at width %d has a line of %d characters:\n%s", files[0], width, n, line)
				}
			}
		}
	}
}

func TestWriteTextReportsErrors(t *testing.T) {
	const data = "BenchmarkX 1 10 ns/op\n"
	r := mustCompare(t, data, data, Options{})
	_, w := io.Pipe()
	broken := errors.New("no space left")
	w.CloseWithError(broken)
	if err := r.WriteText(w, TextOptions{}); err == nil {
		t.Error("no error from a closed pipe")
	}
}

// FuzzCompare checks that no input makes Compare or its output panic, and that
// every report can be written as text and as JSON.
func FuzzCompare(f *testing.F) {
	const sample = "Unit ns/op better=lower\nUnit size assume=exact\ngoos: linux\npkg: a\n" +
		"BenchmarkX/workload=a/strategy=b/goroutines=1/gomaxprocs=2 1 10 ns/op 3 size\n"
	f.Add([]byte(sample), []byte(sample), "", "")
	f.Add([]byte(sample), []byte("BenchmarkX 1 NaN ns/op Inf size\nBenchmarkX 1 -Inf ns/op 0 B/op\n"), "*", "ns/op")
	f.Add([]byte("BenchmarkX 1 0 ns/op -5 B/op\nBenchmark \n"), []byte("BenchmarkX 1 1e308 ns/op 1e-320 B/op\n"), ".unit:ns/op", "sec/op")
	f.Add([]byte("BenchmarkX 1 1 ns/op\n"), []byte("{}"), "-.name:X", "")
	f.Fuzz(func(t *testing.T, old, new []byte, filter, unit string) {
		opt := Options{Filter: filter}
		if unit != "" {
			opt.Units = []string{unit}
		}
		r, err := compareTexts(string(old), string(new), opt)
		if err != nil {
			if strings.Contains(err.Error(), "\n") && !strings.Contains(filter+unit, "\n") {
				t.Errorf("error of several lines: %q", err)
			}
			return
		}
		if err := r.WriteText(io.Discard, TextOptions{Width: 80, Color: true}); err != nil {
			t.Error(err)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}

// What analyze reads of a file, compare reads too.
func TestOtherForms(t *testing.T) {
	const text = "pkg: a\nBenchmarkX 1 10 ns/op\n"
	events := "{\"Action\":\"output\",\"Package\":\"a\",\"Output\":\"pkg: a\\nBenchmarkX \\t\"}\n{\"Action\":\"output\",\"Package\":\"a\",\"Output\":\"1 10 ns/op\\n\"}\n"
	wide := "\xff\xfe"
	for _, c := range text {
		wide += string([]byte{byte(c), 0})
	}
	for name, other := range map[string]string{"events": events, "UTF-16": wide} {
		var want, got strings.Builder
		same, r := mustCompare(t, text, text, Options{}), mustCompare(t, text, other, Options{})
		if err := errors.Join(same.WriteText(&want, TextOptions{}), r.WriteText(&got, TextOptions{})); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() || len(r.Tables) != 1 || len(r.Warnings) != len(same.Warnings) {
			t.Errorf("%s: %s, want %s", name, got.String(), want.String())
		}
	}
}
