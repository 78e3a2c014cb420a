package compare

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchmath"
)

// skip skips t, unless RUNBENCH_REQUIRE=all demands that every test is run.
func skip(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("RUNBENCH_REQUIRE") == "all" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// benchstat is the path of the benchstat command of this module.
var benchstat = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "benchstat").Output()
	return strings.TrimSpace(string(out)), err
})

// needBenchstat returns the path of the benchstat command.
func needBenchstat(t *testing.T) string {
	t.Helper()
	path, err := benchstat()
	if err != nil {
		skip(t, fmt.Sprintf("go tool benchstat is not there: %v", err))
	}
	return path
}

// A flatTable is a table of either program as text, for comparing the two.
type flatTable struct {
	Config string
	Unit   string
	Rows   []string // "name: cell | cell delta p | …", and the geometric means
}

// labelOf is what a file is called in both programs.
func labelOf(i int) string { return fmt.Sprintf("file%d", i) }

// runBenchstat returns the tables that benchstat makes of files.
func runBenchstat(t *testing.T, path string, files ...string) (tables []flatTable, units []string) {
	t.Helper()
	args := []string{"-format", "csv"}
	for i, file := range files {
		args = append(args, labelOf(i)+"="+file)
	}
	cmd := exec.Command(path, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("benchstat: %v\n%s", err, stderr.String())
	}

	config := make(map[string]string)
	var table *flatTable
	var columns []int // column of the CSV → file
	heads := 0        // head lines of table read
	for line := range strings.Lines(stdout.String()) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			table = nil
			continue
		}
		fields, err := csv.NewReader(strings.NewReader(line)).Read()
		if err != nil {
			t.Fatalf("benchstat wrote %q: %v", line, err)
		}
		switch {
		case len(fields) == 1:
			key, value, _ := strings.Cut(fields[0], ": ")
			config[key] = value
		case table == nil:
			// The line of labels.
			tables = append(tables, flatTable{Config: flatConfig(config)})
			table = &tables[len(tables)-1]
			heads = 1
			columns = make([]int, len(fields))
			input := 0
			for i, f := range fields {
				for k := range files {
					if f == labelOf(k) {
						input = k
					}
				}
				columns[i] = input
			}
		case heads == 1:
			heads = 2
			table.Unit = fields[1]
			if !slices.Contains(units, table.Unit) {
				units = append(units, table.Unit)
			}
		default:
			row := make([][]string, len(files))
			for i, f := range fields[1:] {
				if f == "+NaN%" {
					f = "?"
				}
				if f != "" {
					row[columns[i+1]] = append(row[columns[i+1]], f)
				}
			}
			table.Rows = append(table.Rows, flatRow(fields[0], row))
		}
	}
	return tables, units
}

