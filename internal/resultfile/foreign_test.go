package resultfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// told writes runs as "name@P config round: value unit, …", a line each.
func told(s *Set) string {
	var b strings.Builder
	for r := range s.All() {
		fmt.Fprintf(&b, "%s@%d [%s] %d:", r.BaseName(), r.Cell.Gomaxprocs, r.Config, r.Round)
		for _, v := range r.Values {
			fmt.Fprintf(&b, " %g %s", v.Value, v.Unit)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func passed(s *Set, reason string) int {
	for _, p := range s.Passed {
		if p.Reason == reason {
			return p.Lines
		}
	}
	return 0
}

// What programs, terminals and people make of results is put together again, and
// what cannot be is counted.
func TestReadTakenApart(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string
		reason           string // of what is passed over
		lines            int
	}{
		{name: "log behind the name", text: "BenchmarkX-8   \tstarting 3 workers\nready in 5 ms\n     100\t        12 ns/op\t 3 B/op\n", want: "X@8 [] 1: 12 ns/op 3 B/op\n", reason: notTaken, lines: 1},
		{name: "log up to the result", text: "BenchmarkX-8   \tdone 5 of 5     100\t        12 ns/op\n", want: "X@8 [] 1: 12 ns/op\n"},
		{name: "log of numbers", text: "BenchmarkX-8   \t5 items 7\n100 12 ns/op\nBenchmarkY-8 \t6 7\n100 13 ns/op\n", want: "X@8 [] 1: 12 ns/op\nY@8 [] 1: 13 ns/op\n"},
		{name: "go test -v", text: "BenchmarkX\n    x_test.go:5: hello\nBenchmarkX-4 \t 10\t 5.5 ns/op\nPASS\n", want: "X@4 [] 1: 5.5 ns/op\n", reason: notTaken, lines: 1},
		{name: "wrapped in a unit", text: "BenchmarkX-20   1873369   637.8 ns/\nop\nBenchmarkY-20   1   2 n\ns/op   4 B/op\n", want: "X@20 [] 1: 637.8 ns/op\nY@20 [] 1: 2 ns/op 4 B/op\n"},
		{name: "wrapped before a unit", text: "BenchmarkX-20   1873369   637.8\nns/op\n", want: "X@20 [] 1: 637.8 ns/op\n"},
		{name: "wrapped behind the count", text: "BenchmarkX-20   1873369\n   637.8 ns/op\n", want: "X@20 [] 1: 637.8 ns/op\n"},
		{name: "wrapped behind the name", text: "BenchmarkX-20\n   1873369   637.8 ns/op\n", want: "X@20 [] 1: 637.8 ns/op\n"},
		{name: "broken in a number", text: "BenchmarkX-20   1873369   63\n7.8 ns/op\nBenchmarkY-2 1 1 ns/op\n", want: "Y@2 [] 1: 1 ns/op\n", reason: brokenNumber, lines: 1},
		{name: "a unit that only looks cut", text: "BenchmarkX-2 1 5 ns\nBenchmarkX-2 1 6 ns\nPASS\n", want: "X@2 [] 1: 5 ns\nX@2 [] 2: 6 ns\n"},
		{name: "quoted", text: "Results:\n\n    goos: linux\n    BenchmarkX-2 \t 1\t 5 ns/op\n> BenchmarkY-2 1 6 ns/op\n// BenchmarkZ-2 1 7 ns/op\n", want: "X@2 [goos: linux] 1: 5 ns/op\nY@2 [goos: linux] 1: 6 ns/op\nZ@2 [goos: linux] 1: 7 ns/op\n", reason: notTaken, lines: 1},
		{name: "CRLF", text: "goos: linux\r\nBenchmarkX-2 1 5 ns/op\r\nPASS\r\n", want: "X@2 [goos: linux] 1: 5 ns/op\n"},
		{name: "byte order mark", text: "\xef\xbb\xbfBenchmarkX-2 1 5 ns/op\n", want: "X@2 [] 1: 5 ns/op\n"},
		{name: "cut in a unit", text: "BenchmarkX-2 1 5 ns/op\nBenchmarkX-2 1 5 ns/o", want: "X@2 [] 1: 5 ns/op\n", reason: cutAtEnd, lines: 1},
		{name: "cut in a number", text: "BenchmarkX-2 1 5 ns/op\nBenchmarkX-2 1 5", want: "X@2 [] 1: 5 ns/op\n", reason: cutAtEnd, lines: 1},
		{name: "cut behind a name", text: "BenchmarkX-2 1 5 ns/op\nBenchmarkY-2\n", want: "X@2 [] 1: 5 ns/op\n", reason: noEnd, lines: 1},
		{name: "not finite", text: "BenchmarkX-2 1 NaN ns/op\nBenchmarkY-2 1 5 ns/op +Inf x/s\nBenchmarkZ-2 1 -5 ns/op\nBenchmarkZ-2 1 -5 °C\n", want: "Y@2 [] 1: 5 ns/op\nZ@2 [] 1: -5 °C\n", reason: noValueLeft, lines: 2},
		{name: "ten megabytes", text: "BenchmarkX-2 \t" + strings.Repeat("log ", 10<<18) + "\n  100 5 ns/op\n" + strings.Repeat("x", 10<<20) + "\nBenchmarkX-2 1 6 ns/op\n", want: "X@2 [] 1: 5 ns/op\nX@2 [] 2: 6 ns/op\n", reason: tooLong, lines: 2},
		{name: "failed", text: "BenchmarkX-2 1 5 ns/op\n--- FAIL: BenchmarkY\n    y_test.go:3: no\nFAIL\nFAIL\texample.com/y\t0.1s\n", want: "X@2 [] 1: 5 ns/op\n", reason: failedTest, lines: 1},
		{name: "messages that look like keys", text: "goos: linux\nBenchmarkX-2 1 5 ns/op\ncoverage: 80.1% of statements\nhttp: Server closed\ngo: downloading example.com/x v1.0.0\nBenchmarkX-2 1 6 ns/op\n", want: "X@2 [goos: linux] 1: 5 ns/op\nX@2 [goos: linux] 2: 6 ns/op\n", reason: notTaken, lines: 3},
		{name: "a package whose header lacks keys", text: "goos: linux\ngoarch: amd64\npkg: a\ncpu: C\nBenchmarkX-2 1 5 ns/op\nPASS\nok  \ta\t1s\ngoos: linux\ngoarch: amd64\npkg: b\nBenchmarkX-2 1 6 ns/op\n", want: "X@2 [cpu: C; goarch: amd64; goos: linux; pkg: a] 1: 5 ns/op\nX@2 [goarch: amd64; goos: linux; pkg: b] 1: 6 ns/op\n"},
		{name: "two machines", text: "goos: linux\ncpu: C\nBenchmarkX-2 1 5 ns/op\n\ngoos: darwin\nBenchmarkX-2 1 6 ns/op\n", want: "X@2 [cpu: C; goos: linux] 1: 5 ns/op\nX@2 [goos: darwin] 1: 6 ns/op\n"},
		{name: "headings", text: "Before:\n\nBenchmarkX 1 5 ns/op\nBenchmarkX-2 1 6 ns/op\n\nAfter:\n\nBenchmarkX 1 7 ns/op\nBenchmarkX-2 1 8 ns/op\n", want: "X@0 [section: Before] 1: 5 ns/op\nX@2 [section: Before] 1: 6 ns/op\nX@0 [section: After] 1: 7 ns/op\nX@2 [section: After] 1: 8 ns/op\n", reason: notTaken, lines: 2},
		{name: "no headings", text: "listening on port 34567\nBenchmarkX 1 5 ns/op\nBenchmarkX-2 1 6 ns/op\nlistening on port 45678\nBenchmarkX 1 7 ns/op\nBenchmarkX-2 1 8 ns/op\n", want: "X@0 [] 1: 5 ns/op\nX@2 [] 1: 6 ns/op\nX@0 [] 2: 7 ns/op\nX@2 [] 2: 8 ns/op\n"},
		{name: "sizes at P=1", text: "BenchmarkX/n-10 1 5 ns/op\nBenchmarkX/n-100 1 5 ns/op\nBenchmarkX/n-1000 1 5 ns/op\n", want: "X/n-10@0 [] 1: 5 ns/op\nX/n-100@0 [] 1: 5 ns/op\nX/n-1000@0 [] 1: 5 ns/op\n"},
		{name: "sizes in a sweep", text: "BenchmarkX/n-10 1 5 ns/op\nBenchmarkX/n-10-2 1 5 ns/op\nBenchmarkX/n-10x3-4 1 5 ns/op\n", want: "X/n-10@0 [] 1: 5 ns/op\nX/n-10@2 [] 1: 5 ns/op\nX/n-10x3@4 [] 1: 5 ns/op\n"},
		{name: "depths at P=1", text: "BenchmarkX/d-0 1 5 ns/op\nBenchmarkX/d-1 1 5 ns/op\nBenchmarkX-2 1 5 ns/op\n", want: "X/d-0@0 [] 1: 5 ns/op\nX/d-1@0 [] 1: 5 ns/op\nX@2 [] 1: 5 ns/op\n"},
		{name: "keys", text: "BenchmarkX/gomaxprocs=4/n=1k/goroutines=8 1 5 ns/op\nBenchmarkX/goroutines=many-2 1 5 ns/op\n", want: "X/n=1k@4 [] 1: 5 ns/op\nX/goroutines=many@2 [] 1: 5 ns/op\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set := readBytes(t, []byte(tt.text))
			if got := told(set); got != tt.want {
				t.Errorf("read\n%swant\n%s%+v", got, tt.want, set.Passed)
			}
			if n := passed(set, tt.reason); tt.reason != "" && n != tt.lines {
				t.Errorf("%d lines are %s, want %d: %+v", n, tt.reason, tt.lines, set.Passed)
			}
		})
	}
}

// utf16Text returns text as PowerShell writes it.
func utf16Text(text string, big bool) []byte {
	out := []byte{0xff, 0xfe}
	if big {
		out = []byte{0xfe, 0xff}
	}
	for _, r := range text {
		lo, hi := byte(r), byte(r>>8)
		if big {
			lo, hi = hi, lo
		}
		out = append(out, lo, hi)
	}
	return out
}

func TestReadUTF16(t *testing.T) {
	text := "goos: windows\r\nBenchmarkÄ-2 \t 10\t 5 µs/op\r\n"
	for _, big := range []bool{false, true} {
		set := readBytes(t, utf16Text(text, big))
		if want := "Ä@2 [goos: windows] 1: 5 µs/op\n"; told(set) != want {
			t.Errorf("read %q, want %q", told(set), want)
		}
	}
	// A pair of halves stands for one character, on whichever bytes reads end.
	pair := append(utf16Text("BenchmarkX 1 5 ", false), 0x3d, 0xd8, 0x00, 0xde, '/', 0, 's', 0)
	for cut := range len(pair) {
		set, err := Read(&twice{pair[:cut], pair[cut:]}, "r.txt")
		check(t, err)
		if want := "X@0 [] 1: 5 😀/s\n"; told(set) != want {
			t.Fatalf("cut at %d: read %q, want %q", cut, told(set), want)
		}
	}
	path := filepath.Join(t.TempDir(), "r.txt")
	check(t, os.WriteFile(path, pair, 0o644))
	if _, _, err := Resume(path, testConfig, testManifest); err == nil || !strings.Contains(err.Error(), "UTF-16") {
		t.Errorf("resuming it: got %v, want a refusal that names UTF-16", err)
	}
}

// twice gives two parts in two reads.
type twice [2][]byte

func (r *twice) Read(p []byte) (int, error) {
	for i := range r {
		if len(r[i]) > 0 {
			n := copy(p, r[i])
			r[i] = r[i][n:]
			return n, nil
		}
	}
	return bytes.NewReader(nil).Read(p)
}

// The output of `go test -json` is that of the packages, taken apart into events
// and mixed.
func TestReadTestJSON(t *testing.T) {
	text := `# example.com/broken
{"Action":"start","Package":"a"}
{"Action":"start","Package":"b"}
{"Action":"output","Package":"a","Output":"goos: linux\n"}
{"Action":"output","Package":"b","Output":"goos: linux\n"}
{"Action":"output","Package":"a","Output":"pkg: a\n"}
{"Action":"output","Package":"b","Output":"pkg: b\r\n"}
{"Action":"output","Package":"a","Test":"BenchmarkX","Output":"BenchmarkX\n"}
{"Action":"output","Package":"a","Test":"BenchmarkX","Output":"BenchmarkX-2   \t"}
{"Action":"output","Package":"b","Test":"BenchmarkX","Output":"BenchmarkX-2   \ta log line\n     100\t"}
{"Action":"output","Package":"a","Test":"BenchmarkX","Output":"     100\t"}
{"Action":"output","Package":"b","Test":"BenchmarkX","Output":"        6 ns/op\n"}
not JSON
{"Action":"output","Package":"a","Test":"BenchmarkX","Output":"        5 ns/op\nBenchmarkX-2 1 7 ns/op\n"}
{"Action":"output","Package":"b","Output":"BenchmarkY-2 1 8 ns/o"}
{"Action":"pass","Packa`
	set := readBytes(t, []byte(text))
	want := "X@2 [goos: linux; pkg: b] 1: 6 ns/op\nX@2 [goos: linux; pkg: a] 1: 5 ns/op\nX@2 [goos: linux; pkg: a] 2: 7 ns/op\n"
	if got := told(set); got != want {
		t.Errorf("read\n%swant\n%s", got, want)
	}
	if passed(set, badJSON) != 2 || passed(set, cutAtEnd) != 1 || set.Runs[1].Line != 9 {
		t.Errorf("passed over %+v, the second run is of line %d", set.Passed, set.Runs[1].Line)
	}
	if set := readBytes(t, []byte("{\"level\":\"INFO\",\"msg\":\"a log\"}\nBenchmarkX-2 1 5 ns/op\n")); len(set.Runs) != 1 {
		t.Errorf("a log in JSON before plain results: %+v", set)
	}
}

// A run of a foreign file keeps its name, and what runs along an axis share.
func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"A/size=10-8":                   "A/size=10",
		"A/gomaxprocs=4/x/goroutines=2": "A/x",
		"A/gomaxprocs=4-8":              "A",
		"A/10":                          "A/10",
		"CPU/workload=h/goroutines=8/gomaxprocs=2": "CPU/workload=h",
	} {
		set := readBytes(t, []byte("Benchmark"+name+" 1 5 ns/op\n"))
		if r := set.Runs[0]; r.BaseName() != want || r.FullName() != name {
			t.Errorf("%s: base name %q, want %q; full name %q", name, r.BaseName(), want, r.FullName())
		}
	}
	own := Run{Cell: Cell{Class: "CPU", Workload: "hash", Strategy: "pool", Goroutines: 8, Gomaxprocs: 2}}
	if got, want := own.BaseName(), "CPU/workload=hash/strategy=pool"; got != want {
		t.Errorf("a run that was not read: base name %q, want %q", got, want)
	}
}

