package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"runbench/internal/measure"
	"runbench/internal/resultfile"
	"runbench/internal/scaling"
)

const (
	doorRounds  = 12
	doorRunTime = 100 * time.Millisecond
)

// doors measures the same cells through `go test -bench` and through the
// command's worker processes, in turns, and the sequential one through a plain
// benchmark besides.
func doors(ctx context.Context, v *validation) error {
	if v.door == "" || v.reference == "" {
		return fmt.Errorf("the test binaries are missing: run scripts/validate")
	}
	command, door := make(map[string][]float64), make(map[string][]float64) // log ns/op by cell
	var reference []float64
	for range doorRounds {
		seen, err := v.goBench(ctx, v.door, "^Benchmark(CPU|IO)$/workload=(hash|latency)$", doorRunTime.String(), 1)
		if err != nil {
			return err
		}
		for _, r := range seen.Runs {
			ns, _ := r.Value(resultfile.NsPerOp)
			door[r.Cell.Name()] = append(door[r.Cell.Name()], math.Log(ns))
			outcome, err := v.process(ctx, r.Cell)
			if err != nil {
				return err
			}
			ns, _ = resultfile.Run{Values: outcome.Values}.Value(resultfile.NsPerOp)
			command[r.Cell.Name()] = append(command[r.Cell.Name()], math.Log(ns))
		}
		plain, err := v.goBench(ctx, v.reference, "^BenchmarkReference$", doorRunTime.String(), 1)
		if err != nil {
			return err
		}
		ns, _ := plain.Runs[0].Value(resultfile.NsPerOp)
		reference = append(reference, math.Log(ns))
	}
	within, worst, worstCell := 0, 0.0, ""
	for _, name := range slices.Sorted(maps.Keys(door)) {
		a, b := scaling.Interval(door[name], 0), scaling.Interval(command[name], 0)
		if a.Lo <= b.Hi && b.Lo <= a.Hi {
			within++
		}
		if d := math.Abs(a.Value/b.Value - 1); d > worst {
			worst, worstCell = d, name
		}
	}
	v.report.holds(within == len(door), fmt.Sprintf("cells whose intervals through both doors overlap, %d runs each", doorRounds), fmt.Sprintf("%d of %d", len(door), len(door)), fmt.Sprintf("%d of %d", within, len(door)), "")
	v.report.tell("largest difference of the doors", "", fmt.Sprintf("%.1f %%", 100*worst), worstCell)
	sequential := resultfile.Cell{Class: "CPU", Workload: "hash", Strategy: resultfile.Sequential, Goroutines: 1, Gomaxprocs: 1}.Name()
	a, b := scaling.Interval(reference, 0), scaling.Interval(command[sequential], 0)
	v.report.holds(a.Lo <= b.Hi && b.Lo <= a.Hi, "cpu/hash, one goroutine, ns/op: a plain benchmark and the command", interval(b, "%.4g"), fmt.Sprintf("%.4g", a.Value), interval(a, "%.4g"))
	return nil
}

// goBench runs benchmarks of a test binary and reads what they print.
func (v *validation) goBench(ctx context.Context, binary, pattern, benchtime string, count int) (*resultfile.Set, error) {
	cmd := exec.CommandContext(ctx, binary, "-test.run=^$", "-test.bench="+pattern, "-test.benchtime="+benchtime,
		fmt.Sprintf("-test.count=%d", count), fmt.Sprintf("-test.cpu=1,%d", v.cores()), "-test.timeout=0")
	if binary == v.reference {
		cmd.Args[len(cmd.Args)-2] = "-test.cpu=1"
	}
	cmd.Dir = v.dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", filepath.Base(binary), err, strings.TrimSpace(errs.String()))
	}
	return resultfile.Read(bytes.NewReader(out), filepath.Base(binary))
}

// process measures a cell as a sweep does.
func (v *validation) process(ctx context.Context, cell resultfile.Cell) (measure.Outcome, error) {
	scratch, shared := filepath.Join(v.dir, "scratch"), filepath.Join(v.dir, "shared")
	for _, dir := range []string{scratch, shared} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return measure.Outcome{}, err
		}
	}
	defer os.RemoveAll(scratch)
	return measure.Process(ctx, measure.Spec{
		Workload: cell.Catalogued(), Params: cell.Params, Strategy: cell.Strategy,
		Goroutines: cell.Goroutines, Gomaxprocs: cell.Gomaxprocs, RunTime: doorRunTime, Scratch: scratch, Shared: shared,
	}, runTimeout)
}
