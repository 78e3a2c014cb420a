package resultfile

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"
	"pgregory.net/rapid"
)

// A line is a result for the parser where it is one for benchfmt, with the same
// name, count and values; a key likewise.
func FuzzLineAgainstBenchfmt(f *testing.F) {
	for _, line := range []string{
		"BenchmarkA/size=8-4 \t 10 \t 5.25 ns/op\t0 B/op", "BenchmarkA 1 1e3 x", "BenchmarkA 1 0x1p-2 x", "BenchmarkA 1 1_000 x",
		"BenchmarkA 1 NaN ns/op -Inf MB/s", "BenchmarkA +1 .5 x 5. y", "BenchmarkA -3 00012345678901234567890.5 x", "BenchmarkA\u00a01\u20031 x",
		"Benchmark 1 1 x", "BenchmarkA 99999999999999999999 1 x", "BenchmarkA 1 9007199254740993 x", "BenchmarkA 1 123456789012345.6 x",
		"BenchmarkA 1 1e999 x", "BenchmarkA 1 1 \xff", "BenchmarkA 1 1", "BenchmarkA", "goos: linux", "a:b", "a:", "ä: ö", "a\u00a0b: c", "aB: c",
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(line) >= maxLine-1 || bytes.ContainsAny(line, "\n\r") {
			return
		}
		reader := benchfmt.NewReader(bytes.NewReader(append(bytes.Clone(line), "\nBenchmarkLast 1 1 x"...)), "f")
		var want, last *benchfmt.Result
		for reader.Scan() {
			if r, ok := reader.Result().(*benchfmt.Result); ok {
				want, last = last, r.Clone()
			}
		}
		text, isBenchmark := bytes.CutPrefix(line, benchmarkPrefix)
		if isBenchmark {
			p := lineParser{known: make(map[string]string)}
			name, rest := nextField(text)
			problem := p.counted(rest)
			if (problem == "") != (want != nil) {
				t.Fatalf("%q: %q, benchfmt has %+v", line, problem, want)
			}
			if want == nil {
				return
			}
			if string(name) != string(want.Name) || p.count != want.Iters || len(p.values) != len(want.Values) {
				t.Fatalf("%q: %q %d %v, benchfmt has %+v", line, name, p.count, p.values, want)
			}
			for i, v := range want.Values {
				unit, x := written(v)
				if p.units[i] != unit || p.values[i] != x && !(math.IsNaN(x) && math.IsNaN(p.values[i])) {
					t.Fatalf("%q: value %d is %v %s, benchfmt has %v %s", line, i, p.values[i], p.units[i], x, unit)
				}
			}
			return
		}
		if bytes.HasPrefix(line, []byte("Unit")) {
			return
		}
		key, value, ok := keyLine(line)
		if ok && len(value) == 0 {
			ok = false // takes a key away that is not there
		}
		if ok != (len(last.Config) > 0) || ok && (last.Config[0].Key != string(key) || !bytes.Equal(last.Config[0].Value, value)) {
			t.Fatalf("%q: key %q, value %q, %v; benchfmt has %+v", line, key, value, ok, last.Config)
		}
	})
}

// written returns a value of benchfmt as it stands in the file.
func written(v benchfmt.Value) (unit string, x float64) {
	if v.OrigUnit != "" {
		return v.OrigUnit, v.OrigValue
	}
	return v.Unit, v.Value
}

// byBenchfmt reads text with benchfmt and writes what it says as told does.
func byBenchfmt(t interface{ Fatal(...any) }, text []byte) []string {
	reader := benchfmt.NewReader(bytes.NewReader(text), "f")
	var out []string
	for reader.Scan() {
		r, ok := reader.Result().(*benchfmt.Result)
		if !ok {
			continue
		}
		var pairs []string
		for _, kv := range r.Config {
			pairs = append(pairs, kv.Key+": "+string(kv.Value))
		}
		line := fmt.Sprintf("%s [%s] %d:", r.Name, configText(pairs), r.Iters)
		for _, v := range r.Values {
			unit, x := written(v)
			line += fmt.Sprintf(" %v %s", x, unit)
		}
		out = append(out, line)
	}
	if err := reader.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func byUs(set *Set) []string {
	var out []string
	for r := range set.All() {
		line := fmt.Sprintf("%s [%s] %d:", r.FullName(), r.Config, r.Batches)
		for _, v := range r.Values {
			line += fmt.Sprintf(" %v %s", v.Value, v.Unit)
		}
		out = append(out, line)
	}
	return out
}

// Files as `go test -bench` writes them read as with benchfmt, whatever stands
// between the results.
func TestReadsAsBenchfmt(t *testing.T) {
	unit := rapid.SampledFrom([]string{"ns/op", "B/op", "allocs/op", "MB/s", "p99-ns/op", "tasks/s", "°C"})
	number := rapid.OneOf(
		rapid.Map(rapid.Float64Range(0, 1e12), func(x float64) string { return fmt.Sprintf("%.4g", x) }),
		rapid.Map(rapid.Float64Range(0, 1e6), func(x float64) string { return fmt.Sprintf("%.3f", x) }),
		rapid.Map(rapid.Uint64(), func(x uint64) string { return fmt.Sprint(x) }),
	)
	name := rapid.StringMatching(`[A-Z][a-z]{0,2}(/[a-z]{1,2}=[0-9a-z]{1,2}|/[a-z]{1,2}){0,2}(-[2468])?`)
	between := rapid.SampledFrom([]string{
		"", "PASS", "ok  \texample.com/x\t1.2s", "--- BENCH: BenchmarkX-8", "    x_test.go:5: a log line", "2026/01/02 10:00:00 WARN slow n=5",
		"BenchmarkNameOnly", "?   \texample.com/y\t[no test files]", "note: before", "note:", "commit: abc", "Unit ns/op better=lower",
	})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 4).Draw(t, "packages") {
			fmt.Fprintf(&b, "goos: linux\ngoarch: amd64\npkg: example.com/%s\ncpu: %s\n", rapid.StringMatching(`[a-c]`).Draw(t, "pkg"), rapid.SampledFrom([]string{"A", "B"}).Draw(t, "cpu"))
			for range rapid.IntRange(1, 6).Draw(t, "lines") {
				fmt.Fprintf(&b, "Benchmark%s \t%8d\t", name.Draw(t, "name"), rapid.IntRange(1, 1e9).Draw(t, "count"))
				for i := range rapid.IntRange(1, 3).Draw(t, "values") {
					fmt.Fprintf(&b, "%s%10s %s", "\t"[:min(i, 1)], number.Draw(t, "number"), unit.Draw(t, "unit"))
				}
				fmt.Fprintf(&b, "%s", rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end"))
				if line := between.Draw(t, "between"); line != "" {
					fmt.Fprintln(&b, line)
				}
			}
		}
		set, err := Read(strings.NewReader(b.String()), "r.txt")
		if err != nil {
			t.Fatal(err)
		}
		want, got := byBenchfmt(t, []byte(b.String())), byUs(set)
		if !slices.Equal(got, want) {
			t.Fatalf("read\n%s\nbenchfmt reads\n%s\nof\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), b.String())
		}
	})
}

