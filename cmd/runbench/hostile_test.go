package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

var long = flag.Bool("long", false, "read hostile files of a million names")

// hostileNames are what a result file may call things.
var hostileNames = []string{
	"<script>alert(1)</script>", "<img/src=x/onerror=alert(1)>", "\x1b[2J\x1b]0;pwned\x07", "\x9b31m", "a|b|c", "`rm`", "=HYPERLINK(\"http://x\",\"y\")",
	"+1+1", "-2+3", "@SUM(1)", "::error::pwned", "%0A::error::pwned", "[x](http://y)", "*_*", "\u202egnp.exe", "\xff\xfe\xfd", strings.Repeat("long", 5000),
}

// hostileFile is a sweep in which everything that is text is hostile, as are the
// figures that scale makes of good ones.
func hostileFile(cpu, scale string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#runbench {\"manifest\":{\"schema_version\":1,\"host\":{\"cpu_model\":\"\\u001b[2J<script>\",\"go_version\":\"=1+1|\",\"goos\":\"`x`\"},\"plan\":{\"seed\":1}}}\n")
	fmt.Fprintf(&b, "#runbench {\"note\":{\"workload\":\"<b>\\u001b[2J\",\"text\":\"|`=x\"}}\n#runbench {\"failed\":{\"cell\":\"\\u001b[2J<script>\",\"round\":1,\"reason\":\"<script>|\\u001b[2J\"}}\n")
	fmt.Fprintf(&b, "cpu: %s\ncores: 2\npkg: %s\n", cpu, hostileNames[0])
	for i, name := range hostileNames {
		for round := range 8 {
			for _, cell := range []string{
				"strategy=sequential/goroutines=1/gomaxprocs=1", "strategy=sequential/goroutines=1/gomaxprocs=2",
				"strategy=" + name + "/goroutines=8/gomaxprocs=1", "strategy=" + name + "/goroutines=8/gomaxprocs=2",
			} {
				fmt.Fprintf(&b, "Benchmark%s/workload=%s/%s 10 %d%s ns/op 5 %s\n", name, name, cell, 1000+10*i+7*round%11, scale, name)
			}
		}
		fmt.Fprintf(&b, "Benchmark%s 10 %d%s ns/op\nBenchmark%s-2 10 %d%s ns/op\nBenchmark%s-4 10 %d%s ns/op\n", name, 100+i, scale, name, 60+i, scale, name, 40+i, scale)
	}
	return b.String()
}

// Whatever a file holds, each form of output is inert where it is printed, and what is
// refused is refused in one line.
func TestHostileFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: hundreds of commands, of which the detector has seen each")
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, err := os.ReadFile(filepath.Join("..", "..", "results", "amd-epyc-2-cores-go1.26.8.txt"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"names":    hostileFile("<script>\x1b[2J|=x", ""),
		"machine":  hostileFile("@other`\x9b1m", "1"),
		"nan":      strings.ReplaceAll(hostileFile("x", ""), " ns/op", "e999 ns/op"),
		"negative": hostileFile("x", ".5e-400") + "BenchmarkX 1 -5 ns/op\nBenchmarkX-2 1 NaN ns/op\nBenchmarkX-4 1 Inf ns/op\nBenchmarkX-8 1 0 ns/op\n",
		"values":   "cpu: x\ncores: 2\n" + strings.Repeat("BenchmarkX 1 NaN ns/op\nBenchmarkX-2 1 -Inf ns/op\nBenchmarkY 1 -1 ns/op\nBenchmarkY-2 1 0 ns/op\nBenchmarkZ 1 1e308 ns/op\nBenchmarkZ-2 1 1e-308 ns/op\n", 6),
		"longline": "BenchmarkX 1 10 ns/op\n" + strings.Repeat("x", 10<<20) + "\nBenchmarkX-2 1 5 ns/op\n",
		"longname": "Benchmark" + strings.Repeat("x", 10<<20) + " 1 10 ns/op\n",
		"binary":   "BenchmarkX 1 10 ns/op\n\x00\x00\x00\n",
		"good":     string(good),
	}
	paths := make(map[string]string)
	for name, text := range files {
		paths[name] = write(name+".txt", text)
	}
	t.Setenv("GITHUB_ACTIONS", "true")
	forms := []struct {
		flag  string
		check func(*testing.T, string)
	}{{"", checkTerminal}, {"--json", checkJSON}, {"--markdown", checkMarkdown}, {"--csv", checkCSV}}
	for name, path := range paths {
		for _, form := range forms {
			for _, args := range [][]string{
				{"analyze", path},
				{"compare", path, path},
				{"compare", paths["names"], path},
				{"compare", path, paths["good"]},
				{"compare", path, paths["good"], paths["machine"]},
				{"compare", "--machines", path, path},
				{"compare", "--machines", path, paths["good"], paths["machine"]},
				{"compare", "--machines", path, path, path, path, path, path, path, path, path, path},
				{"compare", "--unit", "all", path, paths["machine"]},
				{"compare", "--gate", "sec/op:1%", "--gate", "parallelism_gain:1%", "--gate", "allocs/op:1%", paths["names"], path},
				{"compare", "--gate", "total_gain:1%", "--gate", "concurrency_gain:0%", path, paths["names"]},
			} {
				if form.flag != "" {
					args = append(args, form.flag)
				}
				t.Run(strings.Join(append([]string{name}, args...), " "), func(t *testing.T) {
					var out, errs bytes.Buffer
					status := Main(t.Context(), args, &out, &errs)
					if status < 0 || status > 3 {
						t.Errorf("exit status %d", status)
					}
					if status == statusUsage && out.Len() == 0 {
						if n := strings.Count(errs.String(), "\n"); n != 1 {
							t.Errorf("refused in %d lines: %.500q", n, errs.String())
						}
					} else {
						form.check(t, out.String())
					}
					checkErrors(t, errs.String())
				})
			}
		}
	}
}