func TestCompactIsTheSame(t *testing.T) {
	var text bytes.Buffer
	check(t, manyResults(&text, 40, 250, 2)) // several chunks
	text.WriteString("note: other\nBenchmarkZ 1 5 ns/op\nBenchmarkFoo0/size=10 1 5 ns/op\n")
	all := readBytes(t, text.Bytes())
	compact, err := ReadCompact(bytes.NewReader(text.Bytes()), "r.txt")
	check(t, err)
	if len(all.Runs) != 20_002 || compact.Len() != all.Len() || told(all) != told(compact) {
		t.Errorf("%d runs, %d of them in compact form, or not the same", all.Len(), compact.Len())
	}
	for range compact.All() {
		break
	}
}

// An error of the reader is no fault of the input, and a reader that gives nothing
// does not hang.
func TestReadErrors(t *testing.T) {
	if _, err := Read(&failing{text: []byte("BenchmarkX 1 5 ns/op\n")}, "r.txt"); err == nil || errors.As(err, new(*InputError)) {
		t.Errorf("a reader that fails: %v", err)
	}
	if _, err := Read(&failing{silent: true, text: []byte("BenchmarkX 1 5 ns/op\n")}, "r.txt"); err == nil {
		t.Error("a reader that gives nothing: no error")
	}
}