// So do published files, but for headings and for lines that a terminal wrapped.
func TestReadsPublishedAsBenchfmt(t *testing.T) {
	files, err := filepath.Glob("../../../shared/real-bench/*.txt")
	check(t, err)
	if len(files) == 0 {
		t.Skip("no ../shared/real-bench beside the project: nothing to read")
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		check(t, err)
		set, err := Read(bytes.NewReader(text), path)
		if err != nil || strings.Contains(path, "terminal-wrapped") {
			continue
		}
		got := byUs(set)
		for i := range got {
			if at := strings.Index(got[i], keySection+": "); at >= 0 {
				got[i] = strings.TrimSuffix(got[i][:at], "; ") + got[i][at+strings.IndexByte(got[i][at:], ']'):]
			}
		}
		if want := byBenchfmt(t, text); !slices.Equal(got, want) {
			t.Errorf("%s: %d runs, benchfmt reads %d, or others", path, len(got), len(want))
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"BenchmarkA-2 1 1 ns/op\n#runbench {\"round\":{\"round\":2}}\nBenchmarkA-2 1 2 ns/op",
		"#runbench {",
		"Unit ns/op better=lower\nBenchmarkA/goroutines=x 1 NaN ns/op\n",
		"BenchmarkA-2\tlog\n 100 12 ns/op\nBenchmarkA-2 1 5 ns/\nop\nBenchmarkB 1 5\nns/op\nBenchmarkC 1\n 5 ns/op\nBenchmarkD 1 6\n3 ns/op",
		"{\"Action\":\"output\",\"Package\":\"a\",\"Output\":\"BenchmarkA \\t\"}\n{\"Action\":\"output\",\"Package\":\"a\",\"Output\":\"1 5 ns/op\\n\"}\n",
		"Before:\nBenchmarkA 1 1 x\nBenchmarkB 1 1 x\nAfter:\nBenchmarkA 1 1 x\nBenchmarkB 1 1 x\n",
		"BenchmarkA-10 1 1 x\nBenchmarkA-100 1 1 x\nBenchmarkA-10-2 1 1 x\nBenchmarkA-0 1 1 x\nBenchmark-8 1 1 x\nBenchmark 1 1 x\n",
		"goos: a\nBenchmarkA 1 1 x\nPASS\ngoos:\nBenchmarkA 1 1 x\n--- FAIL: BenchmarkB\nFAIL\tx\n> BenchmarkC 1 1 x\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Add(utf16Text("BenchmarkA-2 1 1 ns/op\n", true))
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := Read(bytes.NewReader(text), "fuzz.txt")
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of several lines: %q", err)
			}
			return
		}
		if set.whole > int64(len(text)) {
			t.Errorf("%d of %d bytes are whole lines", set.whole, len(text))
		}
		// The shortest result is "Benchmark\x201\x201\x20x\n", in UTF-8 or in events.
		if len(set.Runs) > len(text)/8+1 {
			t.Errorf("%d runs in %d bytes", len(set.Runs), len(text))
		}
		compact, err := ReadCompact(bytes.NewReader(text), "fuzz.txt")
		check(t, err)
		if told(compact) != told(set) {
			t.Errorf("in compact form\n%swhole\n%s", told(compact), told(set))
		}
		for _, r := range set.Runs {
			if r.Round < 1 && set.Manifest == nil && !bytes.Contains(text, []byte("round")) {
				t.Errorf("a run of round %d: %+v", r.Round, r)
			}
			for _, v := range r.Values {
				if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
					t.Errorf("a value of %v", v)
				}
			}
		}
	})
}
