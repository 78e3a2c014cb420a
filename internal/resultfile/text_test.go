package resultfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestText(t *testing.T) {
	const result = "BenchmarkX 1 5 ns/op\n"
	event := func(pkg, action, test, output string) string {
		return fmt.Sprintf("{\"Action\":%q,\"Package\":%q,\"Test\":%q,\"Output\":%q}\n", action, pkg, test, output)
	}
	long := strings.Repeat(result, 10_000)
	for name, test := range map[string]struct {
		in, want string
		events   bool
	}{
		"nothing":        {"", "", false},
		"text":           {result, result, false},
		"more than fits": {long, long, false},
		"byte order":     {"\xef\xbb\xbf" + result, result, false},
		"UTF-16":         {string(utf16Text(result, true)), result, false},
		"a log":          {"{\"level\":\"INFO\"}\n" + result, "{\"level\":\"INFO\"}\n" + result, false},
		"JSON behind":    {result + event("a", "output", "", "x"), result + event("a", "output", "", "x"), false},
		"events": {
			"# a build\n" + event("a", "output", "BenchmarkX", "BenchmarkX \t") + "no event\n" + event("a", "pass", "BenchmarkX", "") +
				event("b", "output", "", "pkg: b\n") + event("a", "output", "", "1 5 ns/op\n") + event("b", "output", "", "PASS\n") +
				event("a", "pass", "", "") + event("c", "output", "", "cut of"),
			"# a build\nBenchmarkX \t1 5 ns/op\npkg: b\nPASS\ncut of\n", true,
		},
		"UTF-16 events": {string(utf16Text(event("a", "output", "", result), false)), result, true},
	} {
		for kind, r := range map[string]io.Reader{"": strings.NewReader(test.in), " byte by byte": iotest.OneByteReader(strings.NewReader(test.in))} {
			text, events, err := Text(r)
			check(t, err)
			got, err := io.ReadAll(text)
			if err != nil || string(got) != test.want || events != test.events {
				t.Errorf("%s%s: %.200q, events %v, %v; want %.200q", name, kind, got, events, err, test.want)
			}
		}
	}
}

// An error of the reader comes behind what it gave before.
func TestTextOfABrokenReader(t *testing.T) {
	for _, before := range []string{"BenchmarkX 1 5 ns/op\n", "{\"Action\":\"output\",\"Output\":\"BenchmarkX 1 5 ns/op\\n\"}\n"} {
		text, _, err := Text(io.MultiReader(strings.NewReader(before), iotest.ErrReader(io.ErrClosedPipe)))
		check(t, err)
		got, err := io.ReadAll(text)
		if err != io.ErrClosedPipe || string(got) != "BenchmarkX 1 5 ns/op\n" {
			t.Errorf("%q: read %q, %v", before, got, err)
		}
	}
}

// Published events say the same as text as they do read by ourselves.
func TestTextOfPublished(t *testing.T) {
	files, err := filepath.Glob("../../../shared/real-bench/*.json")
	check(t, err)
	if len(files) == 0 {
		t.Skip("no ../shared/real-bench beside the project: nothing to read")
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		check(t, err)
		text, events, err := Text(strings.NewReader(string(raw)))
		check(t, err)
		got, err := io.ReadAll(text)
		check(t, err)
		as, asErr := Read(strings.NewReader(string(raw)), path)
		of, ofErr := Read(strings.NewReader(string(got)), path)
		if !events || (asErr == nil) != (ofErr == nil) {
			t.Errorf("%s: events %v, %v, as text %v", path, events, asErr, ofErr)
			continue
		}
		if asErr != nil {
			continue
		}
		for i := range as.Runs {
			as.Runs[i].Line = 0
		}
		for i := range of.Runs {
			of.Runs[i].Line = 0
		}
		if fmt.Sprint(as.Runs) != fmt.Sprint(of.Runs) {
			t.Errorf("%s: %d runs, as text %d, or others", path, len(as.Runs), len(of.Runs))
		}
	}
}
