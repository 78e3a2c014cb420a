package resultfile

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"
)

// Runs that are copied read as they did, under their own names and keys, whatever
// other keys stand before them, and also behind a resume.
func TestCopy(t *testing.T) {
	const foreign = `goos: linux
goarch: amd64
pkg: example.com/a; b
cpu: a CPU: the best
BenchmarkSort/size-10-2  	 100	 12.5 ns/op	 3 B/op
pkg: example.com/c
cpu:
BenchmarkSort/size-10-2  	 200	 13 ns/op
BenchmarkSort/n=4  	 300	 14 own/op
`
	from := readBytes(t, []byte(foreign))
	path := filepath.Join(t.TempDir(), "r.txt")
	w, err := Create(path, testConfig, testManifest)
	check(t, err)
	check(t, w.Run(testPlan.Cells()[0], 1, values(5)))
	check(t, w.Event(Event{Round: &Round{Round: 1}}))
	check(t, w.Copy(from.Runs[:1]))
	check(t, w.Close())
	w, had, err := Resume(path, Config{}, testManifest)
	check(t, err)
	if len(had.Runs) != 2 {
		t.Fatalf("%d runs, want 2", len(had.Runs))
	}
	check(t, w.Copy(from.Runs[:1]))
	check(t, w.Copy(from.Runs[1:]))
	check(t, w.Close())
	text, err := os.ReadFile(path)
	check(t, err)
	got := readBytes(t, text).Runs[1:]
	want := append(from.Runs[:1:1], from.Runs...)
	if len(got) != len(want) {
		t.Fatalf("%d runs, want %d\n%s", len(got), len(want), text)
	}
	for i, g := range got {
		w := want[i]
		if g.FullName() != w.FullName() || g.Config != w.Config || g.Batches != w.Batches || !reflect.DeepEqual(g.Values, w.Values) || g.Round != 1 {
			t.Errorf("run %d: got %+v, want %+v", i, g, w)
		}
	}
	if n := strings.Count(string(text), "example.com/a; b"); n != 1 {
		t.Errorf("a key that stays is written %d times", n)
	}
	reader := benchfmt.NewReader(strings.NewReader(string(text)), "r.txt")
	for reader.Scan() {
		if bad, ok := reader.Result().(*benchfmt.SyntaxError); ok {
			t.Error(bad)
		}
	}
}

func TestWithoutKey(t *testing.T) {
	for config, want := range map[string]string{
		"cpu: x; go: go1.26; goos: linux": "cpu: x; goos: linux",
		"go: go1.26":                      "",
		"goos: linux":                     "goos: linux",
	} {
		if got := WithoutKey(config, "go"); got != want {
			t.Errorf("%s: got %q, want %q", config, got, want)
		}
	}
}
