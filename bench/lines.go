package bench

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"runbench/internal/host"
	"runbench/internal/measure"
	"runbench/internal/resultfile"
)

// printed measures the cell once and prints the result line of that name, where
// Main has not run. Package testing would append "-N" to the name, with N the
// GOMAXPROCS it was started with: benchstat believes it, and the cell ran at
// another. It prints no line for a benchmark that is skipped, so this one skips
// itself when it has measured.
func printed(b *testing.B, m measurement, name string) {
	meter := m.run(b)
	if b.Failed() { // the workload could not be closed
		return
	}
	if err := stdout.print(name, b.N, meter); err != nil {
		b.Fatal(err)
	}
	b.Skip("no failure: measured, and the result line printed, by package bench")
}

// repetitions returns -count, of which package testing takes care where it prints
// the lines.
func repetitions() int {
	n, err := strconv.Atoi(testFlag("count"))
	if err != nil {
		return 1
	}
	return n
}

// A printer writes result lines as package testing does, and before the first
// one the keys they were measured under. It is for one goroutine: package
// testing runs benchmarks one at a time.
type printer struct {
	w        io.Writer
	machine  func() host.Host
	begun    bool
	declared []string // units
}

var stdout = &printer{w: os.Stdout, machine: machine}

// print writes the line of a benchmark with n batches, in one piece with what
// has to come before it.
func (p *printer) print(name string, n int, m *measure.Meter) error {
	var text strings.Builder
	if !p.begun {
		p.begun = true
		text.WriteString(header(p.machine()))
	}
	result := testing.BenchmarkResult{N: n, T: m.Measured(), Extra: make(map[string]float64)}
	for _, v := range m.Values() {
		result.Extra[v.Unit] = v.Value
	}
	text.WriteString(p.declare(result.Extra))
	fmt.Fprintf(&text, "%s\t%s\t%s\n", name, result, result.MemString())
	for _, doubt := range m.Marks() {
		fmt.Fprintf(&text, "--- BENCH: %s\n    marked: %s\n", name, doubt)
	}
	_, err := io.WriteString(p.w, text.String())
	return err
}

// header returns the lines for the keys of results, the same as package testing
// prints and ours.
func header(machine host.Host) string {
	var text strings.Builder
	fmt.Fprintf(&text, "goos: %s\ngoarch: %s\n", runtime.GOOS, runtime.GOARCH)
	// The path of a test's build is that of its package and ".test".
	if build, ok := debug.ReadBuildInfo(); ok {
		if pkg, ok := strings.CutSuffix(build.Path, ".test"); ok {
			fmt.Fprintf(&text, "pkg: %s\n", pkg)
		}
	}
	if machine.CPUModel != "" {
		fmt.Fprintf(&text, "cpu: %s\n", string(machine.CPUModel))
	}
	text.WriteString(resultfile.Config{Cores: machine.Usable()}.ExtraLines())
	return text.String()
}

// declare returns the lines that say how to read those of the units that no line
// before has.
func (p *printer) declare(values map[string]float64) string {
	var text strings.Builder
	for line := range strings.Lines(resultfile.UnitLines()) {
		unit := strings.Fields(line)[1]
		if _, ok := values[unit]; ok && !slices.Contains(p.declared, unit) {
			p.declared = append(p.declared, unit)
			text.WriteString(line)
		}
	}
	return text.String()
}