// flatConfig returns config as text, in the order of the keys.
func flatConfig(config map[string]string) string {
	var parts []string
	for k, v := range config {
		if v != "" {
			parts = append(parts, k+"="+v)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

func flatRow(name string, cells [][]string) string {
	var columns []string
	for _, c := range cells {
		columns = append(columns, strings.Join(c, " "))
	}
	return name + ": " + strings.Join(columns, " | ")
}

// flatten returns the tables of r in the way of runBenchstat.
func flatten(r *Report) []flatTable {
	var tables []flatTable
	for _, table := range r.Tables {
		config := make(map[string]string)
		for _, kv := range table.Config {
			config[kv.Key] = kv.Value
		}
		flat := flatTable{Config: flatConfig(config), Unit: table.Unit}
		for _, row := range table.Rows {
			cells := make([][]string, len(r.Labels))
			for i, cell := range row.Cells {
				if cell == nil {
					continue
				}
				s := benchmath.Summary{Center: cell.Center, Lo: cell.Lo, Hi: cell.Hi}
				cells[i] = append(cells[i], fmt.Sprint(cell.Center), s.PctRangeString())
				if cell.Delta != nil {
					c := benchmath.Comparison{P: cell.Delta.P, N1: cell.Delta.N1, N2: cell.Delta.N2}
					cells[i] = append(cells[i], r.FormatDelta(row.Cells[table.Base], cell), c.String())
				}
			}
			flat.Rows = append(flat.Rows, flatRow(row.Name, cells))
		}
		cells := make([][]string, len(r.Labels))
		for i, g := range table.Geomeans {
			if i != table.Base && !table.has(i) {
				continue
			}
			if !math.IsNaN(g.Center) {
				cells[i] = append(cells[i], fmt.Sprint(g.Center))
			}
			switch {
			case i == table.Base:
			case math.IsNaN(g.Ratio):
				cells[i] = append(cells[i], "?")
			default:
				cells[i] = append(cells[i], fmt.Sprintf("%+.2f%%", (g.Ratio-1)*100))
			}
		}
		flat.Rows = append(flat.Rows, flatRow("geomean", cells))
		tables = append(tables, flat)
	}
	return tables
}

// checkAgreement compares files by benchstat and by Compare.
func checkAgreement(t *testing.T, path string, files ...string) {
	t.Helper()
	want, units := runBenchstat(t, path, files...)
	var inputs []Input
	for i, file := range files {
		inputs = append(inputs, Input{Label: labelOf(i), Name: file})
		f, err := os.Open(inputs[i].Name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		inputs[i].Data = f
	}
	r, err := Compare(context.Background(), inputs, Options{Units: units})
	if err != nil {
		t.Fatal(err)
	}
	got := flatten(r)
	byKey := func(a, b flatTable) int {
		return strings.Compare(a.Config+"\n"+a.Unit, b.Config+"\n"+b.Unit)
	}
	slices.SortFunc(want, byKey)
	slices.SortFunc(got, byKey)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q (-benchstat +ours):\n%s", files, diff)
	}
	if len(want) == 0 {
		t.Errorf("%q: benchstat wrote no table", files)
	}
}

// generate returns benchmark results like those of two runs of the same
// benchmarks: several packages, units and sample sizes, benchmarks that only
// one has and, at times, a configuration of its own. If tied, there are equal
// values, zeros and infinities too.
func generate(rng *rand.Rand, tied bool) (old, new []byte) {
	units := []struct {
		name   string
		center float64
		spread float64
		digits int
	}{
		{"ns/op", math.Exp(rng.Float64() * 20), 0.05, 1 + rng.IntN(6)},
		{"B/op", float64(rng.IntN(5000)), 0.001, 0},
		{"allocs/op", float64(rng.IntN(10)), 0, 0},
		{"MB/s", 300, 0.02, 2},
		{"tasks/s", 1e5, 0.1, 0},
		{"p99-ns", 2e6, 0.5, 0},
		{"image-bytes", 1 << 20, 0, 0},
	}
	if !tied {
		for i := range units {
			u := &units[i]
			u.center, u.spread, u.digits = u.center+1, max(u.spread, 0.01), 12
		}
	}
	names := []string{
		"Encode-8", "Encode/format=json-8", "CPU/workload=hash/strategy=pool/goroutines=8/gomaxprocs=2",
		"CPU/workload=hash/strategy=sequential/goroutines=1/gomaxprocs=1", "Write100", "Size-10-8", "*x.Map/a.b",
	}
	goVersion := "go1.26.8"
	write := func(shift float64) []byte {
		var b bytes.Buffer
		b.WriteString("Unit tasks/s better=higher assume=nothing\nUnit image-bytes assume=exact\n")
		b.WriteString("goos: linux\ngoarch: amd64\n#runbench {\"seed\":1}\n")
		for _, pkg := range []string{"example.org/a", "example.org/b"} {
			if rng.IntN(6) == 0 {
				continue
			}
			fmt.Fprintf(&b, "pkg: %s\ncpu: Example, with \"quotes\"\ngo: %s\n", pkg, goVersion)
			for _, name := range names {
				if rng.IntN(5) == 0 {
					continue
				}
				n := 1 + rng.IntN(12)
				change := 1.0
				if rng.IntN(2) == 0 {
					change = shift
				}
				for range n {
					fmt.Fprintf(&b, "Benchmark%s\t%d", name, 1+rng.IntN(1000))
					for i, u := range units {
						if (i+len(name))%3 == 0 {
							continue
						}
						v := u.center * change * (1 + u.spread*rng.NormFloat64())
						switch special := rng.IntN(200); {
						case tied && special == 0:
							v = 0
						case tied && special == 1:
							v = math.Inf(1)
						}
						fmt.Fprintf(&b, "\t%s %s", strconv.FormatFloat(v, 'f', u.digits, 64), u.name)
					}
					b.WriteByte('\n')
				}
			}
			b.WriteString("PASS\n")
		}
		b.WriteString("pkg: example.org/both\nBenchmarkLast 1 5 ns/op 3 image-bytes\n")
		return b.Bytes()
	}
	old = write(1)
	if rng.IntN(4) == 0 {
		goVersion = "go1.27"
	}
	return old, write(1 + 0.2*(rng.Float64()-0.5))
}

func TestAgreesWithBenchstat(t *testing.T) {
	path := needBenchstat(t)
	dir := t.TempDir()
	for seed := range uint64(150) {
		old, new := generate(rand.New(rand.NewPCG(seed, 1)), seed%3 > 0)
		all := [][]byte{old, new}
		if seed%2 == 0 {
			_, third := generate(rand.New(rand.NewPCG(seed, 4)), seed%3 > 0)
			all = append(all, third)
		}
		var files []string
		for i, data := range all {
			file := filepath.Join(dir, fmt.Sprintf("%d-%d.txt", seed, i))
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			checkAgreement(t, path, files...)
		})
	}
}

func TestAgreesWithBenchstatOnGoldenInputs(t *testing.T) {
	path := needBenchstat(t)
	for _, names := range [][]string{
		{"sweep-old.txt", "sweep-new.txt"},
		{"foreign-old.txt", "foreign-new.txt"},
		{"foreign-old.txt", "foreign-othercpu.txt"},
		{"foreign-new.txt", "foreign-othercpu.txt"},
		{"sweep-old.txt", "sweep-new.txt", "sweep-old.txt"},
		{"foreign-old.txt", "foreign-new.txt", "foreign-othercpu.txt"},
		{"foreign-othercpu.txt", "foreign-old.txt", "foreign-new.txt"},
	} {
		var files []string
		for _, name := range names {
			files = append(files, filepath.Join("testdata", name))
		}
		checkAgreement(t, path, files...)
	}
}

// TestAgreesWithBenchstatOnRealFiles compares published benchmark outputs with
// each other and with themselves. They are not part of the project.
func TestAgreesWithBenchstatOnRealFiles(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "real-bench")
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("%s is not there", dir)
	}
	path := needBenchstat(t)
	check := func(files ...string) {
		name := ""
		for _, file := range files {
			name += "+" + filepath.Base(file)
		}
		t.Run(name[1:], func(t *testing.T) {
			t.Parallel()
			checkAgreement(t, path, files...)
		})
	}
	for i, file := range files {
		check(file, file)
		check(file, files[(i+1)%len(files)])
		check(file, files[(i+1)%len(files)], files[(i+2)%len(files)])
	}
	for _, pair := range [][2]string{
		{"kid-readme-two-machines.txt", "kid-readme-i9-14900k.txt"},
		{"windows-falsesharing-pad.txt", "derived-windows-falsesharing-pad-crlf.txt"},
		{"zap-a700e10-commit-message.txt", "zap-ee2a744-any-before-after.txt"},
		{"xperf-issue19565.txt", "xperf-issue19634.txt"},
	} {
		check(filepath.Join(dir, pair[0]), filepath.Join(dir, pair[1]))
	}
}
