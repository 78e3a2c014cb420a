package execsweep

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	for want, args := range map[string][]string{
		"go-build":    {"/usr/local/go/bin/go", "build", "-a", "./..."},
		"gzip":        {"gzip", "-k", "-c", "big file"},
		"sleep":       {"sleep", "0.1"},
		"my-prog.x_1": {"./my prog.x_1", "/tmp/x"},
		"prog":        {`prog.exe`},
		"command":     {"…"},
	} {
		if got := Name(args); got != want {
			t.Errorf("Name(%q) = %q, want %q", args, got, want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	c := command(t, Options{Goroutines: []int{1, 8}}, "show", "-j{procs}", "{goroutines}/{procs}", "{other}", "$HOME;{procs}{procs}")
	want := []string{"program", "show", "-j2", "8/2", "{other}", "$HOME;22"}
	if got := c.arguments(8, 2); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What cannot be run is refused before anything runs, and the error says what was
// expected.
func TestRefused(t *testing.T) {
	here := t.TempDir()
	for _, test := range []struct {
		args []string
		opt  Options
		want string
	}{
		{[]string{"no-such-program-anywhere"}, Options{}, "expected a program"},
		{[]string{"./no/such/path"}, Options{}, "expected a program"},
		{[]string{"go", "{goroutines}"}, Options{}, "expected --goroutines"},
		{[]string{"go"}, Options{Goroutines: []int{1}}, "expected an argument"},
		{[]string{"go"}, Options{Dir: filepath.Join(here, "none")}, "expected an existing directory"},
		{[]string{"go"}, Options{Stdin: here}, "expected a file"},
		{[]string{"go"}, Options{Pin: true, Procs: []int{1 << 20}}, "--pin"},
	} {
		c, err := New(test.args, test.opt)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("New(%q, %+v) = %v, %v; want an error with %q", test.args, test.opt, c, err, test.want)
		}
	}
}

func TestFigure(t *testing.T) {
	for pattern, better := range map[string]string{"(": "higher", "x": "higher", "(a)(b)": "higher", "(a)": "sideways"} {
		if f, err := NewFigure(pattern, better); err == nil {
			t.Errorf("NewFigure(%q, %q) = %v, want an error", pattern, better, f)
		}
	}
	f := figure(t, `rate: (\S+)`, "higher")
	for output, want := range map[string]float64{
		"rate: 1\nrate: 2.5e3\n": 2500, // the last one
		"rate: 0":                0,
		"rate: -1":               0,
		"rate: Inf":              0,
		"rate: fast":             0,
		"no figure":              0,
	} {
		got, err := f.of([]byte(output))
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("figure of %q is %v, %v; want %v", output, got, err, want)
		}
	}
	if got := figure(t, "(.)", "lower").rate(4); got != 0.25 {
		t.Errorf("a cost of 4 is a rate of %v, want 0.25", got)
	}
}

func TestOutput(t *testing.T) {
	o := &output{ends: true}
	for range 3 * tailBytes / 1000 {
		_, _ = o.Write([]byte(strings.Repeat("x", 999) + "\n"))
	}
	_, _ = o.Write([]byte("the end"))
	if end := o.end(); len(end) < tailBytes || len(end) > 2*tailBytes || !strings.HasSuffix(string(end), "the end") {
		t.Errorf("kept %d bytes that end with %q", len(end), end[len(end)-10:])
	}
	if len(o.head) != headBytes {
		t.Errorf("kept %d bytes of the beginning, want %d", len(o.head), headBytes)
	}
	o = &output{}
	_, _ = o.Write([]byte("\n  first\n\nsecond\t" + strings.Repeat("é", 400)))
	if said := o.said(); !strings.HasPrefix(said, "first; second é") || len(said) > 310 || !strings.HasSuffix(said, "é…") {
		t.Errorf("said %q", said)
	}
}
