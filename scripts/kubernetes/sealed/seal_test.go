package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be the program that is sealed.
func TestMain(m *testing.M) {
	switch os.Getenv("SEALED_PROGRAM") {
	case "":
		os.Exit(m.Run())
	case "results":
		fmt.Print("goos: linux\nBenchmarkA 1 2 ns/op\n")
		fmt.Fprint(os.Stderr, "round 1\n")
		fmt.Print(strings.Repeat("x", 100_000) + "\nlast")
		os.Exit(3)
	case "hang":
		fmt.Println("begun")
		time.Sleep(time.Minute)
	}
}

const results = "goos: linux\nBenchmarkA 1 2 ns/op\n"

// sealedLog returns the log of a program that prints results and ends with 3.
func sealedLog(t *testing.T) string {
	t.Helper()
	t.Setenv("SEALED_PROGRAM", "results")
	var log bytes.Buffer
	status, err := seal(t.Context(), &log, "node-1.example", []string{os.Args[0]})
	if status != 3 || err != nil {
		t.Fatalf("status %d and error %v, want 3 and none", status, err)
	}
	return log.String()
}

func TestWhatIsSealedComesOutAgain(t *testing.T) {
	log := sealedLog(t)
	if !strings.Contains(log, "\n# round 1\n") {
		t.Error("what went to standard error is not behind \"# \"")
	}
	want := results + strings.Repeat("x", 100_000) + "\nlast\n"
	for name, log := range map[string]string{"alone": log, "among others": "Defaulted container\n" + log + "later\n"} {
		var out strings.Builder
		s, err := open(strings.NewReader(log), &out)
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte(want)))
		if err != nil || s != (Sealed{"node-1.example", 3, sum}) || out.String() != want {
			t.Errorf("%s: %v, %v, %d bytes; want node-1.example, 3, %s and %d bytes", name, s, err, out.Len(), sum, len(want))
		}
	}
}

// Any line that is missing, doubled or changed, and any end, is noticed.
func TestTornLogs(t *testing.T) {
	log := sealedLog(t)
	lines := slices.Collect(strings.Lines(log))
	torn := map[string]string{
		"no beginning":  strings.Join(lines[1:], ""),
		"only the end":  lines[len(lines)-1],
		"other result":  strings.Replace(log, "A 1 2", "A 1 3", 1),
		"other count":   strings.Replace(log, " lines=", " lines=1", 1),
		"half the end":  strings.TrimSuffix(log, "\n"),
		"a line before": strings.Replace(log, "goos", "more\ngoos", 1),
	}
	for i := 1; i < len(lines)-1; i++ {
		torn[fmt.Sprint("without line ", i)] = strings.Join(lines[:i], "") + strings.Join(lines[i+1:], "")
		torn[fmt.Sprint("line twice ", i)] = strings.Join(lines[:i+1], "") + strings.Join(lines[i:], "")
		torn[fmt.Sprint("ends after line ", i)] = strings.Join(lines[:i], "")
	}
	for name, log := range torn {
		var out, errOut strings.Builder
		status := command(t.Context(), []string{"open"}, strings.NewReader(log), &out, &errOut)
		if status != 1 || !strings.HasPrefix(errOut.String(), "node-1.example its log is torn: ") || strings.Count(errOut.String(), "\n") != 1 {
			t.Errorf("%s: status %d, %q; want 1 and one line that says how it is torn", name, status, errOut.String())
		}
	}
	var out, errOut strings.Builder
	if status := command(t.Context(), []string{"open"}, strings.NewReader(results), &out, &errOut); status != 2 || out.Len() > 0 {
		t.Errorf("a log of nothing sealed: status %d and %q, want 2 and nothing", status, out.String())
	}
}

// A name in a log becomes that of a file.
func TestNamesThatAreNone(t *testing.T) {
	log := sealedLog(t)
	for _, name := range []string{"../up", "a/b", "-o", "A", "", "a\x1b[1m", strings.Repeat("a", 254)} {
		if status, err := seal(t.Context(), &bytes.Buffer{}, name, []string{os.Args[0]}); status != 2 || err == nil {
			t.Errorf("NODE_NAME=%q: status %d and error %v, want 2 and one", name, status, err)
		}
		if s, err := open(strings.NewReader(strings.ReplaceAll(log, "node-1.example", name)), &bytes.Buffer{}); err == nil || s.Node != "" {
			t.Errorf("a log of node %q: %v, %v; want an error", name, s, err)
		}
	}
}

// afterLine is done when a first line was written.
type afterLine struct {
	bytes.Buffer
	end context.CancelFunc
}

func (w *afterLine) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("begun")) {
		w.end()
	}
	return w.Buffer.Write(p)
}

func TestASignalReachesTheProgram(t *testing.T) {
	t.Setenv("SEALED_PROGRAM", "hang")
	ctx, end := context.WithCancel(t.Context())
	log := &afterLine{end: end}
	status, err := seal(ctx, log, "node-1", []string{os.Args[0]})
	if want := 128 + 15; status != want || err != nil {
		t.Errorf("status %d and error %v, want %d and none", status, err, want)
	}
	if s, err := open(&log.Buffer, &bytes.Buffer{}); err != nil || s.Status != 128+15 {
		t.Errorf("the log says %v, %v; want status %d", s, err, 128+15)
	}
}

func TestAProgramThatIsNone(t *testing.T) {
	var out, errOut strings.Builder
	t.Setenv("NODE_NAME", "node-1")
	if status := command(t.Context(), []string{"run", "/no/such/program"}, nil, &out, &errOut); status != 127 || out.Len() > 0 || strings.Count(errOut.String(), "\n") != 1 {
		t.Errorf("status %d, %q and %q; want 127 and one line on standard error", status, out.String(), errOut.String())
	}
	if status := command(t.Context(), []string{"nonsense"}, nil, &out, &errOut); status != 2 {
		t.Errorf("nonsense: status %d, want 2", status)
	}
}
