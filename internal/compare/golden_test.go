package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares two files in testdata the way args say and checks what is
// written against testdata/name.golden. The flags in args are the options; the
// two names after them are the files.
func golden(t *testing.T, name string, args ...string) {
	t.Helper()
	var opt Options
	var text TextOptions
	flags := flag.NewFlagSet(name, flag.PanicOnError)
	flags.StringVar(&opt.Filter, "filter", "", "")
	flags.Float64Var(&opt.Alpha, "alpha", 0, "")
	flags.IntVar(&text.Width, "width", 0, "")
	flags.BoolVar(&text.Color, "color", false, "")
	units := flags.String("units", "", "")
	asJSON := flags.Bool("json", false, "")
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	if *units != "" {
		opt.Units = strings.Split(*units, ",")
	}

	r, err := compareFiles(t, opt, flags.Args()...)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if *asJSON {
		enc := json.NewEncoder(&got)
		enc.SetIndent("", "  ")
		if err := enc.Encode(r); err != nil {
			t.Fatal(err)
		}
	} else {
		for _, w := range r.Warnings {
			got.WriteString("warning: " + w + "\n")
		}
		if err := r.WriteText(&got, text); err != nil {
			t.Fatal(err)
		}
	}

	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s\nRun go test -update if the new output is right.", file, diff)
	}
}

// compareFiles compares files in testdata.
func compareFiles(t *testing.T, opt Options, names ...string) (*Report, error) {
	t.Helper()
	var inputs []Input
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, Input{Name: name, Data: bytes.NewReader(data)})
	}
	return Compare(context.Background(), inputs, opt)
}

func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"sweep":        {"-width=100", "sweep-old.txt", "sweep-new.txt"},
		"narrow":       {"-width=60", "-units=ns/op", "sweep-old.txt", "sweep-new.txt"},
		"color":        {"-color", "-units=sec/op", "sweep-old.txt", "sweep-new.txt"},
		"json":         {"-json", "-units=sec/op", "-filter=.name:CPU", "sweep-old.txt", "sweep-new.txt"},
		"self":         {"-units=tasks/s,sec/op", "sweep-old.txt", "sweep-old.txt"},
		"foreign":      {"-width=100", "foreign-old.txt", "foreign-new.txt"},
		"otherconfig":  {"-units=ns/op", "foreign-old.txt", "foreign-othercpu.txt"},
		"filterside":   {"-filter=.file:foreign-old.txt", "-units=ns/op", "foreign-old.txt", "foreign-new.txt"},
		"odd":          {"-width=80", "odd-old.txt", "odd-new.txt"},
		"odd-json":     {"-json", "odd-old.txt", "odd-new.txt"},
		"strict-alpha": {"-alpha=0.001", "-units=ns/op", "sweep-old.txt", "sweep-new.txt"},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, args...) })
	}
}