type failing struct {
	text   []byte
	silent bool
}

func (f *failing) Read(p []byte) (int, error) {
	n := copy(p, f.text)
	f.text = f.text[n:]
	if n == 0 && !f.silent {
		return 0, errors.New("the cable was pulled")
	}
	return n, nil
}

// Results under more configurations than fit are refused, not gathered.
func TestReadBoundsConfigurations(t *testing.T) {
	if testing.Short() {
		t.Skip("64 MiB")
	}
	var text bytes.Buffer
	for i := range 90 {
		fmt.Fprintf(&text, "k%d: %s\n", i, strings.Repeat("v", 80))
	}
	for i := range 10_000 {
		fmt.Fprintf(&text, "n: %d\nBenchmarkX 1 5 ns/op\n", i)
	}
	_, err := Read(&text, "r.txt")
	var input *InputError
	if !errors.As(err, &input) || input.Line == 0 {
		t.Errorf("got %v, want an InputError", err)
	}
	set := readBytes(t, []byte("goos: linux\ntrace: "+strings.Repeat("x", 10_000)+"\nBenchmarkX 1 5 ns/op\n"))
	if set.Runs[0].Config != "goos: linux" || passed(set, strayKey) != 1 {
		t.Errorf("a log line taken for a key: %+v, passed over %+v", set.Runs[0], set.Passed)
	}
}