// inertOnTerminals reports whether text has nothing in it that moves a cursor.
func inertOnTerminals(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) })
}

func checkTerminal(t *testing.T, text string) {
	if text == "" || !inertOnTerminals(text) {
		t.Errorf("not inert on a terminal: %.300q", text)
	}
}

func checkJSON(t *testing.T, text string) {
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil || v["schema_version"] != 1.0 || !inertOnTerminals(text) {
		t.Errorf("%v in %.300q", err, text)
	}
}

// unescaped is a character of Markdown or HTML that is not taken back.
var unescaped = regexp.MustCompile("(^|[^\\\\])(`|\\[)|<[a-zA-Z/!?]")

func checkMarkdown(t *testing.T, text string) {
	checkTerminal(t, text)
	if len(text) > 1<<20 {
		t.Errorf("%d bytes: a job summary holds 1 MiB", len(text))
	}
	cells := 0
	for line := range strings.Lines(text) {
		if unescaped.MatchString(line) {
			t.Errorf("not inert in Markdown: %.300q", line)
		}
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if cells > 0 && n != cells {
			t.Errorf("%d cells in place of %d: %.300q", n, cells, line)
		}
		cells = n
	}
}

func checkCSV(t *testing.T, text string) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%v in %.300q", err, text)
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if !inertOnTerminals(cell) {
				t.Errorf("not inert on a terminal: %.300q", cell)
			}
			if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
				t.Errorf("a formula: %.300q", cell)
			}
		}
	}
}

// annotation is a workflow command that says what it ought to and nothing else.
var annotation = regexp.MustCompile(`^::(error|warning) title=[^:,]*::.*$`)

func checkErrors(t *testing.T, text string) {
	if !inertOnTerminals(text) {
		t.Errorf("not inert on a terminal: %.300q", text)
	}
	annotations := make(map[string]int)
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := annotation.FindStringSubmatch(line); m != nil {
			annotations[m[1]]++
			continue
		}
		if !strings.HasPrefix(line, "runbench: ") {
			t.Errorf("a line of another kind: %.300q", line)
		}
	}
	for kind, n := range annotations {
		if n > 10 {
			t.Errorf("%d annotations of the kind %s, GitHub shows 10", n, kind)
		}
	}
}

// Files of very many names are compared, and a job summary of them stays short enough
// to be shown and says what it leaves out.
func TestManyNames(t *testing.T) {
	names := 12_000
	if *long {
		names = 1_000_000
	}
	dir := t.TempDir()
	var paths []string
	for k := range 2 {
		var b bytes.Buffer
		for i := range names {
			fmt.Fprintf(&b, "BenchmarkNameOfABenchmark%d-1 1 %d ns/op\nBenchmarkNameOfABenchmark%d-2 1 %d ns/op\n", i, 100+k, i, 60+k)
		}
		path := filepath.Join(dir, fmt.Sprintf("%d.txt", k))
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	for _, args := range [][]string{{"compare"}, {"compare", "--machines"}} {
		args = append(args, paths...)
		var out, errs bytes.Buffer
		if status := Main(t.Context(), append(args, "--markdown"), &out, &errs); status != 0 {
			t.Fatalf("%v: status %d: %.500s", args, status, errs.String())
		}
		checkMarkdown(t, out.String())
		if !regexp.MustCompile(`… \d+ more rows left out`).Match(out.Bytes()[max(0, out.Len()-2000):]) {
			t.Errorf("%v: does not say that rows are left out: … %s", args, out.Bytes()[max(0, out.Len()-300):])
		}
		out.Reset()
		if status := Main(t.Context(), args, &out, &errs); status != 0 || bytes.Count(out.Bytes(), []byte("\n")) < names {
			t.Errorf("%v: status %d, %d lines", args, status, bytes.Count(out.Bytes(), []byte("\n")))
		}
	}
}
