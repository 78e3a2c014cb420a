package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// foreign builds a test binary of a module that is not ours, whose benchmark makes so
// many allocations, and returns its path.
func foreign(t *testing.T, dir, name, allocs string) string {
	t.Helper()
	for file, text := range map[string]string{
		"go.mod": "module example.com/words\n\ngo 1.24\n",
		"words_test.go": `package words

import "testing"

var sink []byte

func BenchmarkSplit(b *testing.B) {
	for range b.N {
		for range ` + allocs + ` {
			sink = make([]byte, 16)
		}
	}
}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, name+executableSuffix())
	cmd := exec.Command("go", "test", "-c", "-o", path, ".")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// compareRun runs compare --run with args and returns how it ended.
func compareRun(t *testing.T, ctx context.Context, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = Main(ctx, append([]string{"compare", "--run"}, args...), &out, &errs)
	return status, out.String(), errs.String()
}

// From two test binaries to a verdict, files and a status. Allocations do not depend
// on the machine; what the times say is left to package paired.
func TestCompareRun(t *testing.T) {
	dir := t.TempDir()
	old, slow := foreign(t, dir, "old.test", "2"), foreign(t, dir, "new.test", "8")
	quick := []string{"--benchtime", "1ms", "--rounds", "3", "--seed", "5"}
	run := func(want int, args ...string) (stdout, stderr string) {
		t.Helper()
		status, stdout, stderr := compareRun(t, t.Context(), append(args, quick...)...)
		if status != want {
			t.Errorf("%v: status %d, want %d\n%s%s", args, status, want, stdout, stderr)
		}
		return stdout, stderr
	}

	out := filepath.Join(dir, "out")
	stdout, stderr := run(statusFailed, old, slow, "--gate", "allocs/op:5%", "-o", out)
	if !strings.Contains(stdout, "gate: fail") || !strings.Contains(stdout, "in turns") || !strings.Contains(stderr, "round 3: 6 runs, 0 rounds to go") {
		t.Errorf("got %s%s", stdout, stderr)
	}
	for side, want := range map[string]string{"old.txt": "2", "new.txt": "8"} {
		set, err := readFile(filepath.Join(out, side))
		if err != nil {
			t.Fatal(err)
		}
		if len(set.Runs) != 3 || len(set.Rounds) != 3 || set.Manifest.Plan.Seed != 5 || set.Manifest.Paired == nil || set.End == nil {
			t.Errorf("%s: %d runs in %d rounds, %+v", side, len(set.Runs), len(set.Rounds), set.Manifest)
		}
		text, err := os.ReadFile(filepath.Join(out, side))
		if err != nil || !strings.Contains(string(text), " "+want+" allocs/op") || !strings.Contains(string(text), "pkg: example.com/words") {
			t.Errorf("%s: %v\n%s", side, err, text)
		}
	}
	run(statusFine, old, old, "--gate", "allocs/op:5%", "-o", filepath.Join(dir, "a.txt"), "-o", filepath.Join(dir, "b.txt"))
	// The files are result files like any other.
	var analyzed, errs bytes.Buffer
	if status := Main(t.Context(), []string{"compare", filepath.Join(out, "old.txt"), filepath.Join(out, "new.txt"), "--unit", "allocs/op"}, &analyzed, &errs); status != statusFine {
		t.Errorf("compare: %s", errs.String())
	}
	if status := Main(t.Context(), []string{"analyze", filepath.Join(out, "old.txt")}, &analyzed, &errs); status != statusFine {
		t.Errorf("analyze: %s", errs.String())
	}

	// What goes wrong is said in one line, and leaves no new file.
	none := filepath.Join(dir, "none")
	_, stderr = run(statusUsage, old, slow, "-o", out)
	if !strings.Contains(stderr, "exists already") {
		t.Errorf("written over: %s", stderr)
	}
	for _, test := range []struct{ what, args, says string }{
		{"other programs", "--resume -o " + out + " " + slow + " " + slow, "cannot be gone on with"},
		{"no benchmark", "--bench NoSuch -o " + none + " " + old + " " + slow, "nothing to compare"},
		{"one program", old, "expected two programs"},
		{"no program", filepath.Join(dir, "words_test.go") + " " + slow, "expected a test binary"},
		{"workloads", "-o " + none + " " + old + " " + slow + " cpu/hash", "expected no workload for test binaries"},
		{"bad gate", "--gate 5% " + old + " " + slow, "UNIT:PERCENT"},
		{"bad time", "--benchtime soon " + old + " " + slow, "expected a duration or a number of times"},
		{"bad expression", "--bench ( " + old + " " + slow, "expected a regular expression"},
		{"bad directory", "--dir nowhere " + old + " " + slow, "expected an existing directory"},
		{"bad output", "-o - " + old + " " + slow, "expected a directory or two files"},
	} {
		status, stdout, stderr := compareRun(t, t.Context(), strings.Fields(test.args)...)
		if status != statusUsage || !strings.Contains(stderr, test.says) || stdout != "" {
			t.Errorf("%s: status %d: %s%s", test.what, status, stdout, stderr)
		}
		for _, name := range []string{"old.txt", "new.txt"} {
			if _, err := os.Stat(filepath.Join(none, name)); err == nil {
				t.Errorf("%s: %s is left", test.what, name)
			}
		}
	}
	if status := Main(t.Context(), []string{"compare", "--bench", "x", "a", "b"}, &analyzed, &errs); status != statusUsage || !strings.Contains(errs.String(), "expected --run besides") {
		t.Errorf("without --run: %s", errs.String())
	}
}

// Interrupted, it keeps what was measured and goes on from there.
func TestCompareRunInterrupted(t *testing.T) {
	dir := t.TempDir()
	program, out := foreign(t, dir, "words.test", "2"), filepath.Join(dir, "out")
	args := []string{program, program, "-o", out, "--benchtime", "20ms", "--precision", "0", "--budget", "1h"}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if set, err := readFile(filepath.Join(out, "new.txt")); err == nil && len(set.Rounds) > 0 {
				cancel()
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	status, stdout, stderr := compareRun(t, ctx, args...)
	if status != statusInterrupted || !strings.Contains(stderr, "--resume goes on") || stdout != "" {
		t.Fatalf("status %d: %s%s", status, stdout, stderr)
	}
	set, err := readFile(filepath.Join(out, "new.txt"))
	if err != nil || len(set.Rounds) == 0 || !set.End.Interrupted {
		t.Fatal(err)
	}
	rounds := len(set.Rounds)
	args = append(args, "--resume", "--budget", "1ns")
	if status, _, stderr = compareRun(t, t.Context(), args...); status != statusFine {
		t.Errorf("resumed: status %d: %s", status, stderr)
	}
	set, err = readFile(filepath.Join(out, "new.txt"))
	if err != nil || len(set.Rounds) < rounds || set.End.Interrupted {
		t.Errorf("resumed: %+v, %v", set.End, err)
	}
}