// What other projects have published, from ../shared/real-bench: runs, and lines
// passed over by reason.
func TestReadPublished(t *testing.T) {
	const dir = "../../../shared/real-bench"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no ../shared/real-bench beside the project: nothing to read")
	}
	for file, want := range published {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		check(t, err)
		var got string
		set, err := Read(bytes.NewReader(text), file)
		if err != nil {
			got = err.Error()
		} else {
			names, configs, procs := map[string]bool{}, map[string]bool{}, map[int]bool{}
			for _, r := range set.Runs {
				names[r.BaseName()], configs[r.Config], procs[r.Cell.Gomaxprocs] = true, true, true
			}
			got = fmt.Sprintf("%d runs, %d names, %d configs, %d P", len(set.Runs), len(names), len(configs), len(procs))
			for _, p := range set.Passed {
				got += fmt.Sprintf("; %d %s", p.Lines, p.Reason)
			}
		}
		if got != want {
			t.Errorf("%s:\n got %q\nwant %q", file, got, want)
		}
	}
	files, err := filepath.Glob(dir + "/*.*")
	check(t, err)
	for _, path := range files {
		if file := filepath.Base(path); published[file] == "" && !slices.Contains([]string{"INDEX.md"}, file) {
			t.Errorf("%s is new: say what is to be read of it", file)
		}
	}
}
