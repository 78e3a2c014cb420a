package paired

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"runbench/internal/resultfile"
)

// module writes a module of the files given, by their names.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.com/codec\n\ngo 1.24\n"
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// Runbench passes over flags that begin with "-test.", and would measure: it must not
// be asked by one. This one says what it was asked.
func TestRunbenchIsAskedOnce(t *testing.T) {
	dir := module(t, map[string]string{
		"runbench/cmd/runbench/main.go": `package main

import (
	"fmt"
	"os"
)

func main() {
	f, err := os.OpenFile("asked", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Fprintln(f, os.Args[1:])
}
`,
		"runbench/cmd/runbench/main_test.go": "package main\n\nimport \"testing\"\n\nfunc Benchmark(b *testing.B) {}\n",
	})
	program, test := filepath.Join(dir, "program.exe"), filepath.Join(dir, "test.exe")
	goCommand(t, dir, "build", "-o", program, "./runbench/cmd/runbench")
	goCommand(t, dir, "test", "-c", "-o", test, "./runbench/cmd/runbench")
	if p, err := Open(t.Context(), program, dir); err != nil || p.Kind != Runbench {
		t.Errorf("%+v, %v", p, err)
	}
	if asked, err := os.ReadFile(filepath.Join(dir, "asked")); err != nil || string(asked) != "[--dry-run]\n" {
		t.Errorf("it was asked %q, %v", asked, err)
	}
	if p, err := Open(t.Context(), test, dir); err != nil || p.Kind != TestBinary {
		t.Errorf("its test binary: %+v, %v", p, err)
	}
}

const encodeTest = `package codec

import (
	"os"
	"testing"
)

func BenchmarkEncode(b *testing.B) {
	text, err := os.ReadFile("testdata/text")
	if err != nil {
		b.Fatal(err)
	}
	for range b.N {
		Encode(text)
	}
}
`

// A program is told for what it is: a test binary, also that of a package main;
// anything else is refused in one line. Test binaries run where they lie, which
// their testdata tells.
func TestPrograms(t *testing.T) {
	dir := module(t, map[string]string{
		"codec.go":           "package codec\n\nfunc Encode(text []byte) int { return len(text) }\n",
		"codec_test.go":      encodeTest,
		"testdata/text":      "text",
		"testdata/case.test": "no program, only named like one",
		"cmd/tool/main.go":   "package main\n\nfunc main() { println(\"tool\") }\n",
		"cmd/tool/main_test.go": `package main

import "testing"

func BenchmarkTool(b *testing.B) {
	for range b.N {
	}
}
`,
	})
	goCommand(t, dir, "test", "-c", "-o", "codec.test", ".")
	goCommand(t, dir, "test", "-c", "-o", filepath.Join("cmd", "tool", "tool.test"), "./cmd/tool")
	tool := filepath.Join(dir, "tool.exe") // a name that runs everywhere
	goCommand(t, dir, "build", "-o", tool, "./cmd/tool")
	if err := os.Rename(filepath.Join(dir, "codec.test"), filepath.Join(dir, "codec.test.exe")); err != nil {
		t.Fatal(err)
	}
	inTool := filepath.Join(dir, "cmd", "tool", "tool.test")
	if err := os.Rename(inTool, inTool+".exe"); err != nil {
		t.Fatal(err)
	}

	p, err := Open(t.Context(), inTool+".exe", "")
	if err != nil || p.Kind != TestBinary || len(p.Is.SHA256) != 64 || p.Is.Package != "example.com/codec/cmd/tool" {
		t.Errorf("%+v, %v", p, err)
	}
	for path, want := range map[string]string{
		tool:                               "found the program of package example.com/codec/cmd/tool",
		filepath.Join(dir, "codec.go"):     "expected a test binary (go test -c) or runbench, found: unrecognized file format",
		filepath.Join(dir, "no-such.test"): "found: no such file",
	} {
		_, err := Open(t.Context(), path, "")
		if err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	pairs, alone, err := Find(t.Context(), dir, dir, [2]string{})
	if err != nil || len(pairs) != 2 || len(alone) != 0 {
		t.Fatalf("%v, %v, %v", pairs, alone, err)
	}
	if _, _, err := Find(t.Context(), dir, tool, [2]string{}); err == nil || !strings.Contains(err.Error(), "one of each") {
		t.Errorf("a directory and a program: %v", err)
	}
	empty := t.TempDir()
	if _, alone, err := Find(t.Context(), dir, empty, [2]string{}); err == nil || !strings.Contains(err.Error(), "found none") {
		t.Errorf("nothing in common: %v, %v", alone, err)
	}

	// For real, from the programs to the files.
	paths := files(t)
	s := &Session{Pairs: pairs, Watch: &watched{}, Options: Options{
		Bench: ".", Benchtime: "10x", Rounds: 2, Budget: time.Minute, Timeout: time.Minute, Seed: 1,
	}}
	for side, path := range paths {
		if s.Files[side], err = resultfile.Create(path, resultfile.Config{}, resultfile.Manifest{SchemaVersion: resultfile.SchemaVersion}); err != nil {
			t.Fatal(err)
		}
		defer s.Files[side].Close()
	}
	if warnings, err := s.Prepare(t.Context()); err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	if ends, err := s.Do(t.Context()); err != nil || ends[Old].Runs != 4 || ends[New].Failed != 0 {
		t.Fatalf("%+v, %v", ends, err)
	}
	for _, path := range paths {
		set := read(t, path)
		for _, pkg := range []string{"example.com/codec", "example.com/codec/cmd/tool"} {
			n := 0
			for _, r := range set.Runs {
				if strings.HasSuffix(r.Config, "pkg: "+pkg) && r.Batches == 10 {
					n++
				}
			}
			if n != 2 {
				t.Errorf("%s: %d runs of %s, want one a round", path, n, pkg)
			}
		}
	}
}
